"""The life of a claim (申领): which action leads from which state to which."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a claim stands.

    Approval publishes the notice at once, so an approved claim is ``noticed``. ``batched`` is not stored: the
    payment line of a cleared claim says so.
    """

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    NOTICED = "noticed"
    HELD = "held"
    CLEARED = "cleared"
    BATCHED = "batched"
    PAID = "paid"
    PAYMENT_FAILED = "payment_failed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


class Action(StrEnum):
    """What can be done to a claim."""

    ACCEPT = "accept"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    OBJECT = "object"
    DISMISS_OBJECTION = "dismiss_objection"
    UPHOLD_OBJECTION = "uphold_objection"
    CLEAR = "clear"
    BATCH = "batch"
    SETTLE = "settle"
    FAIL = "fail"
    CHANGE_ACCOUNT = "change_account"
    STOP = "stop"


_UNPAID = (
    State.SUBMITTED,
    State.ACCEPTED,
    State.NOTICED,
    State.HELD,
    State.CLEARED,
    State.BATCHED,
    State.PAYMENT_FAILED,
)

NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.SUBMITTED, Action.ACCEPT): State.ACCEPTED,
        (State.SUBMITTED, Action.REJECT): State.REJECTED,
        (State.SUBMITTED, Action.WITHDRAW): State.WITHDRAWN,
        (State.ACCEPTED, Action.APPROVE): State.NOTICED,
        (State.ACCEPTED, Action.REJECT): State.REJECTED,
        (State.ACCEPTED, Action.WITHDRAW): State.WITHDRAWN,
        (State.NOTICED, Action.OBJECT): State.HELD,
        (State.NOTICED, Action.CLEAR): State.CLEARED,
        (State.NOTICED, Action.WITHDRAW): State.WITHDRAWN,
        (State.HELD, Action.OBJECT): State.HELD,
        (State.HELD, Action.DISMISS_OBJECTION): State.NOTICED,
        (State.HELD, Action.UPHOLD_OBJECTION): State.STOPPED,
        (State.HELD, Action.WITHDRAW): State.WITHDRAWN,
        (State.CLEARED, Action.BATCH): State.BATCHED,
        (State.BATCHED, Action.SETTLE): State.PAID,
        (State.BATCHED, Action.FAIL): State.PAYMENT_FAILED,
        (State.PAYMENT_FAILED, Action.CHANGE_ACCOUNT): State.CLEARED,
        (State.PAYMENT_FAILED, Action.WITHDRAW): State.WITHDRAWN,
    }
    | {(state, Action.STOP): State.STOPPED for state in _UNPAID}
)

ENDED = frozenset({State.REJECTED, State.WITHDRAWN, State.STOPPED})
"""Nothing more can happen, and nothing was paid."""
