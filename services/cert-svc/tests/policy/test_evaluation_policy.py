"""The cases of evaluation_cases.yaml, and what the dated files say."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from cert_svc.policy import parameters
from cert_svc.policy.decision import (
    decide_blind_scoring,
    decide_confirming,
    decide_retake,
    decide_scoring,
)
from cert_svc.policy.disputes import (
    DisputeFacts,
    decide_correcting,
    decide_disputing,
    decide_publishing,
    decide_reviewing,
)
from cert_svc.policy.parameters import Law
from cert_svc.policy.passing import decide_result
from cert_svc.policy.rubric import Part, Rubric
from cert_svc.policy.rules import HandlingFacts, RetakeFacts, completion_kind
from cert_svc.policy.sittings import Sitting
from chuangpei.kernel.dated import NoLawInForce, ParameterBook
from chuangpei.kernel.refusals import failed

CASES = yaml.safe_load(Path(__file__).with_name("evaluation_cases.yaml").read_text(encoding="utf-8"))
LAW = Law.load()


@pytest.mark.parametrize("case", CASES["retakes"], ids=lambda case: case["why"])
def test_retakes(case):
    parameters = LAW.parameters_on(case["completed_on"])
    findings = decide_retake(
        RetakeFacts(
            attempt=case["attempt"],
            completed_on=case["completed_on"],
            today=case["today"],
            retakes_allowed=parameters.retakes,
            months_allowed=parameters.retake_months,
            training_certificate_valid=not case.get("revoked", False),
            dispute_is_open=case.get("disputed", False),
        )
    )
    against = [finding.rule for finding in failed(findings)]
    assert (not against, against) == (case["allowed"], case.get("against", []))


def handling(case):
    return HandlingFacts(
        is_in_office=case.get("in_office", True),
        is_of_answering_body=case.get("same_body", True),
        is_of_the_institution=case.get("institution", False),
        is_trainee=case.get("trainee", False),
        taught_the_class=case.get("taught", False),
        is_scorer=case.get("scorer", False),
        scored_before=case.get("scored", False),
        training_certificate_valid=not case.get("revoked", False),
        sitting=Sitting(**case["sitting"]) if "sitting" in case else None,
        is_of_the_centre=case.get("centre", False),
        is_confirmer=case.get("confirmer", False),
        dispute_is_open=case.get("disputed", False),
    )


@pytest.mark.parametrize("case", CASES["handling"], ids=lambda case: case["why"])
def test_who_may_score_and_confirm(case):
    facts = handling(case)
    may_score, may_confirm = not failed(decide_scoring(facts)), not failed(decide_confirming(facts))
    assert (may_score, may_confirm) == (case["score"], case["confirm"])


@pytest.mark.parametrize("case", CASES["blind"], ids=lambda case: case["why"])
def test_who_may_score_blind(case):
    assert (not failed(decide_blind_scoring(handling(case)))) == case["score"]


@pytest.mark.parametrize(
    "case", CASES["passing"], ids=lambda case: case.get("why", f"{case['score']} points")
)
def test_passing(case):
    names, marks = ("笔试", "答辩"), case.get("marks", ())
    parts = tuple(Part(str(place), names[place], 50, mark) for place, mark in enumerate(marks))
    rubric = Rubric(LAW.parameters_on(date(2026, 5, 1)).pass_mark, 2, 6, 15, None, parts)
    points = {str(place): given for place, given in enumerate(case.get("points", ()))}
    findings = decide_result(rubric, case["score"], points)
    assert [one.text.zh for one in failed(findings)] == case["against"]
    assert len(findings) == 1 + sum(mark is not None for mark in marks)


@pytest.mark.parametrize("case", CASES["settling"], ids=lambda case: case["why"])
def test_settling_blind_scores(case):
    rubric = Rubric(60, 2, 6, 15, "2026-A", (Part("a", "笔试", 60), Part("b", "答辩", 40)), 10)
    settled = rubric.settled([{"a": a, "b": b} for a, b in case["scores"]])
    assert (settled and [settled["a"], settled["b"]]) == case["settled"]


@pytest.mark.parametrize("case", CASES["weighing"], ids=str)
def test_weighing(case):
    parts = tuple(Part(str(place), "部分", weight) for place, weight in enumerate(case["weights"]))
    rubric = Rubric(60, 2, 6, 15, "2026-A", parts)
    assert rubric.whole({str(place): points for place, points in enumerate(case["points"])}) == case["whole"]


@pytest.mark.parametrize("case", CASES["reviewing"], ids=lambda case: case["why"])
def test_who_may_publish_and_review(case):
    facts = handling(case)
    decided = (decide_publishing(facts), decide_reviewing(facts), decide_correcting(facts))
    assert [not failed(findings) for findings in decided] == [
        case["publish"],
        case["uphold"],
        case["correct"],
    ]


@pytest.mark.parametrize("case", CASES["disputing"], ids=lambda case: case["why"])
def test_disputing(case):
    facts = DisputeFacts(case["today"], case["last_day"], case.get("passed_later", False))
    assert (not failed(decide_disputing(facts))) == case["allowed"]


@pytest.mark.parametrize("case", CASES["completions"], ids=lambda case: f"stage {case['stage']}")
def test_what_a_completed_training_gives(case):
    assert completion_kind(case["stage"]) == case["kind"]


def test_every_finding_names_its_rule_its_article_and_both_languages():
    sitting = Sitting(is_session_evaluator=False, has_begun=False, was_absent=True)
    facts = HandlingFacts(False, False, True, True, True, True, True, False, sitting)
    retake = RetakeFacts(9, date(2026, 1, 1), date(2027, 1, 1), 2, 6, False)
    result = decide_result(Rubric(60, 2, 6, 15, None, (Part("a", "笔试", 100, 50),)), 40, {"a": 40})
    handled = (*decide_scoring(facts), *decide_blind_scoring(facts), *decide_confirming(facts))
    reviewed = (*decide_publishing(facts), *decide_correcting(facts))
    disputed = decide_disputing(DisputeFacts(date(2026, 6, 2), date(2026, 6, 1), True))
    for finding in (*handled, *decide_retake(retake), *result, *reviewed, *disputed):
        assert all([finding.rule, finding.article, finding.fact, finding.required])
        assert finding.text.zh != finding.text.en


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2030, 12, 31)])
def test_the_numbers_hold_from_the_first_to_the_last_day_of_the_law(day):
    parameters = LAW.parameters_on(day)
    assert (parameters.pass_mark, parameters.retakes, parameters.retake_months) == (60, 2, 6)
    assert parameters.dispute_days == 15


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2031, 1, 1)])
def test_outside_the_law_there_are_no_numbers(day):
    with pytest.raises(NoLawInForce):
        LAW.parameters_on(day)


def test_only_reasons_that_speak_against_the_institution_carry_an_exit_ground():
    grounds = {code: reason.exit_ground for code, reason in LAW.reasons_on(date(2026, 6, 1)).items()}
    assert grounds == {
        "evaluation_fraud": "X2",
        "subsidy_fraud": "X2",
        "false_training": "X2",
        "training_under_stop_order": "X3",
        "other_unlawful": "X5",
        "trainee_impersonation": None,
        "clerical_error": None,
        "holder_request": None,
        "completion_revoked": None,
        "evaluation_corrected": None,
        "evaluation_voided": None,
    }


def test_only_without_the_trainees_fault_is_a_void_evaluation_opened_again():
    reasons = LAW.reasons_on(date(2026, 6, 1)).values()
    assert {one.code for one in reasons if one.evaluated_anew} == {
        "clerical_error",
        "completion_revoked",
        "evaluation_voided",
    }


def test_a_certificate_can_be_revoked_after_the_training_law_has_ended():
    assert "evaluation_fraud" in LAW.reasons_on(date(2033, 1, 1))


def test_before_the_law_there_is_no_reason():
    assert LAW.reasons_on(date(2025, 12, 31)) == {}


def test_a_reason_with_a_ground_that_does_not_exist_is_refused(tmp_path):
    here = Path(parameters.__file__)
    text = here.with_name("revocation_reasons.yaml").read_text(encoding="utf-8")
    changed = tmp_path / "reasons.yaml"
    changed.write_text(text.replace("exit_ground: X5", "exit_ground: X9"), encoding="utf-8")
    law = replace(LAW, revocation=ParameterBook.load(changed))
    with pytest.raises(ValueError, match="X9"):
        law.reasons_on(date(2026, 6, 1))
