"""A class (班级): its days, places, sessions and instructors, under the frozen district and standard."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chuangpei.events.base import InstitutionRef, ProjectRef
from chuangpei.events.training import (
    ClassCancelled,
    ClassChanged,
    ClassFiled,
    ClassReinstated,
    ClassSession,
)
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW

from training_svc.classes.lifecycle import NEXT, Action, Phase, State, phase_of
from training_svc.persons import SealedPerson
from training_svc.policy.facts import Hours
from training_svc.qualifications.lifecycle import State as QualificationState
from training_svc.qualifications.lifecycle import standing

_PERSONS_AN_EVENT = 5_000


@dataclass(frozen=True, slots=True)
class Session:
    """One session (课次) of a class in a room; a cancelled one is not held.

    Of one that is ``online`` (线上) the room is where to meet, such as a platform: it takes no room.
    """

    id: UUID
    room: str
    hours: Hours
    cancelled_at: datetime | None = None
    online: bool = False


@dataclass(frozen=True, slots=True)
class Licence:
    """The qualification (资质) by which a stage-3 class was filed, as it is now (T07)."""

    qualification_id: UUID
    state: QualificationState
    valid_until: date | None

    def standing(self, today: date) -> QualificationState:
        """Anything but approved is a flag on a class that goes on."""
        return standing(self.state, self.valid_until, today)


@dataclass(slots=True)
class TrainingClass:
    """A class; ``institution.district`` is the one frozen on it (S07), which reviews its claims.

    ``norm_version`` is the evaluation norm (评价规范) frozen on it (T05); stage 3 has its ``licence``.
    ``instructors`` teach the sessions to come; ``former_instructors`` taught some that were held.
    """

    id: UUID
    institution_id: UUID
    institution: InstitutionRef
    project: ProjectRef
    standard_version: str
    name: str
    starts_on: date
    ends_on: date
    capacity: int
    enrolled: int
    waiting: int
    state: State
    filed_at: datetime
    version: int
    norm_version: str | None = None
    licence: Licence | None = None
    cancelled_at: datetime | None = None
    cancelled_by: str | None = None
    cancel_reason: str | None = None
    sessions: tuple[Session, ...] = ()
    instructors: tuple[SealedPerson, ...] = ()
    former_instructors: tuple[SealedPerson, ...] = ()

    @property
    def held_sessions(self) -> tuple[Session, ...]:
        """The sessions that were not cancelled."""
        return tuple(one for one in self.sessions if one.cancelled_at is None)

    @property
    def everybody_who_taught(self) -> tuple[SealedPerson, ...]:
        """Its instructors, those who were replaced on the way among them."""
        return (*self.instructors, *self.former_instructors)

    @property
    def free_places(self) -> int:
        """How many places nobody has taken."""
        return self.capacity - self.enrolled

    def phase(self, today: date) -> Phase:
        """Where the class stands on the civil day ``today``."""
        return phase_of(self.state, self.starts_on, self.ends_on, today)

    def admit(self) -> bool:
        """Takes a place for one more person; where none is free one more waits, and the answer is False."""
        if self.free_places > 0:
            self.enrolled += 1
            return True
        self.waiting += 1
        return False

    def leave(self, *, admitted: bool) -> None:
        """Gives back the place, or the place in the line, of one who leaves."""
        if admitted:
            self.enrolled -= 1
        else:
            self.waiting -= 1

    def move_up(self) -> None:
        """Gives a free place to one of those who wait."""
        self.waiting -= 1
        self.enrolled += 1

    def cancel(self, by: str, at: datetime, reason: str) -> Refusal | None:
        """Cancels the class (取消开班); whose enrolments end with it is told by ``leave``."""
        following = NEXT.get((self.state, Action.CANCEL))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state = following
        self.cancelled_at, self.cancelled_by, self.cancel_reason = at, by, reason
        self.version += 1
        return None

    def reinstate(self) -> Refusal | None:
        """Takes a mistaken cancellation back (撤回误取消); who is in it again is told by ``take_back``."""
        following = NEXT.get((self.state, Action.REINSTATE))
        if following is None:
            return Refusal(NOT_ALLOWED_NOW)
        self.state = following
        self.cancelled_at, self.cancelled_by, self.cancel_reason = None, None, None
        self.version += 1
        return None

    def take_back(self, *, admitted: bool) -> None:
        """Gives the place, or the place in the line, back to one whose enrolment ended with the class."""
        if admitted:
            self.enrolled += 1
        else:
            self.waiting += 1

    def filed(self) -> ClassFiled:
        """The event that tells of the filing."""
        return ClassFiled(
            class_id=self.id,
            institution=self.institution,
            project=self.project,
            standard_version=self.standard_version,
            name=self.name,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            capacity=self.capacity,
            sessions=tuple(map(_session, self.sessions)),
        )

    def changed(self, fields: tuple[str, ...], reason: str) -> ClassChanged:
        """The event that tells of a change of ``fields``."""
        return ClassChanged(
            class_id=self.id,
            institution=self.institution,
            project=self.project,
            name=self.name,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            capacity=self.capacity,
            sessions=tuple(map(_session, self.sessions)),
            changed=fields,
            reason=reason,
        )

    def cancelled(self, person_keys: list[str]) -> list[ClassCancelled]:
        """The events that tell of the cancellation to everybody whose enrolment ended with it."""
        assert self.cancelled_at is not None
        assert self.cancel_reason is not None
        return [
            ClassCancelled(
                class_id=self.id,
                institution=self.institution,
                project=self.project,
                name=self.name,
                cancelled_on=civil_date(self.cancelled_at),
                reason=self.cancel_reason,
                person_keys=some,
            )
            for some in _in_parts(person_keys)
        ]

    def reinstated(self, reason: str, on: date, person_keys: list[str]) -> list[ClassReinstated]:
        """The events that tell everybody who is in the class again that it is held after all."""
        return [
            ClassReinstated(
                class_id=self.id,
                institution=self.institution,
                project=self.project,
                name=self.name,
                starts_on=self.starts_on,
                ends_on=self.ends_on,
                sessions=tuple(map(_session, self.sessions)),
                reinstated_on=on,
                reason=reason,
                person_keys=some,
            )
            for some in _in_parts(person_keys)
        ]


def _in_parts(person_keys: list[str]) -> list[tuple[str, ...]]:
    return [
        tuple(person_keys[first : first + _PERSONS_AN_EVENT])
        for first in range(0, max(1, len(person_keys)), _PERSONS_AN_EVENT)
    ]


def _session(one: Session) -> ClassSession:
    return ClassSession(
        session_id=one.id,
        starts_at=one.hours.starts_at,
        ends_at=one.hours.ends_at,
        room=one.room,
        cancelled=one.cancelled_at is not None,
        online=one.online,
    )
