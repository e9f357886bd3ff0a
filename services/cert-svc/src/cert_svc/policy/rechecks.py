"""The rules of re-checks (抽查复核; C05): how many are drawn, who may check, and when a check agrees."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from chuangpei.kernel.refusals import Finding, Text

from cert_svc.policy.findings import finding
from cert_svc.policy.rules import CONFLICT_RULES

_SUPERVISED = "沪人社规〔2025〕30号 二(六)"
_finding = partial(finding, "C05", _SUPERVISED)


@dataclass(frozen=True, slots=True)
class CheckerFacts:
    """About the person who is to check an evaluation.

    ``took_part``: scored or confirmed it; ``is_of_the_body``: evaluates for the body that answers for it.
    """

    is_of_the_institution: bool
    is_trainee: bool
    taught_the_class: bool
    took_part: bool
    is_of_the_body: bool


@dataclass(frozen=True, slots=True)
class ComparisonFacts:
    """About a check: points of 0 to 100 and whether they pass, beside those of the evaluation."""

    original_points: int
    points: int
    original_passed: bool
    passed: bool
    most_difference: int


def sample_size(population: int, *, count: int | None, percent: int | None) -> int:
    """How many of a population are drawn: ``count``, or ``percent`` of it rounded up; never more than all."""
    wanted = count if count is not None else -(-population * (percent or 0) // 100)
    return min(wanted, population)


def checker_took_no_part(facts: CheckerFacts) -> Finding:
    """Who scored or confirmed an evaluation does not check it (独立复核; C05)."""
    return _finding(
        not facts.took_part,
        ("参与过评分或确认" if facts.took_part else "未参与", "未参与"),
        Text("参与过评分或确认的人员不得复核", "Who scored or confirmed it may not check it"),
    )


def checker_is_of_another_body(facts: CheckerFacts) -> Finding:
    """A body is not checked by its own evaluators (独立复核; C05)."""
    return _finding(
        not facts.is_of_the_body,
        ("被复核机构的评价人员" if facts.is_of_the_body else "非其评价人员", "非其评价人员"),
        Text("评价机构不得由其评价人员复核", "A body is not checked by its own evaluators"),
    )


def result_is_the_same(facts: ComparisonFacts) -> Finding:
    """A check agrees only where it passes whom the evaluation passed (C05)."""
    return _finding(
        facts.passed == facts.original_passed,
        (_result(facts.passed), _result(facts.original_passed)),
        Text("复核的合格与否须与原结果一致", "The check must come to the same result"),
    )


def points_are_near(facts: ComparisonFacts) -> Finding:
    """A check agrees only where the points are near each other (复核分差; C05)."""
    most = facts.most_difference
    difference = abs(facts.points - facts.original_points)
    return _finding(
        difference <= most,
        (f"相差{difference}分", f"≤ {most}分"),
        Text(f"复核分与原分相差不得超过{most}分", f"The points may differ by at most {most}"),
    )


CHECKER_RULES: tuple[Callable[[CheckerFacts], Finding], ...] = (
    *CONFLICT_RULES,
    checker_took_no_part,
    checker_is_of_another_body,
)
AGREEMENT_RULES: tuple[Callable[[ComparisonFacts], Finding], ...] = (result_is_the_same, points_are_near)


def decide_checker(facts: CheckerFacts) -> tuple[Finding, ...]:
    """May this person check the evaluation (C04, C05)?"""
    return tuple(rule(facts) for rule in CHECKER_RULES)


def decide_agreement(facts: ComparisonFacts) -> tuple[Finding, ...]:
    """Does the check agree with the evaluation (C05)?"""
    return tuple(rule(facts) for rule in AGREEMENT_RULES)


def _result(passed: bool) -> str:
    return "合格" if passed else "不合格"
