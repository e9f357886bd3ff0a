"""The catalogue of projects over HTTP: plain records, no lifecycle."""

from typing import Annotated

from chuangpei.audit import record
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Cursor, Limit, Page, after_text, page_of
from chuangpei.problems import NOT_FOUND
from chuangpei.web import reply
from fastapi import APIRouter, Request, Response

from training_svc.problems import PROJECT_EXISTS
from training_svc.projects import repository
from training_svc.projects.schemas import NewProject, ProjectView
from training_svc.service import Service, of
from training_svc.visibility import ANYONE

Publisher = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(*ANYONE)]

router = APIRouter(prefix="/training/v1/projects", tags=["培训项目 · projects"])


@router.post("", status_code=201, response_model=ProjectView, summary="新增培训项目 · Add a project")
async def add_project(
    request: Request, body: NewProject, key: IdempotencyKey, principal: Publisher
) -> Response:
    """Adds a project of one of the four stages (T01)."""
    service = of(request)

    async def act(tx: Transaction) -> ProjectView | Refusal:
        return await add(tx, service, principal, body)

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="培训项目目录 · List the projects")
async def list_projects(
    request: Request, principal: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Page[ProjectView]:
    """The catalogue by code; everyone signed in may read it (T01)."""
    rows = await repository.listed(of(request).database, after=after_text(cursor), most=limit + 1)
    return page_of([_view(row) for row in rows], limit, lambda view: (view.code,))


@router.get("/{code}", response_model=ProjectView, summary="查询培训项目 · Read a project")
async def read_project(request: Request, code: str, principal: Reader) -> Response:
    """One project (T01)."""
    row = await repository.one(of(request).database, code)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(_view(row))


async def add(
    tx: Transaction, service: Service, principal: Principal, body: NewProject
) -> ProjectView | Refusal:
    """Adds a project to the catalogue, unless its code is taken."""
    now = service.clock.now()
    if not await repository.insert_new(tx, body.model_dump() | {"created_at": now}):
        return Refusal(PROJECT_EXISTS)
    await record(tx, principal, at=now, action="add_project", object_type="project", object_id=body.code)
    return ProjectView(code=body.code, name=body.name, stage=body.stage)


def _view(row: Row) -> ProjectView:
    return ProjectView(code=row["code"], name=row["name"], stage=row["stage"])
