"""A training institution (培训机构) under its unified social credit code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chuangpei.events.training import InstitutionRegistered, InstitutionUpdated
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW

from training_svc.institutions.lifecycle import NEXT, Action, State
from training_svc.policy.organisers import InstitutionKind


@dataclass(slots=True)
class Institution:
    """One institution; ``early_code_reason`` says why a code whose check character fails was taken (T06)."""

    id: UUID
    credit_code: str
    name: str
    district: str
    kind: InstitutionKind
    address: str
    state: State
    registered_on: date
    registered_at: datetime
    registered_by: str
    version: int
    early_code_reason: str | None = None
    closed_on: date | None = None
    close_reason: str | None = None

    def amend(self, changes: Mapping[str, Any], *, restored: bool) -> Refusal | None:
        """Takes a new name, kind, district or address; what was frozen on classes stays as it was (S07).

        A closing is amended in its day or reason, or taken back where the institution is ``restored``.
        """
        if restored:
            following = NEXT.get((self.state, Action.RESTORE))
            if following is None:
                return Refusal(NOT_ALLOWED_NOW)
            self.state, self.closed_on, self.close_reason = following, None, None
        if self.state is not State.CLOSED and changes.keys() & {"closed_on", "close_reason"}:
            return Refusal(NOT_ALLOWED_NOW)
        for name, value in changes.items():
            setattr(self, name, value)
        self.version += 1
        return None

    def described(self) -> dict[str, Any]:
        """What may be amended, as its history keeps it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "district": self.district,
            "address": self.address,
            "state": self.state,
            "closed_on": self.closed_on and self.closed_on.isoformat(),
            "close_reason": self.close_reason,
        }

    def close(self, on: date, reason: str) -> Refusal | None:
        """Closes for good (停办), saying why."""
        following = NEXT.get((self.state, Action.CLOSE))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state, self.closed_on, self.close_reason = following, on, reason
        self.version += 1
        return None

    def registered(self) -> InstitutionRegistered:
        """The event that tells of it."""
        return InstitutionRegistered(
            credit_code=self.credit_code,
            institution_id=self.id,
            name=self.name,
            district=self.district,
            kind=self.kind,
            registered_on=self.registered_on,
        )

    def updated(self, on: date) -> InstitutionUpdated:
        """The event that tells how it stands after an amendment or closing."""
        return InstitutionUpdated(
            credit_code=self.credit_code,
            institution_id=self.id,
            name=self.name,
            district=self.district,
            kind=self.kind,
            closed_on=self.closed_on,
            updated_on=on,
        )
