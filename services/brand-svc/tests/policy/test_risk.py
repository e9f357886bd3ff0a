"""The score of a holder: what its signals weigh, by the year in which they came (B10)."""

from datetime import date

import pytest
from brand_svc.policy.parameters import load_book, parameters_on
from brand_svc.policy.risk import Formula, Tally, first_month, lines, score, year_of

FORMULA = Formula({"X2": 50, "report": 4}, (100, 60, 30))
TODAY = date(2026, 7, 15)


def tally(month, ground="X2", source="certificate.revoked", signals=1):
    return Tally(month, source, ground, signals)


@pytest.mark.parametrize(
    ("month", "year", "points"),
    [
        (date(2026, 7, 1), 0, 50),
        (date(2025, 8, 1), 0, 50),
        (date(2025, 7, 1), 1, 30),
        (date(2024, 8, 1), 1, 30),
        (date(2024, 7, 1), 2, 15),
        (date(2023, 8, 1), 2, 15),
        (date(2023, 7, 1), 3, 0),
        (date(2026, 9, 1), 0, 50),
    ],
)
def test_a_signal_counts_less_in_each_year_and_then_no_more(month, year, points):
    assert year_of(month, TODAY) == year
    assert score(lines([tally(month)], TODAY, FORMULA)) == points


def test_the_first_month_that_counts_is_that_of_three_years():
    assert first_month(TODAY, FORMULA) == date(2023, 8, 1)
    assert first_month(date(2026, 12, 31), FORMULA) == date(2024, 1, 1)


def test_without_a_ground_the_source_weighs_and_an_unknown_one_nothing():
    weighed = [
        tally(date(2026, 7, 1), None, "report", 3),
        tally(date(2026, 7, 1), None, "something.else", 100),
    ]
    assert score(lines(weighed, TODAY, FORMULA)) == 12


def test_months_of_one_year_are_one_line_and_the_remainder_is_dropped_at_the_end():
    weighed = [tally(date(2023, 8, 1), None, "report"), tally(date(2023, 9, 1), None, "report", 2)]
    [line] = lines(weighed, TODAY, FORMULA)
    assert (line.signals, line.year, line.hundredths) == (3, 3, 360)
    assert score([line]) == 3


def test_every_ground_weighs_more_than_a_signal_on_none():
    weights = Formula.of(parameters_on(load_book(), TODAY)).weights
    grounds = [weights[ground] for ground in ("X1", "X2", "X3", "X4", "X5")]
    assert min(grounds) > max(
        points for key, points in weights.items() if key not in {f"X{n}" for n in range(6)}
    )
