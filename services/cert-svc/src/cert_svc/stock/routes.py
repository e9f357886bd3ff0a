"""Blank certificates over HTTP: the city centre receives and allots, districts print and hand over."""

from collections import defaultdict
from typing import Annotated, Any

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from cert_svc.service import of
from cert_svc.stock import repository, use_cases
from cert_svc.stock.blank import Blank, canonical
from cert_svc.stock.lifecycle import State
from cert_svc.stock.schemas import (
    BalanceView,
    BlankExport,
    BlankPage,
    BlankView,
    CountView,
    HandOver,
    MoveView,
    NewReceipt,
    PrintBody,
    RangeMove,
    RangeView,
    ReceiptExport,
    ReceiptPage,
    ReceiptView,
    Spoiling,
    StockView,
    spanned,
)

router = APIRouter(prefix="/cert/v1/stock", tags=["空白证书 · blank certificates"])

CityCentre = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Keeper = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE)]
Office = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]
City = Annotated[Principal, Allow(Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_BLANK_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("编号", "Serial"), lambda row: row["serial"]),
    Column(Text("种类", "Kind"), lambda row: row["kind"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("评价机构", "Evaluation body"), lambda row: str(row["body_id"] or "")),
    Column(Text("证书编号", "Certificate"), lambda row: row["certificate_number"]),
    Column(Text("领证人", "Handed to"), lambda row: row["issued_to"]),
    Column(Text("发放日期", "Handed over on"), lambda row: row["issued_on"]),
    Column(Text("作废原因", "Spoiled for"), lambda row: row["spoil_reason"]),
)
_RECEIPT_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("种类", "Kind"), lambda row: row["kind"]),
    Column(Text("首号", "First"), lambda row: str(spanned(row)["first_serial"])),
    Column(Text("末号", "Last"), lambda row: str(spanned(row)["last_serial"])),
    Column(Text("份数", "Quantity"), lambda row: row["last_number"] - row["first_number"] + 1),
    Column(Text("印制单位", "Printer"), lambda row: row["printer"]),
    Column(Text("送货单号", "Delivery note"), lambda row: row["delivery_note"]),
    Column(Text("入库时间", "Received at"), lambda row: row["received_at"]),
    Column(Text("经办人", "By"), lambda row: row["received_by"]),
)


@router.post(
    "/receipts", status_code=201, response_model=ReceiptView, summary="空白证书入库 · Receive blanks"
)
async def receive(
    request: Request, body: NewReceipt, idempotency_key: IdempotencyKey, principal: CityCentre
) -> Response:
    """A range of serials from the printer, at most 100,000 at once; none is received twice (C06)."""
    service = of(request)

    async def act(tx: Transaction) -> ReceiptView | Refusal:
        received = await use_cases.receive(tx, service, principal, body)
        return received if isinstance(received, Refusal) else _receipt(received)

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.get("/receipts", summary="列出入库批次 · List the receipts")
async def list_receipts(
    request: Request, principal: City, query: Annotated[ReceiptPage, Query()]
) -> Page[ReceiptView]:
    """What was received, when, from whom (C06)."""
    listing = repository.RECEIPTS
    return await listing.page(of(request).database, listing.asked(query), query, _receipt)


@router.get("/receipts/export", summary="导出入库批次 · Export the receipts", responses=EXPORT_RESPONSES)
async def export_receipts(
    request: Request, principal: City, query: Annotated[ReceiptExport, Query()]
) -> Response:
    """The receipts as a file (C06)."""
    rows = repository.RECEIPTS.all_rows(of(request).database, repository.RECEIPTS.asked(query))
    return await export(request, "stock-receipts", _RECEIPT_COLUMNS, rows, query.format)


@router.post("/allotments", status_code=201, response_model=RangeView, summary="分发空白证书 · Allot blanks")
async def allot(
    request: Request, body: RangeMove, idempotency_key: IdempotencyKey, principal: CityCentre
) -> Response:
    """A range from the city's store to a district's centre or an evaluation body, whole or not (C06)."""
    service = of(request)

    async def act(tx: Transaction) -> RangeView | Refusal:
        receipt = await use_cases.allot(tx, service, principal, body.serials, body.holder, body.note)
        return receipt if isinstance(receipt, Refusal) else _range(body, receipt["kind"])

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.post("/returns", status_code=201, response_model=RangeView, summary="退回空白证书 · Take blanks back")
async def take_back(
    request: Request, body: RangeMove, idempotency_key: IdempotencyKey, principal: CityCentre
) -> Response:
    """A range of unused serials, back into the city's store, whole or not at all (C06)."""
    service = of(request)

    async def act(tx: Transaction) -> RangeView | Refusal:
        receipt = await use_cases.take_back(tx, service, principal, body.serials, body.holder, body.note)
        return receipt if isinstance(receipt, Refusal) else _range(body, receipt["kind"])

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.get("/counts", summary="空白证书统计 · The stock by kind, holder and state")
async def counts(request: Request, principal: Office) -> StockView:
    """A district sees its own; the city all, and that each kind is in balance (C06)."""
    database = of(request).database
    rows = await repository.counts(database, principal.district)
    views = [CountView(**row) for row in rows]
    if principal.district is not None:
        return StockView(counts=views, balances=None)
    return StockView(counts=views, balances=_balances(views, await repository.received(database)))


