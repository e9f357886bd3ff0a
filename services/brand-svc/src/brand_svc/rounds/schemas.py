"""Bodies and views of rounds."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body, FindingView
from pydantic import BaseModel, Field, model_validator

from brand_svc.findings import as_json
from brand_svc.policy.facts import Tier
from brand_svc.rounds.deliberation import Listing
from brand_svc.rounds.lifecycle import State
from brand_svc.rounds.progress import Progress
from brand_svc.rounds.round import Recognition, Round
from brand_svc.rounds.timetable import DAYS, Step, Timetable

_LAST = date(2100, 12, 31)
"""Beyond any round, and near enough that the years the rules count on from it are in the calendar."""

_REVERSED = Text("日期应按步骤先后排列", "The days come in the order of the steps")
_ONE_OF_TWO = Text("申报与评估须且只须指明其一", "It names an application or an assessment, one of the two")

RoundName = Annotated[
    str, Field(min_length=2, max_length=200, examples=["2026年上海市职业技能培训优质品牌遴选"])
]


Day = Annotated[date, Field(le=_LAST)]


class Announcement(Body):
    """A new round with its timetable: each day is the last one of its step, included (Asia/Shanghai)."""

    name: RoundName
    opens_on: Day = Field(description="申报首日 · the first day of applications", examples=["2026-07-01"])
    closes_on: Day = Field(description="申报截止 · the last day of applications", examples=["2026-08-31"])
    review_until: Day = Field(
        description="区评估与初审截止 · by when districts assess and review", examples=["2026-09-30"]
    )
    deliberation_until: Day = Field(
        description="市级审议截止 · by when the city deliberates", examples=["2026-10-20"]
    )
    publication_on: Day = Field(description="公布日期 · when the list is published", examples=["2026-10-31"])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [getattr(self, name) for name in DAYS]
        if days != sorted(days):
            raise InvalidText(_REVERSED)
        return self

    def timetable(self) -> Timetable:
        """The days as a timetable."""
        return Timetable(**{name: getattr(self, name) for name in DAYS})


class RoundAmendment(Body):
    """Another name, or other days for the steps still ahead, and why; what is not given stays."""

    name: RoundName | None = None
    opens_on: Day | None = None
    closes_on: Day | None = None
    review_until: Day | None = None
    deliberation_until: Day | None = None
    publication_on: Day | None = None
    reason: Reason

    def days(self) -> dict[str, date]:
        """The days that are given."""
        return self.model_dump(include=set(DAYS), exclude_none=True)


class ChoiceBody(Body):
    """An application or an assessed brand, and the tier it is recognised in (B03, B08)."""

    application_id: UUID | None = None
    assessment_id: UUID | None = None
    tier: Tier = Field(examples=["district"])

    @model_validator(mode="after")
    def _one_of_the_two(self) -> Self:
        if (self.application_id is None) == (self.assessment_id is None):
            raise InvalidText(_ONE_OF_TWO)
        return self


class Deliberation(Body):
    """The list the bureau decided on: every recommended application not on it is not recognised (B08).

    Every brand that passed its assessment stands on it, unless it is barred (B06, B13).
    """

    recognised: Annotated[list[ChoiceBody], Field(max_length=5000)]


class OverdueView(BaseModel):
    """A step of the timetable whose day has passed without it."""

    step: Step
    due_on: date


class RoundView(BaseModel):
    """A round (遴选轮次) as everyone may see it."""

    id: UUID
    name: str
    opens_on: date
    closes_on: date
    review_until: date
    deliberation_until: date
    publication_on: date
    overdue: list[OverdueView]
    state: State
    accepts_applications: bool
    published_on: date | None
    findings: list[FindingView]
    version: int

    @classmethod
    def of(cls, brand_round: Round, today: date) -> Self:
        """The view on a day, which decides whether applications are taken."""
        return cls(
            id=brand_round.id,
            name=brand_round.name,
            **asdict(brand_round.timetable),
            overdue=[OverdueView(step=one.step, due_on=one.due_on) for one in brand_round.overdue(today)],
            state=brand_round.state,
            accepts_applications=brand_round.accepts_applications(today),
            published_on=brand_round.published_on,
            findings=[FindingView(**one) for one in brand_round.findings],
            version=brand_round.version,
        )


class RecognitionView(BaseModel):
    """One line of a list (名单)."""

    application_id: UUID | None
    assessment_id: UUID | None
    credit_code: str
    institution_name: str
    district: str
    tier: Tier

    @classmethod
    def of(cls, line: Recognition) -> Self:
        """The view of a line."""
        return cls(
            application_id=line.application_id,
            assessment_id=line.assessment_id,
            credit_code=line.credit_code,
            institution_name=line.institution_name,
            district=line.district,
            tier=line.tier,
        )


class ListingView(RoundView):
    """A round with its list (名单) and the warnings of the rules about those on it (B08, B11)."""

    recognised: list[RecognitionView]
    warnings: list[FindingView]

    @classmethod
    def with_list(cls, listing: Listing, today: date) -> Self:
        """The view of a list that was decided on or published."""
        return cls(
            **dict(RoundView.of(listing.brand_round, today)),
            recognised=[RecognitionView.of(line) for line in listing.recognised],
            warnings=[FindingView(**one) for one in as_json(listing.warnings)],
        )


class RoundFilters(ListQuery):
    """What the list of rounds may be narrowed to, and its orders; the latest first where none is asked."""

    state: State | None = Field(default=None, description="状态 · state")
    sort: Literal["id", "-id", "opens_on", "-opens_on"] = "-id"


class RoundPage(RoundFilters, PageQuery):
    """A page of the rounds."""


class RoundExport(RoundFilters, ExportQuery):
    """The rounds as a file."""


class ProgressView(BaseModel):
    """How far one district is with a round (各区进度): what came, and what waits for whom."""

    district: str
    assessments: int = Field(description="待评估品牌数 · brands that come up")
    not_entered: int = Field(description="尚未参评 · whose holders have not taken part yet")
    not_assessed: int = Field(description="已参评待区评估 · that wait for the district")
    applications: int = Field(description="新增申报数 · new applications")
    not_reviewed: int = Field(description="待区初审 · that wait for the district")

    @classmethod
    def of(cls, one: Progress) -> Self:
        """The view of a district's progress."""
        return cls(
            district=one.district,
            assessments=one.assessments,
            not_entered=one.not_entered,
            not_assessed=one.not_assessed,
            applications=one.applications,
            not_reviewed=one.not_reviewed,
        )


class RoundProgressView(BaseModel):
    """All districts that have something in a round."""

    districts: list[ProgressView]
