"""The law of follow-up against follow_up.yaml."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from chuangpei.kernel.refusals import failed
from training_svc.policy import follow_up as law
from training_svc.policy.decision import decide
from training_svc.policy.parameters import load_law

CASES = yaml.safe_load(Path(__file__).with_name("follow_up.yaml").read_text(encoding="utf-8"))
PARAMETERS = law.follow_up_parameters(load_law(), date(2026, 3, 2))


def cases(group, expected):
    """One parameter set a case: the facts under its sentence, and what is expected."""
    sets = []
    for case in CASES[group]:
        (sentence,) = case.keys() - {expected}
        sets.append(pytest.param(case[sentence], case[expected], id=sentence))
    return pytest.mark.parametrize(("given", "expected"), sets)


def failing(rules, facts):
    return [finding.rule for finding in failed(decide(rules, facts).findings)]


@cases("plan", "due")
def test_when_a_business_is_asked(given, expected):
    planned = law.trading_checks(given["opened"], given["completed"], PARAMETERS)
    assert [one.due_on for one in planned] == expected


@cases("opening", "fails")
def test_recording_an_opening(given, expected):
    facts = law.OpeningFacts(given["opened"], given.get("closed"), given["today"])
    assert failing(law.OPENING_RULES, facts) == expected


@cases("closing", "fails")
def test_recording_a_closing(given, expected):
    facts = law.ClosingFacts(given["opened"], given["closed"], given["today"])
    assert failing(law.CLOSING_RULES, facts) == expected


@cases("check", "fails")
def test_recording_a_check(given, expected):
    kind = law.CheckKind(given.get("kind", "trading"))
    facts = law.CheckFacts(kind, given["due"], PARAMETERS.days_early, given.get("jobs"), given["today"])
    assert failing(law.CHECK_RULES, facts) == expected
