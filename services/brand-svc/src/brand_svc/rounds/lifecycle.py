"""The states of a round of selection (遴选轮次) and the steps between them; pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """已公告 · 申报中 · 申报截止 · 已审议 · 已公布."""

    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"
    DELIBERATED = "deliberated"
    PUBLISHED = "published"


class Action(StrEnum):
    """更正公告 · 开放申报 · 截止 · 审议 · 公布."""

    CORRECT = "correct"
    OPEN = "open"
    CLOSE = "close"
    DELIBERATE = "deliberate"
    PUBLISH = "publish"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        # Until it opens: without this, a slip in a day would bar every other round.
        (State.ANNOUNCED, Action.CORRECT): State.ANNOUNCED,
        (State.ANNOUNCED, Action.OPEN): State.OPEN,
        (State.OPEN, Action.CLOSE): State.CLOSED,
        (State.CLOSED, Action.DELIBERATE): State.DELIBERATED,
        # The list may change until it is published, as when someone on it is revoked in between.
        (State.DELIBERATED, Action.DELIBERATE): State.DELIBERATED,
        (State.DELIBERATED, Action.PUBLISH): State.PUBLISHED,
    }
)

UNDER_REVIEW = frozenset({State.OPEN, State.CLOSED})
"""The states in which districts recommend or decline (B07)."""
