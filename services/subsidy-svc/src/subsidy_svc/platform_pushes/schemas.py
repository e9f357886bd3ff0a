"""What the API takes and shows of pushes."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

from subsidy_svc.claims.lifecycle import State as ClaimState
from subsidy_svc.claims.origin import Channel
from subsidy_svc.claims.schemas import CaseNumber
from subsidy_svc.platform_pushes.lifecycle import State


class Why(Body):
    """Why an operator acts (原因)."""

    reason: Note = Field(examples=["平台已恢复，重新推送"])


class PushFilters(ListQuery):
    """What the pushes may be narrowed to, and their orders."""

    state: State | None = None
    claim_state: ClaimState | None = Field(default=None, description="所推送的申领状态 · the state told")
    claim_id: UUID | None = None
    case_number: CaseNumber | None = None
    sort: Literal["changed_at", "-changed_at", "number", "-number", "id", "-id"] = "-changed_at"


class PushPage(PushFilters, PageQuery):
    """A page of the pushes."""


class PushExport(PushFilters, ExportQuery):
    """The pushes as a file."""


class PushView(BaseModel):
    """One change of a claim, told to the platform (状态推送).

    ``number`` is its place in the order of its claim. ``next_try_at`` counts while it waits.
    """

    id: UUID
    claim_id: UUID
    case_number: str
    channel: Channel
    district: str
    number: int
    claim_state: ClaimState
    changed_at: datetime
    reason: str | None
    article: str | None
    due_on: date | None
    notice_last_day: date | None
    state: State
    attempts: int
    next_try_at: datetime
    last_error: str | None
    delivered_at: datetime | None
    version: int


class Resent(BaseModel):
    """How many pushes are due again."""

    resent: int


def push_view(row: Row) -> PushView:
    """The view of a push's row."""
    return PushView(**{name: row[name] for name in PushView.model_fields})
