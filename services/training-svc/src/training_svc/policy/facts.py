"""What the rules look at: plain values, gathered by the use cases."""

from dataclasses import dataclass
from datetime import date, datetime

from chuangpei.kernel.dated import InForce

from training_svc.policy.organisers import InstitutionKind
from training_svc.policy.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Standard:
    """The numbers of one version of a standard (专业设置标准): hours, persons, percent of the sessions.

    The last three are None where the standard sets no limit: trainees an instructor, square decimetres of
    room a trainee, percent of the hours online.
    """

    version: str
    effective_from: date
    min_hours: int
    max_class_size: int
    attendance_percent: int
    trainees_per_instructor: int | None = None
    square_decimetres_per_trainee: int | None = None
    max_online_percent: int | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """When one session (课次) is held: two instants, the second not included."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class RegistrationFacts:
    """An institution that is to be registered, and whether an officer registers it.

    ``code_checks``: the check character of its credit code holds; ``explained_as_early``: a reason is given
    why it is taken nevertheless.
    """

    kind: InstitutionKind
    by_officer: bool
    code_checks: bool = True
    explained_as_early: bool = False


@dataclass(frozen=True, slots=True)
class InstructorFacts:
    """Somebody named to teach (讲师): the masked name, and how they stand in the pool (师资库).

    ``state`` is None for somebody who is not in the pool; ``appraisal_due_on`` is there for who is
    ``active``; ``entitled`` is whether the pool admits them for the project of the class.
    """

    name: str
    state: str | None
    active: bool
    appraisal_due_on: date | None
    entitled: bool


@dataclass(frozen=True, slots=True)
class RoomFacts:
    """A room (教室) named for a day, as the organiser's sites have it; None where none of them has it."""

    name: str
    day: date
    square_decimetres: int | None
    seats: int | None


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """A class (班级) that is to be filed.

    ``standard`` is the version by which the organiser is qualified (stage 3), or the one in force on the
    first day; ``parameters`` are those of the first day, None where no law is ``in_force``. ``today`` is the
    day on which it is filed, in Asia/Shanghai. ``room_square_decimetres`` is the room found when the
    organiser was approved, None where nothing is known of it. ``rooms`` are those of the sessions to come,
    None where the organiser has recorded no site; ``online_sessions`` are those of ``sessions`` held online.
    """

    in_force: InForce
    today: date
    stage: int
    project_retired: bool
    project_district: str | None
    district: str
    organiser: InstitutionKind
    qualified: bool
    standard: Standard | None
    parameters: Parameters | None
    starts_on: date
    ends_on: date
    capacity: int
    room_square_decimetres: int | None
    sessions: tuple[Hours, ...]
    instructors: tuple[InstructorFacts, ...]
    rooms: tuple[RoomFacts, ...] | None = None
    online_sessions: tuple[Hours, ...] = ()


@dataclass(frozen=True, slots=True)
class EnrolmentFacts:
    """The class's last day, the day on which someone enrols (Asia/Shanghai), and whether they teach it."""

    class_ends_on: date
    today: date
    teaches_the_class: bool
    class_is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class CompletionFacts:
    """An enrolment that is to be completed (结业), at the instant ``now``."""

    stage: int
    sessions_attended: int
    sessions_held: int
    attendance_percent: int
    last_session_ends_at: datetime
    now: datetime
