"""The states of an application (申报) and the steps between them; pure."""

from collections.abc import Mapping
from types import MappingProxyType

from brand_svc.named import Named


class State(Named):
    """草稿 · 已弃置 · 已提交 · 已撤回 · 区已推荐 · 区未推荐 · 已认定 · 未认定."""

    DRAFT = "draft", "草稿"
    DISCARDED = "discarded", "已弃置"
    SUBMITTED = "submitted", "已提交"
    WITHDRAWN = "withdrawn", "已撤回"
    RECOMMENDED = "recommended", "区已推荐"
    DECLINED = "declined", "区未推荐"
    RECOGNISED = "recognised", "已认定"
    NOT_RECOGNISED = "not_recognised", "未认定"


class Action(Named):
    """保存 · 弃置 · 提交 · 撤回 · 推荐 · 不推荐 · 两种更正 · 认定 · 不认定."""

    SAVE = "save", "保存"
    DISCARD = "discard", "弃置"
    SUBMIT = "submit", "提交"
    WITHDRAW = "withdraw", "撤回"
    RECOMMEND = "recommend", "推荐"
    DECLINE = "decline", "不推荐"
    CORRECT_TO_RECOMMENDED = "correct_to_recommended", "更正为推荐"
    CORRECT_TO_DECLINED = "correct_to_declined", "更正为不推荐"
    RECOGNISE = "recognise", "认定"
    NOT_RECOGNISE = "not_recognise", "不认定"


REVIEWED: tuple[State, ...] = (State.RECOMMENDED, State.DECLINED)
"""The states in which the district has said its word, which it may correct until the list is published."""

OWN: tuple[State, ...] = (State.DRAFT, State.DISCARDED)
"""The states in which an application is its institution's own matter: no office sees it."""

OVER: tuple[State, ...] = (State.DISCARDED, State.WITHDRAWN)
"""The states after which another application may be begun in the same round."""

NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.DRAFT, Action.SAVE): State.DRAFT,
        # By the institution, or by the list when it is published.
        (State.DRAFT, Action.DISCARD): State.DISCARDED,
        (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
        **{(state, Action.WITHDRAW): State.WITHDRAWN for state in (State.SUBMITTED, *REVIEWED)},
        (State.SUBMITTED, Action.RECOMMEND): State.RECOMMENDED,
        (State.SUBMITTED, Action.DECLINE): State.DECLINED,
        **{(state, Action.CORRECT_TO_RECOMMENDED): State.RECOMMENDED for state in REVIEWED},
        **{(state, Action.CORRECT_TO_DECLINED): State.DECLINED for state in REVIEWED},
        (State.RECOMMENDED, Action.RECOGNISE): State.RECOGNISED,
        (State.RECOMMENDED, Action.NOT_RECOGNISE): State.NOT_RECOGNISED,
        # Not reviewed by its district in time.
        (State.SUBMITTED, Action.NOT_RECOGNISE): State.NOT_RECOGNISED,
    }
)
