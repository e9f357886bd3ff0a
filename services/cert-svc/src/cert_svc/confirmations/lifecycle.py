"""The life of a confirmation job (批量确认): asked for, worked on evaluation by evaluation, done (C04)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a job stands: 待处理, 处理中, 已完成."""

    RECEIVED = "received"
    WORKING = "working"
    DONE = "done"


class Action(StrEnum):
    """What happens to it: 开始, 完成."""

    BEGIN = "begin"
    FINISH = "finish"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.RECEIVED, Action.BEGIN): State.WORKING,
        (State.WORKING, Action.FINISH): State.DONE,
    }
)
"""What each action leads to; a missing pair is not allowed."""
