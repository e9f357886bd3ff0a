"""The states of an application (申报) and the steps between them; pure."""

from collections.abc import Mapping
from types import MappingProxyType

from brand_svc.named import Named


class State(Named):
    """已提交 · 区已推荐 · 区未推荐 · 已认定 · 未认定."""

    SUBMITTED = "submitted", "已提交"
    RECOMMENDED = "recommended", "区已推荐"
    DECLINED = "declined", "区未推荐"
    RECOGNISED = "recognised", "已认定"
    NOT_RECOGNISED = "not_recognised", "未认定"


class Action(Named):
    """推荐 · 不推荐 · 认定 · 不认定."""

    RECOMMEND = "recommend", "推荐"
    DECLINE = "decline", "不推荐"
    RECOGNISE = "recognise", "认定"
    NOT_RECOGNISE = "not_recognise", "不认定"


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
