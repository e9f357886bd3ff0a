"""The ledger of moves and the stock-takings over HTTP."""

from typing import Annotated, Any

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from fastapi import APIRouter, Query, Request, Response

from cert_svc.service import of
from cert_svc.stock import repository, use_cases
from cert_svc.stock.routes import move_view
from cert_svc.stock.schemas import (
    MoveExport,
    MovePage,
    MoveView,
    NewTaking,
    TakingExport,
    TakingPage,
    TakingView,
    spanned,
)

router = APIRouter(prefix="/cert/v1/stock", tags=["空白证书 · blank certificates"])

Keeper = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE)]
Office = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_MOVE_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("时间", "At"), lambda row: row["at"]),
    Column(Text("流转", "Move"), lambda row: row["move"]),
    Column(Text("种类", "Kind"), lambda row: row["kind"]),
    Column(Text("首号", "First"), lambda row: str(spanned(row)["first_serial"])),
    Column(Text("末号", "Last"), lambda row: str(spanned(row)["last_serial"])),
    Column(Text("份数", "Quantity"), lambda row: row["last_number"] - row["first_number"] + 1),
    Column(Text("原状态", "From state"), lambda row: row["from_state"]),
    Column(Text("现状态", "To state"), lambda row: row["to_state"]),
    Column(Text("原所在区", "From district"), lambda row: row["from_district"]),
    Column(Text("现所在区", "To district"), lambda row: row["to_district"]),
    Column(Text("原评价机构", "From body"), lambda row: str(row["from_body_id"] or "")),
    Column(Text("现评价机构", "To body"), lambda row: str(row["to_body_id"] or "")),
    Column(Text("经办人", "By"), lambda row: row["actor"]),
    Column(Text("原因", "Reason"), lambda row: row["reason"]),
)
_TAKING_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("盘点时间", "Taken at"), lambda row: row["taken_at"]),
    Column(Text("种类", "Kind"), lambda row: row["kind"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("评价机构", "Evaluation body"), lambda row: str(row["body_id"] or "")),
    Column(Text("账面", "Booked"), lambda row: row["booked"]),
    Column(Text("实盘", "Counted"), lambda row: row["counted"]),
    Column(Text("差异", "Difference"), lambda row: row["counted"] - row["booked"]),
    Column(Text("盘点人", "By"), lambda row: row["taken_by"]),
    Column(Text("说明", "Note"), lambda row: row["note"]),
)


@router.get("/moves", summary="列出空白证书流转台账 · List the ledger of moves")
async def list_moves(
    request: Request, principal: Office, query: Annotated[MovePage, Query()]
) -> Page[MoveView]:
    """Each move of each serial or range: what, from where to where, when, by whom (流向清晰; C06)."""
    reach, scope = repository.reach_of(principal)
    listing = repository.MOVES
    asked = listing.asked(query, reach=reach, scope=scope)
    return await listing.page(of(request).database, asked, query, move_view)


@router.get(
    "/moves/export", summary="导出空白证书流转台账 · Export the ledger of moves", responses=EXPORT_RESPONSES
)
async def export_moves(
    request: Request, principal: Office, query: Annotated[MoveExport, Query()]
) -> Response:
    """The ledger one sees, as a file (C06)."""
    reach, scope = repository.reach_of(principal)
    listing = repository.MOVES
    rows = listing.all_rows(of(request).database, listing.asked(query, reach=reach, scope=scope))
    return await export(request, "stock-moves", _MOVE_COLUMNS, rows, query.format)


@router.post(
    "/takings", status_code=201, response_model=TakingView, summary="盘点登记 · Record a stock-taking"
)
async def take_stock(
    request: Request, body: NewTaking, idempotency_key: IdempotencyKey, principal: Keeper
) -> Response:
    """What was counted, beside what is booked at that moment; a district counts its own (C06)."""
    service = of(request)

    async def act(tx: Transaction) -> TakingView | Refusal:
        taking = await use_cases.count(tx, service, principal, body)
        return taking if isinstance(taking, Refusal) else _taking(taking)

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.get("/takings", summary="列出盘点 · List the stock-takings")
async def list_takings(
    request: Request, principal: Office, query: Annotated[TakingPage, Query()]
) -> Page[TakingView]:
    """What was counted, when, and by how much it differed (C06)."""
    reach, scope = repository.reach_of(principal)
    listing = repository.TAKINGS
    asked = listing.asked(query, reach=reach, scope=scope)
    return await listing.page(of(request).database, asked, query, _taking)


@router.get("/takings/export", summary="导出盘点 · Export the stock-takings", responses=EXPORT_RESPONSES)
async def export_takings(
    request: Request, principal: Office, query: Annotated[TakingExport, Query()]
) -> Response:
    """The stock-takings one sees, as a file (C06)."""
    reach, scope = repository.reach_of(principal)
    listing = repository.TAKINGS
    rows = listing.all_rows(of(request).database, listing.asked(query, reach=reach, scope=scope))
    return await export(request, "stock-takings", _TAKING_COLUMNS, rows, query.format)


def _taking(row: Row | dict[str, Any]) -> TakingView:
    return TakingView(**row, difference=row["counted"] - row["booked"])
