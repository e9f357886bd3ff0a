"""The life of an anomaly (异常): open, explained, confirmed; a wrong confirmation is amended (T06)."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where an anomaly stands: 待处理, 已说明, 已确认."""

    OPEN = "open"
    EXPLAINED = "explained"
    CONFIRMED = "confirmed"


class Action(StrEnum):
    """What is done with it: 说明, 确认, 更正."""

    EXPLAIN = "explain"
    CONFIRM = "confirm"
    AMEND = "amend"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.OPEN, Action.EXPLAIN): State.EXPLAINED,
    (State.OPEN, Action.CONFIRM): State.CONFIRMED,
    (State.EXPLAINED, Action.CONFIRM): State.CONFIRMED,
    (State.CONFIRMED, Action.AMEND): State.EXPLAINED,
}
