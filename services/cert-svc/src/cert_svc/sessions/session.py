"""An evaluation session (评价场次): where and when a body evaluates, by whom, and how many candidates fit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import NOT_ALLOWED_NOW

from cert_svc.problems import CANDIDATE_SCORED, PRESENCE_MISSING
from cert_svc.sessions.lifecycle import NEXT, Action, State

_IN_THE_PAST = FieldError(
    "/starts_at", "in_the_past", Text("开始时间须在当前时间之后", "It must start after now")
)
_NOT_ONE_DAY = FieldError(
    "/ends_at",
    "not_one_day",
    Text("结束须在同一日、开始之后", "It must end on the same day, after it starts"),
)
_TOO_SMALL = FieldError(
    "/capacity", "below_candidates", Text("容量少于已安排的考生", "Fewer places than candidates")
)
_NOT_OVER = Text("场次尚未结束", "The session is not over yet")


@dataclass(slots=True)
class EvaluationSession:
    """One session of one body for one project; instants are UTC, ``candidates`` those not taken off.

    ``district`` is where it is held, and who supervises it (C05).
    """

    id: UUID
    body_id: UUID
    project_code: str
    district: str
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    planned_at: datetime
    planned_by: str
    candidates: int = 0
    state: State = State.PLANNED
    version: int = 1
    closed_at: datetime | None = None
    closed_by: str | None = None
    cancelled_at: datetime | None = None
    cancelled_by: str | None = None
    cancel_reason: str | None = None

    @property
    def live(self) -> bool:
        """Whether it takes up the time of its people."""
        return self.state is not State.CANCELLED

    def has_begun(self, at: datetime) -> bool:
        """Whether it has begun by the instant."""
        return at >= self.starts_at

    def is_to_come(self, at: datetime) -> bool:
        """Whether it is planned and has not begun: then it is amended, and people come and go."""
        return self.state is State.PLANNED and not self.has_begun(at)

    def unfit(self, at: datetime) -> tuple[FieldError, ...]:
        """What is wrong with its time and size, seen at the instant."""
        one_day = self.starts_at < self.ends_at and civil_date(self.starts_at) == civil_date(self.ends_at)
        return (
            *(() if self.starts_at > at else (_IN_THE_PAST,)),
            *(() if one_day else (_NOT_ONE_DAY,)),
            *(() if self.capacity >= self.candidates else (_TOO_SMALL,)),
        )

    def amend(self, changes: Mapping[str, Any], at: datetime) -> Refusal | None:
        """Changes place, time or capacity of one that is to come."""
        if not self.is_to_come(at):
            return Refusal(NOT_ALLOWED_NOW)
        for name, value in changes.items():
            setattr(self, name, value)
        self.version += 1
        return None

    def cancel(self, by: str, at: datetime, reason: str, *, scored: bool) -> Refusal | None:
        """Cancels it (取消), even while it is held, as long as nobody on it was scored."""
        after = NEXT.get((self.state, Action.CANCEL))
        if after is None:
            return Refusal(NOT_ALLOWED_NOW)
        if scored:
            return Refusal(CANDIDATE_SCORED)
        self.state, self.cancelled_at, self.cancelled_by, self.cancel_reason = after, at, by, reason
        self.version += 1
        return None

    def close(self, by: str, at: datetime, *, unrecorded: int) -> Refusal | None:
        """Closes it after its end, once it is known of each candidate whether they came (到场; T06)."""
        after = NEXT.get((self.state, Action.CLOSE))
        if after is None:
            return Refusal(NOT_ALLOWED_NOW)
        if at < self.ends_at:
            return Refusal(NOT_ALLOWED_NOW, detail=_NOT_OVER)
        if unrecorded:
            return Refusal(PRESENCE_MISSING)
        self.state, self.closed_at, self.closed_by = after, at, by
        self.version += 1
        return None

    def seat(self, number: int) -> None:
        """So many candidates are put on it, or with a negative number taken off."""
        self.candidates += number
        self.version += 1
