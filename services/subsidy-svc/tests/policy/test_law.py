"""The law as dated data: its time (O06, D10), its citations, and what a decision records (D02)."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from chuangpei.kernel.dated import NoLawInForce, ParameterBook
from chuangpei.kernel.enterprises import Enterprise
from chuangpei.kernel.refusals import Outcome
from subsidy_svc.policy.decision import decide
from subsidy_svc.policy.facts import Account, AccountKind, Facts
from subsidy_svc.policy.parameters import PARAMETERS, LawBook, ReferenceDate, Stage, Treatment
from subsidy_svc.policy.periods import claim_window
from subsidy_svc.policy.rules import RULES

BOOK = LawBook.load()
LAW = BOOK.on(date(2026, 6, 1))
ENTERPRISE = Enterprise(
    "any", "任一企业", date(2023, 5, 10), "31", "active", frozenset({"legal_representative"})
)
FACTS = Facts(
    issued_on=date(2026, 5, 20),
    window_last_day=date(2027, 5, 20),
    window_provisional=True,
    certificate_revoked_on=None,
    project_code="GYB",
    counted_projects=(),
    days={
        ReferenceDate.CLASS_START: date(2026, 5, 10),
        ReferenceDate.EVALUATION: date(2026, 5, 11),
        ReferenceDate.ISSUE: date(2026, 5, 20),
        ReferenceDate.APPLICATION: date(2026, 6, 1),
    },
    enterprise_credit_code="any",
    enterprise_at_reference=ENTERPRISE,
    enterprise_at_application=ENTERPRISE,
    account=Account(AccountKind.SOCIAL_SECURITY_CARD, available=True, own_name=True, reason=None),
)


def test_the_numbers_of_the_law():
    assert LAW.subsidy_fen == 180000
    assert LAW.start_up_years == 3
    assert LAW.subsidies_per_person == 3
    assert LAW.claims_per_project == 1
    assert LAW.window_months == 12
    assert LAW.notice_working_days == 5
    assert LAW.reference_date is ReferenceDate.CLASS_START
    assert LAW.places_freed_by == {"withdrawn", "not_accepted", "rejected", "stopped"}
    assert LAW.faults_freeing_place == {"office_error"}
    assert LAW.revocation_treatment == {
        Stage.NOT_BATCHED: Treatment.STOP,
        Stage.BATCHED: Treatment.HOLD_OUT,
        Stage.PAID: Treatment.OPEN_RECOVERY,
    }


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2031, 1, 1)])
def test_outside_its_time_there_is_no_law(day):
    with pytest.raises(NoLawInForce):
        BOOK.on(day)
    assert not BOOK.covers(day)


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2030, 12, 31)])
def test_on_its_first_and_last_day_the_law_is_in_force(day):
    assert BOOK.on(day).version == LAW.version


def test_every_number_cites_its_rule_and_article():
    for name, dated in ParameterBook.load(PARAMETERS).on(date(2026, 6, 1)).items():
        assert dated.rule[0] in "SDO", name
        assert dated.rule[1:].isdigit(), name
        assert dated.article, name


def test_every_finding_says_what_was_used_and_what_is_required_in_both_languages():
    for finding in decide(FACTS, LAW).findings:
        assert finding.rule
        assert finding.article
        assert finding.fact
        assert finding.required
        assert finding.text.zh != finding.text.en


def test_the_decision_asks_every_rule_and_keeps_its_version_and_amount():
    decision = decide(FACTS, LAW)
    assert len(decision.findings) == len(RULES)
    assert decision.policy_version == LAW.version
    assert decision.amount_fen == 180000


def test_the_three_years_are_recorded_for_each_of_the_four_days():
    assert decide(FACTS, LAW).within_years_on == {
        ReferenceDate.CLASS_START: True,
        ReferenceDate.EVALUATION: False,
        ReferenceDate.ISSUE: False,
        ReferenceDate.APPLICATION: False,
    }


def test_an_unknown_evaluation_day_is_recorded_as_unknown():
    days = {day: on for day, on in FACTS.days.items() if day is not ReferenceDate.EVALUATION}
    assert decide(replace(FACTS, days=days), LAW).within_years_on[ReferenceDate.EVALUATION] is None


@pytest.mark.parametrize(
    ("reference", "eligible"),
    [("class_start", True), ("evaluation", False), ("issue", False), ("application", False)],
)
def test_another_reference_date_is_a_change_of_data(tmp_path: Path, reference: str, eligible: bool):
    text = PARAMETERS.read_text(encoding="utf-8").replace("value: class_start", f"value: {reference}")
    path = tmp_path / "parameters.yaml"
    path.write_text(text, encoding="utf-8")
    law = LawBook.load(path).on(date(2026, 6, 1))
    assert decide(FACTS, law).eligible is eligible
    assert (law.version == LAW.version) is (reference == "class_start")


def test_a_published_calendar_corrects_a_provisional_last_day(tmp_path: Path):
    text = PARAMETERS.read_text(encoding="utf-8").replace("value: {}", 'value: {"2027-05-20": false}')
    path = tmp_path / "parameters.yaml"
    path.write_text(text, encoding="utf-8")
    law = LawBook.load(path).on(date(2026, 6, 1))
    assert claim_window(date(2026, 5, 20), law).last_day == date(2027, 5, 21)


def test_a_warning_does_not_stand_in_the_way():
    decision = decide(replace(FACTS, enterprise_at_application=None), LAW)
    assert decision.eligible
    assert [(finding.rule, finding.outcome) for finding in decision.warnings] == [("D02", Outcome.WARNED)]
