"""The life of a delivery (投递): one event to one endpoint."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a delivery stands. One whose retries are used up waits (``exhausted``): it is never dropped."""

    PENDING = "pending"
    DELIVERED = "delivered"
    EXHAUSTED = "exhausted"


class Action(StrEnum):
    """What the receiver's answers or the agency do."""

    RETRY = "retry"
    DELIVER = "deliver"
    EXHAUST = "exhaust"
    RESEND = "resend"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.PENDING, Action.RETRY): State.PENDING,
        (State.PENDING, Action.DELIVER): State.DELIVERED,
        (State.PENDING, Action.EXHAUST): State.EXHAUSTED,
        (State.PENDING, Action.RESEND): State.PENDING,
        (State.DELIVERED, Action.RESEND): State.PENDING,
        (State.EXHAUSTED, Action.RESEND): State.PENDING,
    }
)
