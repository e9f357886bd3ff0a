"""What the API takes and shows of evaluations."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from chuangpei.events.base import InstitutionRef, ProjectRef
from chuangpei.export import ExportQuery
from chuangpei.fields import Code, CreditCodeForm, DistrictCode, Note
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body, FindingView, finding_view
from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationInfo, field_validator

from cert_svc.evaluations.evaluation import Evaluation
from cert_svc.evaluations.lifecycle import State
from cert_svc.evaluations.records import Dispute, Outcome, Score
from cert_svc.policy.rubric import Rubric
from cert_svc.policy.rules import last_retake_day

Points = Annotated[StrictInt, Field(ge=0, le=100, description="0–100 分 · points")]
_ONE_OF_BOTH = Text("须填总分或各部分得分之一", "Give either the whole score or that of each part")


class EvaluationFilters(ListQuery):
    """What the list of evaluations may be narrowed to, and its orders; by id is the longest waiting first."""

    state: State | None = Field(default=None, description="状态 · state")
    enrolment_id: UUID | None = Field(default=None, description="报名编号 · enrolment")
    class_id: UUID | None = Field(default=None, description="班级 · class")
    credit_code: CreditCodeForm | None = Field(default=None, description="培训机构 · institution")
    project_code: Code | None = Field(default=None, description="培训项目 · project")
    district: DistrictCode | None = None
    body_id: UUID | None = Field(default=None, description="评价机构 · evaluation body")
    passed: bool | None = Field(default=None, description="是否合格 · whether it was passed")
    evaluated_since: date | None = None
    evaluated_until: date | None = None
    sort: Literal["id", "-id", "opened_at", "-opened_at"] = "id"


class EvaluationPage(EvaluationFilters, PageQuery):
    """A page of the evaluations."""


class EvaluationExport(EvaluationFilters, ExportQuery):
    """The evaluations as a file."""


class PointsBody(Body):
    """Points: ``score`` of the whole, or ``parts``, of each part where the class cites a norm (T05)."""

    # Before the score, whose check looks at it.
    parts: dict[Code, Points] | None = Field(
        default=None, max_length=10, examples=[{"written": 80, "plan": 85, "defence": 90}]
    )
    score: Points | None = Field(default=None, validate_default=True)

    @field_validator("score")
    @classmethod
    def _one_of_both(cls, score: int | None, info: ValidationInfo) -> int | None:
        if "parts" in info.data and (score is None) == (info.data["parts"] is None):
            raise InvalidText(_ONE_OF_BOTH)
        return score

    @property
    def points(self) -> int | dict[str, int]:
        """The points of the whole, or of each part."""
        if self.parts is not None:
            return self.parts
        assert self.score is not None, "one of both is given"
        return self.score


class ScoreBody(PointsBody):
    """A score (评分), of the whole or of each part (T05), and what the evaluator has to say of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"score": 82, "comment": "商业计划书完整"}]})

    comment: str = Field(default="", max_length=2000)


class DisputeBody(Body):
    """Why the trainee disputes the result (复核理由); kept encrypted."""

    grounds: str = Field(min_length=5, max_length=5_000, examples=["答辩部分漏计一项得分，请核对评分表。"])


class UpholdBody(Body):
    """Why the disputed result stands (维持理由)."""

    reason: Note = Field(examples=["经核对评分表，各部分得分无误"])


