"""The states of an evaluation (考核评价状态) and what leads from one to the next."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """待评分 · 待第二份盲评 · 待第三份盲评 · 待确认 · 已确认 · 已公布 · 复核中 · 已复核 · 已作废.

    Whether it was passed is its result, not its state.
    """

    OPEN = "open"
    SECOND_WANTED = "second_wanted"
    THIRD_WANTED = "third_wanted"
    SCORED = "scored"
    CONFIRMED = "confirmed"
    PUBLISHED = "published"
    DISPUTED = "disputed"
    REVIEWED = "reviewed"
    VOID = "void"


class Action(StrEnum):
    """评分 · 首份盲评 · 盲评分差过大 · 盲评得出成绩 · 确认 · 公布 · 申请复核 · 维持 · 更正 · 作废."""

    SCORE = "score"
    SCORE_BLIND = "score_blind"
    DIFFER = "differ"
    SETTLE = "settle"
    CONFIRM = "confirm"
    PUBLISH = "publish"
    DISPUTE = "dispute"
    UPHOLD = "uphold"
    CORRECT = "correct"
    VOID = "void"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.OPEN, Action.SCORE): State.SCORED,
        (State.SCORED, Action.SCORE): State.SCORED,
        (State.OPEN, Action.SCORE_BLIND): State.SECOND_WANTED,
        (State.SECOND_WANTED, Action.SETTLE): State.SCORED,
        (State.SECOND_WANTED, Action.DIFFER): State.THIRD_WANTED,
        (State.THIRD_WANTED, Action.SETTLE): State.SCORED,
        (State.SCORED, Action.CONFIRM): State.CONFIRMED,
        (State.CONFIRMED, Action.PUBLISH): State.PUBLISHED,
        (State.PUBLISHED, Action.DISPUTE): State.DISPUTED,
        (State.DISPUTED, Action.UPHOLD): State.REVIEWED,
        (State.DISPUTED, Action.CORRECT): State.REVIEWED,
        **{(state, Action.VOID): State.VOID for state in State if state is not State.VOID},
    }
)
"""What each action leads to; a missing pair is not allowed.

A score may be amended until it is confirmed, a blind one (盲评) never. A result is disputed once.
"""

UNDECIDED = frozenset({State.OPEN, State.SECOND_WANTED, State.THIRD_WANTED, State.SCORED})
"""The states before there is a result."""
