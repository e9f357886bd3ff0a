"""What the rules say together: every finding, never just the first."""

from chuangpei.kernel.refusals import Finding

from cert_svc.policy.rules import (
    CONFIRM_RULES,
    RETAKE_RULES,
    SCORE_RULES,
    HandlingFacts,
    RetakeFacts,
)


def decide_scoring(facts: HandlingFacts) -> tuple[Finding, ...]:
    """May this person score the evaluation (评分; C02, C04)?"""
    return tuple(rule(facts) for rule in SCORE_RULES)


def decide_confirming(facts: HandlingFacts) -> tuple[Finding, ...]:
    """May this person confirm the score (确认; C02, C04)?"""
    return tuple(rule(facts) for rule in CONFIRM_RULES)


def decide_retake(facts: RetakeFacts) -> tuple[Finding, ...]:
    """May a retake be opened (补考; C02, D12)?"""
    return tuple(rule(facts) for rule in RETAKE_RULES)


def has_passed(score: int, pass_mark: int) -> bool:
    """Whether a score of 0 to 100 points reaches the pass mark (合格; C02)."""
    return score >= pass_mark
