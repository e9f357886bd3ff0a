"""Qualifications as the API takes and shows them."""

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import Code, CreditCodeText, DistrictCode, Note
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body, FindingView
from pydantic import BaseModel, Field, ValidationInfo, field_validator

from training_svc.policy.qualification import Figures
from training_svc.qualifications.lifecycle import State


class QualificationFilters(ListQuery):
    """What the list of qualifications may be narrowed to, and its orders."""

    state: State | None = None
    district: DistrictCode | None = None
    project_code: str | None = Field(default=None, max_length=40)
    standard_version: str | None = Field(default=None, max_length=40)
    institution_id: UUID | None = None
    credit_code: CreditCodeText | None = None
    valid_until_by: date | None = Field(default=None, description="到期日不晚于 · whose last day is no later")
    sort: Literal["id", "-id", "project_code", "-project_code", "credit_code", "-credit_code"] = "id"


class QualificationPage(QualificationFilters, PageQuery):
    """A page of the qualifications."""


class QualificationExport(QualificationFilters, ExportQuery):
    """The qualifications as a file."""


class FiguresBody(Body):
    """The figures of an application (申报数据): declared by the institution, found by its district."""

    class_size: int = Field(
        ge=1, le=1_000, examples=[30], description="最大班额 · largest class, in trainees"
    )
    instructors: int = Field(ge=0, le=1_000, examples=[2], description="讲师人数 · instructors")
    hours: int = Field(ge=0, le=2_000, examples=[24], description="课程课时 · hours of the course")
    room_square_decimetres: int = Field(
        ge=0,
        le=10_000_000,
        examples=[6_000],
        description="该班教室面积（平方分米，100=1平方米） · room for such a class in square decimetres",
    )
    online_percent: int = Field(ge=0, le=100, examples=[0], description="线上占比（%） · online share")

    def figures(self) -> Figures:
        """The figures as the rules take them."""
        return Figures(**self.model_dump())

    @classmethod
    def of(cls, figures: Figures | None) -> Self | None:
        """The figures as they are shown."""
        return None if figures is None else cls.model_validate(figures, from_attributes=True)


class Draft(Body):
    """What an institution fills in; a draft (草稿) may still lack its figures."""

    standard_version: Code = Field(examples=["2026-1"])
    declared: FiguresBody | None = None


class NewQualification(Draft):
    """An application (资质申请) for a project by the version of the standard in force."""

    project_code: Code = Field(examples=["IYB"])
    draft: bool = Field(default=False, description="只存草稿，暂不提交 · only keep it, do not submit it yet")


class Approval(Body):
    """What the officer found (核实) of each declared figure, and adds."""

    found: FiguresBody
    comment: Note | None = Field(default=None, examples=["场地、师资符合标准"])


class Rejection(Body):
    """Why the district rejects, and what it found where it looked."""

    reason: Note = Field(examples=["教学场地面积未达到标准"])
    found: FiguresBody | None = None


class StandingChange(Body):
    """Why the district suspends, resumes or revokes."""

    reason: Note = Field(examples=["消防整改期间暂停"])


class QualificationAmendment(Body):
    """What of a decision is to be amended (更正); what is not named stays.

    A decision that is taken back is taken back alone.
    """

    found: FiguresBody | None = None
    decision_reason: Note | None = None
    valid_until: date | None = None
    standing_since: date | None = Field(
        default=None, description="更正暂停、恢复或撤销的日期 · of the suspension, resumption or revocation"
    )
    standing_reason: Note | None = None
    rejected: Literal[False] | None = Field(
        default=None, description="false 撤回误驳回，重新审核 · false reopens a mistaken rejection"
    )
    revoked: Literal[False] | None = Field(
        default=None, description="false 撤回误撤销 · false takes a mistaken revocation back"
    )
    reason: Reason

    @field_validator("rejected", "revoked")
    @classmethod
    def _taken_back_alone(cls, taken_back: bool | None, info: ValidationInfo) -> bool | None:
        if taken_back is False and any(value is not None for value in info.data.values()):
            raise InvalidText(Text("撤回决定须单独办理", "A decision is taken back alone"))
        return taken_back


class QualificationView(BaseModel):
    """A qualification and where it stands today."""

    id: UUID
    institution_id: UUID
    credit_code: str
    project_code: str
    stage: int
    standard_version: str
    district: str
    state: State
    created_at: datetime
    submitted_at: datetime | None
    declared: FiguresBody | None
    found: FiguresBody | None
    findings: list[FindingView] = Field(
        description="按核实数据得出，审核前按申报数据 · by the figures found; before the review, declared"
    )
    decided_on: date | None
    reason: str | None
    valid_from: date | None
    valid_until: date | None = Field(description="最后有效日 · last whole day")
    standing_since: date | None
    standing_reason: str | None
    version: int
