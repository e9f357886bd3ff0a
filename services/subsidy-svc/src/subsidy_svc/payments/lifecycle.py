"""The life of a payment batch (支付批次): one road, step by step."""

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


class Action(StrEnum):
    """What can be done to a batch."""

    SEAL = "seal"
    HAND_OVER = "hand_over"
    RECEIVE = "receive"
    EXPORT = "export"
    SETTLE = "settle"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.DRAFT, Action.SEAL): State.SEALED,
        (State.SEALED, Action.HAND_OVER): State.HANDED_OVER,
        (State.HANDED_OVER, Action.RECEIVE): State.RECEIVED,
        (State.RECEIVED, Action.EXPORT): State.EXPORTED,
        (State.EXPORTED, Action.EXPORT): State.EXPORTED,
        (State.SETTLED, Action.EXPORT): State.SETTLED,
        (State.EXPORTED, Action.SETTLE): State.SETTLED,
    }
)


class LineStatus(StrEnum):
    """What became of one line; ``held_out`` lines are never exported (D06)."""

    PENDING = "pending"
    SETTLED = "settled"
    FAILED = "failed"
    HELD_OUT = "held_out"
