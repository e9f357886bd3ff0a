"""Trainings and contests as the API takes and shows them."""

from datetime import date
from enum import StrEnum
from typing import Literal, Self
from uuid import UUID

from chuangpei import amendments
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode, Name
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field, ValidationInfo, field_validator, model_validator

ENDS_TOO_EARLY = Text("结束早于开始", "It ends before it starts")
_HOURS = Text("培训须填写课时，大赛不填", "A training has its hours, a contest has none")


class Kind(StrEnum):
    """What instructors took part in: 师资培训, 讲师大赛."""

    TRAINING = "training"
    CONTEST = "contest"


class ResultOf(Body):
    """What one instructor achieved: a mark or a prize, and in a contest the rank."""

    instructor_id: UUID
    result: Name = Field(examples=["一等奖"])
    rank: int | None = Field(default=None, ge=1, le=10_000, examples=[1])


class NewActivity(Body):
    """A training or contest that was held, with the results of those who took part."""

    kind: Kind = Field(examples=["contest"])
    name: Name = Field(examples=["2026年上海市创业培训讲师大赛"])
    organiser: Name = Field(examples=["上海市就业促进中心"])
    begins_on: date = Field(examples=["2026-05-11"])
    ends_on: date = Field(examples=["2026-05-12"])
    hours: int | None = Field(default=None, ge=1, le=2_000, description="培训课时 · hours of a training")
    results: list[ResultOf] = Field(max_length=500)

    @field_validator("ends_on")
    @classmethod
    def _ends_after_it_begins(cls, ends_on: date, info: ValidationInfo) -> date:
        begins_on = info.data.get("begins_on")
        if begins_on is not None and ends_on < begins_on:
            raise InvalidText(ENDS_TOO_EARLY)
        return ends_on

    @model_validator(mode="after")
    def _trainings_have_hours(self) -> Self:
        if (self.kind is Kind.TRAINING) != (self.hours is not None):
            raise InvalidText(_HOURS)
        return self


class ActivityAmendment(Body):
    """What is amended of a training or contest, the rest staying; ``results`` are given as a whole."""

    name: Name | None = None
    organiser: Name | None = None
    begins_on: date | None = None
    ends_on: date | None = None
    hours: int | None = Field(default=None, ge=1, le=2_000)
    results: list[ResultOf] | None = Field(default=None, max_length=500)
    reason: amendments.Reason


class ResultView(BaseModel):
    """What one instructor achieved, masked."""

    instructor_id: UUID
    name: str = Field(examples=["李*"])
    result: str
    rank: int | None


class ActivityView(BaseModel):
    """A training or contest with its results."""

    id: UUID
    kind: Kind
    name: str
    district: str | None = Field(description="记录的区，市级为空 · whose record it is, none for the city")
    organiser: str
    begins_on: date
    ends_on: date
    hours: int | None
    results: list[ResultView]
    version: int


class ActivityFilters(ListQuery):
    """What the list of trainings and contests may be narrowed to, and its orders."""

    kind: Kind | None = None
    district: DistrictCode | None = None
    instructor_id: UUID | None = None
    begins_from: date | None = None
    begins_until: date | None = None
    sort: Literal["id", "-id", "name", "-name", "begins_on", "-begins_on"] = "id"


class ActivityPage(ActivityFilters, PageQuery):
    """A page of the trainings and contests."""


class ActivityExport(ActivityFilters, ExportQuery):
    """The trainings and contests as a file."""
