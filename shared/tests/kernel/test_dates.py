"""Months and years on civil dates: D01, D02, D07."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from chuangpei.kernel.dates import add_months, add_years
from hypothesis import given
from hypothesis import strategies as st

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31))
MONTHS = st.integers(min_value=-1200, max_value=1200)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 15), 12, date(2027, 3, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2027, 2, 28), 12, date(2028, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_keep_the_day_number_and_clamp_to_the_months_end(
    day: date, months: int, expected: date
) -> None:
    assert add_months(day, months) == expected


@given(DAYS, MONTHS)
def test_the_day_number_is_kept_wherever_the_month_has_it_and_else_is_the_months_last(
    day: date, months: int
) -> None:
    result = add_months(day, months)
    assert (result.year * 12 + result.month) - (day.year * 12 + day.month) == months
    assert result.day == min(day.day, monthrange(result.year, result.month)[1])


@given(DAYS, DAYS, MONTHS)
def test_a_later_day_never_gets_an_earlier_end(one: date, other: date, months: int) -> None:
    first, second = sorted((one, other))
    assert add_months(first, months) <= add_months(second, months)


def test_a_firm_of_2023_05_10_is_three_years_old_on_2026_05_10() -> None:
    third_anniversary = add_years(date(2023, 5, 10), 3)
    assert third_anniversary == date(2026, 5, 10)
    assert date(2026, 5, 11) > third_anniversary


def test_two_years_after_a_revocation_of_2026_07_15_the_ban_ends_and_the_next_day_is_free() -> None:
    assert add_years(date(2026, 7, 15), 2) + timedelta(days=1) == date(2028, 7, 16)


def test_years_clamp_the_29th_of_february() -> None:
    assert add_years(date(2024, 2, 29), 3) == date(2027, 2, 28)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)


@pytest.mark.parametrize(("day", "months"), [(date(9999, 12, 1), 1), (date(1, 1, 1), -1)])
def test_a_date_outside_the_calendar_is_refused(day: date, months: int) -> None:
    with pytest.raises(ValueError, match="outside the calendar"):
        add_months(day, months)
