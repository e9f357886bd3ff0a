"""The life of a complaint (投诉): filed, investigated, upheld or dismissed (T06, T08)."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a complaint stands: 已受理, 调查中, 属实, 不属实."""

    FILED = "filed"
    INVESTIGATING = "investigating"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Action(StrEnum):
    """What the district does with it: 调查, 认定属实, 认定不属实, 更正认定."""

    INVESTIGATE = "investigate"
    UPHOLD = "uphold"
    DISMISS = "dismiss"
    REVERSE = "reverse"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.FILED, Action.INVESTIGATE): State.INVESTIGATING,
    (State.INVESTIGATING, Action.UPHOLD): State.UPHELD,
    (State.INVESTIGATING, Action.DISMISS): State.DISMISSED,
    (State.UPHELD, Action.REVERSE): State.DISMISSED,
    (State.DISMISSED, Action.REVERSE): State.UPHELD,
}
