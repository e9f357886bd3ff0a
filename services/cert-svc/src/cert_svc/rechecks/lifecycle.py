"""The life of a re-check (抽查复核): drawn, given to somebody, checked, closed by the district (C05)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a re-check stands: 已抽取, 已分派, 已复核, 已办结."""

    DRAWN = "drawn"
    ASSIGNED = "assigned"
    CHECKED = "checked"
    CLOSED = "closed"


class Action(StrEnum):
    """What is done with it: 分派, 复核, 办结."""

    ASSIGN = "assign"
    CHECK = "check"
    CLOSE = "close"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.DRAWN, Action.ASSIGN): State.ASSIGNED,
        (State.ASSIGNED, Action.ASSIGN): State.ASSIGNED,
        (State.ASSIGNED, Action.CHECK): State.CHECKED,
        (State.CHECKED, Action.CLOSE): State.CLOSED,
    }
)
"""What each action leads to; a missing pair is not allowed. Points once given are never given again."""

SHOWN = frozenset({State.CHECKED, State.CLOSED})
"""Where it is shown what the evaluation came to: before, a check is blind."""
