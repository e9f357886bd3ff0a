"""The life of an evaluation session (评价场次): planned, then held, unless it is cancelled (T06, C04)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a session stands: 已安排, 已举行, 已取消. That it has begun is derived when it is read."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What is done with it: 结束并登记到场, 取消."""

    CLOSE = "close"
    CANCEL = "cancel"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.PLANNED, Action.CLOSE): State.HELD,
        (State.PLANNED, Action.CANCEL): State.CANCELLED,
    }
)
"""What each action leads to; a missing pair is not allowed."""
