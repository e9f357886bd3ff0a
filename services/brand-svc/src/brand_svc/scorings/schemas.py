"""Scorings and their explanation as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeForm, DistrictCode, Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

from brand_svc.indicators.schemas import MeasuredView
from brand_svc.policy.rubric import Dimension
from brand_svc.scorings.lifecycle import State
from brand_svc.scorings.scoring import Scoring, SubjectKind

HUNDREDTHS = "百分之一分，0 至 10000 · hundredths of a point, 0 to 10,000"
_SHARE = "占该指标满分的万分比 · hundredths of a percent of what the indicator can give"
_ASSESSOR = "评审席位，不显示姓名 · the place; nobody is named"


class OpenedView(BaseModel):
    """How many scorings were opened."""

    opened: int


class ModeratedMark(Body):
    """The mark that a judged indicator is to have."""

    indicator: str = Field(max_length=40, examples=["courses"])
    mark: int = Field(ge=0, le=100)


class ModerationBody(Body):
    """What the city changes of a settled score, and why (复核调整)."""

    marks: Annotated[list[ModeratedMark], Field(min_length=1, max_length=200)]
    reason: Note = Field(examples=["附件三与申报不符，经复核核减"])


class ScoringFilters(ListQuery):
    """What the list of scorings may be narrowed to, and its orders."""

    round_id: UUID | None = None
    state: State | None = None
    district: DistrictCode | None = None
    credit_code: CreditCodeForm | None = None
    subject_kind: SubjectKind | None = None
    sort: Literal["id", "-id", "opened_at", "-opened_at"] = "id"


class ScoringPage(ScoringFilters, PageQuery):
    """A page of the scorings."""


class ScoringExport(ScoringFilters, ExportQuery):
    """The scorings as a file."""


class ScoringView(BaseModel):
    """The scoring of one subject: an application, or the assessment of a brand."""

    id: UUID
    round_id: UUID
    rubric_id: UUID
    subject_kind: SubjectKind
    subject_id: UUID
    credit_code: str
    institution_name: str
    district: str
    state: State
    opened_at: datetime
    version: int

    @classmethod
    def of(cls, one: Scoring) -> Self:
        """The view of a scoring."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class GivenMark(BaseModel):
    """What one assessor gave, and on what it rests; whether it counts in the settled share."""

    assessor: int = Field(description=_ASSESSOR)
    mark: int
    basis: str


class AutomaticView(BaseModel):
    """What an automatic indicator was reckoned from, and where its facts are listed."""

    measured: MeasuredView
    nothing_at: int
    full_at: int
    facts: list[str] = Field(description="来源事实的查询地址 · where the facts are listed")


class ExplainedIndicator(BaseModel):
    """One indicator of a score: its weight, the evidence asked, and what it gave."""

    code: str
    name: str
    weight: int
    evidence: str
    scale: int | None
    share: int | None = Field(description=_SHARE)
    points: int = Field(description=HUNDREDTHS)
    marks: list[GivenMark]
    automatic: AutomaticView | None


class ExplainedSection(BaseModel):
    """One dimension of a score."""

    dimension: Dimension
    name: str
    weight: int
    points: int = Field(description=HUNDREDTHS)
    indicators: list[ExplainedIndicator]


class GivenScore(BaseModel):
    """The whole score of one assessor, who is not named."""

    assessor: int = Field(description=_ASSESSOR)
    points: int = Field(description=HUNDREDTHS)
    comment: str
    scored_at: datetime
    used: bool = Field(description="计入评定 · whether the settled score rests on it")


class ModerationView(BaseModel):
    """A moderation (复核调整)."""

    marks: dict[str, int]
    reason: str
    points_before: int
    points: int
    moderated_at: datetime


class Explanation(ScoringView):
    """A score explained down to its evidence (评分说明); what is automatic as the facts stand now."""

    rubric_label: str
    first_year: int
    last_year: int
    total: int = Field(description=HUNDREDTHS)
    pass_mark: int
    city_mark: int | None
    passes: bool
    sections: list[ExplainedSection]
    scores: list[GivenScore]
    moderations: list[ModerationView]
