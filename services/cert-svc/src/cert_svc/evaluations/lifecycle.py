"""The states of an evaluation (考核评价状态) and what leads from one to the next."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """待评分 · 待确认 · 已确认. Whether it was passed is its result, not its state."""

    OPEN = "open"
    SCORED = "scored"
    CONFIRMED = "confirmed"


class Action(StrEnum):
    """评分 · 确认."""

    SCORE = "score"
    CONFIRM = "confirm"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.OPEN, Action.SCORE): State.SCORED,
        (State.SCORED, Action.SCORE): State.SCORED,
        (State.SCORED, Action.CONFIRM): State.CONFIRMED,
    }
)
"""What each action leads to; a missing pair is not allowed. A score may be amended until it is confirmed."""
