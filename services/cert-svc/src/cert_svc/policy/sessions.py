"""The rules of evaluation sessions (评价场次; T06, C04): who may be a candidate of one, and who came."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from chuangpei.kernel.refusals import Finding, Text

from cert_svc.policy.findings import finding
from cert_svc.policy.rules import CONFLICT_RULES

_TRACEABLE = "沪人社规〔2025〕30号 二(二) 培训过程可追溯"
_SELECTED = "沪人社规〔2025〕30号 二(二)"
_finding = partial(finding, "T06")


class ScopeFacts(Protocol):
    """Whether the body of a session evaluates its project on its day."""

    @property
    def in_scope(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """About a session that is planned or amended."""

    in_scope: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """About the evaluators of a session together, beside the training of one candidate."""

    is_of_the_institution: bool
    is_trainee: bool
    taught_the_class: bool


@dataclass(frozen=True, slots=True)
class SeatFacts:
    """About an evaluation that is to be put on a session.

    ``is_busy``: the trainee is on another session at that time; the last three are of any of its evaluators.
    """

    in_scope: bool
    is_open: bool
    same_project: bool
    on_a_session: bool
    is_busy: bool
    places_left: int
    is_of_the_institution: bool
    is_trainee: bool
    taught_the_class: bool


@dataclass(frozen=True, slots=True)
class PresenceFacts:
    """About recording whether a candidate came."""

    has_begun: bool
    present: bool
    scored: bool


def body_evaluates_the_session(facts: ScopeFacts) -> Finding:
    """A body evaluates within its term and scope (T06)."""
    return _finding(
        _SELECTED,
        facts.in_scope,
        ("任期和范围内" if facts.in_scope else "任期或范围外", "任期和范围内"),
        Text("场次须在评价机构的任期和评价范围内", "A session lies within the term and scope of its body"),
    )


def evaluation_is_open(facts: SeatFacts) -> Finding:
    """Only who has not been scored yet is a candidate (T06)."""
    return _finding(
        _TRACEABLE,
        facts.is_open,
        ("待评分" if facts.is_open else "已评分", "待评分"),
        Text("只有待评分的评价可以安排场次", "Only an evaluation not yet scored is put on a session"),
    )


def project_is_the_sessions(facts: SeatFacts) -> Finding:
    """A session evaluates one project (T06)."""
    return _finding(
        _TRACEABLE,
        facts.same_project,
        ("同一项目" if facts.same_project else "另一项目", "同一项目"),
        Text("场次只评价其培训项目的学员", "A session evaluates the trainees of its project"),
    )


def evaluation_is_on_no_session(facts: SeatFacts) -> Finding:
    """An evaluation is on one session at a time; who was absent may be put on the next (T06)."""
    return _finding(
        _TRACEABLE,
        not facts.on_a_session,
        ("已在场次中" if facts.on_a_session else "不在场次中", "不在场次中"),
        Text("该评价已安排在一个场次中", "The evaluation is on a session already"),
    )


def candidate_is_free(facts: SeatFacts) -> Finding:
    """Nobody is at two sessions at the same time (T06)."""
    return _finding(
        _TRACEABLE,
        not facts.is_busy,
        ("同一时间另有场次" if facts.is_busy else "无冲突", "无冲突"),
        Text("考生在同一时间另有场次", "The candidate is at another session at that time"),
    )


def a_place_is_left(facts: SeatFacts) -> Finding:
    """No more candidates than the session has places (T06)."""
    return _finding(
        _TRACEABLE,
        facts.places_left > 0,
        (f"余{facts.places_left}个", "至少1个"),
        Text("场次容量已满", "The session has no place left"),
    )


def session_has_begun(facts: PresenceFacts) -> Finding:
    """Who came is known once the session has begun (T06)."""
    return _finding(
        _TRACEABLE,
        facts.has_begun,
        ("已开始" if facts.has_begun else "未开始", "已开始"),
        Text("场次开始后才能登记到场", "Presence is recorded once the session has begun"),
    )


def the_absent_have_no_score(facts: PresenceFacts) -> Finding:
    """Who was scored was there (T06)."""
    holds = facts.present or not facts.scored
    return _finding(
        _TRACEABLE,
        holds,
        ("未评分" if holds else "已评分", "未评分"),
        Text("已评分的考生不能登记为缺席", "A candidate who was scored cannot be recorded as absent"),
    )


SeatRule = Callable[[SeatFacts], Finding]
PresenceRule = Callable[[PresenceFacts], Finding]

PLAN_RULES: tuple[Callable[[PlanFacts], Finding], ...] = (body_evaluates_the_session,)
SEAT_RULES: tuple[SeatRule, ...] = (
    body_evaluates_the_session,
    project_is_the_sessions,
    evaluation_is_open,
    evaluation_is_on_no_session,
    candidate_is_free,
    a_place_is_left,
    *CONFLICT_RULES,
)
PRESENCE_RULES: tuple[PresenceRule, ...] = (session_has_begun, the_absent_have_no_score)


def decide_planning(facts: PlanFacts) -> tuple[Finding, ...]:
    """May the session be held so (T06)?"""
    return tuple(rule(facts) for rule in PLAN_RULES)


def decide_seating(facts: SeatFacts) -> tuple[Finding, ...]:
    """May the evaluation be put on the session (T06, C04)?"""
    return tuple(rule(facts) for rule in SEAT_RULES)


def decide_evaluators(facts: Conflict) -> tuple[Finding, ...]:
    """May these evaluators evaluate one of the candidates (回避; C04)?"""
    return tuple(rule(facts) for rule in CONFLICT_RULES)


def decide_presence(facts: PresenceFacts) -> tuple[Finding, ...]:
    """May it be recorded whether the candidate came (到场; T06)?"""
    return tuple(rule(facts) for rule in PRESENCE_RULES)