@router.get("/blanks", summary="列出空白证书 · List the blanks")
async def list_blanks(
    request: Request, principal: Office, query: Annotated[BlankPage, Query()]
) -> Page[BlankView]:
    """Every serial, with whom it is and what became of it; a district's own (C06)."""
    reach, scope = repository.reach_of(principal)
    listing = repository.BLANKS
    return await listing.page(
        of(request).database,
        listing.asked(query, reach=reach, scope=scope),
        query,
        lambda row: BlankView.of(repository.blank_of(row)),
    )


@router.get("/blanks/export", summary="导出空白证书 · Export the blanks", responses=EXPORT_RESPONSES)
async def export_blanks(
    request: Request, principal: Office, query: Annotated[BlankExport, Query()]
) -> Response:
    """The blanks one sees, as a file (C06)."""
    reach, scope = repository.reach_of(principal)
    listing = repository.BLANKS
    rows = listing.all_rows(of(request).database, listing.asked(query, reach=reach, scope=scope))
    return await export(request, "blanks", _BLANK_COLUMNS, rows, query.format)


@router.get("/blanks/{serial}", response_model=BlankView, summary="查看空白证书 · Read a blank")
async def read_blank(request: Request, serial: str, principal: Office) -> Response:
    """One serial (C06)."""
    return reply(BlankView.of(await _found(request, principal, serial)))


@router.get("/blanks/{serial}/moves", summary="空白证书流转记录 · The moves of a blank")
async def list_moves_of(request: Request, serial: str, principal: Office) -> list[MoveView]:
    """Where a serial came from, who had it, and what became of it (流向清晰; C06)."""
    blank = await _found(request, principal, serial)
    return [move_view(row) for row in await repository.moves_of(of(request).database, blank)]


@router.post("/blanks/{serial}/print", response_model=BlankView, summary="打印证书 · Print on a blank")
async def print_on(
    request: Request, serial: str, body: PrintBody, principal: Keeper, if_match: IfMatch = None
) -> Response:
    """The newest edition of a valid certificate, on one blank alone, by who keeps the blank (C06)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        blank = accepted(
            await use_cases.print_on(
                tx, service, principal, canonical(serial), version, body.certificate_number
            )
        )
    return reply(BlankView.of(blank))


@router.post("/blanks/{serial}/issue", response_model=BlankView, summary="发放证书 · Hand a certificate over")
async def hand_over(
    request: Request, serial: str, body: HandOver, principal: Keeper, if_match: IfMatch = None
) -> Response:
    """To the person it names; one that was reissued or revoked meanwhile is not handed over (C06)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        blank = accepted(
            await use_cases.hand_over(tx, service, principal, canonical(serial), version, body.note)
        )
    return reply(BlankView.of(blank))


@router.post("/blanks/{serial}/spoil", response_model=BlankView, summary="空白证书作废 · Spoil a blank")
async def spoil(
    request: Request, serial: str, body: Spoiling, principal: Keeper, if_match: IfMatch = None
) -> Response:
    """With a reason; the edition that was on it may then be printed on another (C06)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        blank = accepted(
            await use_cases.spoil(tx, service, principal, canonical(serial), version, body.reason)
        )
    return reply(BlankView.of(blank))


async def _found(request: Request, principal: Principal, serial: str) -> Blank:
    blank = await repository.one(of(request).database, canonical(serial))
    if blank is None or principal.district not in (None, blank.district):
        raise Refused(Refusal(NOT_FOUND))
    return blank


def move_view(row: Row) -> MoveView:
    """The view of a row of the ledger."""
    return MoveView.model_validate(dict(row) | spanned(row))


def _receipt(row: Row | dict[str, Any]) -> ReceiptView:
    return ReceiptView.model_validate(dict(row) | spanned(row))


def _range(body: RangeMove, kind: str) -> RangeView:
    return RangeView.model_validate({"kind": kind} | body.model_dump() | spanned(body.model_dump()))


def _balances(views: list[CountView], received: dict[str, int]) -> list[BalanceView]:
    sums: dict[str, dict[State, int]] = {kind: defaultdict(int) for kind in received}
    for view in views:
        sums[view.kind][view.state] += view.quantity
    return [
        BalanceView.model_validate(
            {
                "kind": kind,
                "received": received[kind],
                "balanced": received[kind] == sum(by_state.values()),
                **{state: by_state[state] for state in State},
            }
        )
        for kind, by_state in sums.items()
    ]
