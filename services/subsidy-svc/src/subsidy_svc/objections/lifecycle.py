"""The life of an objection (异议): received, accepted or not, investigated, upheld or dismissed (S09)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where an objection stands."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    INVESTIGATING = "investigating"
    NOT_ACCEPTED = "not_accepted"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    LAPSED = "lapsed"


class Action(StrEnum):
    """What can be done with an objection; it lapses when its claim ends for another reason."""

    ACCEPT = "accept"
    NOT_ACCEPT = "not_accept"
    INVESTIGATE = "investigate"
    UPHOLD = "uphold"
    DISMISS = "dismiss"
    LAPSE = "lapse"


UNDECIDED = (State.RECEIVED, State.ACCEPTED, State.INVESTIGATING)
"""While one of a claim's objections is in these, nothing of the claim is paid (S09, D04)."""

DECIDED = (State.NOT_ACCEPTED, State.UPHELD, State.DISMISSED)
"""Decided by a person, with reason and article."""

NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.RECEIVED, Action.ACCEPT): State.ACCEPTED,
        (State.RECEIVED, Action.NOT_ACCEPT): State.NOT_ACCEPTED,
        (State.ACCEPTED, Action.INVESTIGATE): State.INVESTIGATING,
        (State.INVESTIGATING, Action.INVESTIGATE): State.INVESTIGATING,
        (State.INVESTIGATING, Action.UPHOLD): State.UPHELD,
        (State.INVESTIGATING, Action.DISMISS): State.DISMISSED,
    }
    | {(state, Action.LAPSE): State.LAPSED for state in UNDECIDED}
)
