"""Rankings as the API takes and shows them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeForm, DistrictCode
from chuangpei.paging import ListQuery, Page, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

from training_svc.policy.ranking import Component

Year = Field(
    ge=2000, le=2100, description="班级结束的年度 · the year in which the classes ended", examples=[2026]
)
_HUNDREDTHS = "百分之一分，0 至 10000 · hundredths of a point, 0 to 10,000"


class NewRanking(Body):
    """The ranking to publish (公布排名)."""

    year: int = Year
    district: DistrictCode | None = None


class FormulaView(BaseModel):
    """The formula of a ranking (排名办法), as dated in the parameters."""

    weights: dict[Component, int]
    minimum_trainees: int = Field(description="少于此人数不排名 · fewer trainees are not ranked")
    complaints_per_hundred: int = Field(
        description="每百人查实投诉达此数则该项为零 · leaves nothing of the component"
    )
    failing_below: int = Field(description=_HUNDREDTHS)


class PartView(BaseModel):
    """One component of a score (分项); without data its value is null and its weight is left out."""

    component: Component
    count: int
    out_of: int
    value: int | None = Field(description=_HUNDREDTHS)
    weight: int


class EntryView(BaseModel):
    """An institution's place; ``rank`` is null where it had too few trainees."""

    place: int
    rank: int | None
    institution_id: UUID
    credit_code: str
    name: str
    trainees: int
    score: int | None = Field(description=_HUNDREDTHS)
    failing: bool
    components: list[PartView]


class PublishedFilters(ListQuery):
    """What the list of published rankings may be narrowed to, and its orders."""

    year: int | None = Field(default=None, ge=2000, le=2100)
    district: DistrictCode | None = None
    sort: Literal["id", "-id", "year", "-year"] = "-id"


class PublishedPage(PublishedFilters, PageQuery):
    """A page of the published rankings."""


class PublishedExport(PublishedFilters, ExportQuery):
    """The published rankings as a file."""


class PublishedView(BaseModel):
    """A published ranking, frozen: which, by what formula, when and by whom."""

    id: UUID
    year: int
    district: str | None
    formula: FormulaView
    institutions: int
    published_at: datetime
    published_by: str


class EntryFilters(ListQuery):
    """What the places of a ranking may be narrowed to, and their orders."""

    failing: bool | None = None
    ranked: bool | None = Field(default=None, description="有名次 · with a rank")
    credit_code: CreditCodeForm | None = None
    sort: Literal["place", "-place", "name", "-name", "trainees", "-trainees"] = "place"


class EntryPage(EntryFilters, PageQuery):
    """A page of the places of a published ranking."""


class EntryExport(EntryFilters, ExportQuery):
    """The places of a published ranking as a file."""


class RankingFilters(EntryFilters):
    """The year and district to rank, without a district the whole city; and which places to show."""

    year: int = Year
    district: DistrictCode | None = None


class RankingPage(RankingFilters, PageQuery):
    """A page of the places of a ranking as the records stand now."""


class RankingExport(RankingFilters, ExportQuery):
    """The places of a ranking as the records stand now, as a file."""


class RankingView(Page[EntryView]):
    """A page of a ranking as the records stand now, not published, and the formula it rests on."""

    year: int
    district: str | None
    formula: FormulaView
