"""Events of webhook-svc (事件推送服务)."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from chuangpei.events.base import TYPE_PREFIX, Event


class EndpointDisabled(Event):
    """An agency's endpoint is told no more (停用), since it is gone or failed for five days.

    What it is owed is kept. The event is for the agency ``client_id`` alone, at its other endpoints.
    """

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.webhook_endpoint.disabled.v1"
    KEY: ClassVar[str] = "endpoint_id"
    endpoint_id: UUID
    client_id: str
    reason: Literal["gone", "failed_for_five_days"]
    failing_since: datetime | None
