"""Events of training-svc (培训服务)."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from chuangpei.events.base import (
    TYPE_PREFIX,
    Event,
    ExitGround,
    InstitutionRef,
    Part,
    PersonRef,
    ProjectRef,
)


class StandardPublished(Event):
    """A standard (专业设置标准) was published, or amended or withdrawn before anything cited it (T05).

    Each event tells the whole of it; the highest ``revision`` holds. A number that is None is not limited.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.standard.published.v1"
    KEY: ClassVar[str] = "standard_id"
    standard_id: UUID
    project_code: str
    version: str
    name: str
    effective_from: date
    min_hours: int
    max_class_size: int
    attendance_percent: int
    trainees_per_instructor: int | None
    square_decimetres_per_trainee: int | None
    max_online_percent: int | None
    revision: int
    withdrawn: bool


class NormPart(Part):
    """One part of an evaluation, such as a written test or a defence, and its weight in percent.

    ``pass_mark`` is the mark of 100 it has to reach by itself (单项合格线), if any.
    """

    code: str
    name: str
    weight: int
    pass_mark: int | None = None


class EvaluationNormPublished(Event):
    """An evaluation norm (评价规范) was published, or amended or withdrawn before it was cited (T05, D12).

    Each event tells the whole of it; the highest ``revision`` holds. ``pass_mark`` is of 100; the weights of
    the parts sum to 100; retakes end ``retake_months`` after completion. Where there is ``most_difference``,
    two score blind (盲评) and may differ by so many points. ``dispute_days`` is None where the dated number
    holds.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.evaluation_norm.published.v1"
    KEY: ClassVar[str] = "norm_id"
    norm_id: UUID
    project_code: str
    version: str
    name: str
    effective_from: date
    pass_mark: int
    parts: tuple[NormPart, ...]
    most_retakes: int
    retake_months: int
    revision: int
    withdrawn: bool
    most_difference: int | None = None
    dispute_days: int | None = None


RevocationGround = Literal["attendance_corrected", "officer_decision"]


class InstitutionRegistered(Event):
    """An institution (培训机构) was registered under its unified social credit code (T06)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.institution.registered.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    institution_id: UUID
    name: str
    district: str
    kind: str
    registered_on: date


class InstitutionUpdated(Event):
    """An institution was renamed, moved, or closed (变更、停办; T06): how it stands from ``updated_on``."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.institution.updated.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    institution_id: UUID
    name: str
    district: str
    kind: str
    closed_on: date | None
    updated_on: date


class InstitutionSanctioned(Event):
    """What both kinds of sanction tell; without ``ends_on`` it holds until it is lifted.

    An amendment tells it again under the same ``sanction_id``: the last one holds.

    ``exit_ground`` is X3 where the institution may begin no training while it holds (B11).
    """

    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    institution_id: UUID
    district: str
    sanction_id: UUID
    exit_ground: ExitGround | None
    source: str
    document_number: str
    starts_on: date
    ends_on: date | None
    recorded_on: date


class InstitutionPenalised(InstitutionSanctioned):
    """A penalty (行政处罚) on an institution was recorded (T08)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.institution.penalised.v1"
    kind: str


class InstitutionListedDishonest(InstitutionSanctioned):
    """An institution was put on the list of the seriously dishonest (严重失信名单; T08)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.institution.listed_dishonest.v1"


class InstitutionSanctionLifted(Event):
    """A penalty or listing no longer holds (解除), or should never have been recorded (T08)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.institution.sanction_lifted.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    institution_id: UUID
    sanction_id: UUID
    kind: str
    exit_ground: ExitGround | None
    lifted_on: date


class InstitutionDesignated(Event):
    """The city centre named an institution an example to others (示范机构) for a term (T08)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.institution.designated.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    institution_id: UUID
    designation_id: UUID
    starts_on: date
    ends_on: date
    designated_on: date


class InstitutionDesignationWithdrawn(Event):
    """The city centre took the name of 示范机构 back before its term ended (T08)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.institution.designation_withdrawn.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    institution_id: UUID
    designation_id: UUID
    withdrawn_on: date


class InstitutionInactive(Event):
    """An institution has held no class for long (长期未开展培训); told once for each such time (T08, X4).

    It is told again where its site or full-time teachers come or go meanwhile: the last one holds.
    ``full_time_instructors`` is None where it is not known.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.institution.inactive.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    institution_id: UUID
    district: str
    last_class_ended_on: date | None
    inactive_since: date
    has_site: bool
    full_time_instructors: int | None
    told_on: date


class QualificationApproved(Event):
    """The district approved an institution for a project by a version of the standard (T05, T07)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.institution.qualification_approved.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    institution_id: UUID
    qualification_id: UUID
    project: ProjectRef
    standard_version: str
    approved_on: date
    valid_from: date | None = None
    valid_until: date | None = None


