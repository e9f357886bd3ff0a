"""Periodic evaluations as the API takes and shows them."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Note
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field, ValidationInfo, field_validator

from training_svc.policy.evaluation import Grade, ObjectKind

Scores = Annotated[
    dict[str, int],
    Field(max_length=20, examples=[{"premises": 18, "teachers": 17, "process": 26, "results": 24}]),
]


class NewEvaluation(Body):
    """A periodic evaluation (定期评估) by the form in force, for a period that has ended or is about to."""

    object_kind: ObjectKind = Field(examples=["institution"])
    object_id: UUID
    period_from: date = Field(examples=["2026-01-01"])
    period_to: date = Field(examples=["2026-12-31"])
    scores: Scores
    comment: Note | None = Field(default=None, examples=["教学管理规范"])

    @field_validator("period_to")
    @classmethod
    def _ends_after_it_begins(cls, period_to: date, info: ValidationInfo) -> date:
        begins = info.data.get("period_from")
        if begins is not None and period_to < begins:
            raise InvalidText(Text("结束日期早于开始日期", "It ends before it begins"))
        return period_to


class AmendedEvaluation(Body):
    """The points or the comment, amended; points are given whole."""

    reason: Reason
    scores: Scores | None = None
    comment: Note | None = None


class FormView(BaseModel):
    """The form (评估表) in force: the most points of each part, the percent from which each grade begins."""

    object_kind: ObjectKind
    version: str
    parts: dict[str, int]
    grades: dict[str, int]


class EvaluationView(BaseModel):
    """A periodic evaluation; ``percent`` is of all points the form has, rounded down."""

    id: UUID
    object_kind: ObjectKind
    object_id: UUID
    object_name: str
    institution_id: UUID
    district: str
    period_from: date
    period_to: date
    form_version: str
    scores: dict[str, int]
    percent: int
    grade: Grade
    comment: str | None
    evaluated_on: date
    version: int


class EvaluationFilters(ListQuery):
    """What the list of evaluations may be narrowed to, and its orders."""

    object_kind: ObjectKind | None = None
    object_id: UUID | None = None
    institution_id: UUID | None = None
    district: DistrictCode | None = None
    grade: Grade | None = None
    period_since: date | None = None
    sort: Literal["id", "-id", "percent", "-percent", "period_to", "-period_to"] = "id"


class EvaluationPage(EvaluationFilters, PageQuery):
    """A page of the evaluations."""


class EvaluationExport(EvaluationFilters, ExportQuery):
    """The evaluations as a file."""
