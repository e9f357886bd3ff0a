"""The life of a sanction (惩戒记录): in force until it is lifted, or until its last day is over (T08)."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a sanction stands: 有效, 已解除. That its last day is over is derived when it is read."""

    IN_FORCE = "in_force"
    LIFTED = "lifted"


class Action(StrEnum):
    """What is done with it: 解除."""

    LIFT = "lift"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.IN_FORCE, Action.LIFT): State.LIFTED,
}
