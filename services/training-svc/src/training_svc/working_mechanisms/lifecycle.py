"""The life of a district's working mechanism (工作机制备案, O01): filed, then accepted or returned."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a filing stands: 已报备, 已备案, 已退回."""

    FILED = "filed"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class Action(StrEnum):
    """What the city centre does with it: 备案, 退回."""

    ACCEPT = "accept"
    RETURN = "return"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.FILED, Action.ACCEPT): State.ACCEPTED,
    (State.FILED, Action.RETURN): State.RETURNED,
}
