"""The states of the assessment of an existing brand (既有品牌评估) and the steps between them; pure (B06)."""

from collections.abc import Mapping
from types import MappingProxyType

from brand_svc.named import Named


class State(Named):
    """待参评 · 已参评 · 达标 · 不达标 · 未参加评估 · 保留品牌 · 自然终止 · 自动终止 · 品牌已撤销."""

    DUE = "due", "待参评"
    ENTERED = "entered", "已参评"
    PASSED = "passed", "达标"
    FAILED = "failed", "不达标"
    ABSENT = "absent", "未参加评估"
    KEPT = "kept", "保留品牌"
    ENDED = "ended", "自然终止"
    ENDED_ABSENT = "ended_absent", "自动终止"
    DISCONTINUED = "discontinued", "品牌已撤销"


class Action(Named):
    """参加评估 · 评为达标 · 评为不达标 · 记为未参加 · 三种更正 · 保留 · 两种终止 · 因撤销而终结."""

    ENTER = "enter", "参加评估"
    PASS = "pass", "评为达标"
    FAIL = "fail", "评为不达标"
    MARK_ABSENT = "mark_absent", "记为未参加"
    CORRECT_TO_PASSED = "correct_to_passed", "更正为达标"
    CORRECT_TO_FAILED = "correct_to_failed", "更正为不达标"
    CORRECT_TO_ABSENT = "correct_to_absent", "更正为未参加"
    KEEP = "keep", "保留"
    END = "end", "自然终止"
    END_ABSENT = "end_absent", "自动终止"
    DISCONTINUE = "discontinue", "因撤销而终结"


ASSESSED: tuple[State, ...] = (State.PASSED, State.FAILED, State.ABSENT)
"""The states in which the district has said its word, which it may correct until the list is published."""

CONCLUDED: tuple[State, ...] = (State.KEPT, State.ENDED, State.ENDED_ABSENT, State.DISCONTINUED)
"""The states that the publication of the list leads to."""

NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.DUE, Action.ENTER): State.ENTERED,
        # What was handed in may be replaced until the applications close.
        (State.ENTERED, Action.ENTER): State.ENTERED,
        (State.ENTERED, Action.PASS): State.PASSED,
        (State.ENTERED, Action.FAIL): State.FAILED,
        (State.DUE, Action.MARK_ABSENT): State.ABSENT,
        **{(state, Action.CORRECT_TO_PASSED): State.PASSED for state in ASSESSED},
        **{(state, Action.CORRECT_TO_FAILED): State.FAILED for state in ASSESSED},
        **{(state, Action.CORRECT_TO_ABSENT): State.ABSENT for state in ASSESSED},
        (State.PASSED, Action.KEEP): State.KEPT,
        (State.FAILED, Action.END): State.ENDED,
        # Passed, and barred by what came to light afterwards (B13).
        (State.PASSED, Action.END): State.ENDED,
        (State.ABSENT, Action.END_ABSENT): State.ENDED_ABSENT,
        # 有效期满未按规定参加评估: nobody has to say so.
        (State.DUE, Action.END_ABSENT): State.ENDED_ABSENT,
        **{(state, Action.DISCONTINUE): State.DISCONTINUED for state in State if state not in CONCLUDED},
    }
)
