"""What is asked of institutions, and how they are ranked, against institutions.yaml (T06, T08)."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from chuangpei.kernel.dated import NoLawInForce
from chuangpei.kernel.refusals import failed
from training_svc.policy.decision import decide
from training_svc.policy.parameters import load_law
from training_svc.policy.ranking import COMPONENTS, FULL, Component, Figures, Score, formula_on, ranks, score
from training_svc.policy.results import makes_void
from training_svc.policy.standing import BARRING, STANDING_RULES, STOPPING, SanctionKind, Standing

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("institutions.yaml").read_text(encoding="utf-8")
)
FORMULA = formula_on(load_law(), date(2026, 12, 31))
FORMULA_FROM_2027 = formula_on(load_law(), date(2027, 12, 31))


def cases(group: str, expected: str) -> Any:
    """One parameter set a case: the facts under its sentence, and what is expected."""
    sets = []
    for case in CASES[group]:
        (sentence,) = case.keys() - {expected}
        sets.append(pytest.param(case[sentence], case[expected], id=sentence))
    return pytest.mark.parametrize(("given", "expected"), sets)


@cases("standing", "fails")
def test_how_an_institution_stands(given, expected):
    standing = Standing(given.get("closed", False), tuple(given.get("barred_by", ())))
    assert [one.rule for one in failed(decide(STANDING_RULES, standing).findings)] == expected


def figures(given: dict[str, Any]) -> Figures:
    return Figures(
        trainees=given.get("trainees", 100),
        passed=given.get("passed", 100),
        sessions_expected=given.get("expected", 400),
        sessions_attended=given.get("attended", 400),
        checks_due=given.get("checks_due", 0),
        checks_made=given.get("checks_made", 0),
        complaints_upheld=given.get("complaints", 0),
        evaluations=len(given.get("evaluations", ())),
        evaluation_percents=sum(given.get("evaluations", ())),
    )


def shown(reached: Score) -> dict[str, Any]:
    assert reached.value is not None
    points = f"{reached.value // 100}.{reached.value % 100:02}"
    return {"score": points, "ranked": reached.ranked, "failing": reached.failing}


@cases("ranking", "gives")
def test_what_the_figures_give(given, expected):
    assert shown(score(figures(given), FORMULA)) == expected


@cases("ranking_from_2027", "gives")
def test_what_the_figures_give_once_evaluations_count(given, expected):
    assert shown(score(figures(given), FORMULA_FROM_2027)) == expected


def test_a_score_tells_every_component_with_its_figures_and_weight():
    parts = {part.component: part for part in score(figures({"passed": 81}), FORMULA).parts}
    assert set(parts) == set(Component) - {Component.EVALUATION}
    assert set(FORMULA_FROM_2027.weights) == set(COMPONENTS) == set(Component)
    passed, follow_up = parts[Component.PASS_RATE], parts[Component.FOLLOW_UP]
    assert (passed.count, passed.out_of, passed.value, passed.weight) == (81, 100, 8_100, 40)
    assert (follow_up.out_of, follow_up.value) == (0, None)


def test_equal_scores_share_a_rank_and_the_next_one_is_left_out():
    def reached(value: int, *, ranked: bool = True) -> Score:
        return Score((), value, ranked, failing=False)

    scores = [reached(70), reached(90), reached(90), reached(95, ranked=False), reached(80)]
    assert ranks(scores) == [4, 1, 1, None, 3]


def test_the_weights_of_the_formula_are_all_there_and_dated():
    assert sum(FORMULA.weights.values()) == sum(FORMULA_FROM_2027.weights.values()) == 100
    assert 0 < FORMULA.failing_below < FULL
    with pytest.raises(NoLawInForce):
        formula_on(load_law(), date(2031, 1, 1))


def test_penalties_that_stop_and_the_dishonesty_list_bar_new_classes():
    assert {SanctionKind.DISHONESTY_LISTING} == BARRING - STOPPING
    assert {SanctionKind.WARNING, SanctionKind.FINE, SanctionKind.OTHER}.isdisjoint(BARRING)


@pytest.mark.parametrize(
    ("reason", "void"), [("evaluation_fraud", True), ("clerical_error", False), ("a new reason", True)]
)
def test_a_revocation_makes_void_unless_it_says_nothing_against_the_training(reason, void):
    assert makes_void(reason) is void
