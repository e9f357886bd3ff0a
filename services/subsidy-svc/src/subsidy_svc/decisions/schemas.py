"""What the API shows of a decision and of the same decision run again."""

from datetime import date, datetime
from uuid import UUID

from chuangpei.paging import ListQuery
from chuangpei.web import FindingView
from pydantic import BaseModel, Field


class DecisionQuery(ListQuery):
    """The day whose law is asked."""

    as_of: date | None = Field(
        default=None,
        description="按该日的规定重新审核，默认证书颁发之日 · the law of this day, of the issue by default",
    )


class StepView(BaseModel):
    """One step of the claim and the version of the law it went by (适用版本)."""

    at: datetime
    action: str
    policy_version: str


class RecordedDecision(BaseModel):
    """What was decided and recorded when the claim was submitted (原审核结论)."""

    submitted_at: datetime
    policy_version: str
    amount_fen: int
    findings: list[FindingView]
    within_years_on: dict[str, bool | None]


class DifferenceView(BaseModel):
    """A finding that is not what was recorded (差异)."""

    recorded: FindingView | None
    now: FindingView | None


class AssumptionView(BaseModel):
    """What no registry was asked about then, so that it is assumed (推定事项)."""

    zh: str
    en: str


class DecisionView(BaseModel):
    """A claim's decision run again on its frozen facts under the law of ``as_of`` (重新审核).

    ``differs`` says whether eligibility, amount or a finding is not what was recorded.
    """

    claim_id: UUID
    as_of: date
    policy_version: str
    eligible: bool
    amount_fen: int
    findings: list[FindingView]
    within_years_on: dict[str, bool | None]
    assumption: AssumptionView | None
    recorded: RecordedDecision
    differs: bool
    differences: list[DifferenceView]
    steps: list[StepView]
