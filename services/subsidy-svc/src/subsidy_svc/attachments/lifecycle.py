"""The life of an attachment (附件): begun, stored for good, or abandoned."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where an attachment stands."""

    UPLOADING = "uploading"
    STORED = "stored"
    ABANDONED = "abandoned"


class Action(StrEnum):
    """What can be done to an attachment."""

    STORE = "store"
    ABANDON = "abandon"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.UPLOADING, Action.STORE): State.STORED,
        (State.UPLOADING, Action.ABANDON): State.ABANDONED,
    }
)
