"""Bodies, queries and views of assessments."""

from datetime import date
from typing import Any, Literal, Self
from uuid import UUID

from chuangpei.amendments import Reason
from chuangpei.export import ExportQuery
from chuangpei.fields import CreditCodeForm, DistrictCode
from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body, FindingView
from pydantic import BaseModel, Field, model_validator

from brand_svc.assessments.assessment import Assessment, Outcome
from brand_svc.assessments.lifecycle import State
from brand_svc.evidence import Evidence, EvidenceList
from brand_svc.policy.facts import Tier

_NO_EVIDENCE = Text("评估结论须附佐证", "What was assessed needs its evidence")
_COMMENT = "评估意见 · what was found"


class ResultBody(Body):
    """What the district found (评估结果): passed or failed, with its evidence; or that nobody took part."""

    outcome: Outcome = Field(examples=["passed"])
    comment: str = Field(
        min_length=2, max_length=2000, description=_COMMENT, examples=["各项指标达标，建议保留。"]
    )
    evidence: EvidenceList = Field(default=[])

    @model_validator(mode="after")
    def _shown(self) -> Self:
        if self.outcome != "absent" and not self.evidence:
            raise InvalidText(_NO_EVIDENCE)
        return self


class AssessmentAmendment(Body):
    """What the district corrects, and why; what is not given stays."""

    outcome: Outcome | None = None
    comment: str | None = Field(default=None, min_length=2, max_length=2000, description=_COMMENT)
    evidence: EvidenceList | None = None
    reason: Reason


class AssessmentFilters(ListQuery):
    """What the list of assessments may be narrowed to, and its orders."""

    round_id: UUID | None = Field(default=None, description="遴选轮次 · round")
    state: State | None = Field(default=None, description="状态 · state")
    district: DistrictCode | None = None
    credit_code: CreditCodeForm | None = None
    sort: Literal["id", "-id", "institution_name", "-institution_name", "district", "-district"] = "id"


class AssessmentPage(AssessmentFilters, PageQuery):
    """A page of the assessments."""


class AssessmentExport(AssessmentFilters, ExportQuery):
    """The assessments as a file."""


class AssessmentView(BaseModel):
    """The assessment (评估) of one brand: what its holder handed in, and what its district found."""

    id: UUID
    round_id: UUID
    brand_id: UUID
    credit_code: str
    institution_name: str
    district: str
    tier: Tier
    state: State
    materials: dict[str, Any] | None
    entered_on: date | None
    comment: str | None
    evidence: list[Evidence]
    findings: list[FindingView]
    assessed_on: date | None
    version: int

    @classmethod
    def of(cls, one: Assessment) -> Self:
        """The view of an assessment."""
        return cls(
            id=one.id,
            round_id=one.round_id,
            brand_id=one.brand_id,
            credit_code=one.credit_code,
            institution_name=one.institution_name,
            district=one.district,
            tier=one.tier,
            state=one.state,
            materials=one.materials,
            entered_on=one.entered_on,
            comment=one.comment,
            evidence=[Evidence(**paper) for paper in one.evidence or []],
            findings=[FindingView(**finding) for finding in one.findings or []],
            assessed_on=one.assessed_on,
            version=one.version,
        )
