"""Draws of evaluations as the API takes and shows them."""

from datetime import date, datetime, timedelta
from typing import Literal, Self
from uuid import UUID

from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import Code, DistrictCode
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.lots import drawn_by_lot
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

_LONGEST = timedelta(days=366)
_DAYS = Text("须不早于开始日期，且至多一年", "It must not lie before the first day, nor a year after it")
_ONE_OF_BOTH = Text("须填数量或比例之一", "Give either a count or a percentage")


class NewDraw(Body):
    """Of which evaluations how many are drawn (抽查): evaluated in the period, in the officer's district."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"first_day": "2026-04-01", "last_day": "2026-06-30", "percent": 10}]}
    )

    first_day: date
    last_day: date
    project_code: Code | None = None
    body_id: UUID | None = Field(default=None, description="评价机构 · evaluation body")
    # Before the percentage, whose check looks at it.
    count: int | None = Field(default=None, ge=1, le=1000, description="抽取数量 · how many")
    percent: int | None = Field(
        default=None, ge=1, le=100, validate_default=True, description="抽取比例（%） · how many in a hundred"
    )

    @field_validator("last_day")
    @classmethod
    def _at_most_a_year(cls, last_day: date, info: ValidationInfo) -> date:
        first_day = info.data.get("first_day")
        if first_day is not None and not first_day <= last_day < first_day + _LONGEST:
            raise InvalidText(_DAYS)
        return last_day

    @field_validator("percent")
    @classmethod
    def _one_of_both(cls, percent: int | None, info: ValidationInfo) -> int | None:
        if "count" in info.data and (percent is None) == (info.data["count"] is None):
            raise InvalidText(_ONE_OF_BOTH)
        return percent


class DrawFilters(ListQuery):
    """What the list of draws may be narrowed to, and its orders."""

    district: DistrictCode | None = None
    body_id: UUID | None = Field(default=None, description="评价机构 · evaluation body")
    project_code: Code | None = None
    sort: Literal["id", "-id", "drawn_at", "-drawn_at"] = "id"


class DrawPage(DrawFilters, PageQuery):
    """A page of the draws."""


class DrawExport(DrawFilters, ExportQuery):
    """The draws as a file."""


class DrawSummary(BaseModel):
    """A draw in a list."""

    id: UUID
    district: str
    first_day: date
    last_day: date
    project_code: str | None
    body_id: UUID | None
    count: int | None
    percent: int | None
    drawn_at: datetime
    drawn_by: str

    @classmethod
    def of(cls, row: Row) -> Self:
        """The view of a row."""
        return cls(**{name: row[name] for name in DrawSummary.model_fields})


class DrawView(DrawSummary):
    """A draw (抽取) as anyone can repeat it: ``seed``, ``population`` and what was drawn from it.

    The evaluations with the lowest SHA-256 of ``seed:id`` are drawn. ``holds`` is whether repeating it just
    now gave the same.
    """

    seed: str
    population: list[UUID]
    drawn: list[UUID]
    holds: bool

    @classmethod
    def whole(cls, row: Row) -> Self:
        """The view of a row with its population."""
        again = drawn_by_lot(map(str, row["population"]), row["seed"], len(row["drawn"]))
        own = {name: row[name] for name in cls.model_fields if name != "holds"}
        return cls(**own, holds=again == list(map(str, row["drawn"])))
