"""The life of an endpoint (接收端)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where an endpoint stands. What it is to be told is kept in every state but ``deleted``."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"
    PINGED = "pinged"
    DELETED = "deleted"


class Action(StrEnum):
    """What its agency does (the first four), or what its own answers do."""

    AMEND = "amend"
    PAUSE = "pause"
    RESUME = "resume"
    DELETE = "delete"
    DISABLE = "disable"
    ANSWER_PING = "answer_ping"
    FAIL_PING = "fail_ping"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.ACTIVE, Action.AMEND): State.ACTIVE,
        (State.PAUSED, Action.AMEND): State.PAUSED,
        (State.DISABLED, Action.AMEND): State.DISABLED,
        (State.PINGED, Action.AMEND): State.PINGED,
        (State.ACTIVE, Action.PAUSE): State.PAUSED,
        (State.PINGED, Action.PAUSE): State.PAUSED,
        (State.PAUSED, Action.RESUME): State.PINGED,
        (State.DISABLED, Action.RESUME): State.PINGED,
        (State.PINGED, Action.ANSWER_PING): State.ACTIVE,
        (State.PINGED, Action.FAIL_PING): State.DISABLED,
        (State.ACTIVE, Action.DISABLE): State.DISABLED,
        (State.ACTIVE, Action.DELETE): State.DELETED,
        (State.PAUSED, Action.DELETE): State.DELETED,
        (State.DISABLED, Action.DELETE): State.DELETED,
        (State.PINGED, Action.DELETE): State.DELETED,
    }
)
