"""The life of a payment batch (支付批次): one road, and a way out of it twice."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a batch stands; from ``sealed`` on its content is fixed."""

    DRAFT = "draft"
    SEALED = "sealed"
    HANDED_OVER = "handed_over"
    RECEIVED = "received"
    EXPORTED = "exported"
    SETTLED = "settled"
    DISCARDED = "discarded"
    RETURNED = "returned"


class Action(StrEnum):
    """What can be done to a batch."""

    DISCARD = "discard"
    SEAL = "seal"
    HAND_OVER = "hand_over"
    RECEIVE = "receive"
    RETURN = "return"
    EXPORT = "export"
    SETTLE = "settle"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.DRAFT, Action.DISCARD): State.DISCARDED,
        (State.DRAFT, Action.SEAL): State.SEALED,
        (State.SEALED, Action.HAND_OVER): State.HANDED_OVER,
        (State.HANDED_OVER, Action.RECEIVE): State.RECEIVED,
        (State.HANDED_OVER, Action.RETURN): State.RETURNED,
        (State.RECEIVED, Action.EXPORT): State.EXPORTED,
        (State.EXPORTED, Action.EXPORT): State.EXPORTED,
        (State.SETTLED, Action.EXPORT): State.SETTLED,
        (State.EXPORTED, Action.SETTLE): State.SETTLED,
    }
)


class LineStatus(StrEnum):
    """What became of one line.

    ``held_out`` lines are never exported (D06). An ``unknown`` one may have been paid, so it is not paid
    again: a later file of the bank, or the finding of two people, decides. The lines of a batch that the city
    gave back are ``returned``, and their claims free for the next.
    """

    PENDING = "pending"
    UNKNOWN = "unknown"
    SETTLED = "settled"
    FAILED = "failed"
    HELD_OUT = "held_out"
    RETURNED = "returned"


class FindingState(StrEnum):
    """Where a finding about an ``unknown`` line stands; ``lapsed`` where the bank's own answer came first."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    LAPSED = "lapsed"
