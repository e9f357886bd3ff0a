"""The life of a designation (示范机构): designated for a term, unless it is withdrawn before (T08)."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a designation stands: 有效, 已取消. That its term is over is derived when it is read."""

    DESIGNATED = "designated"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What is done with it: 取消; 恢复 takes a mistaken withdrawal back."""

    WITHDRAW = "withdraw"
    RESTORE = "restore"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.DESIGNATED, Action.WITHDRAW): State.WITHDRAWN,
    (State.WITHDRAWN, Action.RESTORE): State.DESIGNATED,
}
