"""A complaint (投诉) about an institution, and what its district found."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW

from training_svc.complaints.lifecycle import NEXT, Action, State
from training_svc.persons import SealedContact


class Channel(StrEnum):
    """How a complaint came in: 网上, 窗口, 12345热线, 信函, 其他部门转办."""

    ONLINE = "online"
    COUNTER = "counter"
    HOTLINE = "hotline"
    LETTER = "letter"
    TRANSFERRED = "transferred"


class Subject(StrEnum):
    """What it is about: 教学质量, 考勤, 收费, 弄虚作假, 安全, 其他."""

    TEACHING = "teaching"
    ATTENDANCE = "attendance"
    FEES = "fees"
    FRAUD = "fraud"
    SAFETY = "safety"
    OTHER = "other"


@dataclass(slots=True)
class Complaint:
    """One complaint; ``district`` is the institution's when it was filed, and investigates it (T06)."""

    id: UUID
    institution_id: UUID
    institution_name: str
    credit_code: str
    class_id: UUID | None
    district: str
    channel: Channel
    subject: Subject
    content_encrypted: str
    complainant: SealedContact | None
    person_key: str | None
    state: State
    filed_on: date
    filed_at: datetime
    filed_by: str
    version: int
    decided_on: date | None = None
    decided_by: str | None = None
    outcome: str | None = None

    def investigate(self) -> Refusal | None:
        """The district takes it up (调查)."""
        return self._move(Action.INVESTIGATE)

    def decide(self, action: Action, by: str, on: date, outcome: str) -> Refusal | None:
        """The district upholds, dismisses, or reverses what it found, and says what it found (T08)."""
        if refusal := self._move(action):
            return refusal
        self.decided_by, self.decided_on, self.outcome = by, on, outcome
        return None

    def _move(self, action: Action) -> Refusal | None:
        following = NEXT.get((self.state, action))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state = following
        self.version += 1
        return None
