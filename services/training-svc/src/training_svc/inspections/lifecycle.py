"""The life of an inspection (督导检查, C05, O03): visited, found, rectified, verified, closed."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where an inspection stands: 待检查, 已检查, 已出具意见, 整改中, 已提交整改, 已核实, 已结案."""

    PLANNED = "planned"
    VISITED = "visited"
    FOUND = "found"
    RECTIFYING = "rectifying"
    ANSWERED = "answered"
    VERIFIED = "verified"
    CLOSED = "closed"


class Action(StrEnum):
    """What is done: 检查, 出具意见, 责令整改, 提交整改, 核实, 退回, 结案."""

    VISIT = "visit"
    FIND = "find"
    ASK = "ask"
    ANSWER = "answer"
    VERIFY = "verify"
    RETURN = "return"
    CLOSE = "close"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.PLANNED, Action.VISIT): State.VISITED,
    (State.VISITED, Action.FIND): State.FOUND,
    (State.FOUND, Action.ASK): State.RECTIFYING,
    (State.RECTIFYING, Action.ANSWER): State.ANSWERED,
    (State.ANSWERED, Action.VERIFY): State.VERIFIED,
    (State.ANSWERED, Action.RETURN): State.RECTIFYING,
    (State.FOUND, Action.CLOSE): State.CLOSED,
    (State.VERIFIED, Action.CLOSE): State.CLOSED,
}
