"""An evaluation body (评价机构): an organisation the city centre chose, which answers for results."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW

from cert_svc.evaluation_bodies.lifecycle import NEXT, Action, State


@dataclass(slots=True)
class Body:
    """One choice of one organisation (T06), for a term of civil dates, both included.

    ``project_codes`` is its scope (评价范围); empty means every project.
    """

    id: UUID
    credit_code: str
    name: str
    project_codes: tuple[str, ...]
    first_day: date
    last_day: date
    state: State
    chosen_at: datetime
    chosen_by: str
    version: int
    ended_on: date | None = None
    ended_by: str | None = None
    end_reason: str | None = None

    def is_in_office(self, day: date) -> bool:
        """Whether it may evaluate on the day."""
        return self.state is State.CHOSEN and self.first_day <= day <= self.last_day

    def covers(self, project_code: str) -> bool:
        """Whether its scope has the project."""
        return not self.project_codes or project_code in self.project_codes

    def evaluates(self, project_code: str, day: date) -> bool:
        """Whether it may evaluate the project on the day (T06)."""
        return self.is_in_office(day) and self.covers(project_code)

    def amend(self, changes: Mapping[str, Any]) -> Refusal | None:
        """Changes its name, scope or last day; one that was ended stays as it was."""
        if self.state is State.ENDED:
            return Refusal(NOT_ALLOWED_NOW)
        for name, value in changes.items():
            setattr(self, name, value)
        self.version += 1
        return None

    def end(self, by: str, on: date, reason: str) -> Refusal | None:
        """Ends it before its term does (提前终止), at once (T06)."""
        after = NEXT.get((self.state, Action.END))
        if after is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state, self.ended_on, self.ended_by, self.end_reason = after, on, by, reason
        self.version += 1
        return None
