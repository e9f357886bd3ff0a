"""The life of a qualification (资质): applied for, decided and supervised, ended by time (T07)."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """Where it stands: 草稿, 已提交, 已撤回, 已批准, 已驳回, 已暂停, 已撤销, 已到期."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"


class Action(StrEnum):
    """What is done with it: 提交, 撤回, 批准, 驳回, 暂停, 恢复, 撤销; 到期 is time's.

    By an amendment a mistaken rejection is reopened (重新审核), a mistaken revocation taken back (撤回撤销).
    """

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    REJECT = "reject"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"
    EXPIRE = "expire"
    REOPEN = "reopen"
    RESTORE = "restore"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Action.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Action.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Action.APPROVE): State.APPROVED,
    (State.SUBMITTED, Action.REJECT): State.REJECTED,
    (State.APPROVED, Action.SUSPEND): State.SUSPENDED,
    (State.SUSPENDED, Action.RESUME): State.APPROVED,
    (State.APPROVED, Action.REVOKE): State.REVOKED,
    (State.SUSPENDED, Action.REVOKE): State.REVOKED,
    (State.APPROVED, Action.EXPIRE): State.EXPIRED,
    (State.SUSPENDED, Action.EXPIRE): State.EXPIRED,
    (State.REJECTED, Action.REOPEN): State.SUBMITTED,
    (State.REVOKED, Action.RESTORE): State.APPROVED,
}

GRANTED = frozenset({State.APPROVED, State.SUSPENDED})
"""The states that end by time."""

DECIDED = frozenset({*GRANTED, State.REJECTED, State.REVOKED, State.EXPIRED})
"""The states of which something was decided that may have to be amended."""


def standing(state: State, valid_until: date | None, today: date) -> State:
    """The state on ``today``: what time has ended is expired before a timer comes by."""
    over = state in GRANTED and valid_until is not None and valid_until < today
    return State.EXPIRED if over else state
