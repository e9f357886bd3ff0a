"""Courses as the API takes and shows them."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import Code, CreditCodeText, DistrictCode, Name, Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, ConfigDict, Field

from training_svc.courses.lifecycle import State

Hours = Annotated[int, Field(ge=1, le=2_000, examples=[24], description="课时 · hours of teaching")]
OnlinePercent = Annotated[
    int, Field(ge=0, le=100, examples=[40], description="线上教学比例（%） · percent taught online")
]
GrantFen = Annotated[
    int,
    Field(
        ge=0,
        le=2**53,
        examples=[8_000_000],
        description="资助金额（分），不资助为0 · grant in fen, 0 for none",
    ),
]
Score = Annotated[int, Field(ge=0, le=100, examples=[86], description="评分（百分制） · points of 100")]
Sort = Literal["id", "-id", "name", "-name", "submitted_on", "-submitted_on"]


class CourseFilters(ListQuery):
    """What the list of courses may be narrowed to, and its orders."""

    state: State | None = None
    project_code: Code | None = None
    stage: int | None = Field(default=None, ge=1, le=4)
    district: DistrictCode | None = None
    credit_code: CreditCodeText | None = None
    submitted_since: date | None = None
    submitted_until: date | None = None
    sort: Sort = "id"


class CoursePage(CourseFilters, PageQuery):
    """A page of the courses."""


class CourseExport(CourseFilters, ExportQuery):
    """The courses as a file."""


class CatalogueFilters(ListQuery):
    """What the catalogue of the course system may be narrowed to, and its orders."""

    project_code: Code | None = None
    stage: int | None = Field(default=None, ge=1, le=4)
    sort: Literal["id", "-id", "name", "-name"] = "id"


class CataloguePage(CatalogueFilters, PageQuery):
    """A page of the catalogue."""


class CatalogueExport(CatalogueFilters, ExportQuery):
    """The catalogue as a file."""


class AssessmentFilters(ListQuery):
    """The orders of a course's assessments."""

    sort: Literal["id", "-id", "score", "-score"] = "id"


class AssessmentPage(AssessmentFilters, PageQuery):
    """A page of a course's assessments."""


class AssessmentExport(AssessmentFilters, ExportQuery):
    """A course's assessments as a file."""


class NewCourse(Body):
    """A course (精品课程) that its developer submits."""

    institution_id: UUID
    project_code: Code = Field(examples=["IYB"])
    name: Name = Field(examples=["数字化改善你的企业"])
    summary: Note = Field(examples=["面向集成电路产业初创团队的“技能+创业”课程"])
    hours: Hours
    online_percent: OnlinePercent


class NewAssessment(Body):
    """One assessor's score and opinion (评估意见)."""

    score: Score
    opinion: Note = Field(examples=["内容贴合产业，案例充分"])


class AssessmentAmendment(Body):
    """A corrected score or opinion, while nobody has decided."""

    score: Score | None = None
    opinion: Note | None = None
    reason: Reason


class Recognition(Body):
    """The grant with which a course is recognised (认定)."""

    grant_fen: GrantFen


class Rejection(Body):
    """What was found against a course (不予认定)."""

    findings: list[Note] = Field(min_length=1, max_length=20, examples=[["教学目标与学时不符"]])


class Retirement(Body):
    """Why a course leaves the system (退出)."""

    reason: Note = Field(examples=["内容已不适用"])


class CourseAmendment(Body):
    """What is corrected of a recognised course or its retirement (更正), and why; what is not named stays."""

    name: Name | None = None
    summary: Note | None = None
    hours: Hours | None = None
    online_percent: OnlinePercent | None = None
    grant_fen: GrantFen | None = None
    retired: Literal[False] | None = Field(
        default=None, description="false 撤回误退出 · false takes a mistaken retirement back"
    )
    retired_on: date | None = Field(default=None, description="更正退出日期 · of one that is retired")
    retirement_reason: Note | None = Field(default=None, description="更正退出原因 · of one that is retired")
    reason: Reason


class CatalogueView(BaseModel):
    """A course of the city's course system, as everyone signed in may read it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str = Field(examples=["数字化改善你的企业"])
    summary: str
    institution_name: str
    project_code: str
    project_name: str
    stage: int
    hours: int
    online_percent: int
    admitted_on: date | None


class CourseView(CatalogueView):
    """A course and where it stands."""

    institution_id: UUID
    credit_code: str
    district: str
    standard_version: str | None
    state: State
    submitted_at: datetime
    submitted_on: date
    grant_fen: int | None = Field(examples=[8_000_000], description="资助金额（分） · grant in fen")
    findings: list[str] = Field(description="不予认定的理由 · what it was rejected for")
    decided_on: date | None
    retired_on: date | None
    retirement_reason: str | None
    version: int


class AssessmentView(BaseModel):
    """One assessor's score and opinion."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    course_id: UUID
    score: int
    opinion: str
    assessed_by: str
    assessed_at: datetime
    version: int
