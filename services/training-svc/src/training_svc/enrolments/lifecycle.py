"""The life of an enrolment (报名): enrolled, completed, a wrong completion revoked (C01, C02, C03)."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where an enrolment stands: 在读, 已结业, 结业已撤销."""

    ENROLLED = "enrolled"
    COMPLETED = "completed"
    COMPLETION_REVOKED = "completion_revoked"


class Action(StrEnum):
    """What is done with it: 结业, 撤销结业, 恢复结业; the last two are amendments by the district."""

    COMPLETE = "complete"
    REVOKE = "revoke"
    RESTORE = "restore"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.ENROLLED, Action.COMPLETE): State.COMPLETED,
    (State.COMPLETED, Action.REVOKE): State.COMPLETION_REVOKED,
    (State.COMPLETION_REVOKED, Action.RESTORE): State.COMPLETED,
}

WITH_A_PLACE = (State.ENROLLED, State.COMPLETED, State.COMPLETION_REVOKED)
"""Where a person has a place in the class, whatever became of the completion."""
