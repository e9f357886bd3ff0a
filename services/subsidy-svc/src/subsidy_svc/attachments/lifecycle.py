"""The life of an attachment (附件): stored or abandoned; a draft's file is discarded with it, then erased."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where an attachment stands."""

    UPLOADING = "uploading"
    STORED = "stored"
    ABANDONED = "abandoned"
    DISCARDED = "discarded"
    ERASED = "erased"


class Action(StrEnum):
    """What can be done to an attachment."""

    STORE = "store"
    ABANDON = "abandon"
    DISCARD = "discard"
    ERASE = "erase"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.UPLOADING, Action.STORE): State.STORED,
        (State.UPLOADING, Action.ABANDON): State.ABANDONED,
        (State.STORED, Action.DISCARD): State.DISCARDED,
        (State.DISCARDED, Action.ERASE): State.ERASED,
    }
)
