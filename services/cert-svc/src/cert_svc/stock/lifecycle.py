"""The states of a blank certificate (空白证书状态) and what leads from one to the next."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """在库 · 已分发 · 已打印 · 已发放 · 已作废."""

    IN_STOCK = "in_stock"
    ALLOTTED = "allotted"
    PRINTED = "printed"
    ISSUED = "issued"
    SPOILED = "spoiled"


class Action(StrEnum):
    """分发 · 退回 · 打印 · 发放 · 作废."""

    ALLOT = "allot"
    RETURN = "return"
    PRINT = "print"
    ISSUE = "issue"
    SPOIL = "spoil"


NEXT: Mapping[tuple[State, Action], State] = MappingProxyType(
    {
        (State.IN_STOCK, Action.ALLOT): State.ALLOTTED,
        (State.ALLOTTED, Action.RETURN): State.IN_STOCK,
        (State.ALLOTTED, Action.PRINT): State.PRINTED,
        (State.PRINTED, Action.ISSUE): State.ISSUED,
        (State.IN_STOCK, Action.SPOIL): State.SPOILED,
        (State.ALLOTTED, Action.SPOIL): State.SPOILED,
        (State.PRINTED, Action.SPOIL): State.SPOILED,
    }
)
"""What each action leads to; a missing pair is not allowed. What is issued or spoiled stays so."""
