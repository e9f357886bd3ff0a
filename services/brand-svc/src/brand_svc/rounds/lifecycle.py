"""The states of a round of selection (遴选轮次) and the steps between them; pure."""

from collections.abc import Mapping
from types import MappingProxyType

from brand_svc.named import Named


class State(Named):
    """已公告 · 申报中 · 申报截止 · 已审议 · 已公布."""

    ANNOUNCED = "announced", "已公告"
    OPEN = "open", "申报中"
    CLOSED = "closed", "申报截止"
    DELIBERATED = "deliberated", "已审议"
    PUBLISHED = "published", "已公布"


class Action(Named):
    """更正公告 · 开放申报 · 截止 · 审议 · 公布."""

    AMEND = "amend", "更正公告"
    OPEN = "open", "开放申报"
    CLOSE = "close", "截止"
    DELIBERATE = "deliberate", "审议"
    PUBLISH = "publish", "公布"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        # The days still ahead may move until the list is out: without this, a slip would bar every round.
        (State.ANNOUNCED, Action.AMEND): State.ANNOUNCED,
        (State.OPEN, Action.AMEND): State.OPEN,
        (State.CLOSED, Action.AMEND): State.CLOSED,
        (State.DELIBERATED, Action.AMEND): State.DELIBERATED,
        (State.ANNOUNCED, Action.OPEN): State.OPEN,
        (State.OPEN, Action.CLOSE): State.CLOSED,
        (State.CLOSED, Action.DELIBERATE): State.DELIBERATED,
        # The list may change until it is published, as when someone on it is revoked in between.
        (State.DELIBERATED, Action.DELIBERATE): State.DELIBERATED,
        (State.DELIBERATED, Action.PUBLISH): State.PUBLISHED,
    }
)

UNDER_REVIEW = frozenset({State.OPEN, State.CLOSED})
"""The states in which districts assess, recommend or decline (B06, B07)."""
