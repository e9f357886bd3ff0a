"""What the API takes and shows of evaluations."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from chuangpei.events.base import InstitutionRef, ProjectRef
from chuangpei.export import ExportQuery
from chuangpei.fields import Code, CreditCodeForm, DistrictCode
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body, FindingView, finding_view
from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationInfo, field_validator

from cert_svc.evaluations.evaluation import Evaluation
from cert_svc.evaluations.lifecycle import State
from cert_svc.evaluations.records import Score
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


class ScoreBody(Body):
    """A score in whole points (评分) and what the evaluator has to say of it.

    ``score`` is of the whole; where the class cites a norm, ``parts`` has the points of each part (T05).
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"score": 82, "comment": "商业计划书完整"}]})

    # Before the score, whose check looks at it.
    parts: dict[Code, Points] | None = Field(
        default=None, max_length=10, examples=[{"written": 80, "plan": 85, "defence": 90}]
    )
    score: Points | None = Field(default=None, validate_default=True)
    comment: str = Field(default="", max_length=2000)

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

    ``score`` is null until one person scored it, or blind scores led to it. ``findings`` are the reasons of
    the result.
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
    certificate_number: str | None
    retakes_left: int | None
    retake_until: date | None
    version: int

    @classmethod
    def of(cls, evaluation: Evaluation, certificate_number: str | None) -> Self:
        """The view of an evaluation, with the certificate it led to."""
        rubric = evaluation.rubric
        completion, given, confirmation = evaluation.completion, evaluation.score, evaluation.confirmation
        failed = confirmation is not None and not confirmation.passed
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
            comment=given.comment if given else None,
            scored_by=given.by.subject if given else None,
            evaluated_on=given.evaluated_on if given else None,
            passed=confirmation.passed if confirmation else None,
            findings=[finding_view(one) for one in evaluation.result_findings] if confirmation else [],
            confirmed_by=confirmation.by.subject if confirmation else None,
            confirmed_at=confirmation.at if confirmation else None,
            certificate_number=certificate_number,
            retakes_left=max(0, rubric.most_retakes - evaluation.attempt + 1) if failed else None,
            retake_until=last_retake_day(completion.completed_on, rubric.retake_months) if failed else None,
            version=evaluation.version,
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
