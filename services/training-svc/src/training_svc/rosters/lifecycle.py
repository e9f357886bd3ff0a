"""The life of a roster import (名册导入): checked row by row, then imported, or refused as a whole (T06)."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where an import stands: 已接收, 核验中, 导入中, 已完成, 不予导入, 处理失败."""

    RECEIVED = "received"
    CHECKING = "checking"
    IMPORTING = "importing"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class Action(StrEnum):
    """What happens to it: 核验, 导入, 完成, 退回, 失败."""

    CHECK = "check"
    IMPORT = "import"
    FINISH = "finish"
    REFUSE = "refuse"
    FAIL = "fail"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.RECEIVED, Action.CHECK): State.CHECKING,
    (State.RECEIVED, Action.FAIL): State.FAILED,
    (State.CHECKING, Action.IMPORT): State.IMPORTING,
    (State.CHECKING, Action.REFUSE): State.REFUSED,
    (State.CHECKING, Action.FAIL): State.FAILED,
    (State.IMPORTING, Action.FINISH): State.DONE,
    (State.IMPORTING, Action.REFUSE): State.REFUSED,
    (State.IMPORTING, Action.FAIL): State.FAILED,
}

ENDED = frozenset({State.DONE, State.REFUSED, State.FAILED})
"""Where nothing follows: the rows that were kept for the work are gone."""
