"""The life of an agency's access (接入)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where an agency's access stands."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class Action(StrEnum):
    """What the city centre does with it."""

    SUSPEND = "suspend"
    RESUME = "resume"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.ACTIVE, Action.SUSPEND): State.SUSPENDED,
        (State.SUSPENDED, Action.RESUME): State.ACTIVE,
    }
)
