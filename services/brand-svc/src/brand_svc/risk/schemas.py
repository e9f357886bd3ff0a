"""Views of the risk board."""

from collections.abc import Iterable
from datetime import date
from typing import Literal, Self

from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeForm, DistrictCode
from chuangpei.paging import ListQuery, PageQuery
from pydantic import BaseModel, Field

from brand_svc.policy.facts import Tier
from brand_svc.policy.risk import Formula, Line, Tally, lines


class RiskFilters(ListQuery):
    """What the risk board may be narrowed to, and its orders; the greatest risk first."""

    credit_code: CreditCodeForm | None = None
    district: DistrictCode | None = None
    tier: Tier | None = None
    least_score: int | None = Field(
        default=None, ge=0, le=2_000_000_000, description="最低风险分 · least score"
    )
    open_case: bool | None = Field(default=None, description="有未结退出核查 · with an undecided case")
    sort: Literal["-score", "score", "-signals", "signals", "credit_code", "-credit_code"] = "-score"


class RiskPage(RiskFilters, PageQuery):
    """A page of the risk board."""


class RiskExport(RiskFilters, ExportQuery):
    """The risk board as a file."""


class LineView(BaseModel):
    """One line of the reckoning: signals of one source and ground in one year (1 is the last twelve months).

    It adds signals × weight × percent / 100 to the score.
    """

    source: str
    ground: str | None
    year: int
    signals: int
    weight: int
    percent: int

    @classmethod
    def of(cls, line: Line) -> Self:
        """The view of a line."""
        return cls(**{name: getattr(line, name) for name in cls.model_fields})


class RiskView(BaseModel):
    """A holder on the risk board (风险榜): the score and what it is made of (B10)."""

    credit_code: str
    institution_name: str
    district: str
    tier: Tier
    recognised_on: date
    score: int
    signals: int
    latest_month: date | None
    open_case: bool
    lines: list[LineView] = []

    def reckoned(self, tallies: Iterable[Tally], today: date, formula: Formula) -> Self:
        """The same with the lines behind the score."""
        shown = [LineView.of(line) for line in lines(tallies, today, formula)]
        return self.model_copy(update={"lines": shown})


class FormulaView(BaseModel):
    """How the score is reckoned: the points of a signal and how much of them counts by year (B10)."""

    weights: dict[str, int]
    percents: list[int]
    since: date
    article: str
    version: str


def risk_view(row: Row) -> RiskView:
    """The view of a row of the board, without its lines."""
    return RiskView(**{name: row[name] for name in RiskView.model_fields if name in row})
