"""The life of a finding (责任认定): the district reports, the city confirms or refuses."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a finding stands."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class Action(StrEnum):
    """What can be done to a finding."""

    CONFIRM = "confirm"
    REFUSE = "refuse"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.REPORTED, Action.CONFIRM): State.CONFIRMED,
        (State.REPORTED, Action.REFUSE): State.REFUSED,
    }
)
