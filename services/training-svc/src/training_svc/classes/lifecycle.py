"""The life of a class (班级): filed, perhaps cancelled; that it runs and has ended follows from its days."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """What was decided about a class: 已备案, 已取消."""

    FILED = "filed"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What is done with it: 取消开班; 撤回误取消 is an amendment."""

    CANCEL = "cancel"
    REINSTATE = "reinstate"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.FILED, Action.CANCEL): State.CANCELLED,
    (State.CANCELLED, Action.REINSTATE): State.FILED,
}


class Phase(StrEnum):
    """Where a class stands on a day: 待开班, 开班中, 已结束, 已取消."""

    FILED = "filed"
    RUNNING = "running"
    ENDED = "ended"
    CANCELLED = "cancelled"


def phase_of(state: State, starts_on: date, ends_on: date, today: date) -> Phase:
    """Where a class stands on the civil day ``today``; both its days are included in it."""
    if state is State.CANCELLED:
        return Phase.CANCELLED
    if today < starts_on:
        return Phase.FILED
    return Phase.RUNNING if today <= ends_on else Phase.ENDED
