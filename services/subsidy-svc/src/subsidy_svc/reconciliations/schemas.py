"""Reconciliations as the API takes and shows them. Money is integer fen (D11)."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

Kind = Literal["committed", "payable", "paid", "receivable", "bank", "sealed"]
DifferenceState = Literal["open", "explained", "closed"]


class NewReconciliation(Body):
    """The district to reconcile now."""

    district: DistrictCode


class Explanation(Body):
    """What a person says of a difference (差异说明)."""

    note: Note = Field(examples=["数据库维护时误改，已提交更正"])


class ReconciliationFilters(ListQuery):
    """What the reconciliations may be narrowed to."""

    district: DistrictCode | None = None
    since: date | None = None
    until: date | None = None
    agrees: bool | None = Field(default=None, description="三方一致 · without any difference")
    sort: Literal["id", "-id", "on_day", "-on_day"] = "-id"


class ReconciliationPage(ReconciliationFilters, PageQuery):
    """A page of reconciliations."""


class ReconciliationExport(ReconciliationFilters, ExportQuery):
    """Reconciliations as a file."""


class DifferenceFilters(ListQuery):
    """What the differences may be narrowed to."""

    district: DistrictCode | None = None
    kind: Kind | None = None
    state: DifferenceState | None = None
    subject: UUID | None = Field(default=None, description="申领或批次 · the claim or the batch")
    sort: Literal["id", "-id", "first_seen_on", "-first_seen_on"] = "-id"


class DifferencePage(DifferenceFilters, PageQuery):
    """A page of differences."""


class DifferenceExport(DifferenceFilters, ExportQuery):
    """Differences as a file."""


class ReconciliationView(BaseModel):
    """One reconciliation (对账): each sum as decisions, ledger and bank told it when it was made."""

    id: UUID
    district: str
    on_day: date
    number: int
    made_at: datetime
    made_by: str
    committed_decided_fen: int
    committed_ledger_fen: int
    payable_decided_fen: int
    payable_ledger_fen: int
    paid_decided_fen: int
    paid_ledger_fen: int
    paid_bank_fen: int
    receivable_decided_fen: int
    receivable_ledger_fen: int
    differences: int


class DifferenceView(BaseModel):
    """A difference (差异), traced to a claim, or for ``bank`` and ``sealed`` to a batch."""

    id: UUID
    district: str
    kind: Kind
    subject: UUID
    expected_fen: int
    found_fen: int
    first_seen_on: date
    last_seen_on: date
    state: DifferenceState
    note: str | None
    noted_by: str | None
    noted_at: datetime | None
    closed_on: date | None
    version: int


def reconciliation_view(row: Row) -> ReconciliationView:
    """The view of a reconciliation."""
    return ReconciliationView(**{name: row[name] for name in ReconciliationView.model_fields})


def difference_view(row: Row) -> DifferenceView:
    """The view of a difference."""
    return DifferenceView(**{name: row[name] for name in DifferenceView.model_fields})
