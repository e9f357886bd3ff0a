"""The law in cases an officer can read: the YAML files of this folder."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from brand_svc.policy.decision import decide
from brand_svc.policy.facts import Body, ConfirmedExit, Facts, Tier
from brand_svc.policy.parameters import load_book, parameters_on
from brand_svc.policy.rules import (
    APPLICATION_RULES,
    RULES,
    may_apply_again_on,
    may_be_fostered,
    round_interval,
)
from chuangpei.kernel.dated import NoLawInForce
from chuangpei.kernel.dates import add_years
from chuangpei.kernel.refusals import Outcome
from hypothesis import given
from hypothesis import strategies as st

BOOK = load_book()
IN_FORCE = st.dates(date(2026, 6, 29), date(2126, 6, 29))


def cases(name):
    read = yaml.safe_load(Path(__file__).with_name(f"{name}.yaml").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["title"]) for case in read]


def exit_of(ground, revoked_on):
    # The ban of a record older than the law is reckoned as if the law had held already.
    law = parameters_on(BOOK, max(revoked_on, BOOK.in_force.first))
    return ConfirmedExit(ground, revoked_on, may_apply_again_on(revoked_on, law))


@pytest.mark.parametrize("case", cases("reapplication"))
def test_the_day_from_which_a_revoked_institution_may_apply_again(case):
    law = parameters_on(BOOK, case["revoked_on"])
    assert may_apply_again_on(case["revoked_on"], law) == case["may_apply_again_on"]


@pytest.mark.parametrize("case", cases("reapplication"))
def test_the_day_before_it_is_refused_naming_that_day(case):
    again = case["may_apply_again_on"]
    exits = (exit_of("X5", case["revoked_on"]),)
    day_before = Facts("code", again - timedelta(days=1), Tier.DISTRICT, exits)
    [against] = decide(day_before, parameters_on(BOOK, day_before.day)).against
    assert against.rule == "B12"
    assert str(again) in against.text.zh
    assert str(again) in against.text.en
    assert decide(Facts("code", again, Tier.DISTRICT, exits), parameters_on(BOOK, again)).allowed


@pytest.mark.parametrize("case", cases("records"))
def test_who_may_apply_and_be_recognised(case):
    facts = Facts(
        "code",
        case["day"],
        Tier(case.get("tier", "district")),
        tuple(exit_of(one["ground"], one["revoked_on"]) for one in case.get("exits", [])),
        tuple(case.get("open_grounds", [])),
        tuple(case.get("signals", [])),
    )
    decision = decide(facts, parameters_on(BOOK, case["day"]))
    assert [one.rule for one in decision.against] == case["against"]
    assert [one.rule for one in decision.warnings] == case.get("warned", [])
    assert decision.allowed is (case["against"] == [])
    for day in case.get("days", []):
        assert any(str(day) in one.text.zh and str(day) in one.text.en for one in decision.against), day


@pytest.mark.parametrize("case", cases("intervals"))
def test_how_far_apart_rounds_are(case):
    law = parameters_on(BOOK, case["opens_on"])
    finding = round_interval(case["opens_on"], case.get("previous_opens_on"), law)
    assert (finding.rule, finding.outcome) == ("B05", case["outcome"])


@given(revoked_on=IN_FORCE)
def test_a_ban_is_never_shorter_than_two_years(revoked_on):
    again = may_apply_again_on(revoked_on, parameters_on(BOOK, revoked_on))
    assert again > add_years(revoked_on, 2)
    assert again - revoked_on >= timedelta(days=731)


@given(revoked_on=IN_FORCE, later=IN_FORCE)
def test_a_later_revocation_never_ends_its_ban_earlier(revoked_on, later):
    first, last = sorted((revoked_on, later))
    assert exit_of("X1", first).may_apply_again_on <= exit_of("X1", last).may_apply_again_on


@pytest.mark.parametrize(
    ("kind", "approved", "closed_on", "outcome"),
    [
        ("private_training_institution", False, None, "passed"),
        ("human_resource_firm", True, None, "passed"),
        ("university", True, None, "passed"),
        ("university", False, None, "warned"),
        ("other", False, None, "warned"),
        ("district_centre", True, None, "failed"),
        ("city_centre", True, None, "failed"),
        ("private_training_institution", True, date(2026, 6, 30), "failed"),
    ],
)
def test_which_bodies_are_fostered(kind, approved, closed_on, outcome):
    day = date(2026, 7, 1)
    facts = Facts("code", day, Tier.DISTRICT, body=Body(kind, closed_on, approved))
    finding = may_be_fostered(facts, parameters_on(BOOK, day))
    assert (finding.rule, finding.outcome) == ("B01", outcome)


@pytest.mark.parametrize(("holds", "against"), [(True, ["B06"]), (False, [])])
def test_who_holds_a_brand_does_not_apply_anew(holds, against):
    day = date(2026, 7, 1)
    facts = Facts("code", day, Tier.DISTRICT, holds_brand=holds)
    decision = decide(facts, parameters_on(BOOK, day), APPLICATION_RULES)
    assert [one.rule for one in decision.against] == against
    assert decide(facts, parameters_on(BOOK, day)).allowed


def test_every_rule_speaks_in_every_decision_with_article_and_both_languages():
    decision = decide(Facts("code", date(2026, 7, 1), Tier.DISTRICT), parameters_on(BOOK, date(2026, 7, 1)))
    assert len(decision.findings) == len(RULES)
    for finding in decision.findings:
        assert finding.outcome is Outcome.PASSED
        assert finding.article.startswith("沪人社职〔2026〕150号")
        assert finding.text.zh != finding.text.en
        assert "code" in finding.fact


def test_the_numbers_hold_from_the_day_of_issue_and_cite_their_article():
    law = parameters_on(BOOK, date(2026, 6, 29))
    assert (law.reapplication_ban_years.value, law.reapplication_ban_years.rule) == (2, "B12")
    assert (law.clean_record_years.value, law.clean_record_years.rule) == (3, "B02")
    assert (law.round_interval_years.value, law.round_interval_years.rule) == (2, "B05")
    assert "三(三)" in law.reapplication_ban_years.article


def test_the_day_before_no_law_is_in_force():
    with pytest.raises(NoLawInForce):
        parameters_on(BOOK, date(2026, 6, 28))
