"""A designation (示范机构): the city centre names an institution an example to others, for a term."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chuangpei.events.training import InstitutionDesignated, InstitutionDesignationWithdrawn
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW

from training_svc.designations.lifecycle import NEXT, Action, State


@dataclass(slots=True)
class Designation:
    """One designation of one institution, for a term of civil dates, both included (T08)."""

    id: UUID
    institution_id: UUID
    credit_code: str
    institution_name: str
    district: str
    starts_on: date
    ends_on: date
    reason: str
    state: State
    designated_at: datetime
    designated_by: str
    version: int
    withdrawn_on: date | None = None
    withdrawn_by: str | None = None
    withdraw_reason: str | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the institution is an example on the day."""
        return self.state is State.DESIGNATED and self.starts_on <= day <= self.ends_on

    def amend(
        self, changes: Mapping[str, Any], today: date, *, restored: bool
    ) -> InstitutionDesignated | InstitutionDesignationWithdrawn | Refusal | None:
        """Corrects the term or its ground, or how it was withdrawn; ``restored`` it holds again.

        Tells how it stands now: as designated, or on what other day it was withdrawn.
        """
        withdrawn_on = self.withdrawn_on
        if restored:
            following = NEXT.get((self.state, Action.RESTORE))
            if following is None:
                return Refusal(NOT_ALLOWED_NOW)
            self.state = following
            self.withdrawn_on, self.withdrawn_by, self.withdraw_reason = None, None, None
        if self.state is not State.WITHDRAWN and changes.keys() & {"withdrawn_on", "withdraw_reason"}:
            return Refusal(NOT_ALLOWED_NOW)
        for name, value in changes.items():
            setattr(self, name, value)
        self.version += 1
        if self.state is State.DESIGNATED:
            return self.designated(today)
        return self.withdrawn() if self.withdrawn_on != withdrawn_on else None

    def described(self) -> dict[str, Any]:
        """What may be amended, as its history keeps it."""
        return {
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "ground": self.reason,
            "state": self.state,
            "withdrawn_on": self.withdrawn_on and self.withdrawn_on.isoformat(),
            "withdraw_reason": self.withdraw_reason,
        }

    def withdraw(self, by: str, on: date, reason: str) -> InstitutionDesignationWithdrawn | Refusal:
        """Takes it back (取消), saying why."""
        following = NEXT.get((self.state, Action.WITHDRAW))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state, self.withdrawn_on, self.withdrawn_by, self.withdraw_reason = following, on, by, reason
        self.version += 1
        return self.withdrawn()

    def withdrawn(self) -> InstitutionDesignationWithdrawn:
        """The event that tells that it was taken back."""
        assert self.withdrawn_on is not None, "what is withdrawn has its day"
        return InstitutionDesignationWithdrawn(
            credit_code=self.credit_code,
            institution_id=self.institution_id,
            designation_id=self.id,
            withdrawn_on=self.withdrawn_on,
        )

    def designated(self, on: date) -> InstitutionDesignated:
        """The event that tells of it."""
        return InstitutionDesignated(
            credit_code=self.credit_code,
            institution_id=self.institution_id,
            designation_id=self.id,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            designated_on=on,
        )
