"""Rubrics as the API takes and shows them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import Code, Name, Note
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field, model_validator

from brand_svc.policy.indicators import Measure
from brand_svc.policy.rubric import Dimension
from brand_svc.rubrics.lifecycle import State
from brand_svc.rubrics.rubric import RoundRubric, RubricVersion

_LAST = date(2100, 12, 31)
_POINTS = "分，满分 100 · points of 100"
_AT = "取该值及更差得零分，取 full_at 及更好得满分 · worth nothing; full_at is worth all"
_NOT_A_PAIR = Text("首末年度须一并填写且不得颠倒", "Both years are given, the first not after the last")
Year = Annotated[int, Field(ge=2000, le=2100, examples=[2024])]
Value = Annotated[int, Field(ge=0, le=10_000_000)]


class AutomaticBody(Body):
    """How the value of a measure becomes points: in proportion between two values, which may fall too."""

    measure: Measure = Field(examples=["pass_rate"])
    nothing_at: Value = Field(description=_AT, examples=[6000])
    full_at: Value = Field(examples=[9500])


class IndicatorBody(Body):
    """An indicator (指标): either judged in marks from 0 to ``scale``, or ``automatic``."""

    code: Code = Field(examples=["courses"])
    name: Name = Field(examples=["特色课程自主研发"])
    weight: int = Field(ge=1, le=100, description=_POINTS)
    evidence: str = Field(min_length=2, max_length=1000, examples=["课程标准、教材及使用情况证明"])
    scale: int | None = Field(default=None, ge=1, le=100, description="量程 · marks run from 0 to it")
    automatic: AutomaticBody | None = None


class SectionBody(Body):
    """One of the four dimensions (维度), its weight that of its indicators together (B04)."""

    dimension: Dimension
    weight: int = Field(ge=1, le=100, description=_POINTS)
    indicators: Annotated[list[IndicatorBody], Field(min_length=1, max_length=50)]


class ContentBody(Body):
    """What a rubric says; the weights of its four dimensions are 100 together."""

    sections: Annotated[list[SectionBody], Field(max_length=8)]
    most_difference: int = Field(
        ge=0,
        le=100,
        description="两名专家评分差超过此分值须第三人评分 · beyond it a third scores",
        examples=[10],
    )
    pass_mark: int = Field(ge=0, le=100, description="达标线 · pass mark", examples=[70])
    city_mark: int | None = Field(
        default=None, ge=0, le=100, description="市级参考线 · line of the city tier", examples=[85]
    )
    tie_order: Annotated[list[Dimension], Field(max_length=8)] = Field(
        description="同分时依次比较的维度 · which dimension is looked at first where totals are the same"
    )


class RubricContent(Body):
    """What of a rubric may be amended."""

    name: Name = Field(examples=["上海市职业技能培训优质品牌评分规则（2026版）"])
    effective_from: date = Field(le=_LAST, examples=["2026-07-01"])
    content: ContentBody

    def kept(self) -> dict[str, Any]:
        """The content as JSON knows it."""
        return self.content.model_dump(mode="json")


class NewRubric(RubricContent):
    """A rubric (评分规则) to draft."""

    label: Code = Field(examples=["2026-1"])


class RubricAmendment(RubricContent):
    """The rubric as it should be, whole, and why it is amended (更正)."""

    reason: Reason


class Withdrawal(Body):
    """Why a rubric is withdrawn (撤回)."""

    reason: Note = Field(examples=["权重有误，重新制定"])


class Choice(Body):
    """The rubric a round is scored by, and the years (统计年度) its automatic indicators look at."""

    rubric_id: UUID
    first_year: Year | None = None
    last_year: Year | None = None

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.first_year is None) != (self.last_year is None) or (self.years or (0, 0)) != tuple(
            sorted(self.years or (0, 0))
        ):
            raise InvalidText(_NOT_A_PAIR)
        return self

    @property
    def years(self) -> tuple[int, int] | None:
        """The first and the last year, if they are given."""
        if self.first_year is None or self.last_year is None:
            return None
        return self.first_year, self.last_year


class RubricFilters(ListQuery):
    """What the list of rubrics may be narrowed to, and its orders."""

    state: State | None = None
    effective_since: date | None = None
    effective_until: date | None = None
    sort: Literal["id", "-id", "effective_from", "-effective_from"] = "-id"


class RubricPage(RubricFilters, PageQuery):
    """A page of the rubrics."""


class RubricExport(RubricFilters, ExportQuery):
    """The rubrics as a file."""


class RubricView(BaseModel):
    """A rubric; ``frozen`` once a round is scored by it."""

    id: UUID
    label: str
    name: str
    effective_from: date
    content: ContentBody
    state: State
    frozen: bool = Field(description="已被轮次采用，不再更正 · chosen by a round, never changed again")
    made_at: datetime
    version: int

    @classmethod
    def of(cls, one: RubricVersion) -> Self:
        """The view of a version."""
        return cls(
            id=one.id,
            label=one.label,
            name=one.name,
            effective_from=one.effective_from,
            content=ContentBody.model_validate(one.content),
            state=one.state,
            frozen=one.frozen,
            made_at=one.made_at,
            version=one.version,
        )


class RoundRubricView(BaseModel):
    """By which rubric a round is scored, and the years its automatic indicators look at."""

    round_id: UUID
    rubric_id: UUID
    first_year: int
    last_year: int
    chosen_at: datetime

    @classmethod
    def of(cls, chosen: RoundRubric) -> Self:
        """The view of a choice."""
        return cls(
            round_id=chosen.round_id,
            rubric_id=chosen.rubric_id,
            first_year=chosen.first_year,
            last_year=chosen.last_year,
            chosen_at=chosen.chosen_at,
        )
