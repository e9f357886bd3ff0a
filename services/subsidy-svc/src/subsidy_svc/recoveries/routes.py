"""Routes of recoveries."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.access import asked_by, scope_of
from subsidy_svc.recoveries import repository, use_cases
from subsidy_svc.recoveries.recovery import Recovery
from subsidy_svc.recoveries.schemas import (
    Demand,
    DueAmendment,
    NewReceipt,
    ReceiptExport,
    ReceiptPage,
    ReceiptView,
    RecoveryExport,
    RecoveryFilters,
    RecoveryPage,
    RecoveryView,
    Why,
    receipt_view,
    recovery_view,
)
from subsidy_svc.service import of
from subsidy_svc.settings import JSON_BODY_BYTES

router = APIRouter(prefix="/subsidy/v1/recoveries", tags=["追回 · recoveries"])
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
City = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("申领", "Claim"), lambda row: str(row["claim_id"])),
    Column(Text("申领人", "Holder"), lambda row: row["masked_name"]),
    Column(Text("区", "District"), lambda row: row["district"]),
    Column(Text("原因", "Cause"), lambda row: row["cause"]),
    Column(Text("立案日", "Opened on"), lambda row: row["opened_on"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("应追回（分）", "Fen owed"), lambda row: row["amount_fen"]),
    Column(Text("已追回（分）", "Fen received"), lambda row: row["received_fen"]),
    Column(Text("已减免（分）", "Fen waived"), lambda row: row["waived_fen"]),
    Column(Text("责令退回文号", "Order"), lambda row: row["demand_document"]),
    Column(Text("退回期限", "Due on"), lambda row: row["due_on"]),
)
_RECEIPT_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("到账日", "Received on"), lambda row: row["received_on"]),
    Column(Text("金额（分）", "Fen"), lambda row: row["amount_fen"]),
    Column(Text("凭证号", "Reference"), lambda row: row["reference"]),
    Column(Text("登记人", "Recorded by"), lambda row: row["recorded_by"]),
    Column(Text("登记时间", "Recorded at"), lambda row: row["recorded_at"]),
    Column(Text("冲销", "Reverses"), lambda row: str(row["reverses"]) if row["reverses"] else None),
)


@router.get("", summary="追回列表 · Recoveries")
async def list_recoveries(
    request: Request, principal: Reader, query: Annotated[RecoveryPage, Query()]
) -> Page[RecoveryView]:
    """Recoveries, the newest first: those of an officer's district, or all for the city (D06)."""
    service = of(request)
    today = service.clock.today()

    def view(row: Row) -> RecoveryView:
        return recovery_view(repository.recovery_from(row), today)

    return await repository.LIST.page(service.database, _asked(request, principal, query), query, view)


@router.get("/export", summary="导出追回 · Export the recoveries", responses=EXPORT_RESPONSES)
async def export_recoveries(
    request: Request, principal: Reader, query: Annotated[RecoveryExport, Query()]
) -> Response:
    """The recoveries as a file (D06)."""
    rows = repository.LIST.all_rows(of(request).database, _asked(request, principal, query))
    return await export(request, "recoveries", _COLUMNS, rows, query.format)


@router.get("/{recovery_id}", summary="一笔追回 · One recovery", response_model=RecoveryView)
async def get_recovery(request: Request, principal: Reader, recovery_id: UUID) -> Response:
    """What is owed, received and waived, and by when it is due (D06)."""
    recovery = await _seen(request, principal, recovery_id)
    return reply(recovery_view(recovery, of(request).clock.today()))


@router.post(
    "/{recovery_id}/demand",
    summary="责令退回 · Demand",
    response_model=RecoveryView,
    max_body_size=JSON_BODY_BYTES,
)
async def demand(
    request: Request, officer: Officer, recovery_id: UUID, body: Demand, if_match: IfMatch = None
) -> Response:
    """Orders the person to pay the money back by a day (D06)."""
    return reply(await done(request, if_match, officer, use_cases.demand, recovery_id, body))


@router.post(
    "/{recovery_id}/amend",
    summary="更正责令退回 · Amend the order",
    response_model=RecoveryView,
    max_body_size=JSON_BODY_BYTES,
)
async def amend(
    request: Request, officer: Officer, recovery_id: UUID, body: DueAmendment, if_match: IfMatch = None
) -> Response:
    """Another last day or document number, with a reason; what stood before is kept (D06)."""
    return reply(await done(request, if_match, officer, use_cases.amend, recovery_id, body))


