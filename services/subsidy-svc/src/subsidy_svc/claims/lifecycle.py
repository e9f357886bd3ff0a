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
    SUPPLEMENT_ASKED = "supplement_asked"
    ACCEPTED = "accepted"
    NOTICED = "noticed"
    HELD = "held"
    CLEARED = "cleared"
    BATCHED = "batched"
    PAID = "paid"
    PAYMENT_FAILED = "payment_failed"
    ACCOUNT_CHANGED = "account_changed"
    NOT_ACCEPTED = "not_accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


class Action(StrEnum):
    """What can be done to a claim."""

    ASK_SUPPLEMENT = "ask_supplement"
    GIVE_SUPPLEMENT = "give_supplement"
    ACCEPT = "accept"
    NOT_ACCEPT = "not_accept"
    APPROVE = "approve"
    REJECT = "reject"
    UNDO = "undo"
    WITHDRAW = "withdraw"
    OBJECT = "object"
    NOT_ACCEPT_OBJECTION = "not_accept_objection"
    DISMISS_OBJECTION = "dismiss_objection"
    UPHOLD_OBJECTION = "uphold_objection"
    CLEAR = "clear"
    BATCH = "batch"
    SETTLE = "settle"
    FAIL = "fail"
    CHANGE_ACCOUNT = "change_account"
    CONFIRM_ACCOUNT = "confirm_account"
    REFUSE_ACCOUNT = "refuse_account"
    STOP = "stop"


_UNPAID = (
    State.SUBMITTED,
    State.SUPPLEMENT_ASKED,
    State.ACCEPTED,
    State.NOTICED,
    State.HELD,
    State.CLEARED,
    State.BATCHED,
    State.PAYMENT_FAILED,
    State.ACCOUNT_CHANGED,
)

NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.SUBMITTED, Action.ACCEPT): State.ACCEPTED,
        (State.SUBMITTED, Action.ASK_SUPPLEMENT): State.SUPPLEMENT_ASKED,
        (State.SUBMITTED, Action.NOT_ACCEPT): State.NOT_ACCEPTED,
        (State.SUBMITTED, Action.WITHDRAW): State.WITHDRAWN,
        (State.SUBMITTED, Action.CHANGE_ACCOUNT): State.SUBMITTED,
        (State.SUPPLEMENT_ASKED, Action.GIVE_SUPPLEMENT): State.SUBMITTED,
        (State.SUPPLEMENT_ASKED, Action.NOT_ACCEPT): State.NOT_ACCEPTED,
        (State.SUPPLEMENT_ASKED, Action.WITHDRAW): State.WITHDRAWN,
        (State.NOT_ACCEPTED, Action.UNDO): State.SUBMITTED,
        (State.ACCEPTED, Action.APPROVE): State.NOTICED,
        (State.ACCEPTED, Action.REJECT): State.REJECTED,
        (State.ACCEPTED, Action.UNDO): State.SUBMITTED,
        (State.ACCEPTED, Action.WITHDRAW): State.WITHDRAWN,
        (State.ACCEPTED, Action.CHANGE_ACCOUNT): State.ACCEPTED,
        (State.REJECTED, Action.UNDO): State.ACCEPTED,
        (State.NOTICED, Action.OBJECT): State.HELD,
        (State.NOTICED, Action.CLEAR): State.CLEARED,
        (State.NOTICED, Action.WITHDRAW): State.WITHDRAWN,
        (State.HELD, Action.OBJECT): State.HELD,
        (State.HELD, Action.NOT_ACCEPT_OBJECTION): State.NOTICED,
        (State.HELD, Action.DISMISS_OBJECTION): State.NOTICED,
        (State.HELD, Action.UPHOLD_OBJECTION): State.STOPPED,
        (State.HELD, Action.WITHDRAW): State.WITHDRAWN,
        (State.CLEARED, Action.BATCH): State.BATCHED,
        (State.BATCHED, Action.SETTLE): State.PAID,
        (State.BATCHED, Action.FAIL): State.PAYMENT_FAILED,
        (State.PAYMENT_FAILED, Action.CHANGE_ACCOUNT): State.ACCOUNT_CHANGED,
        (State.PAYMENT_FAILED, Action.WITHDRAW): State.WITHDRAWN,
        (State.ACCOUNT_CHANGED, Action.CONFIRM_ACCOUNT): State.CLEARED,
        (State.ACCOUNT_CHANGED, Action.REFUSE_ACCOUNT): State.PAYMENT_FAILED,
        (State.ACCOUNT_CHANGED, Action.WITHDRAW): State.WITHDRAWN,
    }
    | {(state, Action.STOP): State.STOPPED for state in _UNPAID}
)

ENDED = frozenset({State.NOT_ACCEPTED, State.REJECTED, State.WITHDRAWN, State.STOPPED})
"""Nothing was paid, and nothing more happens unless the office undoes its own decision."""

REFUSED = frozenset({State.NOT_ACCEPTED, State.REJECTED})
"""Ended by a decision of the office (不予受理、不予通过), which it may amend or undo."""

IN_REVIEW = (State.SUBMITTED, State.SUPPLEMENT_ASKED, State.ACCEPTED)
"""The office or the person has a step to take by a due day: these are the queue (待办)."""