class QualificationAmended(Event):
    """The district corrected the last day of a qualification (更正; T07): ``valid_until`` is it from now on.

    Whether the qualification stands approved or suspended is as it was.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.institution.qualification_amended.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    institution_id: UUID
    qualification_id: UUID
    project: ProjectRef
    valid_from: date
    valid_until: date
    amended_on: date


class QualificationSuspended(Event):
    """The district suspended a qualification (暂停): no class is filed by it meanwhile (T07, T08)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.institution.qualification_suspended.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    institution_id: UUID
    qualification_id: UUID
    project: ProjectRef
    suspended_on: date


class QualificationResumed(Event):
    """The district lifted a suspension (恢复; T07)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.institution.qualification_resumed.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    institution_id: UUID
    qualification_id: UUID
    project: ProjectRef
    resumed_on: date


class QualificationRevoked(Event):
    """The district revoked a qualification (撤销) for good (T07, T08)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.institution.qualification_revoked.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    institution_id: UUID
    qualification_id: UUID
    project: ProjectRef
    revoked_on: date


class QualificationRestored(Event):
    """The district took a mistaken revocation back: the qualification stands approved again (T07)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.institution.qualification_restored.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    institution_id: UUID
    qualification_id: UUID
    project: ProjectRef
    valid_until: date
    restored_on: date


class QualificationExpired(Event):
    """The last day of a qualification is over (到期; T07); ``valid_until`` was that day."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.institution.qualification_expired.v1"
    KEY: ClassVar[str] = "credit_code"
    credit_code: str
    institution_id: UUID
    qualification_id: UUID
    project: ProjectRef
    valid_until: date


class ClassSession(Part):
    """One session (课次) of a class in a room, or online (线上); the instants are UTC."""

    session_id: UUID
    starts_at: datetime
    ends_at: datetime
    room: str
    cancelled: bool
    online: bool = False


class ClassFiled(Event):
    """An organiser filed a class (开班备案; T02-T07); its institution's district is frozen on it (S07)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.class.filed.v1"
    KEY: ClassVar[str] = "class_id"
    class_id: UUID
    institution: InstitutionRef
    project: ProjectRef
    standard_version: str
    name: str
    starts_on: date
    ends_on: date
    capacity: int
    sessions: tuple[ClassSession, ...]


class ClassChanged(Event):
    """A filed class was changed (班级变更; T06): what it is now, which fields changed, and why."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.class.changed.v1"
    KEY: ClassVar[str] = "class_id"
    class_id: UUID
    institution: InstitutionRef
    project: ProjectRef
    name: str
    starts_on: date
    ends_on: date
    capacity: int
    sessions: tuple[ClassSession, ...]
    changed: tuple[str, ...]
    reason: str


class ClassCancelled(Event):
    """A class was cancelled (取消开班; T06), and with it the enrolments of ``person_keys``.

    A class of very many comes as several events that differ in ``person_keys`` alone.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.class.cancelled.v1"
    KEY: ClassVar[str] = "class_id"
    class_id: UUID
    institution: InstitutionRef
    project: ProjectRef
    name: str
    cancelled_on: date
    reason: str
    person_keys: tuple[str, ...]


class ClassReinstated(Event):
    """A class was cancelled by mistake and is held after all (T06); ``person_keys`` are in it again.

    Whose hours were taken elsewhere meanwhile is not. A class of very many comes as several events that
    differ in ``person_keys`` alone.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.class.reinstated.v1"
    KEY: ClassVar[str] = "class_id"
    class_id: UUID
    institution: InstitutionRef
    project: ProjectRef
    name: str
    starts_on: date
    ends_on: date
    sessions: tuple[ClassSession, ...]
    reinstated_on: date
    reason: str
    person_keys: tuple[str, ...]


class EnrolmentPromoted(Event):
    """A person moved up from the waiting list to a place that became free (递补; T02)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.enrolment.promoted.v1"
    KEY: ClassVar[str] = "enrolment_id"
    enrolment_id: UUID
    class_id: UUID
    institution: InstitutionRef
    project: ProjectRef
    person: PersonRef
    class_name: str
    class_starts_on: date
    promoted_on: date


class EnterpriseSnapshot(Part):
    """A trainee's firm and part in it on the day of enrolment, as the business registry told (D02).

    ``shareholding_basis_points`` are hundredths of a percent. It bars nobody from a class (T03).
    """

    credit_code: str
    name: str
    registered_on: date
    roles: tuple[str, ...]
    shareholding_basis_points: int | None
    as_of: date


class TrainingCompleted(Event):
    """A trainee reached the attendance the standard asks (C01, C02); dates are Asia/Shanghai.

    ``instructor_keys`` are the person keys of those who taught the class: they may not evaluate it.
    ``norm_version`` is the evaluation norm (评价规范) frozen on the class, None where there was none (T05).
    ``enterprise`` is None where the trainee named no firm, or the registry has not told of it.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.training.completed.v1"
    KEY: ClassVar[str] = "enrolment_id"
    enrolment_id: UUID
    class_id: UUID
    institution: InstitutionRef
    project: ProjectRef
    person: PersonRef
    standard_version: str
    class_started_on: date
    class_ended_on: date
    completed_on: date
    sessions_attended: int
    sessions_held: int
    instructor_keys: tuple[str, ...]
    norm_version: str | None = None
    enterprise: EnterpriseSnapshot | None = None