@router.get("/{recovery_id}/amendments", summary="追回更正记录 · A recovery's amendments")
async def list_amendments(
    request: Request, principal: Reader, recovery_id: UUID, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (D06)."""
    await _seen(request, principal, recovery_id)
    async with of(request).database.transaction() as tx:
        return await history(tx, "recovery", recovery_id, query)


@router.post(
    "/{recovery_id}/receipts",
    status_code=201,
    summary="登记退款 · Record a receipt",
    response_model=RecoveryView,
    max_body_size=JSON_BODY_BYTES,
)
async def receive(
    request: Request, officer: Officer, recovery_id: UUID, key: IdempotencyKey, body: NewReceipt
) -> Response:
    """Records an instalment, never more than is owed; the last one ends the recovery (D06, O04)."""
    service = of(request)
    return await once(
        service.database,
        request,
        officer,
        key,
        body,
        lambda tx: use_cases.receive(tx, service, officer, recovery_id, body),
    )


@router.get("/{recovery_id}/receipts", summary="退款列表 · Receipts")
async def list_receipts(
    request: Request, principal: Reader, recovery_id: UUID, query: Annotated[ReceiptPage, Query()]
) -> Page[ReceiptView]:
    """What came in, and the mirrors of what was recorded wrongly (D06, O04)."""
    await _seen(request, principal, recovery_id)
    asked = repository.RECEIPTS.asked(query, recovery_id=recovery_id)
    return await repository.RECEIPTS.page(of(request).database, asked, query, receipt_view)


@router.get(
    "/{recovery_id}/receipts/export", summary="导出退款 · Export the receipts", responses=EXPORT_RESPONSES
)
async def export_receipts(
    request: Request, principal: Reader, recovery_id: UUID, query: Annotated[ReceiptExport, Query()]
) -> Response:
    """What came in, as a file (D06, O04)."""
    await _seen(request, principal, recovery_id)
    asked = repository.RECEIPTS.asked(query, recovery_id=recovery_id)
    rows = repository.RECEIPTS.all_rows(of(request).database, asked)
    return await export(request, "receipts", _RECEIPT_COLUMNS, rows, query.format)


@router.post(
    "/{recovery_id}/receipts/{receipt_id}/reverse",
    summary="冲销退款登记 · Reverse a receipt",
    response_model=RecoveryView,
    max_body_size=JSON_BODY_BYTES,
)
async def reverse_receipt(
    request: Request,
    officer: Officer,
    recovery_id: UUID,
    receipt_id: UUID,
    body: Why,
    if_match: IfMatch = None,
) -> Response:
    """Reverses a receipt that was recorded wrongly, once: what it counted is owed again (D06, O04)."""
    return reply(
        await done(
            request, if_match, officer, use_cases.reverse_receipt, recovery_id, receipt_id, body.reason
        )
    )


@router.post(
    "/{recovery_id}/propose-waiver",
    summary="提请减免 · Propose a waiver",
    response_model=RecoveryView,
    max_body_size=JSON_BODY_BYTES,
)
async def propose_waiver(
    request: Request, officer: Officer, recovery_id: UUID, body: Why, if_match: IfMatch = None
) -> Response:
    """The district proposes that what is still owed be waived (D05, D06)."""
    return reply(await done(request, if_match, officer, use_cases.propose_waiver, recovery_id, body.reason))


@router.post(
    "/{recovery_id}/approve-waiver", summary="同意减免 · Approve the waiver", response_model=RecoveryView
)
async def approve_waiver(
    request: Request, city: City, recovery_id: UUID, if_match: IfMatch = None
) -> Response:
    """Another person, of the city, waives what is still owed (D05, D06, O04)."""
    return reply(await done(request, if_match, city, use_cases.approve_waiver, recovery_id))


@router.post(
    "/{recovery_id}/refuse-waiver",
    summary="不予减免 · Refuse the waiver",
    response_model=RecoveryView,
    max_body_size=JSON_BODY_BYTES,
)
async def refuse_waiver(
    request: Request, city: City, recovery_id: UUID, body: Why, if_match: IfMatch = None
) -> Response:
    """The city does not waive it, and says why: it stays owed (D05, D06)."""
    return reply(await done(request, if_match, city, use_cases.refuse_waiver, recovery_id, body.reason))


async def _seen(request: Request, principal: Principal, recovery_id: UUID) -> Recovery:
    """The recovery, if the principal may see it; raises :class:`Refused` (404)."""
    recovery = await repository.one(of(request).database, recovery_id, scope_of(principal))
    if recovery is None:
        raise Refused(Refusal(NOT_FOUND))
    return recovery


def _asked(request: Request, principal: Principal, query: RecoveryFilters) -> Asked:
    today = of(request).clock.today()
    return asked_by(principal, repository.LIST, query, given={"today": today})
