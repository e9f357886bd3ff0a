"""Views of signals."""

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeForm, DistrictCode
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

from brand_svc.evidence import Evidence, EvidenceList
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


class InspectionFinding(Body):
    """What an inspection found (日常监管发现): on an exit ground, or on none, to be watched only."""

    credit_code: CreditCodeForm
    ground: ExitGround | None = Field(default=None, examples=["X4"])
    occurred_on: date = Field(examples=["2026-07-05"])
    reference: str = Field(min_length=1, max_length=200, examples=["浦人社检〔2026〕31号"])
    statement: str = Field(min_length=2, max_length=4_000, examples=["现场无教学场地，无专职教师在岗。"])
    evidence: EvidenceList = Field(default_factory=list)


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
