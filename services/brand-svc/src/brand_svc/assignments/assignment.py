"""The aggregate: that an assessor scores one subject (评审任务; B04)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from chuangpei.kernel.refusals import Refusal

from brand_svc.assignments.lifecycle import NEXT, Action, State
from brand_svc.transitions import move


@dataclass(slots=True)
class Assignment:
    """``place`` 1 to 3 is all that others see of who it is; it is due on ``due_on``, that day included."""

    OBJECT_TYPE: ClassVar[str] = "assignment"

    id: UUID
    scoring_id: UUID
    round_id: UUID
    credit_code: str
    place: int
    assessor_id: UUID
    person_key: str
    state: State
    due_on: date
    assigned_at: datetime
    assigned_by: str
    end_reason: str | None
    version: int

    def score(self) -> Refusal | None:
        """The assessor scored."""
        return move(NEXT, self, Action.SCORE)

    def end(self, action: Action, reason: str) -> Refusal | None:
        """It ends without counting (回避、更换、作废)."""
        refused = move(NEXT, self, action)
        if refused is None:
            self.end_reason = reason
        return refused
