"""The life of a follow-up (跟踪服务, T11): a business opens, closes, and another may be started (O14)."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where the trainee stands: 未开业, 经营中, 已停业."""

    NOT_OPENED = "not_opened"
    TRADING = "trading"
    CLOSED = "closed"


class Action(StrEnum):
    """What happens: 开业, 停业; 撤回误登记的停业 is an amendment."""

    OPEN = "open"
    CLOSE = "close"
    RESTORE = "restore"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.NOT_OPENED, Action.OPEN): State.TRADING,
    (State.TRADING, Action.CLOSE): State.CLOSED,
    (State.CLOSED, Action.OPEN): State.TRADING,
    (State.CLOSED, Action.RESTORE): State.TRADING,
}
