"""The life of an evaluation body (评价机构): chosen for a term, unless it is ended before (T06)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a body stands: 已选定, 已提前终止. That its term is over is derived when it is read."""

    CHOSEN = "chosen"
    ENDED = "ended"


class Action(StrEnum):
    """What is done with it: 提前终止."""

    END = "end"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType({(State.CHOSEN, Action.END): State.ENDED})
"""What each action leads to; a missing pair is not allowed."""
