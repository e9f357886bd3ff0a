"""The life of an excellent course (精品课程, T09): from the developer's submission to its retirement."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a course stands: 已申报, 已评估, 已认定, 已纳入课程体系, 已退出, 未认定."""

    SUBMITTED = "submitted"
    ASSESSED = "assessed"
    RECOGNISED = "recognised"
    IN_SYSTEM = "in_system"
    RETIRED = "retired"
    REJECTED = "rejected"


class Action(StrEnum):
    """What the city centre does with it: 评估, 认定, 不予认定, 纳入课程体系, 退出.

    A mistaken retirement is taken back (恢复) to where it stood: recognised, or in the system.
    """

    ASSESS = "assess"
    RECOGNISE = "recognise"
    REJECT = "reject"
    ADMIT = "admit"
    RETIRE = "retire"
    RESTORE = "restore"
    RESTORE_TO_SYSTEM = "restore_to_system"


NEXT: Mapping[tuple[State, Action], State] = {
    (State.SUBMITTED, Action.ASSESS): State.ASSESSED,
    (State.ASSESSED, Action.ASSESS): State.ASSESSED,
    (State.ASSESSED, Action.RECOGNISE): State.RECOGNISED,
    (State.ASSESSED, Action.REJECT): State.REJECTED,
    (State.RECOGNISED, Action.ADMIT): State.IN_SYSTEM,
    (State.RECOGNISED, Action.RETIRE): State.RETIRED,
    (State.IN_SYSTEM, Action.RETIRE): State.RETIRED,
    (State.RETIRED, Action.RESTORE): State.RECOGNISED,
    (State.RETIRED, Action.RESTORE_TO_SYSTEM): State.IN_SYSTEM,
}

GRANTED = frozenset({State.RECOGNISED, State.IN_SYSTEM, State.RETIRED})
"""Where a course has been recognised, and so has its grant."""
