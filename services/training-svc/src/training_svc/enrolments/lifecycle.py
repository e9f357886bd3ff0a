"""The life of an enrolment (报名): waiting or enrolled, then completed, or ended before (T02, C01–C03)."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where an enrolment stands: 候补, 在读, 已结业, 结业已撤销, 已退班, 已转班, 班级取消."""

    WAITING = "waiting"
    ENROLLED = "enrolled"
    COMPLETED = "completed"
    COMPLETION_REVOKED = "completion_revoked"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What is done with it: 递补, 结业, 撤销结业, 恢复结业, 退班, 转班, 因班级取消而终止.

    Revoking and restoring are amendments by the district. What ended with its class comes back with it alone
    (恢复班级), with its place or in the line.
    """

    PROMOTE = "promote"
    COMPLETE = "complete"
    REVOKE = "revoke"
    RESTORE = "restore"
    WITHDRAW = "withdraw"
    TRANSFER = "transfer"
    CANCEL = "cancel"
    REINSTATE = "reinstate"
    REINSTATE_IN_LINE = "reinstate_in_line"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.WAITING, Action.PROMOTE): State.ENROLLED,
    (State.ENROLLED, Action.COMPLETE): State.COMPLETED,
    (State.COMPLETED, Action.REVOKE): State.COMPLETION_REVOKED,
    (State.COMPLETION_REVOKED, Action.RESTORE): State.COMPLETED,
    (State.WAITING, Action.WITHDRAW): State.WITHDRAWN,
    (State.ENROLLED, Action.WITHDRAW): State.WITHDRAWN,
    (State.ENROLLED, Action.TRANSFER): State.TRANSFERRED,
    (State.WAITING, Action.CANCEL): State.CANCELLED,
    (State.ENROLLED, Action.CANCEL): State.CANCELLED,
    (State.CANCELLED, Action.REINSTATE): State.ENROLLED,
    (State.CANCELLED, Action.REINSTATE_IN_LINE): State.WAITING,
}

WITH_A_PLACE = (State.ENROLLED, State.COMPLETED, State.COMPLETION_REVOKED)
"""Where a person has a place in the class, whatever became of the completion."""
STANDING = (State.WAITING, State.ENROLLED, State.COMPLETED, State.COMPLETION_REVOKED)
"""The states of an enrolment that counts: a person has one of them in a class, and its hours are theirs."""
ENDED = (State.WITHDRAWN, State.TRANSFERRED, State.CANCELLED)
"""The states of an enrolment that ended before its completion; its record stays as it was."""
