"""A confirmation job (批量确认): the scored evaluations of a class or a session, confirmed in one go."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chuangpei.auth import Principal, Role

from cert_svc.confirmations.lifecycle import NEXT, Action, State


class Outcome(StrEnum):
    """What became of one evaluation: 待处理, 已确认, 未确认."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(slots=True)
class Job:
    """One job, and how far it has come; of ``total`` evaluations some were confirmed, some refused.

    Who asked for it is who confirms: the four eyes and the conflicts of interest are theirs (C04). ``due_at``
    is when the work goes on.
    """

    id: UUID
    body_id: UUID
    class_id: UUID | None
    session_id: UUID | None
    asked_at: datetime
    asked_by: str
    asked_by_key: str
    credit_code: str | None
    total: int
    due_at: datetime
    state: State = State.RECEIVED
    confirmed: int = 0
    refused: int = 0
    finished_at: datetime | None = None
    version: int = 1

    @property
    def confirmer(self) -> Principal:
        """Who asked for it, in whose name each evaluation is confirmed."""
        return Principal(
            self.asked_by, Role.EVALUATOR, credit_code=self.credit_code, person_key=self.asked_by_key
        )

    @property
    def done(self) -> int:
        """How many evaluations had their turn."""
        return self.confirmed + self.refused

    def take_up(self, now: datetime) -> None:
        """A stretch of the work begins; the job goes behind the others, so that none holds up another."""
        if self.state is State.RECEIVED:
            self._follow(Action.BEGIN)
        self.due_at = now

    def count(self, confirmed: int, refused: int, now: datetime) -> None:
        """A stretch of evaluations had its turn; after the last one the job is done."""
        self.confirmed += confirmed
        self.refused += refused
        if self.done == self.total:
            self._follow(Action.FINISH)
            self.finished_at = now

    def _follow(self, action: Action) -> None:
        self.state = NEXT[self.state, action]
        self.version += 1
