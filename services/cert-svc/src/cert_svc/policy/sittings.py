"""The rules of scoring whoever is a candidate of an evaluation session (评价场次; T06, C04)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from chuangpei.kernel.refusals import Finding, Text

from cert_svc.policy.findings import finding

_TRACEABLE = "沪人社规〔2025〕30号 二(二) 培训过程可追溯"
_finding = partial(finding, "T06", _TRACEABLE)


@dataclass(frozen=True, slots=True)
class Sitting:
    """About the session that an evaluation is on, and the person who is to score it there."""

    is_session_evaluator: bool
    has_begun: bool
    was_absent: bool


class SittingFacts(Protocol):
    """``sitting`` is None where the evaluation is on no session: then nothing is asked here."""

    @property
    def sitting(self) -> Sitting | None: ...


def session_evaluator_scores(facts: SittingFacts) -> Finding:
    """Who is on a session is scored by those who evaluate there (T06)."""
    holds = facts.sitting is None or facts.sitting.is_session_evaluator
    return _finding(
        holds,
        ("本场次评价人员" if holds else "他人", "本场次评价人员"),
        Text("已安排场次的考生由本场次的评价人员评分", "Who is on a session is scored by its evaluators"),
    )


def session_has_begun(facts: SittingFacts) -> Finding:
    """Nobody is scored before the session begins (T06)."""
    holds = facts.sitting is None or facts.sitting.has_begun
    return _finding(
        holds,
        ("已开始" if holds else "未开始", "已开始"),
        Text("场次开始后才能评分", "Nobody is scored before the session begins"),
    )


def candidate_was_there(facts: SittingFacts) -> Finding:
    """Who was absent is not scored, and waits for another session (T06)."""
    holds = facts.sitting is None or not facts.sitting.was_absent
    return _finding(
        holds,
        ("未缺席" if holds else "缺席", "未缺席"),
        Text("缺席的考生不能评分", "Who was absent is not scored"),
    )


SITTING_RULES: tuple[Callable[[SittingFacts], Finding], ...] = (
    session_evaluator_scores,
    session_has_begun,
    candidate_was_there,
)
