"""Routes of the ledger: read alone, for every entry is written by the step it tells."""

from typing import Annotated

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Text
from chuangpei.listing import Asked
from chuangpei.paging import Page, PageQuery
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.access import asked_by, district_of
from subsidy_svc.ledger import repository
from subsidy_svc.ledger.report import by_fund, summed
from subsidy_svc.ledger.schemas import (
    AccountList,
    EntryExport,
    EntryFilters,
    EntryLineView,
    EntryPage,
    EntryView,
    FundQuery,
    ReportView,
    account_view,
    entry_view,
    fund_position,
    position,
)
from subsidy_svc.service import of

router = APIRouter(prefix="/subsidy/v1/ledger", tags=["账簿 · ledger"])
Reader = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("分录号", "Entry"), lambda row: row["id"]),
    Column(Text("记账时间", "Posted at"), lambda row: row["posted_at"]),
    Column(Text("事由", "Occasion"), lambda row: row["occasion"]),
    Column(Text("区", "District"), lambda row: row["district"]),
    Column(Text("资金科目", "Fund line"), lambda row: row["fund_line"]),
    Column(Text("资金年度", "Fund year"), lambda row: row["fund_year"]),
    Column(Text("借方", "Debit"), lambda row: row["debit"]),
    Column(Text("贷方", "Credit"), lambda row: row["credit"]),
    Column(Text("金额（分）", "Fen"), lambda row: row["amount_fen"]),
    Column(Text("笔数", "Claims"), lambda row: row["claims"]),
    Column(Text("申领", "Claim"), lambda row: _text(row["claim_id"])),
    Column(Text("批次", "Batch"), lambda row: _text(row["batch_id"])),
    Column(Text("银行回盘", "Bank result"), lambda row: _text(row["bank_result_id"])),
    Column(Text("追回", "Recovery"), lambda row: _text(row["recovery_id"])),
    Column(Text("预算", "Budget"), lambda row: _text(row["budget_id"])),
    Column(Text("冲销", "Reverses"), lambda row: row["reverses"]),
    Column(Text("记账人", "Posted by"), lambda row: row["posted_by"]),
)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


@router.get("/accounts", summary="会计科目余额 · Accounts and balances")
async def list_accounts(
    request: Request, principal: Reader, query: Annotated[FundQuery, Query()]
) -> AccountList:
    """Each account of each fund: debits, credits, balance (O04); of an officer's district, or all."""
    rows = await repository.balances(of(request).database, query.year, _seen(principal, query))
    return AccountList(
        items=[account_view(row) for row in rows],
        debit_fen=sum(row["debit_fen"] for row in rows),
        credit_fen=sum(row["credit_fen"] for row in rows),
    )


@router.get("/report", summary="资金报表 · Report of the money")
async def report(request: Request, principal: Reader, query: Annotated[FundQuery, Query()]) -> ReportView:
    """What each fund holds, and the equations, both sides in fen (O04, D11)."""
    rows = await repository.balances(of(request).database, query.year, _seen(principal, query))
    funds = by_fund(rows)
    return ReportView(
        funds=[fund_position(fund, balances) for fund, balances in funds.items()],
        total=position(summed(list(funds.values()))),
    )


@router.get("/entries", summary="分录列表 · Entries")
async def list_entries(
    request: Request, principal: Reader, query: Annotated[EntryPage, Query()]
) -> Page[EntryView]:
    """Entries, the newest first; of a claim also those of its batches (O04)."""
    return await repository.LIST.page(of(request).database, _asked(principal, query), query, entry_view)


@router.get("/entries/export", summary="导出分录 · Export the entries", responses=EXPORT_RESPONSES)
async def export_entries(
    request: Request, principal: Reader, query: Annotated[EntryExport, Query()]
) -> Response:
    """The entries as a file (O04)."""
    rows = repository.LIST.all_rows(of(request).database, _asked(principal, query))
    return await export(request, "ledger-entries", _COLUMNS, rows, query.format)


@router.get("/entries/{entry_id}/lines", summary="分录明细 · Lines of an entry")
async def list_entry_lines(
    request: Request, principal: Reader, entry_id: int, query: Annotated[PageQuery, Query()]
) -> Page[EntryLineView]:
    """The payment lines of which a batch's entry is the sum; none where it rests on a claim (O04, S10)."""
    asked = asked_by(principal, repository.LINES_OF_ENTRY, query, entry_id=entry_id, sort="line_no")
    return await repository.LINES_OF_ENTRY.page(of(request).database, asked, query, _line_view)


def _line_view(row: Row) -> EntryLineView:
    return EntryLineView(**{name: row[name] for name in EntryLineView.model_fields})


def _seen(principal: Principal, query: FundQuery) -> str | None:
    """The one district that is read: an officer's own, or the one asked for."""
    return district_of(principal) or query.district


def _asked(principal: Principal, query: EntryFilters) -> Asked:
    return asked_by(principal, repository.LIST, query)
