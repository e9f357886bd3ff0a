"""The states of a scoring (评分) of one subject and the steps between them; pure."""

from collections.abc import Mapping
from types import MappingProxyType

from brand_svc.named import Named


class State(Named):
    """评分中 · 待第三人评分 · 已评定 · 已复核调整."""

    OPEN = "open", "评分中"
    THIRD_WANTED = "third_wanted", "待第三人评分"
    SETTLED = "settled", "已评定"
    MODERATED = "moderated", "已复核调整"


class Action(Named):
    """评分 · 要求第三人 · 评定 · 复核调整 · 重新评分."""

    SCORE = "score", "评分"
    ASK_THIRD = "ask_third", "要求第三人"
    SETTLE = "settle", "评定"
    MODERATE = "moderate", "复核调整"
    REOPEN = "reopen", "重新评分"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        # The first of two: nobody sees it before the second is in.
        (State.OPEN, Action.SCORE): State.OPEN,
        (State.OPEN, Action.SETTLE): State.SETTLED,
        (State.OPEN, Action.ASK_THIRD): State.THIRD_WANTED,
        (State.THIRD_WANTED, Action.SETTLE): State.SETTLED,
        (State.SETTLED, Action.MODERATE): State.MODERATED,
        (State.MODERATED, Action.MODERATE): State.MODERATED,
        # A score is set aside because its assessor turned out to have a tie.
        (State.OPEN, Action.REOPEN): State.OPEN,
        (State.THIRD_WANTED, Action.REOPEN): State.OPEN,
        (State.SETTLED, Action.REOPEN): State.OPEN,
        (State.MODERATED, Action.REOPEN): State.OPEN,
    }
)

SHOWN = frozenset({State.SETTLED, State.MODERATED})
"""The states in which scores are shown."""
