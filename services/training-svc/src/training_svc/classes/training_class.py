"""A class (班级): its dates, sessions and instructors, under the district and standard frozen on it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chuangpei.events.base import InstitutionRef, ProjectRef

from training_svc.persons import SealedPerson
from training_svc.policy.facts import Hours
from training_svc.qualifications.lifecycle import State, standing


@dataclass(frozen=True, slots=True)
class Session:
    """One session (课次) of a class in a room."""

    id: UUID
    room: str
    hours: Hours


@dataclass(frozen=True, slots=True)
class Licence:
    """The qualification (资质) by which a stage-3 class was filed, as it is now (T07)."""

    qualification_id: UUID
    state: State
    valid_until: date | None

    def standing(self, today: date) -> State:
        """Anything but approved is a flag on a class that goes on."""
        return standing(self.state, self.valid_until, today)


@dataclass(frozen=True, slots=True)
class TrainingClass:
    """A filed class; ``institution.district`` is the one frozen on it (S07), which reviews its claims.

    ``norm_version`` is the evaluation norm (评价规范) frozen on it (T05); stage 3 has its ``licence``.
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
    filed_at: datetime
    version: int
    norm_version: str | None = None
    licence: Licence | None = None
    sessions: tuple[Session, ...] = ()
    instructors: tuple[SealedPerson, ...] = ()
