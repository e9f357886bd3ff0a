"""Recoveries as the API takes and shows them. Money is integer fen (D11)."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Name, Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, ConfigDict, Field

from subsidy_svc.recoveries.lifecycle import State
from subsidy_svc.recoveries.recovery import Recovery

Cause = Literal["certificate_revoked", "person_fraud", "office_error"]
_MOST_FEN = 10**12


class Demand(Body):
    """The order to pay the money back by a day (责令退回)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"document": "浦人社责退〔2026〕3号", "due_on": "2026-12-31"}]}
    )

    document: Name = Field(description="文号 · document number")
    due_on: date = Field(description="退回期限 · the last day to pay it back")


class DueAmendment(Body):
    """Another document number or last day, and why."""

    document: Name | None = None
    due_on: date | None = None
    reason: Reason


class NewReceipt(Body):
    """What came in (退款到账): an instalment or all of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"amount_fen": 60000, "received_on": "2026-11-20", "reference": "国库 2026-1120-07"}]
        }
    )

    amount_fen: int = Field(gt=0, le=_MOST_FEN)
    received_on: date
    reference: Name = Field(description="到账凭证号 · reference of the payment")


class Why(Body):
    """Why (原因)."""

    reason: Note = Field(examples=["家庭经济困难，经核实无力偿还"])


class RecoveryFilters(ListQuery):
    """What the recoveries may be narrowed to."""

    district: DistrictCode | None = None
    state: State | None = None
    cause: Cause | None = None
    claim_id: UUID | None = None
    overdue: bool | None = Field(default=None, description="逾期 · past its last day")
    opened_since: date | None = None
    opened_until: date | None = None
    sort: Literal["id", "-id", "opened_on", "-opened_on", "amount_fen", "-amount_fen"] = "-id"


class RecoveryPage(RecoveryFilters, PageQuery):
    """A page of recoveries."""


class RecoveryExport(RecoveryFilters, ExportQuery):
    """Recoveries as a file."""


class ReceiptPage(PageQuery):
    """A page of receipts."""

    sort: Literal["id", "-id"] = "id"


class ReceiptExport(ExportQuery):
    """Receipts as a file."""

    sort: Literal["id", "-id"] = "id"


class RecoveryView(BaseModel):
    """A recovery (追回): a paid claim to be got back, and how much of it came in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0199f4d2-7c1e-7b30-9a55-1f6a54f0c011",
                    "claim_id": "0199f4d2-7c1e-7b30-9a55-1f6a54f0c002",
                    "certificate_id": "0199f4d2-7c1e-7b30-9a55-1f6a54f0c001",
                    "holder": "张*",
                    "district": "310115",
                    "amount_fen": 180000,
                    "fund_year": 2026,
                    "received_fen": 60000,
                    "waived_fen": 0,
                    "outstanding_fen": 120000,
                    "cause": "certificate_revoked",
                    "opened_on": "2026-11-02",
                    "state": "demanded",
                    "demand_document": "浦人社责退〔2026〕3号",
                    "demanded_on": "2026-11-05",
                    "due_on": "2026-12-31",
                    "overdue": False,
                    "waiver_reason": None,
                    "waiver_proposed_by": None,
                    "waiver_decided_by": None,
                    "waiver_decided_at": None,
                    "version": 3,
                }
            ]
        }
    )

    id: UUID
    claim_id: UUID
    certificate_id: UUID
    holder: str
    district: str
    amount_fen: int
    fund_year: int
    received_fen: int
    waived_fen: int
    outstanding_fen: int
    cause: Cause
    opened_on: date
    state: State
    demand_document: str | None
    demanded_on: date | None
    due_on: date | None
    overdue: bool
    waiver_reason: str | None
    waiver_proposed_by: str | None
    waiver_decided_by: str | None
    waiver_decided_at: datetime | None
    version: int


class ReceiptView(BaseModel):
    """What came in for a recovery; below zero, the mirror of the receipt that it ``reverses`` (冲销)."""

    id: UUID
    recovery_id: UUID
    amount_fen: int
    received_on: date
    reference: str
    recorded_at: datetime
    recorded_by: str
    reverses: UUID | None


_DERIVED = {"holder", "outstanding_fen", "overdue"}


def recovery_view(recovery: Recovery, today: date) -> RecoveryView:
    """The view of a recovery as of a day."""
    shown = {name: getattr(recovery, name) for name in RecoveryView.model_fields if name not in _DERIVED}
    return RecoveryView(
        **shown,
        holder=recovery.masked_name,
        outstanding_fen=recovery.outstanding_fen,
        overdue=recovery.is_overdue(today),
    )


def receipt_view(row: Row) -> ReceiptView:
    """The view of a receipt."""
    return ReceiptView(**{name: row[name] for name in ReceiptView.model_fields})
