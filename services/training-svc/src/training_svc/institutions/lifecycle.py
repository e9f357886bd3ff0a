"""The life of an institution (培训机构): active until it closes, again if it was closed by mistake (T06)."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where an institution stands: 在办, 已停办."""

    ACTIVE = "active"
    CLOSED = "closed"


class Action(StrEnum):
    """What is done with it: 停办; 恢复在办 takes a mistaken closing back."""

    CLOSE = "close"
    RESTORE = "restore"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.ACTIVE, Action.CLOSE): State.CLOSED,
    (State.CLOSED, Action.RESTORE): State.ACTIVE,
}
