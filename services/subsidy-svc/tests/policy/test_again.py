"""A decision run again under another law: what follows from the facts is reckoned anew (D01, D02, D10)."""

from dataclasses import replace
from datetime import date

import orjson
import pytest
from chuangpei.kernel.enterprises import Enterprise
from chuangpei.kernel.refusals import failed
from subsidy_svc.policy.again import decide_again
from subsidy_svc.policy.decision import decide
from subsidy_svc.policy.facts import Account, AccountKind, Facts
from subsidy_svc.policy.frozen import frozen, thawed
from subsidy_svc.policy.parameters import LawBook, ReferenceDate

THEN = LawBook.load().on(date(2026, 6, 1))
PARTNER = Enterprise(
    "any", "任一企业", date(2023, 5, 10), "31", "active", frozenset({"shareholding_partner"}), "30.00"
)
FACTS = Facts(
    issued_on=date(2026, 5, 20),
    window_last_day=date(2027, 5, 20),
    window_provisional=True,
    certificate_revoked_on=None,
    project_code="GYB",
    counted_projects=("IYB",),
    days={
        ReferenceDate.CLASS_START: date(2026, 5, 1),
        ReferenceDate.ISSUE: date(2026, 5, 20),
        ReferenceDate.APPLICATION: date(2026, 12, 1),
    },
    enterprise_credit_code="any",
    enterprise_at_reference=PARTNER,
    enterprise_at_application=None,
    account=Account(AccountKind.OTHER, available=True, own_name=True, reason="社保卡未激活"),
)


def law(**values):
    return replace(THEN, version="another", **values)


def failing(found):
    return [finding.rule for finding in failed(found.decision.findings)]


@pytest.mark.parametrize(
    "facts",
    [
        FACTS,
        replace(FACTS, certificate_revoked_on=date(2026, 6, 2), enterprise_at_reference=None),
        replace(FACTS, counted_projects=(), enterprise_at_application=PARTNER),
    ],
)
def test_facts_that_were_kept_are_the_facts_that_were_found(facts):
    assert thawed(orjson.loads(orjson.dumps(frozen(facts)))) == facts


def test_under_the_same_law_the_decision_is_the_same():
    moved = replace(FACTS, window_last_day=date(2027, 5, 24))  # as it stood when it was decided
    again = decide_again(moved, THEN, THEN)
    assert (again.decision, again.assumed) == (decide(moved, THEN), None)


@pytest.mark.parametrize(("months", "fails"), [(6, ["S05"]), (7, []), (24, [])])
def test_another_window_is_reckoned_from_the_day_of_issue(months, fails):
    assert failing(decide_again(FACTS, THEN, law(window_months=months))) == fails


def test_a_window_whose_terms_are_the_same_keeps_the_last_day_that_was_told():
    moved = replace(FACTS, window_last_day=date(2026, 12, 1))
    assert failing(decide_again(moved, THEN, law(subsidy_fen=1))) == []
    assert failing(decide_again(moved, THEN, law(window_months=6))) == ["S05"]


def test_another_amount_and_fewer_places_are_those_of_the_other_law():
    again = decide_again(FACTS, THEN, law(subsidy_fen=200000, subsidies_per_person=1))
    assert (again.decision.amount_fen, failing(again)) == (200000, ["S04"])


def test_at_the_day_of_application_the_registry_was_asked_too():
    again = decide_again(FACTS, THEN, law(reference_date=ReferenceDate.APPLICATION))
    assert (failing(again), again.assumed) == (["S01", "S01", "S01"], None)


def test_on_a_day_nobody_asked_about_the_role_is_assumed_and_the_three_years_are_not():
    again = decide_again(FACTS, THEN, law(reference_date=ReferenceDate.ISSUE))
    assert failing(again) == ["S01"]  # 2023-05-10 and three years is before 2026-05-20
    assert again.assumed is not None
    assert "2026-05-20" in again.assumed.zh
    assert "2026-05-01" in again.assumed.en
