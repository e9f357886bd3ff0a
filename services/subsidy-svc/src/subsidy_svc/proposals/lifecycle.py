"""The life of a proposal (政策调整): drafted, tried on past claims, published by another person."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a proposal stands: 草案, 试算中, 已试算, 试算失败, 已发布, 已撤回."""

    DRAFT = "draft"
    TRYING = "trying"
    TRIED = "tried"
    FAILED = "failed"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What happens to it: 试算, 试算完成, 试算失败, 发布, 撤回."""

    TRY = "try"
    FINISH = "finish"
    FAIL = "fail"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.DRAFT, Action.TRY): State.TRYING,
    (State.TRYING, Action.FINISH): State.TRIED,
    (State.TRYING, Action.FAIL): State.FAILED,
    (State.TRIED, Action.TRY): State.TRYING,
    (State.FAILED, Action.TRY): State.TRYING,
    (State.TRIED, Action.PUBLISH): State.PUBLISHED,
    (State.DRAFT, Action.WITHDRAW): State.WITHDRAWN,
    (State.TRYING, Action.WITHDRAW): State.WITHDRAWN,
    (State.TRIED, Action.WITHDRAW): State.WITHDRAWN,
    (State.FAILED, Action.WITHDRAW): State.WITHDRAWN,
}
