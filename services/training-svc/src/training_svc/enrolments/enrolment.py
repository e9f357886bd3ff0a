"""An enrolment (报名) of one person in one class, and its completion (结业)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from chuangpei.events.training import CompletionRevoked, RevocationGround, TrainingCompleted
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.refusals import Refusal
from chuangpei.privacy import Privacy
from chuangpei.problems import NOT_ALLOWED_NOW

from training_svc.classes.training_class import TrainingClass
from training_svc.enrolments.lifecycle import NEXT, Action, State
from training_svc.persons import SealedPerson, reference
from training_svc.policy.decision import Decision, decide
from training_svc.policy.facts import CompletionFacts
from training_svc.policy.rules import COMPLETION_RULES
from training_svc.problems import COMPLETION_REFUSED


@dataclass(frozen=True, slots=True)
class Tally:
    """How much of the class there was and how much of it the trainee attended."""

    sessions_attended: int
    sessions_held: int
    last_session_ends_at: datetime
    attendance_percent: int


@dataclass(slots=True)
class Enrolment:
    """One person's place in a class; the counts are kept from the day of completion on."""

    id: UUID
    class_id: UUID
    person: SealedPerson
    masked_phone: str
    state: State
    enrolled_at: datetime
    version: int
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
        following = NEXT.get((self.state, action))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        decision = self.judged(training_class.project.stage, tally, now)
        if refusal := decision.refusal(COMPLETION_REFUSED):
            return refusal
        self.state, self.completed_at, self.completed_on = following, now, civil_date(now)
        self.sessions_attended, self.sessions_held = tally.sessions_attended, tally.sessions_held
        self.version += 1
        return decision

    def revoke(
        self, training_class: TrainingClass, ground: RevocationGround, on: date
    ) -> CompletionRevoked | Refusal:
        """Takes a wrong completion back (撤销结业); the history of amendments keeps what had been counted."""
        following = NEXT.get((self.state, Action.REVOKE))
        if following is None:
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
        self.state, self.completed_at, self.completed_on = following, None, None
        self.sessions_attended = self.sessions_held = None
        self.version += 1
        return event

    def recount(self, tally: Tally) -> bool:
        """Takes over what a corrected record counts to for who stays completed; False if it is the same."""
        if self.sessions_attended == tally.sessions_attended:
            return False
        self.sessions_attended = tally.sessions_attended
        self.version += 1
        return True

    def completion(self) -> dict[str, Any]:
        """The completion as the history of amendments keeps it."""
        return {
            "state": self.state,
            "completed_on": self.completed_on and self.completed_on.isoformat(),
            "sessions_attended": self.sessions_attended,
            "sessions_held": self.sessions_held,
            "version": self.version,
        }

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
            instructor_keys=tuple(sorted(one.person_key for one in training_class.instructors)),
            norm_version=training_class.norm_version,
        )
