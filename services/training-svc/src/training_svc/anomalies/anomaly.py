"""An anomaly (异常) of attendance: what a rule found, and what people said to it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chuangpei.kernel.refusals import Finding, Refusal
from chuangpei.problems import NOT_ALLOWED_NOW

from training_svc.anomalies.lifecycle import NEXT, Action, State
from training_svc.policy.anomalies import Kind


@dataclass(frozen=True, slots=True)
class Place:
    """Where an anomaly belongs: the class, and the institution and district that answer for it."""

    class_id: UUID
    institution_id: UUID
    district: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule found. ``subject`` names what it is about, so that a rule finds each thing once."""

    kind: Kind
    subject: str
    place: Place
    finding: Finding
    session_id: UUID | None = None
    enrolment_id: UUID | None = None
    attendance_id: UUID | None = None


@dataclass(slots=True)
class Anomaly:
    """An anomaly as it stands: who explained or confirmed it when, and why."""

    id: UUID
    state: State
    version: int
    explained_at: datetime | None = None
    explained_by: str | None = None
    explanation: str | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    confirmation: str | None = None

    def explain(self, at: datetime, by: str, reason: str) -> Refusal | None:
        """Says how it came about (说明)."""
        if refusal := self._move(Action.EXPLAIN):
            return refusal
        self.explained_at, self.explained_by, self.explanation = at, by, reason
        return None

    def confirm(self, at: datetime, by: str, reason: str) -> Refusal | None:
        """The district finds that the record is wrong, whatever the explanation (确认)."""
        if refusal := self._move(Action.CONFIRM):
            return refusal
        self.confirmed_at, self.confirmed_by, self.confirmation = at, by, reason
        return None

    def amend(self, at: datetime, by: str, reason: str) -> Refusal | None:
        """The district takes a confirmation back; the reason becomes the explanation (更正)."""
        if refusal := self._move(Action.AMEND):
            return refusal
        self.confirmed_at = self.confirmed_by = self.confirmation = None
        self.explained_at, self.explained_by, self.explanation = at, by, reason
        return None

    def conclusion(self) -> dict[str, Any]:
        """What people said, as the history of amendments keeps it."""
        return {
            "state": self.state,
            "explanation": self.explanation,
            "confirmation": self.confirmation,
            "confirmed_by": self.confirmed_by,
        }

    def _move(self, action: Action) -> Refusal | None:
        following = NEXT.get((self.state, action))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state = following
        self.version += 1
        return None
