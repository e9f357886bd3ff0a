"""A district's training plan for a year (年度培训计划): its lines by stage and target group (O02)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW

from training_svc.policy.plans import TargetGroup
from training_svc.training_plans.lifecycle import NEXT, Action, State


@dataclass(frozen=True, slots=True, order=True)
class PlanLine:
    """How many people of a target group a stage is planned for, and in how many classes."""

    stage: int
    target_group: TargetGroup
    people: int
    classes: int


@dataclass(slots=True)
class Plan:
    """One plan and where it stands; only an accepted one is what is measured against."""

    id: UUID
    district: str
    year: int
    lines: tuple[PlanLine, ...]
    state: State
    submitted_at: datetime
    submitted_on: date
    version: int
    decided_at: datetime | None = None
    decided_on: date | None = None
    decided_by: str | None = None
    reason: str | None = None

    def accept(self, by: str, at: datetime) -> Refusal | None:
        """The city centre accepts the plan (通过)."""
        return self._move(Action.ACCEPT, by, at)

    def send_back(self, by: str, at: datetime, reason: str) -> Refusal | None:
        """The city centre returns the plan (退回), saying why."""
        return self._move(Action.RETURN, by, at, reason)

    def resubmit(self, lines: Iterable[PlanLine], at: datetime) -> Refusal | None:
        """The district submits a returned plan anew (重新提交)."""
        refusal = self._move(Action.RESUBMIT, None, None)
        if refusal is None:
            self.lines = tuple(sorted(lines))
            self.submitted_at, self.submitted_on = at, civil_date(at)
        return refusal

    def amend(self, lines: Iterable[PlanLine]) -> Refusal | None:
        """Other lines take the place of those of an accepted plan (调整)."""
        if self.state is not State.ACCEPTED:
            return Refusal(NOT_ALLOWED_NOW)
        self.lines = tuple(sorted(lines))
        self.version += 1
        return None

    def _move(
        self, action: Action, by: str | None, at: datetime | None, reason: str | None = None
    ) -> Refusal | None:
        following = NEXT.get((self.state, action))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state, self.reason = following, reason
        self.decided_by, self.decided_at, self.decided_on = by, at, civil_date(at) if at else None
        self.version += 1
        return None
