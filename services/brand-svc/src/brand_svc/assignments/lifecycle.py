"""The states of an assignment (评审任务) of an assessor and the steps between them; pure."""

from collections.abc import Mapping
from types import MappingProxyType

from brand_svc.named import Named


class State(Named):
    """待评分 · 已评分 · 已回避 · 已更换 · 已作废."""

    ASSIGNED = "assigned", "待评分"
    SCORED = "scored", "已评分"
    WITHDRAWN = "withdrawn", "已回避"
    REPLACED = "replaced", "已更换"
    SET_ASIDE = "set_aside", "已作废"


class Action(Named):
    """评分 · 回避 · 更换 · 作废."""

    SCORE = "score", "评分"
    WITHDRAW = "withdraw", "回避"
    REPLACE = "replace", "更换"
    SET_ASIDE = "set_aside", "作废"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.ASSIGNED, Action.SCORE): State.SCORED,
        (State.ASSIGNED, Action.WITHDRAW): State.WITHDRAWN,
        (State.ASSIGNED, Action.REPLACE): State.REPLACED,
        # The assessor turned out to have a tie.
        (State.ASSIGNED, Action.SET_ASIDE): State.SET_ASIDE,
        (State.SCORED, Action.SET_ASIDE): State.SET_ASIDE,
    }
)

LIVE = (State.ASSIGNED, State.SCORED)
"""The states in which an assignment takes its place."""
