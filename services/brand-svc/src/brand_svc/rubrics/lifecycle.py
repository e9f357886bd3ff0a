"""The states of a rubric (评分规则) and the steps between them; pure."""

from collections.abc import Mapping
from types import MappingProxyType

from brand_svc.named import Named


class State(Named):
    """草案 · 已发布 · 已撤回."""

    DRAFT = "draft", "草案"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤回"


class Action(Named):
    """更正 · 发布 · 撤回."""

    AMEND = "amend", "更正"
    PUBLISH = "publish", "发布"
    WITHDRAW = "withdraw", "撤回"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.DRAFT, Action.AMEND): State.DRAFT,
        (State.DRAFT, Action.PUBLISH): State.PUBLISHED,
        (State.DRAFT, Action.WITHDRAW): State.WITHDRAWN,
        # Until a round is scored by it: then it is frozen.
        (State.PUBLISHED, Action.AMEND): State.PUBLISHED,
        (State.PUBLISHED, Action.WITHDRAW): State.WITHDRAWN,
    }
)
