"""The catalogue of projects over HTTP."""

from typing import Annotated

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.projects import repository, use_cases
from training_svc.projects.schemas import (
    NewProject,
    ProjectAmendment,
    ProjectExport,
    ProjectPage,
    ProjectView,
    Retirement,
)
from training_svc.projects.use_cases import view_of
from training_svc.service import of
from training_svc.visibility import ANYONE, READERS

Publisher = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(*ANYONE)]
Official = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("项目编码", "Code"), lambda row: row["code"]),
    Column(Text("项目名称", "Name"), lambda row: row["name"]),
    Column(Text("阶段", "Stage"), lambda row: row["stage"]),
    Column(Text("类别", "Family"), lambda row: row["family"]),
    Column(Text("所属区", "District"), lambda row: row["district"]),
    Column(Text("证书种类", "Certificates"), lambda row: ", ".join(row["certificates"])),
    Column(Text("停用日期", "Retired on"), lambda row: row["retired_on"]),
)

router = APIRouter(prefix="/training/v1/projects", tags=["培训项目 · projects"])


@router.post("", status_code=201, response_model=ProjectView, summary="新增培训项目 · Add a project")
async def add_project(
    request: Request, body: NewProject, key: IdempotencyKey, principal: Publisher
) -> Response:
    """Adds a project of one of the four stages, with its family and certificates (T01, C01, C02, C03)."""
    service = of(request)

    async def act(tx: Transaction) -> ProjectView | Refusal:
        return await use_cases.add(tx, service, principal, body)

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="培训项目目录 · List the projects")
async def list_projects(
    request: Request, principal: Reader, query: Annotated[ProjectPage, Query()]
) -> Page[ProjectView]:
    """The catalogue; everyone signed in may read it (T01)."""
    return await repository.LIST.page(of(request).database, repository.LIST.asked(query), query, view_of)


@router.get("/export", summary="导出培训项目目录 · Export the projects", responses=EXPORT_RESPONSES)
async def export_projects(
    request: Request, principal: Reader, query: Annotated[ProjectExport, Query()]
) -> Response:
    """The catalogue as a file (T01)."""
    rows = repository.LIST.all_rows(of(request).database, repository.LIST.asked(query))
    return await export(request, "projects", _COLUMNS, rows, query.format)


@router.get("/{code}", response_model=ProjectView, summary="查询培训项目 · Read a project")
async def read_project(request: Request, code: str, principal: Reader) -> Response:
    """One project (T01)."""
    return reply(await _found(request, code))


@router.post("/{code}/amend", response_model=ProjectView, summary="更正培训项目 · Amend a project")
async def amend_project(
    request: Request, code: str, body: ProjectAmendment, principal: Publisher, if_match: IfMatch = None
) -> Response:
    """Amends name, family or district, or undoes a retirement, with a reason; the stage stays (T01)."""
    after = await done(request, if_match, principal, use_cases.amend, code, body)
    return reply(after)


@router.get("/{code}/amendments", summary="培训项目更正记录 · Amendments of a project")
async def list_project_amendments(
    request: Request, code: str, principal: Official, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (T01)."""
    await _found(request, code)
    return await history(of(request).database, "project", code, query)


@router.post("/{code}/retire", response_model=ProjectView, summary="停用培训项目 · Retire a project")
async def retire_project(
    request: Request, code: str, body: Retirement, principal: Publisher, if_match: IfMatch = None
) -> Response:
    """A retired project takes no new class and no application; what runs goes on (T01)."""
    after = await done(request, if_match, principal, use_cases.retire, code, body.reason)
    return reply(after)


async def _found(request: Request, code: str) -> ProjectView:
    row = await repository.one(of(request).database, code)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return view_of(row)
