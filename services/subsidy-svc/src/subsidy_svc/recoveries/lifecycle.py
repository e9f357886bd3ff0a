"""The life of a recovery (追回): demanded, paid back in instalments, or waived by two people."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a recovery stands; that it is overdue is told by its due day."""

    OPEN = "open"
    DEMANDED = "demanded"
    WAIVER_PROPOSED = "waiver_proposed"
    RECOVERED = "recovered"
    WAIVED = "waived"


class Action(StrEnum):
    """What can be done to a recovery."""

    DEMAND = "demand"
    RECEIVE = "receive"
    COMPLETE = "complete"
    REVERSE_RECEIPT = "reverse_receipt"
    PROPOSE_WAIVER = "propose_waiver"
    APPROVE_WAIVER = "approve_waiver"
    REFUSE_WAIVER = "refuse_waiver"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.OPEN, Action.DEMAND): State.DEMANDED,
        (State.DEMANDED, Action.RECEIVE): State.DEMANDED,
        (State.DEMANDED, Action.COMPLETE): State.RECOVERED,
        (State.DEMANDED, Action.REVERSE_RECEIPT): State.DEMANDED,
        (State.RECOVERED, Action.REVERSE_RECEIPT): State.DEMANDED,
        (State.DEMANDED, Action.PROPOSE_WAIVER): State.WAIVER_PROPOSED,
        (State.WAIVER_PROPOSED, Action.APPROVE_WAIVER): State.WAIVED,
        (State.WAIVER_PROPOSED, Action.REFUSE_WAIVER): State.DEMANDED,
    }
)
