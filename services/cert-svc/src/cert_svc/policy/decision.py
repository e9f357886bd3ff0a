"""What the rules say together: every finding, never just the first."""

from chuangpei.kernel.refusals import Finding

from cert_svc.policy.rules import (
    BLIND_RULES,
    CONFIRM_RULES,
    RETAKE_RULES,
    SCORE_RULES,
    HandlingFacts,
    RetakeFacts,
)


def decide_scoring(facts: HandlingFacts) -> tuple[Finding, ...]:
    """May this person score the evaluation (评分; C02, C04)?"""
    return tuple(rule(facts) for rule in SCORE_RULES)


def decide_blind_scoring(facts: HandlingFacts) -> tuple[Finding, ...]:
    """May this person give a blind score (盲评; C02, C04)?"""
    return tuple(rule(facts) for rule in BLIND_RULES)


def decide_confirming(facts: HandlingFacts) -> tuple[Finding, ...]:
    """May this person confirm the score (确认; C02, C04)?"""
    return tuple(rule(facts) for rule in CONFIRM_RULES)


def decide_retake(facts: RetakeFacts) -> tuple[Finding, ...]:
    """May a retake be opened (补考; C02, D12)?"""
    return tuple(rule(facts) for rule in RETAKE_RULES)
