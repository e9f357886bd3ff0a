"""A roster import (名册导入): one uploaded file for one class, and how far the work on it has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chuangpei.auth import Principal, Role

from training_svc.rosters.lifecycle import ENDED, NEXT, Action, State

MOST_ATTEMPTS = 5
_FIRST_DELAY = timedelta(seconds=10)


class Mode(StrEnum):
    """What becomes of the good rows where others are bad: 全部或全不, 仅导入合格行."""

    ALL_OR_NOTHING = "all_or_nothing"
    GOOD_ROWS = "good_rows"


@dataclass(slots=True)
class RosterImport:
    """One import; ``checked`` rows are ``good`` or ``bad``, good ones become ``enrolled`` or ``waiting``.

    ``due_at`` is when the work goes on. A row found good may still be refused when it is its turn: it then
    counts as bad.
    """

    id: UUID
    class_id: UUID
    mode: Mode
    state: State
    received_at: datetime
    received_by: str
    credit_code: str
    rows: int
    due_at: datetime
    checked: int = 0
    good: int = 0
    bad: int = 0
    enrolled: int = 0
    waiting: int = 0
    attempts: int = 0
    finished_at: datetime | None = None
    version: int = 1

    @property
    def sender(self) -> Principal:
        """Who sent the file, in whose name the rows are enrolled."""
        return Principal(self.received_by, Role.INSTITUTION, credit_code=self.credit_code)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more is done."""
        return self.state in ENDED

    @property
    def progress_percent(self) -> int:
        """How much of the work is done, 0 to 100: half of it is checking, half importing."""
        if self.has_ended:
            return 100
        return min(99, (self.checked + self.bad + self.enrolled + self.waiting) * 50 // self.rows)

    def take_up(self, now: datetime) -> None:
        """A stretch of the work begins; the import goes behind the others, so that none holds up another."""
        if self.state is State.RECEIVED:
            self._follow(Action.CHECK)
        self.due_at = now
        self.attempts = 0

    def count_checked(self, good: int, bad: int, now: datetime) -> None:
        """A stretch of rows was checked; after the last one the import goes on, or is refused as a whole."""
        self.checked += good + bad
        self.good += good
        self.bad += bad
        if self.checked < self.rows:
            return
        if self.bad and self.mode is Mode.ALL_OR_NOTHING:
            self._end(Action.REFUSE, now)
        else:
            self._follow(Action.IMPORT)

    def count_imported(self, enrolled: int, waiting: int, refused: int, now: datetime) -> None:
        """A stretch of good rows had its turn; after the last one the import is done."""
        self.enrolled += enrolled
        self.waiting += waiting
        self.good -= refused
        self.bad += refused
        if self.enrolled + self.waiting == self.good:
            self._end(Action.FINISH, now)

    def refuse(self, refused: int, now: datetime) -> None:
        """Not one row of all or nothing is enrolled, for some were refused when it was their turn."""
        self.good -= refused
        self.bad += refused
        self._end(Action.REFUSE, now)

    def put_off(self, now: datetime) -> None:
        """The work failed: it is tried again later and later, and given up in the end."""
        self.attempts += 1
        self.due_at = now + _FIRST_DELAY * 2 ** (self.attempts - 1)
        if self.attempts >= MOST_ATTEMPTS:
            self._end(Action.FAIL, now)

    def counters(self) -> Mapping[str, int]:
        """How many rows came to what."""
        return {name: getattr(self, name) for name in ("rows", "good", "bad", "enrolled", "waiting")}

    def _end(self, action: Action, now: datetime) -> None:
        self._follow(action)
        self.finished_at = now

    def _follow(self, action: Action) -> None:
        self.state = NEXT[self.state, action]
        self.version += 1
