"""The life of a push (推送): tried until the platform takes it, given up after the last try, never lost."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a push stands; one that is given up or waits holds back the later ones of its claim."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    SKIPPED = "skipped"


class Action(StrEnum):
    """What can become of a push."""

    DELIVER = "deliver"
    FAIL = "fail"
    GIVE_UP = "give_up"
    RESEND = "resend"
    SKIP = "skip"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.WAITING, Action.DELIVER): State.DELIVERED,
        (State.WAITING, Action.FAIL): State.WAITING,
        (State.WAITING, Action.GIVE_UP): State.GIVEN_UP,
        (State.WAITING, Action.RESEND): State.WAITING,
        (State.GIVEN_UP, Action.RESEND): State.WAITING,
        (State.GIVEN_UP, Action.SKIP): State.SKIPPED,
    }
)
