"""Routes of reconciliations."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.access import asked_by
from subsidy_svc.reconciliations import repository, use_cases
from subsidy_svc.reconciliations.schemas import (
    DifferenceExport,
    DifferenceFilters,
    DifferencePage,
    DifferenceView,
    Explanation,
    NewReconciliation,
    ReconciliationExport,
    ReconciliationFilters,
    ReconciliationPage,
    ReconciliationView,
    difference_view,
    reconciliation_view,
)
from subsidy_svc.service import of
from subsidy_svc.settings import JSON_BODY_BYTES

router = APIRouter(prefix="/subsidy/v1/reconciliations", tags=["对账 · reconciliations"])
City = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Office = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("区", "District"), lambda row: row["district"]),
    Column(Text("对账日", "Day"), lambda row: row["on_day"]),
    Column(Text("次", "Number"), lambda row: row["number"]),
    Column(Text("对账时间", "Made at"), lambda row: row["made_at"]),
    Column(Text("已承诺·业务（分）", "Committed, decided"), lambda row: row["committed_decided_fen"]),
    Column(Text("已承诺·账簿（分）", "Committed, ledger"), lambda row: row["committed_ledger_fen"]),
    Column(Text("应付·业务（分）", "Payable, decided"), lambda row: row["payable_decided_fen"]),
    Column(Text("应付·账簿（分）", "Payable, ledger"), lambda row: row["payable_ledger_fen"]),
    Column(Text("已付·业务（分）", "Paid, decided"), lambda row: row["paid_decided_fen"]),
    Column(Text("已付·账簿（分）", "Paid, ledger"), lambda row: row["paid_ledger_fen"]),
    Column(Text("已付·银行（分）", "Paid, bank"), lambda row: row["paid_bank_fen"]),
    Column(Text("应追回·业务（分）", "Receivable, decided"), lambda row: row["receivable_decided_fen"]),
    Column(Text("应追回·账簿（分）", "Receivable, ledger"), lambda row: row["receivable_ledger_fen"]),
    Column(Text("差异数", "Differences"), lambda row: row["differences"]),
)
_DIFFERENCE_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("区", "District"), lambda row: row["district"]),
    Column(Text("种类", "Kind"), lambda row: row["kind"]),
    Column(Text("申领或批次", "Claim or batch"), lambda row: str(row["subject"])),
    Column(Text("应为（分）", "Expected, fen"), lambda row: row["expected_fen"]),
    Column(Text("实为（分）", "Found, fen"), lambda row: row["found_fen"]),
    Column(Text("首见", "First seen"), lambda row: row["first_seen_on"]),
    Column(Text("末见", "Last seen"), lambda row: row["last_seen_on"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("说明", "Note"), lambda row: row["note"]),
    Column(Text("消除日", "Closed on"), lambda row: row["closed_on"]),
)


@router.get("", summary="对账列表 · Reconciliations")
async def list_reconciliations(
    request: Request, principal: Reader, query: Annotated[ReconciliationPage, Query()]
) -> Page[ReconciliationView]:
    """What decisions, ledger and bank told, by day and district (O04, S10)."""
    asked = _asked(principal, query)
    return await repository.LIST.page(of(request).database, asked, query, reconciliation_view)


@router.get("/export", summary="导出对账 · Export the reconciliations", responses=EXPORT_RESPONSES)
async def export_reconciliations(
    request: Request, principal: Reader, query: Annotated[ReconciliationExport, Query()]
) -> Response:
    """The reconciliations as a file (O04)."""
    rows = repository.LIST.all_rows(of(request).database, _asked(principal, query))
    return await export(request, "reconciliations", _COLUMNS, rows, query.format)


@router.post(
    "",
    status_code=201,
    summary="立即对账 · Reconcile now",
    response_model=ReconciliationView,
    max_body_size=JSON_BODY_BYTES,
)
async def reconcile(request: Request, city: City, key: IdempotencyKey, body: NewReconciliation) -> Response:
    """Compares decisions, ledger and bank of a district as they stand now (O04, S10)."""
    service = of(request)
    return await once(
        service.database,
        request,
        city,
        key,
        body,
        lambda tx: use_cases.reconcile_now(tx, service, city, body.district),
    )


@router.get("/differences", summary="对账差异列表 · Differences")
async def list_differences(
    request: Request, principal: Reader, query: Annotated[DifferencePage, Query()]
) -> Page[DifferenceView]:
    """Every difference, traced to its claim or its batch (O04)."""
    asked = _asked_differences(principal, query)
    return await repository.DIFFERENCES.page(of(request).database, asked, query, difference_view)


@router.get(
    "/differences/export", summary="导出对账差异 · Export the differences", responses=EXPORT_RESPONSES
)
async def export_differences(
    request: Request, principal: Reader, query: Annotated[DifferenceExport, Query()]
) -> Response:
    """The differences as a file (O04)."""
    rows = repository.DIFFERENCES.all_rows(of(request).database, _asked_differences(principal, query))
    return await export(request, "differences", _DIFFERENCE_COLUMNS, rows, query.format)


@router.post(
    "/differences/{difference_id}/explain",
    summary="说明差异 · Explain a difference",
    response_model=DifferenceView,
    max_body_size=JSON_BODY_BYTES,
)
async def explain(
    request: Request, principal: Office, difference_id: UUID, body: Explanation, if_match: IfMatch = None
) -> Response:
    """Says what a difference comes from; it closes by itself once it has vanished (O04)."""
    return reply(await done(request, if_match, principal, use_cases.explain, difference_id, body.note))


def _asked(principal: Principal, query: ReconciliationFilters) -> Asked:
    return asked_by(principal, repository.LIST, query)


def _asked_differences(principal: Principal, query: DifferenceFilters) -> Asked:
    return asked_by(principal, repository.DIFFERENCES, query)
