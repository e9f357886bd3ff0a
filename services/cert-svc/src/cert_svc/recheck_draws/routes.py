"""Draws of evaluations over HTTP."""

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

from cert_svc.recheck_draws import repository, use_cases
from cert_svc.recheck_draws.schemas import DrawExport, DrawPage, DrawSummary, DrawView, NewDraw
from cert_svc.rechecks.repository import reach_of
from cert_svc.service import of

Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
Office = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("抽取编号", "Draw"), lambda row: str(row["id"])),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("开始日期", "First day"), lambda row: row["first_day"]),
    Column(Text("结束日期", "Last day"), lambda row: row["last_day"]),
    Column(Text("项目编码", "Project"), lambda row: row["project_code"]),
    Column(Text("数量", "Count"), lambda row: row["count"]),
    Column(Text("比例（%）", "Percent"), lambda row: row["percent"]),
    Column(Text("种子", "Seed"), lambda row: row["seed"]),
    Column(Text("总体数量", "Population"), lambda row: len(row["population"])),
    Column(Text("抽取数量", "Drawn"), lambda row: len(row["drawn"])),
    Column(Text("抽取时间", "Drawn at"), lambda row: row["drawn_at"]),
)

router = APIRouter(prefix="/cert/v1/recheck-draws", tags=["抽查复核 · re-checks"])


@router.post("", status_code=201, response_model=DrawView, summary="抽取复核对象 · Draw what is checked")
async def draw_rechecks(
    request: Request, body: NewDraw, idempotency_key: IdempotencyKey, principal: Officer
) -> Response:
    """By lot, among the evaluations with a result that were never drawn; anyone can repeat it (C05)."""
    service = of(request)

    async def act(tx: Transaction) -> DrawView | Refusal:
        made = await use_cases.draw(tx, service, principal, body)
        return made if isinstance(made, Refusal) else DrawView.whole(made)

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.get("", summary="抽取记录 · List the draws")
async def list_recheck_draws(
    request: Request, principal: Office, query: Annotated[DrawPage, Query()]
) -> Page[DrawSummary]:
    """Every draw of one's district, or of all, none left out (C05)."""
    reach, scope = reach_of(principal)
    asked = repository.LIST.asked(query, reach=reach, scope=scope)
    return await repository.LIST.page(of(request).database, asked, query, DrawSummary.of)


@router.get("/export", summary="导出抽取记录 · Export the draws", responses=EXPORT_RESPONSES)
async def export_recheck_draws(
    request: Request, principal: Office, query: Annotated[DrawExport, Query()]
) -> Response:
    """The draws with their seeds as a file (C05)."""
    reach, scope = reach_of(principal)
    rows = repository.LIST.all_rows(
        of(request).database, repository.LIST.asked(query, reach=reach, scope=scope)
    )
    return await export(request, "recheck-draws", _COLUMNS, rows, query.format)


@router.get("/{draw_id}", response_model=DrawView, summary="查看抽取 · Read a draw")
async def read_recheck_draw(request: Request, draw_id: UUID, principal: Office) -> Response:
    """With its seed and population, and whether repeating it gives the same (C05)."""
    row = await repository.one(of(request).database, draw_id, principal)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(DrawView.whole(row))
