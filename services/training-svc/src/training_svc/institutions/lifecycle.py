"""The life of an institution (培训机构): active until it closes (T06)."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where an institution stands: 在办, 已停办."""

    ACTIVE = "active"
    CLOSED = "closed"


class Action(StrEnum):
    """What is done with it: 停办."""

    CLOSE = "close"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.ACTIVE, Action.CLOSE): State.CLOSED,
}
