"""An enrolment (报名) of one person in one class: its place or wait for one, its completion or end."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chuangpei.events.training import (
    CompletionRevoked,
    EnrolmentPromoted,
    RevocationGround,
    TrainingCompleted,
)
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.refusals import Refusal
from chuangpei.privacy import Privacy
from chuangpei.problems import NOT_ALLOWED_NOW

from training_svc.classes.training_class import TrainingClass
from training_svc.enrolments.lifecycle import NEXT, Action, State
from training_svc.enterprises.snapshot import Snapshot
from training_svc.persons import SealedPerson, reference
from training_svc.policy.decision import Decision, decide
from training_svc.policy.facts import CompletionFacts
from training_svc.policy.priority import PriorityGroup
from training_svc.policy.rules import COMPLETION_RULES
from training_svc.problems import COMPLETION_REFUSED


@dataclass(frozen=True, slots=True)
class Tally:
    """How much of the class there was and how much of it the trainee attended."""

    sessions_attended: int
    sessions_held: int
    last_session_ends_at: datetime
    attendance_percent: int


@dataclass(frozen=True, slots=True)
class Priority:
    """The priority group (重点群体) declared, its evidence sealed; ``rank`` orders the waiting list."""

    group: PriorityGroup | None
    evidence_encrypted: str | None
    rank: int


@dataclass(slots=True)
class Enrolment:
    """One person's place in a class, or wait for one; the counts are kept from the day of completion on.

    ``enrolled_at`` is when the person came, ``admitted_at`` when a place was theirs. ``place_in_line``
    is that of who waits, 1 the first.
    """

    id: UUID
    class_id: UUID
    institution_id: UUID
    project_code: str
    district: str
    person: SealedPerson
    masked_phone: str
    phone_encrypted: str
    priority: Priority
    state: State
    enrolled_at: datetime
    version: int
    admitted_at: datetime | None = None
    transferred_from: UUID | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    end_reason: str | None = None
    enterprise: Snapshot | None = None
    place_in_line: int | None = None
    completed_at: datetime | None = None
    completed_on: date | None = None
    sessions_attended: int | None = None
    sessions_held: int | None = None

    def judged(self, stage: int, tally: Tally, now: datetime) -> Decision:
        """What the rules of completion find (C01, C02, C03): as of ``now``, or of the day of completion."""
        facts = CompletionFacts(
            stage=stage,
            sessions_attended=tally.sessions_attended,
            sessions_held=tally.sessions_held,
            attendance_percent=tally.attendance_percent,
            last_session_ends_at=tally.last_session_ends_at,
            now=self.completed_at or now,
        )
        return decide(COMPLETION_RULES, facts)

    def complete(
        self, training_class: TrainingClass, tally: Tally, now: datetime, action: Action = Action.COMPLETE
    ) -> Decision | Refusal:
        """Completes, or restores, once the standard is met (结业); else refused with every finding."""
        if (self.state, action) not in NEXT:
            return Refusal(NOT_ALLOWED_NOW)
        decision = self.judged(training_class.project.stage, tally, now)
        if refusal := decision.refusal(COMPLETION_REFUSED):
            return refusal
        self._step(action)
        self.completed_at, self.completed_on = now, civil_date(now)
        self.sessions_attended, self.sessions_held = tally.sessions_attended, tally.sessions_held
        return decision

    def revoke(
        self, training_class: TrainingClass, ground: RevocationGround, on: date
    ) -> CompletionRevoked | Refusal:
        """Takes a wrong completion back (撤销结业); the history of amendments keeps what had been counted."""
        if (self.state, Action.REVOKE) not in NEXT:
            return Refusal(NOT_ALLOWED_NOW)
        assert self.completed_on is not None
        event = CompletionRevoked(
            enrolment_id=self.id,
            class_id=self.class_id,
            institution=training_class.institution,
            project=training_class.project,
            person_key=self.person.person_key,
            completed_on=self.completed_on,
            revoked_on=on,
            ground=ground,
        )
        self._step(Action.REVOKE)
        self.completed_at = self.completed_on = self.sessions_attended = self.sessions_held = None
        return event

    def recount(self, tally: Tally) -> bool:
        """Takes over what a corrected record counts to for who stays completed; False if it is the same."""
        if self.sessions_attended == tally.sessions_attended:
            return False
        self.sessions_attended = tally.sessions_attended
        self.version += 1
        return True

    def enter(self, *, admitted: bool) -> None:
        """Comes into the class with a place, or into its waiting list."""
        self.state = State.ENROLLED if admitted else State.WAITING
        self.admitted_at = self.enrolled_at if admitted else None

    def promote(self, at: datetime) -> None:
        """Moves up from the waiting list to a place that is free (递补; T02)."""
        self._step(Action.PROMOTE)
        self.admitted_at = at

    def end(self, action: Action, by: str, at: datetime, reason: str) -> Refusal | None:
        """Ends it before its completion (退班, 转班); the record stays as it was."""
        if (self.state, action) not in NEXT:
            return Refusal(NOT_ALLOWED_NOW)
        self._step(action)
        self.ended_at, self.ended_by, self.end_reason = at, by, reason
        return None

    def reinstate(self) -> None:
        """Comes back to where it stood when its class was cancelled by mistake (恢复班级; T06)."""
        self._step(Action.REINSTATE if self.admitted_at else Action.REINSTATE_IN_LINE)
        self.ended_at, self.ended_by, self.end_reason = None, None, None

    def _step(self, action: Action) -> None:
        self.state, self.place_in_line = NEXT[self.state, action], None
        self.version += 1

    def completion(self) -> dict[str, Any]:
        """The completion as the history of amendments keeps it."""
        return {
            "state": self.state,
            "completed_on": self.completed_on and self.completed_on.isoformat(),
            "sessions_attended": self.sessions_attended,
            "sessions_held": self.sessions_held,
            "version": self.version,
        }

    def promoted(self, training_class: TrainingClass, privacy: Privacy) -> EnrolmentPromoted:
        """The event that tells the person of the place."""
        assert self.admitted_at is not None
        return EnrolmentPromoted(
            enrolment_id=self.id,
            class_id=self.class_id,
            institution=training_class.institution,
            project=training_class.project,
            person=reference(privacy, self.person),
            class_name=training_class.name,
            class_starts_on=training_class.starts_on,
            promoted_on=civil_date(self.admitted_at),
        )

    def completed(self, training_class: TrainingClass, privacy: Privacy) -> TrainingCompleted:
        """The event that tells of the completion."""
        assert self.completed_on is not None
        assert self.sessions_attended is not None
        assert self.sessions_held is not None
        return TrainingCompleted(
            enrolment_id=self.id,
            class_id=self.class_id,
            institution=training_class.institution,
            project=training_class.project,
            person=reference(privacy, self.person),
            standard_version=training_class.standard_version,
            class_started_on=training_class.starts_on,
            class_ended_on=training_class.ends_on,
            completed_on=self.completed_on,
            sessions_attended=self.sessions_attended,
            sessions_held=self.sessions_held,
            instructor_keys=tuple(sorted(one.person_key for one in training_class.everybody_who_taught)),
            norm_version=training_class.norm_version,
            enterprise=self.enterprise.in_event() if self.enterprise else None,
        )
