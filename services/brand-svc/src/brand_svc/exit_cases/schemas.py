"""Bodies and views of exit cases."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal, Self
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeForm, DistrictCode
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

from brand_svc.evidence import Evidence, EvidenceList, as_kept
from brand_svc.exit_cases.exit_case import ExitCase
from brand_svc.exit_cases.lifecycle import State
from brand_svc.policy.facts import ExitGround
from brand_svc.signals.schemas import SignalView
from brand_svc.signals.signal import Signal


class Notice(Body):
    """What the district is about to find (拟认定的事实、理由和依据), told to the institution."""

    notice: str = Field(min_length=10, max_length=4000, examples=["拟认定你单位协助骗取补贴，属X2。"])
    evidence: EvidenceList = Field(default_factory=list)


class Answer(Body):
    """What the institution says to it (陈述申辩), and what it relies on."""

    answer: str = Field(min_length=2, max_length=4000, examples=["学员均实际到课，考勤附后。"])
    evidence: EvidenceList = Field(default_factory=list)


class Verification(Body):
    """What the district found (核实情况): founded goes to the city, unfounded is closed."""

    founded: bool = Field(examples=[True])
    statement: str = Field(min_length=2, max_length=4000, examples=["情况属实，报请市局处理。"])
    evidence: EvidenceList = Field(default_factory=list)


class Correction(Body):
    """What the district corrects of its report (更正), and why; what is not given stays."""

    statement: str | None = Field(default=None, min_length=2, max_length=4000)
    evidence: EvidenceList | None = None
    reason: Reason

    def changes(self) -> dict[str, Any]:
        """The fields that were given, as the case keeps them."""
        given: dict[str, Any] = {} if self.statement is None else {"statement": self.statement}
        return given if self.evidence is None else given | {"evidence": as_kept(self.evidence)}


class CityDecision(Body):
    """Why the city bureau decides as it does (处理理由)."""

    reason: str = Field(min_length=2, max_length=2000, examples=["情节属实，撤销品牌认定。"])


class Because(Body):
    """Why a case is reopened, or an officer steps aside (原因)."""

    reason: Reason


class ExitCaseFilters(ListQuery):
    """What the exit cases may be narrowed to, and their orders."""

    state: State | None = None
    credit_code: CreditCodeForm | None = None
    district: DistrictCode | None = None
    ground: ExitGround | None = None
    undecided: bool | None = Field(default=None, description="未结 · not decided yet")
    overdue: bool | None = Field(default=None, description="逾期未结 · whose last day is over")
    opened_since: date | None = None
    opened_until: date | None = None
    sort: Literal["id", "-id", "opened_on", "-opened_on", "due_on", "-due_on"] = "id"


class ExitCasePage(ExitCaseFilters, PageQuery):
    """A page of exit cases."""


class ExitCaseExport(ExitCaseFilters, ExportQuery):
    """Exit cases as a file."""


class OwnExitCaseFilters(ListQuery):
    """What an institution's own cases may be narrowed to, and their orders."""

    state: State | None = None
    ground: ExitGround | None = None
    undecided: bool | None = None
    sort: Literal["id", "-id", "opened_on", "-opened_on"] = "-id"


class OwnExitCasePage(OwnExitCaseFilters, PageQuery):
    """A page of an institution's own cases."""


class OwnExitCaseExport(OwnExitCaseFilters, ExportQuery):
    """An institution's own cases as a file."""


class OwnExitCaseView(BaseModel):
    """An exit case (退出核查) as the institution sees it: what it was told, what it said, what came of it.

    ``answer_by`` is the last day for its answer; the whole day counts.
    """

    id: UUID
    credit_code: str
    brand_id: UUID
    institution_name: str
    district: str
    ground: ExitGround
    state: State
    opened_on: date
    notice: str | None
    notice_evidence: list[Evidence]
    noticed_on: date | None
    answer_by: date | None
    answer: str | None
    answer_evidence: list[Evidence]
    answered_on: date | None
    waived: bool
    reason: str | None
    decided_on: date | None
    version: int

    @classmethod
    def of(cls, case: ExitCase) -> Self:
        """The view of a case."""
        return cls(**fields_of(cls, case))


class ExitCaseSummary(OwnExitCaseView):
    """An exit case (退出核查) without its signals.

    ``due_on`` is the last day for whoever has it in hand; ``overdue`` says that it is over (B11).
    """

    due_on: date
    overdue: bool
    statement: str | None
    evidence: list[Evidence]
    verified_on: date | None
    verified_by: str | None
    returned_for: str | None
    decided_by: str | None

    @classmethod
    def on(cls, case: ExitCase, today: date) -> Self:
        """The view of a case on a day."""
        return cls(**fields_of(cls, case), overdue=case.is_overdue(today))


class ExitCaseView(ExitCaseSummary):
    """An exit case with the signals that opened or joined it (D09)."""

    signals: list[SignalView]

    @classmethod
    def with_signals(cls, case: ExitCase, today: date, signals: Sequence[Signal]) -> Self:
        """The view of a case and its signals, the earliest first."""
        views = [SignalView.of(signal) for signal in signals]
        return cls(**fields_of(cls, case), overdue=case.is_overdue(today), signals=views)


def fields_of(view: type[BaseModel], case: ExitCase) -> dict[str, Any]:
    """What the view shows of the case itself."""
    return {name: getattr(case, name) for name in view.model_fields if hasattr(case, name)}
