"""Events of cert-svc (证书服务)."""

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from chuangpei.events.base import TYPE_PREFIX, Event, ExitGround, InstitutionRef, PersonRef, ProjectRef

CertificateKind = Literal["entrepreneurship_completion", "training_completion", "training_qualification"]
"""创业培训结业证书 (stages 1, 2, 4; C01, C03); 培训结业证书 and 培训合格证书 (stage 3; C02)."""

ReissueReason = Literal["lost", "damaged", "name_corrected"]
"""遗失, 损坏, 更正姓名 (C06)."""


class EvaluationConfirmed(Event):
    """A second person confirmed the score of an evaluation (考核评价; C02, C04)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.evaluation.confirmed.v1"
    KEY: ClassVar[str] = "evaluation_id"
    evaluation_id: UUID
    enrolment_id: UUID
    class_id: UUID
    institution: InstitutionRef
    project: ProjectRef
    person_key: str
    passed: bool
    score: int
    pass_mark: int
    evaluated_on: date


class EvaluationTold(Event):
    """What every later event of an evaluation tells: which one, of which training; nobody is named."""

    KEY: ClassVar[str] = "evaluation_id"
    evaluation_id: UUID
    enrolment_id: UUID
    class_id: UUID
    institution: InstitutionRef
    project: ProjectRef
    person_key: str


class EvaluationOpened(EvaluationTold):
    """An evaluation waits to be scored; ``attempt`` 1 is the first, others are retakes (补考; C02, D12)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.evaluation.opened.v1"
    attempt: int
    opened_on: date


class EvaluationPublished(EvaluationTold):
    """The result was shown to the trainee (成绩公布), who may dispute it to the last day included (C04)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.evaluation.published.v1"
    passed: bool
    score: int
    pass_mark: int
    published_on: date
    last_dispute_day: date


class EvaluationDisputed(EvaluationTold):
    """The trainee disputes the published result (复核申请; C04)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.evaluation.disputed.v1"
    disputed_on: date


class EvaluationUpheld(EvaluationTold):
    """The disputed result stands (维持; C04)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.evaluation.upheld.v1"
    passed: bool
    score: int
    pass_mark: int
    reviewed_on: date


class EvaluationCorrected(EvaluationTold):
    """The disputed result was corrected (更正): it is what is told here, not what was confirmed (C04)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.evaluation.corrected.v1"
    passed: bool
    score: int
    pass_mark: int
    evaluated_on: date
    passed_before: bool
    score_before: int
    reviewed_on: date


class EvaluationVoided(EvaluationTold):
    """An evaluation was voided (作废): it has no result any more (C04).

    ``passed`` is the result it had, None where it was not confirmed; ``followed_by`` is the one that was
    opened in its place, if any.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.evaluation.voided.v1"
    passed: bool | None
    reason_code: str
    voided_on: date
    followed_by: UUID | None


class EvaluationSessionTold(Event):
    """What is told of an evaluation session (评价场次): where, when and for how many; nobody is named.

    ``starts_at`` and ``ends_at`` are instants (UTC); ``district`` is where it is held.
    """

    KEY: ClassVar[str] = "session_id"
    session_id: UUID
    body_id: UUID
    project_code: str
    district: str
    place: str
    starts_at: datetime
    ends_at: datetime
    candidates: int


class EvaluationSessionPlanned(EvaluationSessionTold):
    """An evaluation session was planned (T06)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.evaluation.session_planned.v1"


class EvaluationSessionChanged(EvaluationSessionTold):
    """A session has another place, time or number of candidates (T06)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.evaluation.session_changed.v1"


class EvaluationSessionCancelled(EvaluationSessionTold):
    """A session does not take place; its candidates wait for another (T06)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.evaluation.session_cancelled.v1"


class EvaluationRecheckDiffers(Event):
    """A district's check of an evaluation (抽查复核) came to something else (C05).

    ``original_points`` and ``original_passed`` are what was found when it was drawn, ``points`` and
    ``passed`` those of the check. The city centre looks into it.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.evaluation.recheck_differs.v1"
    KEY: ClassVar[str] = "evaluation_id"
    recheck_id: UUID
    evaluation_id: UUID
    enrolment_id: UUID
    institution: InstitutionRef
    project: ProjectRef
    body_id: UUID | None
    evaluated_on: date
    original_points: int
    original_passed: bool
    points: int
    passed: bool


class CertificateIssued(Event):
    """A certificate (证书) was issued; the stage-3 合格证书 opens a claim window (C02, S05)."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.certificate.issued.v1"
    KEY: ClassVar[str] = "certificate_id"
    certificate_id: UUID
    number: str
    kind: CertificateKind
    institution: InstitutionRef
    project: ProjectRef
    person: PersonRef
    enrolment_id: UUID
    class_id: UUID
    class_started_on: date
    evaluated_on: date | None
    issued_on: date


class CertificateRevoked(Event):
    """A certificate was revoked (撤销); ``exit_ground`` is set where the reason matches B11 (D06, D09).

    The first events of this type named no ``enrolment_id``.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.certificate.revoked.v1"
    KEY: ClassVar[str] = "certificate_id"
    certificate_id: UUID
    number: str
    kind: CertificateKind
    institution: InstitutionRef
    project: ProjectRef
    person_key: str
    reason_code: str
    exit_ground: ExitGround | None
    revoked_on: date
    enrolment_id: UUID | None = None


class CertificateReissued(Event):
    """A certificate got a new number for a new paper (换发; C06); it is the same one, issued on the same day.

    ``edition`` counts from 1, the first number. ``person`` is whom the new edition names. The claim window
    stays as it is (D01).
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.certificate.reissued.v1"
    KEY: ClassVar[str] = "certificate_id"
    certificate_id: UUID
    number: str
    previous_number: str
    edition: int
    reason_code: ReissueReason
    kind: CertificateKind
    institution: InstitutionRef
    project: ProjectRef
    person: PersonRef
    enrolment_id: UUID
    class_id: UUID
    issued_on: date
    reissued_on: date