class CorrectBody(PointsBody):
    """The points that stand from now on, of the whole or of each part, and why (更正理由)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"score": 64, "reason": "答辩部分漏计6分，予以更正"}]}
    )

    reason: Note


class VoidBody(Body):
    """Why an evaluation is voided (作废): a revocation reason, and what was found.

    Without a code it is ``evaluation_voided``: a fault of the organisation, after which the trainee is
    evaluated anew.
    """

    reason_code: str = Field(default="evaluation_voided", min_length=1, max_length=60)
    note: Note = Field(examples=["试卷发放有误，该场评价作废"])


class PartView(BaseModel):
    """One part of the norm, its weight in percent, its own mark to pass, and its points once scored."""

    code: str = Field(examples=["written"])
    name: str = Field(examples=["笔试"])
    weight: int
    pass_mark: int | None = Field(description="单项合格线 · mark to pass of the part")
    points: int | None


class BlindScoreView(BaseModel):
    """One blind score (盲评): the points of the whole and of each part, by whom and when."""

    score: int
    parts: dict[str, int] = Field(examples=[{"written": 80, "plan": 85, "defence": 90}])
    comment: str
    scored_by: str
    scored_at: datetime

    @classmethod
    def of(cls, given: Score) -> Self:
        """The view of a blind score."""
        return cls(
            score=given.points,
            parts=dict(given.part_points or {}),
            comment=given.comment,
            scored_by=given.by.subject,
            scored_at=given.at,
        )


class StepView(BaseModel):
    """One step of an evaluation (办理记录): who did what, when, and what it was before and after.

    Until blind scores (盲评) lead to a result, who gave one, its points and comment are shown to nobody else.
    The trainee is told of each step, not by whom, and points and reasons of the result alone.
    """

    at: datetime
    action: str = Field(examples=["score"])
    actor: str | None
    role: str
    from_state: State | None
    to_state: State | None
    reason: str | None
    score: int | None
    parts: dict[str, int] | None
    passed: bool | None


class EvaluationView(BaseModel):
    """One attempt (考核评价). ``passed`` is null until confirmed, ``retake_until`` unless failed.

    ``score`` is null until one person scored it, or blind scores led to it, and the corrected one after a
    correction. ``findings`` are the reasons of the result. What is void has neither passed nor failed. The
    trainee sees it once it is published, without who scored and confirmed it and the comment.
    """

    id: UUID
    enrolment_id: UUID
    class_id: UUID
    attempt: int = Field(description="1 为首次，其后为补考 · 1 is the first, later ones are retakes")
    state: State
    institution: InstitutionRef
    project: ProjectRef
    trainee: str = Field(description="脱敏姓名 · masked name", examples=["张*"])
    standard_version: str
    completed_on: date
    norm_version: str | None = Field(description="评价规范版本 · the norm it is measured by")
    parts: list[PartView]
    pass_mark: int
    most_difference: int | None = Field(description="盲评最大分差 · most points between two blind scores")
    dispute_days: int = Field(description="复核申请期限（日） · days to dispute a published result")
    opened_at: datetime
    body_id: UUID | None = Field(description="负责的评价机构 · the body that answers for it")
    score: int | None
    comment: str | None
    scored_by: str | None
    evaluated_on: date | None
    passed: bool | None
    findings: list[FindingView]
    confirmed_by: str | None
    confirmed_at: datetime | None
    published_at: datetime | None
    last_dispute_day: date | None = Field(description="复核申请截止日 · last day to dispute it")
    review_outcome: Outcome | None = Field(description="复核结果 · what came of a dispute")
    voided_at: datetime | None
    void_reason_code: str | None
    void_note: str | None
    certificate_number: str | None
    retakes_left: int | None
    retake_until: date | None
    version: int

    @classmethod
    def of(cls, evaluation: Evaluation, certificate_number: str | None, *, for_trainee: bool = False) -> Self:
        """The view of an evaluation, with the certificate it led to."""
        rubric, completion = evaluation.rubric, evaluation.completion
        given, confirmation = evaluation.score, evaluation.confirmation
        publication, voiding = evaluation.publication, evaluation.voiding
        review = evaluation.dispute.review if evaluation.dispute else None
        failed = evaluation.passed is False
        return cls(
            id=evaluation.id,
            enrolment_id=completion.enrolment_id,
            class_id=completion.class_id,
            attempt=evaluation.attempt,
            state=evaluation.state,
            institution=completion.institution,
            project=completion.project,
            trainee=completion.person.masked_name,
            standard_version=completion.standard_version,
            completed_on=completion.completed_on,
            norm_version=rubric.norm_version,
            parts=_parts(rubric, given),
            pass_mark=rubric.pass_mark,
            most_difference=rubric.most_difference,
            dispute_days=rubric.dispute_days,
            opened_at=evaluation.opened_at,
            body_id=evaluation.body_id,
            score=given.points if given else None,
            comment=given.comment if given and not for_trainee else None,
            scored_by=given.by.subject if given and not for_trainee else None,
            evaluated_on=given.evaluated_on if given else None,
            passed=evaluation.passed,
            findings=[finding_view(one) for one in evaluation.result_findings] if confirmation else [],
            confirmed_by=confirmation.by.subject if confirmation and not for_trainee else None,
            confirmed_at=confirmation.at if confirmation else None,
            published_at=publication.at if publication else None,
            last_dispute_day=publication.last_dispute_day if publication else None,
            review_outcome=review.outcome if review else None,
            voided_at=voiding.at if voiding else None,
            void_reason_code=voiding.reason_code if voiding else None,
            void_note=voiding.note if voiding and not for_trainee else None,
            certificate_number=certificate_number,
            retakes_left=max(0, rubric.most_retakes - evaluation.attempt + 1) if failed else None,
            retake_until=last_retake_day(completion.completed_on, rubric.retake_months) if failed else None,
            version=evaluation.version,
        )


class DisputeView(BaseModel):
    """A dispute (复核申请), its grounds, what came of it, and what stood before a correction.

    Who reviewed it is shown to the offices only.
    """

    disputed_at: datetime
    grounds: str
    outcome: Outcome | None
    reason: str | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    score_before: int | None
    parts_before: dict[str, int] | None
    passed_before: bool | None

    @classmethod
    def of(cls, dispute: Dispute, grounds: str, *, for_trainee: bool) -> Self:
        """The view of a dispute with its clear grounds."""
        review = dispute.review
        score, parts, passed = (review and review.before) or (None, None, None)
        return cls(
            disputed_at=dispute.at,
            grounds=grounds,
            outcome=review.outcome if review else None,
            reason=review.reason if review else None,
            reviewed_by=review.by.subject if review and not for_trainee else None,
            reviewed_at=review.at if review else None,
            score_before=score,
            parts_before=dict(parts) if parts else None,
            passed_before=passed,
        )


def _parts(rubric: Rubric, given: Score | None) -> list[PartView]:
    points = (given.part_points if given else None) or {}
    return [
        PartView(
            code=one.code,
            name=one.name,
            weight=one.weight,
            pass_mark=one.pass_mark,
            points=points.get(one.code),
        )
        for one in rubric.parts
    ]
