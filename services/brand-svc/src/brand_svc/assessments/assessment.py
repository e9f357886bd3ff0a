"""The aggregate: the assessment (评估) of one existing brand in one round (B06)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, ClassVar, Literal
from uuid import UUID

from chuangpei.kernel.refusals import Refusal

from brand_svc.assessments.lifecycle import NEXT, Action, State
from brand_svc.policy.facts import Tier
from brand_svc.transitions import move

Outcome = Literal["passed", "failed", "absent"]
"""What the district may find: 达标, 不达标, 未按规定参加评估."""

_FOUND: Mapping[Outcome, Action] = MappingProxyType(
    {"passed": Action.PASS, "failed": Action.FAIL, "absent": Action.MARK_ABSENT}
)
_CORRECTED: Mapping[Outcome, Action] = MappingProxyType(
    {
        "passed": Action.CORRECT_TO_PASSED,
        "failed": Action.CORRECT_TO_FAILED,
        "absent": Action.CORRECT_TO_ABSENT,
    }
)


@dataclass(frozen=True, slots=True)
class Result:
    """What the district found (评估意见): the outcome, its grounds, its papers, and what the rules said."""

    outcome: Outcome
    comment: str
    evidence: list[dict[str, Any]]
    findings: list[dict[str, Any]]


@dataclass(slots=True)
class Assessment:
    """``tier`` is the one the brand has had; ``materials`` what the holder handed in, once it has."""

    OBJECT_TYPE: ClassVar[str] = "assessment"

    id: UUID
    round_id: UUID
    brand_id: UUID
    credit_code: str
    institution_name: str
    district: str
    tier: Tier
    state: State
    version: int
    materials: dict[str, Any] | None = None
    entered_on: date | None = None
    entered_by: str | None = None
    comment: str | None = None
    evidence: list[dict[str, Any]] | None = None
    findings: list[dict[str, Any]] | None = None
    assessed_on: date | None = None

    def enter(self, materials: dict[str, Any], person_key: str | None, today: date) -> Refusal | None:
        """The holder takes part (参加评估), or replaces what it handed in."""
        refused = move(NEXT, self, Action.ENTER)
        if refused is None:
            self.materials, self.entered_on, self.entered_by = materials, today, person_key
        return refused

    def record(self, result: Result, today: date) -> Refusal | None:
        """The district says what it found."""
        return self._take(_FOUND[result.outcome], result, today)

    def correct(self, result: Result, today: date) -> Refusal | None:
        """The district corrects what it said."""
        return self._take(_CORRECTED[result.outcome], result, today)

    def described(self) -> dict[str, Any]:
        """What may be amended, as its history keeps it."""
        return {"outcome": self.state, "comment": self.comment, "evidence": self.evidence}

    def _take(self, action: Action, result: Result, today: date) -> Refusal | None:
        refused = move(NEXT, self, action)
        if refused is None:
            self.comment, self.evidence, self.findings = result.comment, result.evidence, result.findings
            self.assessed_on = today
        return refused
