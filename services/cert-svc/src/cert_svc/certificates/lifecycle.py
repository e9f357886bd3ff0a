"""The states of a certificate (证书状态)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """有效 · 已撤销."""

    VALID = "valid"
    REVOKED = "revoked"


class Action(StrEnum):
    """撤销."""

    REVOKE = "revoke"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType({(State.VALID, Action.REVOKE): State.REVOKED})
"""What each action leads to; a pair that is missing is not allowed. Nothing leads back to valid."""
