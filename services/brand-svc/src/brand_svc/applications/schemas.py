"""Bodies, queries and views of applications."""

from datetime import date
from typing import Any, Literal, Self
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeForm, DistrictCode
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body, FindingView
from pydantic import BaseModel, Field

from brand_svc.applications.application import Application
from brand_svc.applications.lifecycle import State
from brand_svc.materials import Figures, Papers, Statement
from brand_svc.policy.facts import Tier


class Draft(Body):
    """What a draft holds so far; to be submitted it needs all of it. ``city`` is refused by B08."""

    tier: Tier = Field(default=Tier.DISTRICT, examples=["district"])
    statement: Statement | None = None
    figures: Figures | None = None
    evidence: Papers = Field(default=[])

    def materials(self) -> dict[str, Any]:
        """What is there of the materials, as JSON keeps it."""
        return self.model_dump(mode="json", exclude={"tier"}, exclude_none=True)


class Review(Body):
    """What the district says of an application (初审意见)."""

    comment: str = Field(min_length=2, max_length=2000, examples=["材料齐全，成效突出，同意推荐。"])


class ReviewAmendment(Body):
    """What the district corrects of its review, and why; what is not given stays."""

    outcome: Literal["recommended", "declined"] | None = None
    comment: str | None = Field(default=None, min_length=2, max_length=2000)
    reason: Reason


class Withdrawal(Body):
    """Why the institution takes its application back (撤回)."""

    reason: str = Field(min_length=2, max_length=500, examples=["材料需要补充"])


class ApplicationFilters(ListQuery):
    """What the list of applications may be narrowed to, and its orders."""

    round_id: UUID | None = Field(default=None, description="遴选轮次 · round")
    state: State | None = Field(default=None, description="状态 · state")
    district: DistrictCode | None = None
    credit_code: CreditCodeForm | None = None
    sort: Literal["id", "-id", "institution_name", "-institution_name", "district", "-district"] = "id"


class ApplicationPage(ApplicationFilters, PageQuery):
    """A page of the applications."""


class ApplicationExport(ApplicationFilters, ExportQuery):
    """The applications as a file."""


class ApplicationView(BaseModel):
    """An application (申报) with the findings of the days it was submitted and reviewed."""

    id: UUID
    round_id: UUID
    credit_code: str
    institution_name: str
    district: str
    tier: Tier
    materials: dict[str, Any]
    state: State
    submitted_on: date | None
    findings: list[FindingView]
    parameters_version: str | None
    district_comment: str | None
    review_findings: list[FindingView]
    reviewed_on: date | None
    version: int

    @classmethod
    def of(cls, one: Application) -> Self:
        """The view of an application."""
        return cls(
            id=one.id,
            round_id=one.round_id,
            credit_code=one.credit_code,
            institution_name=one.institution_name,
            district=one.district,
            tier=one.tier,
            materials=one.materials,
            state=one.state,
            submitted_on=one.submitted_on,
            findings=[FindingView(**finding) for finding in one.findings],
            parameters_version=one.parameters_version,
            district_comment=one.district_comment,
            review_findings=[FindingView(**finding) for finding in one.review_findings],
            reviewed_on=one.reviewed_on,
            version=one.version,
        )
