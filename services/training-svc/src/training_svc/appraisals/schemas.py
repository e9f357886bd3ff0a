"""Appraisals as the API takes and shows them."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from chuangpei import amendments
from chuangpei.export import ExportQuery
from chuangpei.fields import Code, DistrictCode, Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body, FindingView
from pydantic import BaseModel, Field

from training_svc.appraisals.appraisal import Result

Scores = Annotated[
    dict[Code, Annotated[int, Field(ge=0, le=1_000)]],
    Field(
        max_length=20,
        description="各部分得分，部分及满分见当日参数 · the points of each part that the day's rules name",
        examples=[{"teaching": 35, "trainee_feedback": 25, "research": 10, "compliance": 15}],
    ),
]


class NewAppraisal(Body):
    """An appraisal that was held."""

    held_on: date = Field(examples=["2027-02-10"])
    scores: Scores
    comment: Note | None = Field(default=None, examples=["课堂组织有序"])


class AppraisalAmendment(Body):
    """What is amended of an appraisal (更正), the rest staying; its outcome follows from it."""

    held_on: date | None = None
    scores: Scores | None = None
    comment: Note | None = None
    reason: amendments.Reason


class AppraisalView(BaseModel):
    """An appraisal and what the rule found."""

    id: UUID
    instructor_id: UUID
    name: str = Field(examples=["李*"])
    district: str
    held_on: date
    scores: dict[str, int]
    total: int
    pass_mark: int
    outcome: Result
    comment: str | None
    findings: list[FindingView]
    version: int


class AppraisalFilters(ListQuery):
    """What the list of appraisals may be narrowed to, and its orders."""

    instructor_id: UUID | None = None
    outcome: Result | None = None
    district: DistrictCode | None = None
    held_from: date | None = None
    held_until: date | None = None
    sort: Literal["id", "-id", "held_on", "-held_on", "total", "-total"] = "id"


class AppraisalPage(AppraisalFilters, PageQuery):
    """A page of the appraisals."""


class AppraisalExport(AppraisalFilters, ExportQuery):
    """The appraisals as a file."""
