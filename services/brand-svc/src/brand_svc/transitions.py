"""What every lifecycle asks alike: to move on, or a refusal that names the present state."""

from collections.abc import Mapping
from typing import Protocol, TypeVar

from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.problems import NOT_ALLOWED_NOW, PRECONDITION_FAILED

from brand_svc.named import Named

S = TypeVar("S", bound=Named)
A = TypeVar("A", bound=Named)


class HasState(Protocol[S]):
    """An aggregate that a lifecycle moves."""

    state: S


def next_state(table: Mapping[tuple[S, A], S], state: S, action: A) -> S | Refusal:
    """The state after ``action``, or the refusal where the table has no such step."""
    after = table.get((state, action))
    if after is not None:
        return after
    return Refusal(
        NOT_ALLOWED_NOW,
        detail=Text(
            f"当前状态为“{state.zh}”，不能办理“{action.zh}”",
            f"In state {state} the step {action} is not possible",
        ),
    )


def move(table: Mapping[tuple[S, A], S], one: HasState[S], action: A) -> Refusal | None:
    """Takes ``one`` to its state after ``action``; refused, it stays as it is."""
    after = next_state(table, one.state, action)
    if isinstance(after, Refusal):
        return after
    one.state = after
    return None


def stale(version: int, expected: int) -> Refusal | None:
    """The refusal where the row, read under its lock, is no longer the version the caller saw."""
    return None if version == expected else Refusal(PRECONDITION_FAILED)
