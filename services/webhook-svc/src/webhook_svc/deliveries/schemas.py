"""Deliveries as the API takes and shows them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import AwareDatetime, BaseModel, Field

from webhook_svc.deliveries.lifecycle import State


class Since(Body):
    """From when on what was not delivered is sent again."""

    since: AwareDatetime = Field(examples=["2026-03-01T00:00:00+08:00"])


class Period(Body):
    """A time whose events are owed again: from ``since`` until before ``until``, else until now."""

    since: AwareDatetime = Field(examples=["2026-03-01T00:00:00+08:00"])
    until: AwareDatetime | None = None


class DeliveryView(BaseModel):
    """One event to one endpoint, and where its delivery stands."""

    event_id: UUID
    webhook_id: str = Field(description="每次投递相同 · the same at every attempt", examples=["msg_0197…"])
    type: str
    key: str
    district: str | None
    state: State
    attempts: int
    next_attempt_at: datetime | None = Field(description="仅待投递时 · while it is pending")
    delivered_at: datetime | None
    occurred_at: datetime
    received_at: datetime


class AttemptView(BaseModel):
    """One attempt: the beginning of the answer, scrubbed after a time, or why there was none."""

    event_id: UUID | None = Field(description="探测与测试为空 · none for pings and tests")
    number: int
    at: datetime
    milliseconds: int
    status: int | None
    error: str | None
    answer: str | None


class Owed(BaseModel):
    """How many deliveries are due now that were not before."""

    deliveries: int


class DeliveryFilters(ListQuery):
    """What the list of an endpoint's deliveries may be narrowed to, and its orders."""

    state: State | None = None
    type: str | None = Field(default=None, max_length=200)
    key: str | None = Field(default=None, max_length=200)
    event_id: UUID | None = None
    received_from: AwareDatetime | None = None
    received_until: AwareDatetime | None = None
    sort: Literal["seq", "-seq"] = "-seq"


class DeliveryPage(DeliveryFilters, PageQuery):
    """A page of the deliveries."""


class AttemptPage(PageQuery):
    """A page of the attempts."""

    event_id: UUID | None = None
    sort: Literal["id", "-id"] = "-id"
