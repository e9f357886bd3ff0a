"""Views of signals."""

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeForm, DistrictCode
from chuangpei.paging import ListQuery, PageQuery
from pydantic import BaseModel

from brand_svc.evidence import Evidence
from brand_svc.policy.facts import ExitGround
from brand_svc.signals.signal import Signal

Source = Literal[
    "certificate.revoked",
    "subsidy.fraud_confirmed",
    "institution.penalised",
    "institution.listed_dishonest",
    "institution.inactive",
    "inspection.overdue",
    "inspection",
    "report",
]


class SignalFilters(ListQuery):
    """What the signals may be narrowed to, and their orders."""

    credit_code: CreditCodeForm | None = None
    district: DistrictCode | None = None
    source: Source | None = None
    ground: ExitGround | None = None
    occurred_since: date | None = None
    occurred_until: date | None = None
    in_case: bool | None = None
    sort: Literal["id", "-id", "occurred_on", "-occurred_on"] = "id"


class SignalPage(SignalFilters, PageQuery):
    """A page of signals."""


class SignalExport(SignalFilters, ExportQuery):
    """Signals as a file."""


class SignalView(BaseModel):
    """A signal (线索) with its source; without ``case_id`` it came when there was no brand (D09).

    Without a ``ground`` it opens no case: only the risk board counts it. ``recorded_by`` is the officer who
    recorded an inspection or accepted a report.
    """

    id: UUID
    source: str
    reference: str
    credit_code: str
    institution_name: str
    district: str
    ground: str | None
    reason_code: str
    occurred_on: date
    received_at: datetime
    case_id: UUID | None
    recorded_by: str | None
    statement: str | None
    evidence: list[Evidence]

    @classmethod
    def of(cls, signal: Signal) -> Self:
        """The view of a signal."""
        return cls(**{name: getattr(signal, name) for name in cls.model_fields})
