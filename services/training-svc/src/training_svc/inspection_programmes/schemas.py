"""Inspection programmes and draws as the API takes and shows them."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import Name
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field, ValidationInfo, field_validator

from training_svc.policy.draw import Method
from training_svc.policy.evaluation import ObjectKind


class NewProgramme(Body):
    """An inspection programme (督导计划) of a year or another period."""

    name: Name = Field(examples=["2026年度督导计划"])
    first_day: date = Field(examples=["2026-01-01"])
    last_day: date = Field(examples=["2026-12-31"])

    @field_validator("last_day")
    @classmethod
    def _ends_after_it_begins(cls, last_day: date, info: ValidationInfo) -> date:
        first_day = info.data.get("first_day")
        if first_day is not None and last_day < first_day:
            raise InvalidText(Text("结束日期早于开始日期", "It ends before it begins"))
        return last_day


class NewDraw(Body):
    """How many objects of a kind to draw, by lot or by risk."""

    object_kind: ObjectKind = Field(examples=["institution"])
    method: Method = Field(examples=["random"])
    count: int = Field(ge=1, le=1000, examples=[10])


class NewInspection(Body):
    """An object to inspect without a draw, such as after a complaint."""

    object_kind: ObjectKind = Field(examples=["class"])
    object_id: UUID


class ProgrammeView(BaseModel):
    """A programme; ``authority`` is a district's code, or ``city``."""

    id: UUID
    authority: str
    name: str
    first_day: date
    last_day: date
    created_at: datetime


class CandidateView(BaseModel):
    """An object that might have been drawn, with the points of each fact where the draw was by risk."""

    id: UUID
    name: str
    points: int
    facts: dict[str, int]


class DrawSummary(BaseModel):
    """A draw in a list."""

    id: UUID
    programme_id: UUID
    number: int
    object_kind: ObjectKind
    method: Method
    count: int
    drawn_at: datetime


class DrawView(DrawSummary):
    """A draw (抽取) as anyone can repeat it: ``seed``, ``population`` and what was drawn from it.

    ``holds`` is whether repeating it just now gave the same.
    """

    seed: str
    population: list[CandidateView]
    drawn: list[UUID]
    holds: bool


class PlannedView(BaseModel):
    """An inspection that was planned."""

    id: UUID
    object_kind: ObjectKind
    object_id: UUID
    object_name: str
    institution_id: UUID


class ProgrammeFilters(ListQuery):
    """What the list of programmes may be narrowed to, and its orders."""

    authority: str | None = Field(default=None, max_length=6)
    on: date | None = Field(default=None, description="包含该日 · that includes the day")
    sort: Literal["id", "-id", "first_day", "-first_day"] = "id"


class ProgrammePage(ProgrammeFilters, PageQuery):
    """A page of the programmes."""


class ProgrammeExport(ProgrammeFilters, ExportQuery):
    """The programmes as a file."""


class DrawFilters(ListQuery):
    """What the draws of a programme may be narrowed to."""

    object_kind: ObjectKind | None = None
    method: Method | None = None


class DrawPage(DrawFilters, PageQuery):
    """A page of the draws."""


class DrawExport(DrawFilters, ExportQuery):
    """The draws as a file."""