class CourseRecognised(Event):
    """The city centre recognised an excellent course (精品课程) with a grant, 0 for none (T09, D11)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.course.recognised.v1"
    KEY: ClassVar[str] = "course_id"
    course_id: UUID
    credit_code: str
    institution_id: UUID
    name: str
    project: ProjectRef
    grant_fen: int
    recognised_on: date


class CourseRetired(Event):
    """A recognised course left the city's course system (退出; T09)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.course.retired.v1"
    KEY: ClassVar[str] = "course_id"
    course_id: UUID
    credit_code: str
    retired_on: date


class CourseRestored(Event):
    """A course was retired by mistake: it stands as it stood before (恢复; T09)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.course.restored.v1"
    KEY: ClassVar[str] = "course_id"
    course_id: UUID
    credit_code: str
    restored_on: date


class CompletionRevoked(Event):
    """The district took a wrong completion back (C01, C02, C03): what rests on it no longer does.

    ``ground``: corrected attendance no longer reaches the standard, or the officer found it wrong.
    The enrolment may be completed again, and a further ``training.completed`` tells so.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.training.completion_revoked.v1"
    KEY: ClassVar[str] = "enrolment_id"
    enrolment_id: UUID
    class_id: UUID
    institution: InstitutionRef
    project: ProjectRef
    person_key: str
    completed_on: date
    revoked_on: date
    ground: RevocationGround


class InstructorAppraisalDue(Event):
    """The appraisal (定期考核) of an instructor is due from ``due_on`` on (T10)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.instructor.appraisal_due.v1"
    KEY: ClassVar[str] = "instructor_id"
    instructor_id: UUID
    person_key: str
    credit_code: str | None
    district: str
    due_on: date


class InstructorExited(Event):
    """An instructor left the pool (退出师资库), and may apply again from ``may_return_on`` (T10)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.instructor.exited.v1"
    KEY: ClassVar[str] = "instructor_id"
    instructor_id: UUID
    person_key: str
    credit_code: str | None
    district: str
    ground: str
    exited_on: date
    may_return_on: date


class InstructorReinstated(Event):
    """An exit that had been told was undone (恢复在库): its reason did not hold (T10)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.instructor.reinstated.v1"
    KEY: ClassVar[str] = "instructor_id"
    instructor_id: UUID
    person_key: str
    credit_code: str | None
    district: str
    reinstated_on: date


class FollowUpDue(Event):
    """A check of a completed trainee's business has become due (T11); once for each check.

    ``kind`` is ``opening`` (was a business opened?) or ``trading`` (does it still trade?), ``months`` after
    the day from which it is counted.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.follow_up.due.v1"
    KEY: ClassVar[str] = "follow_up_id"
    follow_up_id: UUID
    check_id: UUID
    enrolment_id: UUID
    institution: InstitutionRef
    kind: Literal["opening", "trading"]
    months: int
    due_on: date


class FollowUpRecorded(Event):
    """What became of a completed trainee's business was recorded or amended (跟踪服务; T11).

    Each event tells how it stands: the last one holds. The days are those of the last business, None where
    none was opened; ``jobs`` are those it was last told to have, none once it has closed.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.follow_up.recorded.v1"
    KEY: ClassVar[str] = "follow_up_id"
    follow_up_id: UUID
    enrolment_id: UUID
    institution: InstitutionRef
    opened_on: date | None
    closed_on: date | None
    jobs: int
    recorded_on: date


class ComplaintDecided(Event):
    """The district decided whether a complaint (投诉) about an institution is true, or reversed that (T08).

    The last event of a complaint holds; what was said and by whom is not told.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.complaint.decided.v1"
    KEY: ClassVar[str] = "complaint_id"
    complaint_id: UUID
    institution: InstitutionRef
    subject: str
    upheld: bool
    filed_on: date
    decided_on: date


class AnomalyFound(Event):
    """A rule found something in the attendance of a class that does not look right (T06 培训过程可追溯).

    ``kind`` names the rule; ``session_id`` and ``enrolment_id`` are there where it is about one of them. It
    decides nothing: somebody of the district looks at it.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.training.anomaly_found.v1"
    KEY: ClassVar[str] = "class_id"
    anomaly_id: UUID
    kind: str
    class_id: UUID
    institution_id: UUID
    district: str
    session_id: UUID | None
    enrolment_id: UUID | None
    found_on: date


class InspectionOverdue(Event):
    """An institution did not put right in time what an inspection found (C05); once for each deadline.

    ``authority`` inspects: a district's code, or ``city``.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.inspection.overdue.v1"
    KEY: ClassVar[str] = "inspection_id"
    inspection_id: UUID
    authority: str
    object_kind: Literal["class", "institution", "instructor"]
    object_id: UUID
    institution: InstitutionRef
    deadline: date
