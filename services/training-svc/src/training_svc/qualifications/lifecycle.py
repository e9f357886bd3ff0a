"""The life of a qualification (资质): submitted, then approved or rejected by the district (T07)."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where an application stands: 已提交, 已批准, 已驳回."""

    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"


class Action(StrEnum):
    """What the district does with it: 批准, 驳回."""

    APPROVE = "approve"
    REJECT = "reject"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.SUBMITTED, Action.APPROVE): State.APPROVED,
    (State.SUBMITTED, Action.REJECT): State.REJECTED,
}
