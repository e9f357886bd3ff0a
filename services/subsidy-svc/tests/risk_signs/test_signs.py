"""What is a sign of risk, and what is none: pure functions of what is known of a claim (S01, S07, S11)."""

from dataclasses import fields, replace
from datetime import date

import pytest
from chuangpei.kernel.refusals import Outcome
from subsidy_svc.policy.facts import Facts
from subsidy_svc.policy.parameters import LawBook
from subsidy_svc.policy.risk import Kind, Pattern, signs
from subsidy_svc.policy.rules import RULES

LAW = LawBook.load().on(date(2026, 6, 1))
QUIET = Pattern(
    people_of_account=1,
    people_of_phone=1,
    people_of_enterprise=1,
    approvals=4,
    others=3,
    approvals_of_others=12,
)


def test_an_ordinary_claim_has_no_sign():
    assert signs(QUIET, LAW) == {}


@pytest.mark.parametrize(
    ("pattern", "kind", "rule"),
    [
        ({"people_of_account": 2}, Kind.SHARED_ACCOUNT, "S11"),
        ({"people_of_phone": 2}, Kind.SHARED_PHONE, "S06"),
        ({"people_of_enterprise": 4}, Kind.SHARED_ENTERPRISE, "S01"),
        ({"approvals": 13}, Kind.OUTSTANDING_INSTITUTION, "S07"),
    ],
)
def test_each_sign_begins_at_its_number_and_only_warns(pattern, kind, rule):
    [(found, finding)] = signs(replace(QUIET, **pattern), LAW).items()
    assert (found, finding.rule, finding.outcome) == (kind, rule, Outcome.WARNED)
    assert "本平台决定" in finding.article
    [(name, value)] = pattern.items()
    assert signs(replace(QUIET, **{name: value - 1}), LAW) == {}


def test_no_phone_is_no_sign():
    assert signs(replace(QUIET, people_of_phone=0), LAW) == {}


def test_the_formula_stands_in_the_finding():
    [finding] = signs(replace(QUIET, approvals=13), LAW).values()
    assert finding.fact == "13 > 3 × 12 ÷ 3"
    assert "4.0" in finding.text.zh
    assert "180" in finding.text.en


@pytest.mark.parametrize(
    "pattern",
    [
        {"approvals": 9, "others": 5, "approvals_of_others": 5},
        {"approvals": 30, "others": 1, "approvals_of_others": 10},
        {"approvals": 500, "others": 0, "approvals_of_others": 0},
    ],
    ids=["too few to tell", "three times and not more", "nobody to compare with"],
)
def test_an_institution_stands_out_only_by_many_approvals_against_others(pattern):
    assert signs(replace(QUIET, **pattern), LAW) == {}


def test_no_fact_that_a_rule_of_eligibility_is_asked_about_is_a_sign():
    assert not {field.name for field in fields(Facts)} & {field.name for field in fields(Pattern)}
    assert not {rule.__name__ for rule in RULES} & {str(kind) for kind in Kind}
