"""A class (班级): its dates, sessions and instructors, under the district and standard frozen on it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chuangpei.events.base import InstitutionRef, ProjectRef

from training_svc.persons import SealedPerson
from training_svc.policy.facts import Hours


@dataclass(frozen=True, slots=True)
class Session:
    """One session (课次) of a class in a room."""

    id: UUID
    room: str
    hours: Hours


@dataclass(frozen=True, slots=True)
class TrainingClass:
    """A filed class; ``institution.district`` is the one frozen on it (S07), which reviews its claims."""

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
    sessions: tuple[Session, ...] = ()
    instructors: tuple[SealedPerson, ...] = ()
