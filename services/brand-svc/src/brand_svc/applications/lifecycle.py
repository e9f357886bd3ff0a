"""The states of an application (申报) and the steps between them; pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """已提交 · 区已推荐 · 区未推荐 · 已认定 · 未认定."""

    SUBMITTED = "submitted"
    RECOMMENDED = "recommended"
    DECLINED = "declined"
    RECOGNISED = "recognised"
    NOT_RECOGNISED = "not_recognised"


class Action(StrEnum):
    """推荐 · 不推荐 · 认定 · 不认定."""

    RECOMMEND = "recommend"
    DECLINE = "decline"
    RECOGNISE = "recognise"
    NOT_RECOGNISE = "not_recognise"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.SUBMITTED, Action.RECOMMEND): State.RECOMMENDED,
        (State.SUBMITTED, Action.DECLINE): State.DECLINED,
        # The district may think again until the city deliberates.
        (State.RECOMMENDED, Action.DECLINE): State.DECLINED,
        (State.DECLINED, Action.RECOMMEND): State.RECOMMENDED,
        (State.RECOMMENDED, Action.RECOGNISE): State.RECOGNISED,
        (State.RECOMMENDED, Action.NOT_RECOGNISE): State.NOT_RECOGNISED,
        # Not reviewed by its district in time.
        (State.SUBMITTED, Action.NOT_RECOGNISE): State.NOT_RECOGNISED,
    }
)
