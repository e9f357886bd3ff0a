"""Published standards over HTTP: published once, then only read and cited."""

from typing import Annotated
from uuid import UUID

import asyncpg
from chuangpei.audit import record
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.paging import Cursor, Limit, Page, after_id, page_of
from chuangpei.problems import INVALID_INPUT, NOT_FOUND
from chuangpei.web import reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.problems import STANDARD_EXISTS
from training_svc.service import Service, of
from training_svc.standards import repository
from training_svc.standards.schemas import NewStandard, StandardView
from training_svc.visibility import ANYONE

Publisher = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(*ANYONE)]

router = APIRouter(prefix="/training/v1/standards", tags=["专业设置标准 · standards"])

_UNKNOWN_PROJECT = FieldError(
    "/project_code", "unknown_project", Text("没有此培训项目", "There is no such project")
)


@router.post("", status_code=201, response_model=StandardView, summary="发布标准 · Publish a standard")
async def publish_standard(
    request: Request, body: NewStandard, key: IdempotencyKey, principal: Publisher
) -> Response:
    """Publishes a version of a project's standard; approvals and classes cite it (T05)."""
    service = of(request)

    async def act(tx: Transaction) -> StandardView | Refusal:
        return await publish(tx, service, principal, body)

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="标准列表 · List the standards")
async def list_standards(
    request: Request,
    principal: Reader,
    limit: Limit = 50,
    cursor: Cursor = None,
    project_code: Annotated[str | None, Query(max_length=40)] = None,
) -> Page[StandardView]:
    """All published versions; everyone signed in may read them (T05)."""
    rows = await repository.listed(
        of(request).database, after=after_id(cursor), most=limit + 1, project_code=project_code
    )
    return page_of([_view(row) for row in rows], limit, lambda view: (view.id,))


@router.get("/{standard_id}", response_model=StandardView, summary="查询标准 · Read a standard")
async def read_standard(request: Request, standard_id: UUID, principal: Reader) -> Response:
    """One published version (T05)."""
    row = await repository.one(of(request).database, standard_id)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(_view(row))


async def publish(
    tx: Transaction, service: Service, principal: Principal, body: NewStandard
) -> StandardView | Refusal:
    """Publishes a version of a standard, which is never changed again."""
    view = StandardView(id=new_id(), **body.model_dump())
    now = service.clock.now()
    values = view.model_dump() | {"published_at": now, "published_by": principal.subject}
    try:
        async with tx.savepoint():
            published = await repository.insert_new(tx, values)
    except asyncpg.ForeignKeyViolationError:
        return Refusal(INVALID_INPUT, errors=(_UNKNOWN_PROJECT,))
    if not published:
        return Refusal(STANDARD_EXISTS)
    await record(tx, principal, at=now, action="publish_standard", object_type="standard", object_id=view.id)
    return view


def _view(row: Row) -> StandardView:
    return StandardView.model_validate({name: row[name] for name in StandardView.model_fields})
