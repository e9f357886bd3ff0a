"""Inspection programmes and draws over HTTP."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.inspection_programmes import repository, use_cases
from training_svc.inspection_programmes.schemas import (
    DrawExport,
    DrawPage,
    DrawSummary,
    DrawView,
    NewDraw,
    NewInspection,
    NewProgramme,
    PlannedView,
    ProgrammeExport,
    ProgrammePage,
    ProgrammeView,
)
from training_svc.policy.draw import Method
from training_svc.service import of
from training_svc.visibility import Scope, asked_by, scope_of

Supervisor = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE)]
Office = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("督导主体", "Authority"), lambda row: row["authority"]),
    Column(Text("名称", "Name"), lambda row: row["name"]),
    Column(Text("开始日期", "First day"), lambda row: row["first_day"]),
    Column(Text("结束日期", "Last day"), lambda row: row["last_day"]),
)
_DRAW_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("序号", "Number"), lambda row: row["number"]),
    Column(Text("对象类别", "Kind"), lambda row: row["object_kind"]),
    Column(Text("方式", "Method"), lambda row: row["method"]),
    Column(Text("数量", "Count"), lambda row: row["count"]),
    Column(Text("种子", "Seed"), lambda row: row["seed"]),
    Column(Text("总体数量", "Population"), lambda row: len(row["population"])),
    Column(Text("抽取结果", "Drawn"), lambda row: " ".join(map(str, row["drawn"]))),
    Column(Text("抽取时间", "Drawn at"), lambda row: row["drawn_at"]),
)

router = APIRouter(prefix="/training/v1", tags=["督导计划 · inspection programmes"])


@router.post(
    "/inspection-programmes",
    status_code=201,
    response_model=ProgrammeView,
    summary="制定督导计划 · Set up an inspection programme",
)
async def set_up_programme(
    request: Request, body: NewProgramme, key: IdempotencyKey, principal: Supervisor
) -> Response:
    """A district, or the city centre, sets up its programme for a year or another period (C05, O03)."""
    service = of(request)

    async def act(tx: Transaction) -> ProgrammeView | Refusal:
        made = await use_cases.set_up(tx, service, principal, body)
        return made if isinstance(made, Refusal) else ProgrammeView.model_validate(made)

    return await once(service.database, request, principal, key, body, act)


@router.get("/inspection-programmes", summary="督导计划列表 · List the inspection programmes")
async def list_programmes(
    request: Request, principal: Office, query: Annotated[ProgrammePage, Query()]
) -> Page[ProgrammeView]:
    """The programmes of one's district, or of all (C05, O03)."""
    asked = asked_by(principal, repository.PROGRAMMES, query)
    return await repository.PROGRAMMES.page(
        of(request).database, asked, query, lambda row: ProgrammeView.model_validate(dict(row))
    )


@router.get(
    "/inspection-programmes/export",
    summary="导出督导计划 · Export the inspection programmes",
    responses=EXPORT_RESPONSES,
)
async def export_programmes(
    request: Request, principal: Office, query: Annotated[ProgrammeExport, Query()]
) -> Response:
    """The programmes as a file (C05, O03)."""
    asked = asked_by(principal, repository.PROGRAMMES, query)
    rows = repository.PROGRAMMES.all_rows(of(request).database, asked)
    return await export(request, "inspection-programmes", _COLUMNS, rows, query.format)


@router.get(
    "/inspection-programmes/{programme_id}",
    response_model=ProgrammeView,
    summary="查询督导计划 · Read an inspection programme",
)
async def read_programme(request: Request, programme_id: UUID, principal: Office) -> Response:
    """One programme (C05, O03)."""
    row = await _programme(request, programme_id, scope_of(principal))
    return reply(ProgrammeView.model_validate(dict(row)))


@router.post(
    "/inspection-programmes/{programme_id}/draws",
    status_code=201,
    response_model=DrawView,
    summary="抽取督导对象 · Draw what is inspected",
)
async def draw_objects(
    request: Request, programme_id: UUID, body: NewDraw, key: IdempotencyKey, principal: Supervisor
) -> Response:
    """Draws by lot or by risk; seed, population and method are kept so that it can be repeated (C05)."""
    service = of(request)

    async def act(tx: Transaction) -> DrawView | Refusal:
        made = await use_cases.draw(tx, service, principal, programme_id, body)
        return made if isinstance(made, Refusal) else DrawView.model_validate(made | {"holds": True})

    return await once(service.database, request, principal, key, body, act)


@router.get("/inspection-programmes/{programme_id}/draws", summary="抽取记录 · List the draws of a programme")
async def list_draws(
    request: Request, programme_id: UUID, principal: Office, query: Annotated[DrawPage, Query()]
) -> Page[DrawSummary]:
    """Every draw of a programme, none left out (C05)."""
    scope = scope_of(principal)
    await _programme(request, programme_id, scope)
    asked = asked_by(principal, repository.DRAWS, query, programme_id=programme_id)
    return await repository.DRAWS.page(
        of(request).database, asked, query, lambda row: DrawSummary.model_validate(dict(row))
    )


@router.get(
    "/inspection-programmes/{programme_id}/draws/export",
    summary="导出抽取记录 · Export the draws of a programme",
    responses=EXPORT_RESPONSES,
)
async def export_draws(
    request: Request, programme_id: UUID, principal: Office, query: Annotated[DrawExport, Query()]
) -> Response:
    """The draws with their seeds as a file (C05)."""
    scope = scope_of(principal)
    await _programme(request, programme_id, scope)
    asked = asked_by(principal, repository.DRAWS, query, programme_id=programme_id)
    rows = repository.DRAWS.all_rows(of(request).database, asked)
    return await export(request, "inspection-draws", _DRAW_COLUMNS, rows, query.format)


@router.get("/inspection-draws/{draw_id}", response_model=DrawView, summary="查询抽取 · Read a draw")
async def read_draw(request: Request, draw_id: UUID, principal: Office) -> Response:
    """A draw with its seed and population, and whether repeating it gives the same (C05)."""
    row = await repository.draw(of(request).database, draw_id, scope_of(principal))
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    again = use_cases.repeated(row["population"], Method(row["method"]), row["seed"], row["count"])
    return reply(DrawView.model_validate(dict(row) | {"holds": again == row["drawn"]}))


@router.post(
    "/inspection-programmes/{programme_id}/inspections",
    status_code=201,
    response_model=PlannedView,
    summary="安排督导检查 · Plan an inspection",
)
async def plan_inspection(
    request: Request, programme_id: UUID, body: NewInspection, key: IdempotencyKey, principal: Supervisor
) -> Response:
    """Plans an inspection without a draw, such as after a complaint (C05, O03)."""
    service = of(request)

    async def act(tx: Transaction) -> PlannedView | Refusal:
        planned = await use_cases.plan(tx, service, principal, programme_id, body)
        return planned if isinstance(planned, Refusal) else PlannedView.model_validate(planned)

    return await once(service.database, request, principal, key, body, act)


async def _programme(request: Request, programme_id: UUID, scope: Scope) -> Row:
    row = await repository.one(of(request).database, programme_id, scope)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return row
