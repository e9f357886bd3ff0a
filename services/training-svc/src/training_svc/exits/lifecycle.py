"""The life of an exit from the pool (退出师资库): noticed, then effective, or withdrawn (T10)."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """Where an exit stands: 已通知, 已生效, 已撤回."""

    NOTICED = "noticed"
    EFFECTIVE = "effective"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What becomes of it: 生效, 撤回."""

    TAKE_EFFECT = "take_effect"
    WITHDRAW = "withdraw"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.NOTICED, Action.TAKE_EFFECT): State.EFFECTIVE,
    (State.NOTICED, Action.WITHDRAW): State.WITHDRAWN,
    (State.EFFECTIVE, Action.WITHDRAW): State.WITHDRAWN,
}


def state_on(stored: State, day: date, takes_effect_on: date) -> State:
    """The state on ``day``: that the notice is over is not waited for."""
    if stored is State.NOTICED and takes_effect_on <= day:
        return NEXT[stored, Action.TAKE_EFFECT]
    return stored
