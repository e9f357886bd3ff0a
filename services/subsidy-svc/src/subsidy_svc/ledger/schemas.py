"""What the API shows of the ledger. Money is integer fen (D11)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode
from chuangpei.paging import ListQuery, PageQuery
from pydantic import BaseModel, ConfigDict, Field

from subsidy_svc.ledger.chart import ACCOUNT_NAMES, CREDIT_ACCOUNTS, Account, Fund, FundLine, Occasion
from subsidy_svc.ledger.report import equations, left_of_budget


class FundQuery(ListQuery):
    """Whose money: of one year or of all, of one district or of all that one may see."""

    year: int | None = Field(default=None, ge=2026, le=2100, description="资金年度 · fund year")
    district: DistrictCode | None = None


class EntryFilters(ListQuery):
    """What the entries may be narrowed to. ``claim_id`` finds those of the claim's batches too."""

    district: DistrictCode | None = None
    fund_line: FundLine | None = None
    fund_year: int | None = Field(default=None, ge=2026, le=2100, description="资金年度 · fund year")
    occasion: Occasion | None = None
    account: Account | None = Field(default=None, description="借方或贷方科目 · debited or credited")
    claim_id: UUID | None = None
    batch_id: UUID | None = None
    recovery_id: UUID | None = None
    posted_since: date | None = None
    posted_until: date | None = None
    sort: Literal["id", "-id", "posted_on", "-posted_on"] = "-id"


class EntryPage(EntryFilters, PageQuery):
    """A page of entries."""


class EntryExport(EntryFilters, ExportQuery):
    """Entries as a file."""


class EntryView(BaseModel):
    """One entry (分录): so many fen from the credited account to the debited one, and what it rests on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 42,
                    "posted_at": "2026-10-09T02:00:00Z",
                    "posted_on": "2026-10-09",
                    "posted_by": "officer-c",
                    "occasion": "seal",
                    "district": "310115",
                    "fund_line": "stage_3_subsidy",
                    "fund_year": 2026,
                    "debit": "payable",
                    "credit": "committed",
                    "amount_fen": 21600000,
                    "claims": 120,
                    "claim_id": None,
                    "batch_id": "0199f4d2-7c1e-7b30-9a55-1f6a54f0c009",
                    "bank_result_id": None,
                    "recovery_id": None,
                    "receipt_id": None,
                    "budget_id": None,
                    "reverses": None,
                }
            ]
        }
    )

    id: int
    posted_at: datetime
    posted_on: date
    posted_by: str
    occasion: Occasion
    district: str
    fund_line: FundLine
    fund_year: int
    debit: Account
    credit: Account
    amount_fen: int
    claims: int
    claim_id: UUID | None
    batch_id: UUID | None
    bank_result_id: UUID | None
    recovery_id: UUID | None
    receipt_id: UUID | None
    budget_id: UUID | None
    reverses: int | None


class EntryLineView(BaseModel):
    """One payment line of which an entry of a batch is the sum (明细)."""

    batch_id: UUID
    line_no: int
    claim_id: UUID
    amount_fen: int
    status: str


class AccountView(BaseModel):
    """One account of one fund (会计科目): its debits, its credits and what it holds."""

    district: str
    fund_line: FundLine
    fund_year: int
    account: Account
    zh: str
    en: str
    side: Literal["debit", "credit"]
    debit_fen: int
    credit_fen: int
    balance_fen: int


class AccountList(BaseModel):
    """The accounts that have entries; all debits are all credits."""

    items: list[AccountView]
    debit_fen: int
    credit_fen: int


class EquationView(BaseModel):
    """Two sides that are the same to the fen (恒等式)."""

    text: str = Field(examples=["budget = available + committed + payable + paid"])
    left_fen: int
    right_fen: int
    holds: bool


class Position(BaseModel):
    """What the accounts hold (资金状况); ``left_fen`` may still be sealed: budget less payable and paid."""

    budget_fen: int
    available_fen: int
    committed_fen: int
    payable_fen: int
    paid_fen: int
    left_fen: int
    claimed_back_fen: int
    receivable_fen: int
    recovered_fen: int
    waived_fen: int
    equations: list[EquationView]


class FundPosition(Position):
    """The position of one fund: a district, a fund line, a year."""

    district: str
    fund_line: FundLine
    fund_year: int


class ReportView(BaseModel):
    """The report of the money (资金报表): each fund, and all together."""

    funds: list[FundPosition]
    total: Position


def entry_view(row: Row) -> EntryView:
    """An entry of the list."""
    return EntryView(**{name: row[name] for name in EntryView.model_fields})


def account_view(row: Row) -> AccountView:
    """An account with its balance."""
    account = Account(row["account"])
    name = ACCOUNT_NAMES[account]
    held = {one: row[one] for one in ("district", "fund_line", "fund_year")}
    sums = {one: row[one] for one in ("debit_fen", "credit_fen", "balance_fen")}
    side: Literal["debit", "credit"] = "credit" if account in CREDIT_ACCOUNTS else "debit"
    return AccountView(**held, **sums, account=account, zh=name.zh, en=name.en, side=side)


def position(balances: Mapping[Account, int]) -> Position:
    """What the accounts hold, and the equations."""
    held = {f"{account}_fen": balances[account] for account in Account}
    shown = [
        EquationView(text=one.text, left_fen=one.left_fen, right_fen=one.right_fen, holds=one.holds)
        for one in equations(balances)
    ]
    return Position(**held, left_fen=left_of_budget(balances), equations=shown)


def fund_position(fund: Fund, balances: Mapping[Account, int]) -> FundPosition:
    """What the accounts of one fund hold."""
    held = position(balances).model_dump()
    return FundPosition(district=fund.district, fund_line=fund.line, fund_year=fund.year, **held)
