"""The life of a draft (草稿): kept and changed, then submitted or discarded."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a draft stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    DISCARDED = "discarded"


class Action(StrEnum):
    """What can be done to a draft."""

    SAVE = "save"
    SUBMIT = "submit"
    DISCARD = "discard"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.DRAFT, Action.SAVE): State.DRAFT,
        (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
        (State.DRAFT, Action.DISCARD): State.DISCARDED,
    }
)
