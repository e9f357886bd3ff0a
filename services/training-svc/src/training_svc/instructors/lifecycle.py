"""The life of an instructor (讲师) in the pool (师资库): applied, vetted, active, appraised, exited (T10)."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum


class State(StrEnum):
    """Where somebody stands: 已申请, 已审核, 不予入库, 在库, 待考核, 已暂停, 退出通知期, 已退出.

    ``appraisal_due`` is never stored: it is what ``active`` is from a day on (:func:`state_on`).
    """

    APPLIED = "applied"
    VETTED = "vetted"
    REFUSED = "refused"
    ACTIVE = "active"
    APPRAISAL_DUE = "appraisal_due"
    SUSPENDED = "suspended"
    EXITING = "exiting"
    EXITED = "exited"


class Action(StrEnum):
    """What happens: 申请, 审核, 不予入库, 入库, 考核到期, 考核合格, 暂停, 恢复, 通知退出, 退出, 恢复在库."""

    APPLY = "apply"
    VET = "vet"
    REFUSE = "refuse"
    ADMIT = "admit"
    FALL_DUE = "fall_due"
    PASS = "pass"  # noqa: S105 -- an appraisal passed, no password
    SUSPEND = "suspend"
    RESUME = "resume"
    GIVE_NOTICE = "give_notice"
    EXIT = "exit"
    REINSTATE = "reinstate"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.APPLIED, Action.VET): State.VETTED,
    (State.APPLIED, Action.REFUSE): State.REFUSED,
    (State.VETTED, Action.ADMIT): State.ACTIVE,
    (State.VETTED, Action.REFUSE): State.REFUSED,
    (State.REFUSED, Action.APPLY): State.APPLIED,
    (State.ACTIVE, Action.FALL_DUE): State.APPRAISAL_DUE,
    (State.ACTIVE, Action.PASS): State.ACTIVE,
    (State.ACTIVE, Action.SUSPEND): State.SUSPENDED,
    (State.ACTIVE, Action.GIVE_NOTICE): State.EXITING,
    (State.APPRAISAL_DUE, Action.PASS): State.ACTIVE,
    (State.APPRAISAL_DUE, Action.SUSPEND): State.SUSPENDED,
    (State.APPRAISAL_DUE, Action.GIVE_NOTICE): State.EXITING,
    (State.SUSPENDED, Action.RESUME): State.ACTIVE,
    (State.SUSPENDED, Action.GIVE_NOTICE): State.EXITING,
    (State.EXITING, Action.EXIT): State.EXITED,
    (State.EXITING, Action.REINSTATE): State.ACTIVE,
    (State.EXITED, Action.REINSTATE): State.ACTIVE,
    (State.EXITED, Action.APPLY): State.APPLIED,
}

BARRED = (State.SUSPENDED, State.EXITING, State.EXITED)
"""Who has these states was admitted, but may not be put on a class; open classes show a flag."""


def state_on(stored: State, day: date, *, appraisal_due_on: date | None, exits_on: date | None) -> State:
    """The state on ``day``: what time alone decides, an appraisal due or an exit, is not waited for."""
    if stored is State.ACTIVE and appraisal_due_on is not None and appraisal_due_on <= day:
        return NEXT[stored, Action.FALL_DUE]
    if stored is State.EXITING and exits_on is not None and exits_on <= day:
        return NEXT[stored, Action.EXIT]
    return stored
