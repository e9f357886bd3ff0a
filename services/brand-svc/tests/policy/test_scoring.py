"""The pure rules of scoring: shares, points, two scores and a third, ties, values, drawing (B04)."""

from copy import deepcopy
from datetime import date
from uuid import UUID

import pytest
from brand_svc.policy.drawing import Vacancy, draw
from brand_svc.policy.indicators import Figure, Formula, Measure, formulas_of, value_of
from brand_svc.policy.parameters import load_book, parameters_on
from brand_svc.policy.ranking import Scored, ranked
from brand_svc.policy.rubric import Automatic, Dimension, Rubric
from brand_svc.policy.scoring import Part, judged_points, points_of, settled, shares_of

JUDGED = {"automatic": None, "evidence": "材料"}


def rubric(*, most_difference=10, scale=10):
    """A rubric whose four dimensions have one judged indicator each, of 25 points."""
    sections = [
        {
            "dimension": str(one),
            "weight": 25,
            "indicators": [{"code": str(one), "name": one.zh, "weight": 25, "scale": scale, **JUDGED}],
        }
        for one in Dimension
    ]
    return Rubric.of(
        {
            "sections": deepcopy(sections),
            "most_difference": most_difference,
            "pass_mark": 60,
            "city_mark": None,
            "tie_order": ["results", "compliance", "innovation", "demonstration"],
        }
    )


def shares(own, *marks):
    return shares_of(own, dict(zip([str(one) for one in Dimension], marks, strict=True)))


@pytest.mark.parametrize(
    ("value", "share"),
    [(None, 0), (5000, 0), (4000, 0), (10000, 10000), (12000, 10000), (7500, 5000), (6667, 3334)],
)
def test_a_value_gives_a_share_in_proportion_between_two_values(value, share):
    assert Automatic(Measure.PASS_RATE, 5000, 10000).share_of(value) == share


@pytest.mark.parametrize(("value", "share"), [(0, 10000), (1, 8000), (5, 0), (9, 0)])
def test_a_value_may_be_the_better_the_lower_it_is(value, share):
    assert Automatic(Measure.COMPLAINTS_UPHELD, 5, 0).share_of(value) == share


@pytest.mark.parametrize(
    ("weight", "share", "points"),
    [(20, 10000, 2000), (20, 6667, 1333), (7, 3333, 233), (3, None, 0), (1, 50, 1)],
)
def test_points_are_hundredths_rounded_half_up(weight, share, points):
    assert points_of(weight, share) == points


def test_marks_are_measured_on_their_scale():
    assert set(shares(rubric(scale=3), 1, 1, 1, 1).values()) == {3333}
    assert judged_points(rubric(), shares(rubric(), 10, 10, 10, 10)) == 10000


def test_two_scores_at_the_limit_settle_and_beyond_it_a_third_is_wanted():
    own = rubric()
    at = settled(own, [shares(own, 8, 8, 8, 8), shares(own, 8, 8, 8, 4)])
    assert at is not None
    assert at.shares["compliance"] == 6000
    assert at.used == (0, 1)
    assert settled(own, [shares(own, 8, 8, 8, 8), shares(own, 8, 8, 7, 4)]) is None


@pytest.mark.parametrize(
    ("third", "used", "share"),
    [((7, 7, 7, 7), (0, 2), 8000), ((4, 4, 4, 4), (1, 2), 3500), ((6, 6, 6, 6), (0, 2), 7500)],
)
def test_a_third_decides_with_the_nearer_and_the_better_of_two_as_near(third, used, share):
    own = rubric()
    found = settled(own, [shares(own, 9, 9, 9, 9), shares(own, 3, 3, 3, 3), shares(own, *third)])
    assert found is not None
    assert (found.used, found.shares["results"]) == (used, share)


def scored(number, code, *points):
    parts = tuple(
        Part(dimension, str(dimension), 25, None, one, None)
        for dimension, one in zip(Dimension, points, strict=True)
    )
    return Scored.of(UUID(int=number), code, parts)


def test_ties_are_told_apart_by_the_rubrics_order_and_else_share_the_rank():
    subjects = [
        scored(1, "A", 10, 10, 10, 10),
        scored(2, "B", 10, 10, 12, 8),
        scored(3, "C", 10, 10, 10, 10),
        scored(4, "D", 12, 8, 10, 10),
        scored(5, "E", 0, 0, 0, 41),
    ]
    found = [(one.scored.credit_code, one.rank, one.place) for one in ranked(rubric(), subjects)]
    assert found == [("E", 1, 1), ("B", 2, 2), ("A", 3, 3), ("C", 3, 4), ("D", 5, 5)]
    assert found == [
        (one.scored.credit_code, one.rank, one.place) for one in ranked(rubric(), subjects[::-1])
    ]


@pytest.mark.parametrize(
    ("figures", "value"),
    [
        ({}, None),
        ({Figure.EVALUATED: 3, Figure.PASSED: 2}, 6667),
        ({Figure.EVALUATED: 3, Figure.PASSED: 1}, 3333),
        ({Figure.EVALUATED: 8, Figure.PASSED: 0}, 0),
    ],
)
def test_a_share_is_rounded_half_up_and_of_nothing_there_is_none(figures, value):
    assert value_of(Formula(Figure.PASSED, Figure.EVALUATED, 10000), figures) == value
    assert value_of(Formula(Figure.CLASSES, None, 1), figures) == 0


def test_every_measure_has_a_dated_formula():
    assert set(formulas_of(parameters_on(load_book(), date(2026, 7, 1)))) == set(Measure)


IDS = [UUID(int=number) for number in range(1, 6)]


def test_a_draw_takes_the_least_busy_without_a_tie_and_nobody_twice_for_one_scoring():
    vacancies = [Vacancy(IDS[0], "A", place, frozenset()) for place in (1, 2)]
    drawn = draw(vacancies, {IDS[1]: 3, IDS[2]: 0, IDS[3]: 1, IDS[4]: 0}, {"A": {IDS[4]}})
    assert [one for _, one in drawn.places] == [IDS[2], IDS[3]]
    assert draw(vacancies, {IDS[1]: 3, IDS[2]: 0}, {"A": {IDS[1], IDS[2]}}).vacant == tuple(vacancies)
    again = Vacancy(IDS[0], "B", 1, frozenset({IDS[2]}))
    assert draw([again], {IDS[2]: 0}, {}).vacant == (again,)


def test_a_draw_can_be_done_over_and_spreads_the_work():
    vacancies = [Vacancy(UUID(int=100 + n), "A", place, frozenset()) for n in range(30) for place in (1, 2)]
    load = dict.fromkeys(IDS, 0)
    first, second = draw(vacancies, load, {}), draw(vacancies, dict(reversed(load.items())), {})
    assert first.places == second.places
    taken = [one for _, one in first.places]
    assert {taken.count(one) for one in IDS} == {12}
