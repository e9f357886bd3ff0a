"""Rankings as the API shows them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeForm, DistrictCode
from chuangpei.paging import ListQuery, PageQuery
from pydantic import BaseModel, Field

from brand_svc.policy.indicators import Figure
from brand_svc.policy.rubric import Dimension
from brand_svc.scorings.schemas import HUNDREDTHS


class PartView(BaseModel):
    """One indicator of a ranked score; ``value`` is what an automatic one was reckoned to."""

    dimension: Dimension
    indicator: str
    weight: int
    share: int | None
    points: int = Field(description=HUNDREDTHS)
    value: int | None


class EntryView(BaseModel):
    """A subject's place in a ranking; those equal in everything share a rank."""

    place: int
    rank: int
    scoring_id: UUID
    credit_code: str
    institution_name: str
    district: str
    total: int = Field(description=HUNDREDTHS)
    passes: bool = Field(description="达标 · reaches the pass mark")
    reaches_city: bool = Field(description="达市级参考线 · reaches the line of the city tier")
    parts: list[PartView]
    figures: dict[Figure, int]


class EntryFilters(ListQuery):
    """What the places of a ranking may be narrowed to, and their orders."""

    district: DistrictCode | None = None
    credit_code: CreditCodeForm | None = None
    passes: bool | None = None
    reaches_city: bool | None = None
    sort: Literal["place", "-place", "institution_name", "-institution_name"] = "place"


class EntryPage(EntryFilters, PageQuery):
    """A page of the places."""


class EntryExport(EntryFilters, ExportQuery):
    """The places as a file."""


class RankingView(BaseModel):
    """A published ranking: by which rubric and years, when and by whom; of a round the last one holds."""

    id: UUID
    round_id: UUID
    number: int
    rubric_id: UUID
    first_year: int
    last_year: int
    parameters_version: str
    subjects: int
    published_at: datetime
    published_by: str


class RankingFilters(ListQuery):
    """What the list of published rankings may be narrowed to, and its orders."""

    round_id: UUID | None = None
    sort: Literal["id", "-id", "published_at", "-published_at"] = "-id"


class RankingPage(RankingFilters, PageQuery):
    """A page of the published rankings."""


class RankingExport(RankingFilters, ExportQuery):
    """The published rankings as a file."""


class MovedView(BaseModel):
    """What a rubric that is tried out moves for one subject; ``unmarked`` indicators it asks anew."""

    place: int
    scoring_id: UUID
    credit_code: str
    institution_name: str
    district: str
    rank_before: int
    rank_after: int
    moved: int = Field(description="名次上升为正 · ranks gained")
    total_before: int = Field(description=HUNDREDTHS)
    total_after: int = Field(description=HUNDREDTHS)
    passes_before: bool
    passes_after: bool
    reaches_city_before: bool
    reaches_city_after: bool
    crosses: bool = Field(description="越过某条线 · crosses a line, one way or the other")
    unmarked: list[str]


class TrialFilters(ListQuery):
    """On which round the rubric is tried, and which subjects to show."""

    round_id: UUID
    district: DistrictCode | None = None
    credit_code: CreditCodeForm | None = None
    crosses: bool | None = None
    sort: Literal["place", "-place", "moved", "-moved", "total_after", "-total_after"] = "place"


class TrialPage(TrialFilters, PageQuery):
    """A page of what moves."""


class TrialExport(TrialFilters, ExportQuery):
    """What moves, as a file."""
