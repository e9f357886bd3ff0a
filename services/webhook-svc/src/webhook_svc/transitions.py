"""What every lifecycle asks alike: to move on, or a refusal that names the present state."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.problems import NOT_ALLOWED_NOW

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


def next_state(table: Mapping[tuple[S, A], S], state: S, action: A) -> S | Refusal:
    """The state after ``action``, or the refusal where the table has no such step."""
    after = table.get((state, action))
    if after is not None:
        return after
    text = Text(
        f"当前状态 {state} 下不能办理 {action}", f"In state {state} the step {action} is not possible"
    )
    return Refusal(NOT_ALLOWED_NOW, detail=text)
