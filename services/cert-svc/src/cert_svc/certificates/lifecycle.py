"""The states of a certificate (证书状态)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """有效 · 已撤销."""

    VALID = "valid"
    REVOKED = "revoked"


class Standing(StrEnum):
    """What a number stands for today: 有效 · 已换发（新编号） · 已撤销."""

    VALID = "valid"
    REISSUED = "reissued"
    REVOKED = "revoked"


class Action(StrEnum):
    """换发 · 撤销."""

    REISSUE = "reissue"
    REVOKE = "revoke"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {(State.VALID, Action.REISSUE): State.VALID, (State.VALID, Action.REVOKE): State.REVOKED}
)
"""What each action leads to; a pair that is missing is not allowed. Nothing leads back to valid."""
