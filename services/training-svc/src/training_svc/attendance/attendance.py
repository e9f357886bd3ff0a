"""An attendance (考勤) of one trainee at one session, and its corrections, which keep the old value."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chuangpei.kernel.identifiers import new_id

from training_svc.enrolments.lifecycle import State
from training_svc.policy.attendance import Presence
from training_svc.policy.facts import Hours


@dataclass(frozen=True, slots=True)
class HeldSession:
    """A session as the records of it need it; the law of the class's first day governs it."""

    id: UUID
    class_id: UUID
    hours: Hours
    class_starts_on: date
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Attendee:
    """An enrolment as the records of it need it: where it stands and since when (UTC) it has a place."""

    state: State
    admitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction replaced, who corrected when and why, and whether after completion."""

    id: UUID
    attendance_id: UUID
    old_present: bool
    old: Presence
    corrected_at: datetime
    corrected_by: str
    reason: str
    after_completion: bool


@dataclass(slots=True)
class Attendance:
    """One record; ``present`` is False where a correction found that the trainee was not there.

    ``by_trainee`` tells that the trainee signed in with an own device (扫码签到), not the institution.
    """

    id: UUID
    class_id: UUID
    session_id: UUID
    enrolment_id: UUID
    present: bool
    presence: Presence
    received_at: datetime
    received_from: str
    by_trainee: bool
    version: int

    def correct(
        self,
        present: bool,
        presence: Presence,
        *,
        at: datetime,
        by: str,
        reason: str,
        after_completion: bool = False,
    ) -> Correction:
        """Takes the new value and returns the old one with who, when and why (T06)."""
        correction = Correction(
            id=new_id(),
            attendance_id=self.id,
            old_present=self.present,
            old=self.presence,
            corrected_at=at,
            corrected_by=by,
            reason=reason,
            after_completion=after_completion,
        )
        self.present, self.presence = present, presence
        self.version += 1
        return correction
