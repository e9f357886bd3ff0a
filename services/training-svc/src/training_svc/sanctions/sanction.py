"""A sanction (惩戒记录): a penalty or a listing as dishonest, by whom, by which document, how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chuangpei.events.base import ExitGround
from chuangpei.events.training import (
    InstitutionListedDishonest,
    InstitutionPenalised,
    InstitutionSanctionLifted,
)
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW

from training_svc.policy.standing import BARRING, SanctionKind
from training_svc.sanctions.lifecycle import NEXT, Action, State
from training_svc.visibility import CITY


@dataclass(slots=True)
class Sanction:
    """One sanction of one institution; without ``ends_on`` it holds until it is lifted (T08).

    ``authority`` recorded it: a district's code, or ``city``.
    """

    id: UUID
    institution_id: UUID
    credit_code: str
    institution_name: str
    district: str
    kind: SanctionKind
    source: str
    document_number: str
    starts_on: date
    ends_on: date | None
    state: State
    recorded_at: datetime
    recorded_by: str
    authority: str
    version: int
    lifted_on: date | None = None
    lifted_by: str | None = None
    lift_reason: str | None = None

    @property
    def exit_ground(self) -> ExitGround | None:
        """X3 (B11) where it is one of those that bar the institution."""
        return "X3" if self.kind in BARRING else None

    def in_force_on(self, day: date) -> bool:
        """Whether it holds on the day: begun, not over, not lifted."""
        begun = self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)
        return begun and self.state is State.IN_FORCE

    def is_in_the_hands_of(self, authority: str) -> bool:
        """Whether an authority may amend or lift it: what the city recorded, the city alone."""
        return authority == CITY or self.authority != CITY

    def amend(self, changes: Mapping[str, Any]) -> None:
        """Corrects source, document number or period."""
        for name, value in changes.items():
            setattr(self, name, value)
        self.version += 1

    def lift(self, by: str, on: date, reason: str) -> InstitutionSanctionLifted | Refusal:
        """Lifts it (解除), saying why."""
        following = NEXT.get((self.state, Action.LIFT))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state, self.lifted_on, self.lifted_by, self.lift_reason = following, on, by, reason
        self.version += 1
        return InstitutionSanctionLifted(
            credit_code=self.credit_code,
            institution_id=self.institution_id,
            sanction_id=self.id,
            kind=self.kind,
            exit_ground=self.exit_ground,
            lifted_on=on,
        )

    def recorded(self, on: date) -> InstitutionPenalised | InstitutionListedDishonest:
        """The event that tells of it, and once more of what was amended: a listing or a penalty."""
        told: dict[str, Any] = {
            "credit_code": self.credit_code,
            "institution_id": self.institution_id,
            "district": self.district,
            "sanction_id": self.id,
            "exit_ground": self.exit_ground,
            "source": self.source,
            "document_number": self.document_number,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "recorded_on": on,
        }
        if self.kind is SanctionKind.DISHONESTY_LISTING:
            return InstitutionListedDishonest(**told)
        return InstitutionPenalised(kind=self.kind, **told)
