"""Indicators and the facts behind them as the API shows them."""

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from pydantic import BaseModel, Field, model_validator

from brand_svc.policy.indicators import COUNTED, FactKind, Figure, Figures, Formula, Measure, value_of

_YEARS_REVERSED = Text("首末年度颠倒", "The first year comes after the last")


class Years(ListQuery):
    """The calendar years (统计年度) that are looked at, both included."""

    first_year: int = Field(ge=2000, le=2100, examples=[2024])
    last_year: int = Field(ge=2000, le=2100, examples=[2026])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_year < self.first_year:
            raise InvalidText(_YEARS_REVERSED)
        return self


class FigureView(BaseModel):
    """A figure of a formula, and the kind of facts it counts."""

    figure: Figure
    name: str
    value: int
    facts: FactKind


class MeasuredView(BaseModel):
    """A measure: its value, None where it would be a share of nothing, and what it was reckoned from.

    ``of``, divided by ``per`` where there is one, times ``times``, rounded half up.
    """

    measure: Measure
    name: str
    value: int | None
    of: FigureView
    per: FigureView | None
    times: int

    @classmethod
    def reckoned(cls, measure: Measure, formula: Formula, figures: Figures) -> Self:
        """The value of a measure by its formula, shown with its figures."""
        return cls(
            measure=measure,
            name=measure.zh,
            value=value_of(formula, figures),
            of=_figure(formula.of, figures),
            per=_figure(formula.per, figures) if formula.per else None,
            times=formula.times,
        )


class IndicatorsView(BaseModel):
    """Every measure of an institution in some years, by the formulas of a day (B04)."""

    credit_code: str
    first_year: int
    last_year: int
    formulas_since: date
    article: str
    items: list[MeasuredView]


class FactFilters(ListQuery):
    """What the facts of an institution may be narrowed to, and their orders."""

    kind: FactKind | None = None
    counts: bool | None = Field(default=None, description="是否计入 · whether it counts")
    since: date | None = None
    until: date | None = None
    sort: Literal["id", "-id", "day", "-day"] = "-day"


class FactPage(FactFilters, PageQuery):
    """A page of the facts."""


class FactExport(FactFilters, ExportQuery):
    """The facts as a file."""


class FactView(BaseModel):
    """A counted fact and its source: the event that told it last."""

    id: UUID
    kind: FactKind
    reference: UUID
    day: date
    amount: int
    counts: bool
    source: str
    event_id: UUID
    told_at: datetime


def _figure(figure: Figure, figures: Figures) -> FigureView:
    return FigureView(figure=figure, name=figure.zh, value=figures[figure], facts=COUNTED[figure].kind)
