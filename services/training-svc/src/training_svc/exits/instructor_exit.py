"""An exit (退出师资库): the notice to one person, its ground and reason, and the days that follow from it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW

from training_svc.exits.lifecycle import NEXT, Action, State
from training_svc.instructors.instructor import Instructor
from training_svc.policy.instructors import ExitGround


@dataclass(slots=True)
class InstructorExit:
    """One exit; ``appraisal_id`` is there where an appraisal that was failed is the ground.

    Days are Asia/Shanghai: out of the pool from ``takes_effect_on``, free to apply anew from
    ``may_return_on``.
    """

    id: UUID
    instructor_id: UUID
    ground: ExitGround
    appraisal_id: UUID | None
    reason: str
    state: State
    noticed_on: date
    noticed_by: str
    takes_effect_on: date
    may_return_on: date
    withdrawn_on: date | None = None
    withdrawn_because: str | None = None
    version: int = 1

    @classmethod
    def of(
        cls,
        instructor: Instructor,
        ground: ExitGround,
        reason: str,
        *,
        appraisal_id: UUID | None,
        today: date,
        by: str,
    ) -> "InstructorExit":
        """The exit of somebody who has just been given notice."""
        assert instructor.exits_on is not None
        assert instructor.may_return_on is not None
        return cls(
            id=new_id(),
            instructor_id=instructor.id,
            ground=ground,
            appraisal_id=appraisal_id,
            reason=reason,
            state=State.NOTICED,
            noticed_on=today,
            noticed_by=by,
            takes_effect_on=instructor.exits_on,
            may_return_on=instructor.may_return_on,
        )

    def take_effect(self) -> Refusal | None:
        """The notice is over (生效)."""
        return self._move(Action.TAKE_EFFECT)

    def withdraw(self, today: date, reason: str) -> Refusal | None:
        """Its reason does not hold (撤回): the person is back in the pool."""
        refusal = self._move(Action.WITHDRAW)
        if refusal is None:
            self.withdrawn_on, self.withdrawn_because = today, reason
        return refusal

    def _move(self, action: Action) -> Refusal | None:
        following = NEXT.get((self.state, action))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state = following
        self.version += 1
        return None
