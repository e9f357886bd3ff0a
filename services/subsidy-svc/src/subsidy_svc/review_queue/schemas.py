"""What the API takes and shows of the queue."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

from subsidy_svc.claims.claim import Claim
from subsidy_svc.claims.lifecycle import State
from subsidy_svc.claims.origin import Channel
from subsidy_svc.claims.schemas import CaseNumber, WaitingView, waiting_view


class HandBack(Body):
    """Why a case goes back to the queue (退回原因)."""

    reason: str = Field(min_length=2, max_length=200, examples=["外出学习，请他人办理"])


class QueueFilters(ListQuery):
    """What the queue may be narrowed to, and its orders."""

    state: Literal["submitted", "supplement_asked", "accepted"] | None = None
    overdue: bool | None = Field(default=None, description="是否逾期 · past its due day or not")
    taken: bool | None = Field(default=None, description="是否已领取 · taken by somebody or not")
    waiting: bool | None = Field(default=None, description="是否等待登记系统 · waits for a registry or not")
    risk_signs: bool | None = Field(default=None, description="有无风险提示 · has signs of risk or not")
    mine: bool = Field(default=False, description="仅本人领取 · only what I have taken")
    district: DistrictCode | None = None
    channel: Channel | None = None
    case_number: CaseNumber | None = None
    sort: Literal["due_on", "-due_on", "id", "-id"] = "due_on"


class QueuePage(QueueFilters, PageQuery):
    """A page of the queue."""


class QueueExport(QueueFilters, ExportQuery):
    """The queue as a file."""


class CaseView(BaseModel):
    """One case of the queue (待办): the step awaited by ``due_on``, and who has taken it."""

    claim_id: UUID
    version: int
    state: State
    due_on: date
    overdue: bool
    holder: str
    institution_name: str
    project_name: str
    district: str
    channel: Channel
    case_number: str | None
    submitted_at: datetime
    taken_by: str | None
    taken_at: datetime | None
    waiting_for_registry: WaitingView | None


class QueuedView(CaseView):
    """A case as the queue lists it, with how many signs of risk it has (风险提示数): they decide nothing."""

    risk_signs: int


def queued_view(claim: Claim, row: Row, today: date) -> QueuedView:
    """The view of a row of the queue."""
    return QueuedView(**case_view(claim, row, today).model_dump(), risk_signs=row["risk_signs"])


def case_view(claim: Claim, row: Row, today: date) -> CaseView:
    """The view of a claim in review, with what its window shows taken from ``row``."""
    assert claim.due_on is not None, "a claim in review is due"
    return CaseView(
        claim_id=claim.id,
        version=claim.version,
        state=claim.state,
        due_on=claim.due_on,
        overdue=claim.due_on < today,
        holder=row["masked_name"],
        institution_name=row["institution_name"],
        project_name=row["project_name"],
        district=claim.district,
        channel=claim.channel,
        case_number=claim.case_number,
        submitted_at=claim.submitted_at,
        taken_by=claim.taken_by,
        taken_at=claim.taken_at,
        waiting_for_registry=waiting_view(claim),
    )
