"""The states of a brand (品牌) and the steps between them; pure. No step is taken by a timer (D08)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """有效 · 终止 · 撤销."""

    ACTIVE = "active"
    ENDED = "ended"
    REVOKED = "revoked"


class Action(StrEnum):
    """新名单公布而终止 · 撤销认定."""

    END = "end"
    REVOKE = "revoke"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.ACTIVE, Action.END): State.ENDED,
        (State.ACTIVE, Action.REVOKE): State.REVOKED,
    }
)
