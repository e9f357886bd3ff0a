"""Bodies and views of rounds."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.web import Body, FindingView
from pydantic import BaseModel, Field, model_validator

from brand_svc.findings import as_json
from brand_svc.policy.facts import Tier
from brand_svc.rounds.lifecycle import State
from brand_svc.rounds.round import Recognition, Round
from brand_svc.rounds.use_cases import Listing

_LAST = date(2100, 12, 31)
"""Beyond any round, and near enough that the years the rules count on from it are in the calendar."""

_REVERSED = Text("截止日早于开放日", "The last day comes before the first")


class Announcement(Body):
    """A new round: both days are included (Asia/Shanghai)."""

    name: str = Field(min_length=2, max_length=200, examples=["2026年上海市职业技能培训优质品牌遴选"])
    opens_on: date = Field(le=_LAST, examples=["2026-07-01"])
    closes_on: date = Field(le=_LAST, examples=["2026-08-31"])

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.closes_on < self.opens_on:
            raise InvalidText(_REVERSED)
        return self


class ChoiceBody(Body):
    """One application and the tier it is recognised in; ``city`` raises an outstanding one (B08)."""

    application_id: UUID
    tier: Tier = Field(examples=["district"])


class Deliberation(Body):
    """The list the bureau decided on: every recommended application not on it is not recognised (B08).

    An empty list recognises nobody: published, it ends every brand (B06).
    """

    recognised: Annotated[list[ChoiceBody], Field(max_length=5000)]


class RoundView(BaseModel):
    """A round (遴选轮次) as everyone may see it."""

    id: UUID
    name: str
    opens_on: date
    closes_on: date
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
            opens_on=brand_round.opens_on,
            closes_on=brand_round.closes_on,
            state=brand_round.state,
            accepts_applications=brand_round.accepts_applications(today),
            published_on=brand_round.published_on,
            findings=[FindingView(**one) for one in brand_round.findings],
            version=brand_round.version,
        )


class RecognitionView(BaseModel):
    """One line of a list (名单)."""

    application_id: UUID
    credit_code: str
    institution_name: str
    district: str
    tier: Tier

    @classmethod
    def of(cls, line: Recognition) -> Self:
        """The view of a line."""
        return cls(
            application_id=line.application_id,
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
