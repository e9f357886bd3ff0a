"""An appraisal (定期考核) of an instructor: points by part, judged by the numbers of its day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from training_svc.policy.decision import Decision, decide
from training_svc.policy.instructors import APPRAISAL_RULES, AppraisalFacts


class Result(StrEnum):
    """How an appraisal ended: 合格, 不合格."""

    PASSED = "passed"
    FAILED = "failed"


@dataclass(slots=True)
class Appraisal:
    """One appraisal; ``pass_mark`` is the one in force on ``held_on`` (Asia/Shanghai)."""

    id: UUID
    instructor_id: UUID
    held_on: date
    scores: Mapping[str, int]
    pass_mark: int
    comment: str | None
    recorded_at: datetime
    recorded_by: str
    version: int = 1

    @property
    def total(self) -> int:
        """The points of all parts together."""
        return sum(self.scores.values())

    @property
    def decision(self) -> Decision:
        """What the rules find about it (T10)."""
        return decide(APPRAISAL_RULES, AppraisalFacts(self.scores, self.pass_mark))

    @property
    def outcome(self) -> Result:
        """Passed where no rule stands in the way."""
        return Result.PASSED if self.decision.holds else Result.FAILED
