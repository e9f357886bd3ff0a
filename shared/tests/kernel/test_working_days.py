"""Working days: the rolled last day (D01) and the notice of five working days (D04)."""

from datetime import date, timedelta
from itertools import takewhile

import chinese_calendar
import pytest
from chuangpei.kernel.dates import add_months
from chuangpei.kernel.working_days import WorkingDays
from hypothesis import given
from hypothesis import strategies as st

PUBLISHED = WorkingDays()
LAST_PUBLISHED_YEAR = max(chinese_calendar.constants.holidays).year
FIRST_UNPUBLISHED_DAY = date(LAST_PUBLISHED_YEAR + 1, 1, 1)
DAYS = st.dates(min_value=date(2004, 1, 1), max_value=date(LAST_PUBLISHED_YEAR + 3, 12, 31))
COUNTS = st.integers(min_value=1, max_value=40)


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


@pytest.mark.parametrize(
    ("start", "last"),
    [
        (date(2026, 9, 24), date(2026, 10, 8)),  # over 中秋节 and 国庆节
        (date(2026, 4, 30), date(2026, 5, 9)),  # over 劳动节, ended by a make-up Saturday
        (date(2026, 9, 25), date(2026, 10, 9)),  # published on a holiday: the first working day is the 28th
        (date(2026, 2, 13), date(2026, 2, 26)),  # over 春节, the make-up Saturday of the 14th counted
        (date(2026, 6, 8), date(2026, 6, 12)),  # a plain week
        (date(2026, 6, 10), date(2026, 6, 16)),  # over a plain weekend
    ],
)
def test_a_notice_of_five_working_days_counts_its_first_day_and_make_up_days(start: date, last: date) -> None:
    assert PUBLISHED.last_of(start, 5) == last


def test_one_working_day_is_the_day_itself() -> None:
    assert PUBLISHED.last_of(date(2026, 6, 10), 1) == date(2026, 6, 10)


@pytest.mark.parametrize("days", [0, -1])
def test_a_period_without_a_day_is_refused(days: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        PUBLISHED.last_of(date(2026, 6, 10), days)


@pytest.mark.parametrize(
    ("day", "rolled"),
    [
        (date(2026, 6, 10), date(2026, 6, 10)),
        (date(2026, 6, 13), date(2026, 6, 15)),  # Saturday
        (date(2026, 10, 1), date(2026, 10, 8)),
        (date(2026, 10, 10), date(2026, 10, 10)),  # a make-up Saturday stays
        (date(2026, 2, 15), date(2026, 2, 24)),
    ],
)
def test_a_last_day_that_is_no_working_day_moves_to_the_next_one(day: date, rolled: date) -> None:
    assert PUBLISHED.on_or_after(day) == rolled


def test_a_window_of_a_certificate_issued_on_2025_10_01_ends_after_the_holiday() -> None:
    assert PUBLISHED.on_or_after(add_months(date(2025, 10, 1), 12)) == date(2026, 10, 8)


def test_the_make_up_days_of_2026_are_working_days() -> None:
    weekend_days = [day for day in days_between(date(2026, 1, 1), date(2026, 12, 31)) if day.weekday() >= 5]
    assert [day for day in weekend_days if PUBLISHED.is_working(day)] == [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ]


def test_every_published_day_is_as_the_published_calendar_says() -> None:
    for day in days_between(date(2004, 1, 1), date(LAST_PUBLISHED_YEAR, 12, 31)):
        assert PUBLISHED.is_working(day) == chinese_calendar.is_workday(day), day
        assert not PUBLISHED.is_provisional(day)


def test_in_an_unpublished_year_only_weekends_rest_and_every_day_is_provisional() -> None:
    for day in days_between(FIRST_UNPUBLISHED_DAY, FIRST_UNPUBLISHED_DAY + timedelta(days=364)):
        assert PUBLISHED.is_working(day) == (day.weekday() < 5)
        assert PUBLISHED.is_provisional(day)


def test_an_override_corrects_an_unpublished_day_and_settles_it() -> None:
    rest, worked = date(2099, 10, 1), date(2099, 10, 10)
    assert (rest.weekday(), worked.weekday()) == (3, 5)
    corrected = WorkingDays({rest: False, worked: True})
    assert not corrected.is_working(rest)
    assert corrected.is_working(worked)
    assert not corrected.is_provisional(rest)
    assert corrected.is_provisional(date(2099, 10, 2))


def test_an_override_corrects_a_published_day_too() -> None:
    closed = WorkingDays({date(2026, 6, 10): False, date(2026, 10, 1): True})
    assert closed.on_or_after(date(2026, 6, 10)) == date(2026, 6, 11)
    assert closed.is_working(date(2026, 10, 1))


def test_a_period_that_passes_one_provisional_day_is_provisional() -> None:
    last_published = FIRST_UNPUBLISHED_DAY - timedelta(days=1)
    settled_end = WorkingDays({FIRST_UNPUBLISHED_DAY + timedelta(days=1): True})
    assert not PUBLISHED.any_provisional(date(2026, 9, 24), date(2026, 10, 8))
    assert not PUBLISHED.any_provisional(last_published, last_published)
    assert PUBLISHED.any_provisional(last_published, FIRST_UNPUBLISHED_DAY)
    assert settled_end.any_provisional(last_published, FIRST_UNPUBLISHED_DAY + timedelta(days=1))


@given(DAYS, COUNTS)
def test_a_period_holds_exactly_the_working_days_asked_for(start: date, days: int) -> None:
    last = PUBLISHED.last_of(start, days)
    assert PUBLISHED.is_working(last)
    assert sum(PUBLISHED.is_working(day) for day in days_between(start, last)) == days


@given(DAYS, DAYS, COUNTS)
def test_a_later_start_never_ends_earlier(one: date, other: date, days: int) -> None:
    first, second = sorted((one, other))
    assert PUBLISHED.last_of(first, days) <= PUBLISHED.last_of(second, days)


@given(DAYS, COUNTS)
def test_one_day_more_ends_later(start: date, days: int) -> None:
    assert PUBLISHED.last_of(start, days) < PUBLISHED.last_of(start, days + 1)


@given(DAYS)
def test_rolling_skips_rest_days_only_and_rolls_no_further(day: date) -> None:
    rolled = PUBLISHED.on_or_after(day)
    skipped = list(takewhile(lambda passed: passed < rolled, days_between(day, rolled)))
    assert not any(PUBLISHED.is_working(passed) for passed in skipped)
    assert PUBLISHED.on_or_after(rolled) == rolled
