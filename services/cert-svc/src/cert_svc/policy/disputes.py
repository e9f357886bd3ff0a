"""The rules of publishing, disputing and reviewing a result (成绩公布、复核; C04)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from chuangpei.kernel.refusals import Finding, Text

from cert_svc.policy.findings import finding
from cert_svc.policy.rules import (
    CONFLICT_RULES,
    HandlingFacts,
    HandlingRule,
    training_certificate_stands,
)

_RESPONSIBLE = "沪人社规〔2025〕30号 二(六)"
_finding = partial(finding, "C04", _RESPONSIBLE)


@dataclass(frozen=True, slots=True)
class DisputeFacts:
    """About a published result that the trainee disputes (复核申请): civil days, and what came later.

    ``passed_later``: a later attempt of the enrolment was passed.
    """

    today: date
    last_day: date
    passed_later: bool


def the_body_or_the_centre_acts(facts: HandlingFacts) -> Finding:
    """The body that answers for the result, or the city centre, publishes and reviews it (C04)."""
    holds = facts.is_of_the_centre or (facts.is_in_office and facts.is_of_answering_body)
    return _finding(
        holds,
        ("负责的评价机构或市中心" if holds else "其他", "负责的评价机构或市中心"),
        Text(
            "须由负责该评价的评价机构或市中心办理",
            "The body that answers for the result, or the city centre, does this",
        ),
    )


def reviewer_neither_scored_nor_confirmed(facts: HandlingFacts) -> Finding:
    """Who scored or confirmed a result does not decide a dispute of it (回避; C04)."""
    involved = facts.is_scorer or facts.is_confirmer
    return _finding(
        not involved,
        ("评分人或确认人" if involved else "另一人", "另一人"),
        Text(
            "复核须由评分人、确认人以外的人决定",
            "Another person than who scored or confirmed decides a dispute",
        ),
    )


def dispute_is_in_time(facts: DisputeFacts) -> Finding:
    """A result is disputed within so many days of its publication, the last day included (C04)."""
    return _finding(
        facts.today <= facts.last_day,
        (facts.today.isoformat(), f"≤ {facts.last_day.isoformat()}"),
        Text(
            f"复核须在{facts.last_day}前（含当日）申请",
            f"A result must be disputed by {facts.last_day} (that day included)",
        ),
    )


def nothing_was_passed_later(facts: DisputeFacts) -> Finding:
    """Who has passed a later attempt has nothing left to dispute (C04)."""
    return _finding(
        not facts.passed_later,
        ("已合格" if facts.passed_later else "未合格", "未合格"),
        Text("其后的评价已合格，无须复核", "A later attempt was passed"),
    )


DisputeRule = Callable[[DisputeFacts], Finding]

PUBLISH_RULES: tuple[HandlingRule, ...] = (the_body_or_the_centre_acts, *CONFLICT_RULES)
REVIEW_RULES: tuple[HandlingRule, ...] = (
    the_body_or_the_centre_acts,
    *CONFLICT_RULES,
    reviewer_neither_scored_nor_confirmed,
)
CORRECT_RULES: tuple[HandlingRule, ...] = (*REVIEW_RULES, training_certificate_stands)
DISPUTE_RULES: tuple[DisputeRule, ...] = (dispute_is_in_time, nothing_was_passed_later)


def decide_publishing(facts: HandlingFacts) -> tuple[Finding, ...]:
    """May this person publish the result (成绩公布; C04)?"""
    return tuple(rule(facts) for rule in PUBLISH_RULES)


def decide_disputing(facts: DisputeFacts) -> tuple[Finding, ...]:
    """May the trainee dispute the result (复核申请; C04)?"""
    return tuple(rule(facts) for rule in DISPUTE_RULES)


def decide_reviewing(facts: HandlingFacts) -> tuple[Finding, ...]:
    """May this person decide the dispute (复核; C04)?"""
    return tuple(rule(facts) for rule in REVIEW_RULES)


def decide_correcting(facts: HandlingFacts) -> tuple[Finding, ...]:
    """May this person correct the disputed result (更正; C02, C04)?"""
    return tuple(rule(facts) for rule in CORRECT_RULES)
