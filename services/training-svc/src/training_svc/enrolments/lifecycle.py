"""The life of an enrolment (报名): enrolled, then completed once (C01, C02, C03)."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where an enrolment stands: 在读, 已结业."""

    ENROLLED = "enrolled"
    COMPLETED = "completed"


class Action(StrEnum):
    """What is done with it: 结业."""

    COMPLETE = "complete"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.ENROLLED, Action.COMPLETE): State.COMPLETED,
}
