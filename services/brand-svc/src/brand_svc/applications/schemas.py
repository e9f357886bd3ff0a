"""Bodies and views of applications."""

from datetime import date
from typing import Self
from uuid import UUID

from chuangpei.web import Body, FindingView
from pydantic import BaseModel, Field

from brand_svc.applications.application import Application
from brand_svc.applications.lifecycle import State
from brand_svc.policy.facts import Tier


class Submission(Body):
    """An application; the institution is the one the token stands for. ``city`` is refused by B08."""

    tier: Tier = Field(default=Tier.DISTRICT, examples=["district"])
    statement: str = Field(min_length=2, max_length=4000, examples=["深耕智能制造培训，年培训量两千人次。"])


class Review(Body):
    """What the district says of an application (初审意见)."""

    comment: str = Field(min_length=2, max_length=2000, examples=["材料齐全，成效突出，同意推荐。"])


class ApplicationView(BaseModel):
    """An application (申报) with the findings of the day it was made."""

    id: UUID
    round_id: UUID
    credit_code: str
    institution_name: str
    district: str
    tier: Tier
    statement: str
    state: State
    submitted_on: date
    findings: list[FindingView]
    parameters_version: str
    district_comment: str | None
    version: int

    @classmethod
    def of(cls, application: Application) -> Self:
        """The view of an application."""
        return cls(
            id=application.id,
            round_id=application.round_id,
            credit_code=application.credit_code,
            institution_name=application.institution_name,
            district=application.district,
            tier=application.tier,
            statement=application.statement,
            state=application.state,
            submitted_on=application.submitted_on,
            findings=[FindingView(**one) for one in application.findings],
            parameters_version=application.parameters_version,
            district_comment=application.district_comment,
            version=application.version,
        )
