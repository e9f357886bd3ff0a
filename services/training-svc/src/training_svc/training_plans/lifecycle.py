"""The life of a district's yearly training plan (年度培训计划, O02)."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a plan stands: 已提交, 已通过, 已退回."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class Action(StrEnum):
    """What is done with it: 通过, 退回 by the city centre, 重新提交 by the district."""

    ACCEPT = "accept"
    RETURN = "return"
    RESUBMIT = "resubmit"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.SUBMITTED, Action.ACCEPT): State.ACCEPTED,
    (State.SUBMITTED, Action.RETURN): State.RETURNED,
    (State.RETURNED, Action.RESUBMIT): State.SUBMITTED,
}
