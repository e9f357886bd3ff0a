"""Drawing by lot and by risk can be repeated and is fair; evaluation forms and grades (C05, O03)."""

from collections import Counter
from datetime import date
from hashlib import sha256

import pytest
from training_svc.policy.draw import Candidate, Method, RiskFacts, drawn, risk, risk_weights
from training_svc.policy.evaluation import Form, Grade, ObjectKind, form_of, grade, percent, score_errors
from training_svc.policy.parameters import load_law

LAW, DAY = load_law(), date(2026, 5, 1)
WEIGHTS = risk_weights(LAW, DAY)
TEN = [Candidate(f"object-{number}") for number in range(10)]


def test_the_same_seed_draws_the_same_whatever_the_order_of_the_population():
    first = drawn(TEN, Method.RANDOM, "seed", 3)
    assert drawn(reversed(TEN), Method.RANDOM, "seed", 3) == first
    assert drawn(TEN, Method.RANDOM, "another", 3) != first


def test_a_lot_is_the_sha256_of_seed_and_key_so_that_anyone_can_check_it():
    lots = sorted(TEN, key=lambda one: sha256(f"seed:{one.key}".encode()).hexdigest())
    assert drawn(TEN, Method.RANDOM, "seed", 10) == lots


def test_each_object_is_drawn_about_as_often():
    times = Counter(one.key for seed in range(2000) for one in drawn(TEN, Method.RANDOM, f"seed-{seed}", 3))
    # 600 times each is expected; six standard deviations are 123.
    assert len(times) == 10
    assert all(480 < count < 720 for count in times.values()), times


def test_by_risk_the_most_points_come_first_and_lots_decide_among_equals():
    population = [Candidate("low", 1), Candidate("high", 9), Candidate("even-1", 5), Candidate("even-2", 5)]
    found = [one.key for one in drawn(population, Method.RISK, "seed", 4)]
    assert (found[0], found[3]) == ("high", "low")
    middle = {tuple(drawn(population, Method.RISK, f"s{seed}", 3)[1:]) for seed in range(20)}
    assert len(middle) == 2


def test_more_than_there_are_cannot_be_drawn():
    assert len(drawn(TEN, Method.RANDOM, "seed", 99)) == 10


@pytest.mark.parametrize(
    ("facts", "points"),
    [
        (RiskFacts(days_since_inspection=0), 0),
        (RiskFacts(complaints=2, days_since_inspection=0), 10),
        (RiskFacts(anomalies=3, days_since_inspection=0), 6),
        (RiskFacts(failing_results=3, days_since_inspection=0), 6),
        (RiskFacts(penalties=1, days_since_inspection=0), 15),
        (RiskFacts(first_class=True, days_since_inspection=0), 8),
        (RiskFacts(days_since_inspection=29), 0),
        (RiskFacts(days_since_inspection=30), 1),
        (RiskFacts(days_since_inspection=10_000), 24),
        (RiskFacts(), 24),
    ],
)
def test_what_each_fact_weighs(facts, points):
    assert sum(risk(facts, WEIGHTS).values()) == points


@pytest.mark.parametrize("kind", ObjectKind)
def test_each_form_has_a_hundred_points(kind):
    assert form_of(LAW, kind, DAY).most == 100


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (100, Grade.EXCELLENT),
        (90, Grade.EXCELLENT),
        (89, Grade.GOOD),
        (75, Grade.GOOD),
        (74, Grade.PASSED),
        (60, Grade.PASSED),
        (59, Grade.FAILED),
        (0, Grade.FAILED),
    ],
)
def test_where_each_grade_begins(points, expected):
    form = Form("1", {"all": 100}, form_of(LAW, ObjectKind.CLASS, DAY).grades)
    assert grade(form, {"all": points}) is expected


def test_a_grade_is_measured_in_whole_numbers():
    form = Form("1", {"all": 7}, {"excellent": 90, "good": 75, "passed": 60})
    assert (grade(form, {"all": 4}), percent(form, {"all": 4})) == (Grade.FAILED, 57)
    assert grade(form, {"all": 5}) is Grade.PASSED


@pytest.mark.parametrize(
    ("scores", "pointers"),
    [
        ({"attendance": 30, "teaching": 40, "satisfaction": 30}, []),
        ({"attendance": 31, "teaching": 40, "satisfaction": 30}, ["/scores/attendance"]),
        ({"attendance": -1, "teaching": 40, "satisfaction": 30}, ["/scores/attendance"]),
        ({"teaching": 40, "satisfaction": 30}, ["/scores/attendance"]),
        ({"attendance": 1, "teaching": 1, "satisfaction": 1, "charm": 1}, ["/scores/charm"]),
    ],
)
def test_every_part_gets_its_points(scores, pointers):
    errors = score_errors(form_of(LAW, ObjectKind.CLASS, DAY), scores)
    assert [one.pointer for one in errors] == pointers
