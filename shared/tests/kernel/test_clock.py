"""The clock and the civil day in Asia/Shanghai: D01, D11."""

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path

import pytest
from chuangpei.kernel.clock import (
    SHANGHAI,
    Clock,
    DevelopmentClock,
    SystemClock,
    civil_date,
    end_of_day,
    start_of_day,
)
from chuangpei.testing.clock import FixedClock
from hypothesis import example, given
from hypothesis import strategies as st

# From 1950 on, so that the summer time of 1986 to 1991 is among them.
DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2200, 12, 31))
SECOND = timedelta(seconds=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "not yet there" / "clock"


def test_a_day_of_shanghai_begins_at_sixteen_hours_utc_of_the_day_before() -> None:
    assert start_of_day(date(2026, 3, 15)) == datetime(2026, 3, 14, 16, tzinfo=UTC)
    assert end_of_day(date(2026, 3, 15)) == datetime(2026, 3, 15, 16, tzinfo=UTC)
    assert start_of_day(date(2026, 3, 15)).tzinfo is UTC


def test_the_civil_date_changes_with_the_second_in_shanghai() -> None:
    assert civil_date(datetime(2027, 3, 15, 15, 59, 59, tzinfo=UTC)) == date(2027, 3, 15)
    assert civil_date(datetime(2027, 3, 15, 16, 0, 0, tzinfo=UTC)) == date(2027, 3, 16)


@given(DAYS)
@example(date(1986, 5, 4))  # a day of 23 hours
@example(date(1986, 9, 14))  # a day of 25 hours
def test_a_day_is_all_instants_from_its_start_up_to_its_end(day: date) -> None:
    moment = timedelta(microseconds=1)
    assert civil_date(start_of_day(day)) == day
    assert civil_date(start_of_day(day) - moment) == day - timedelta(days=1)
    assert civil_date(end_of_day(day) - moment) == day
    assert end_of_day(day) == start_of_day(day + timedelta(days=1))


@given(st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2200, 1, 1)), st.integers(-12, 14))  # noqa: DTZ001 -- hypothesis wants naive bounds
def test_the_zone_an_instant_is_written_in_does_not_matter(naive: datetime, hours: int) -> None:
    instant = naive.replace(tzinfo=UTC)
    assert civil_date(instant.astimezone(timezone(timedelta(hours=hours)))) == civil_date(instant)


@pytest.mark.parametrize("use", [civil_date, FixedClock])
def test_an_instant_without_its_zone_is_refused(use: Callable[[datetime], object]) -> None:
    with pytest.raises(ValueError, match="time zone"):
        use(datetime(2026, 1, 1))  # noqa: DTZ001 -- the mistake under test


def test_a_development_clock_is_not_set_to_an_instant_without_its_zone(path: Path) -> None:
    with pytest.raises(ValueError, match="time zone"):
        DevelopmentClock(path).set_to(datetime(2026, 1, 1))  # noqa: DTZ001 -- the mistake under test


def test_the_system_clock_tells_aware_utc() -> None:
    clock: Clock = SystemClock()
    before = clock.now()
    assert before.tzinfo is UTC
    assert before <= clock.now()
    assert clock.today() in {civil_date(before), civil_date(clock.now())}


def test_a_development_clock_without_a_file_tells_real_time(path: Path) -> None:
    clock: Clock = DevelopmentClock(path)
    before = SystemClock().now()
    assert before <= clock.now() <= SystemClock().now()
    assert not path.parent.exists()


def test_a_development_clock_set_to_an_instant_stands_in_that_second(path: Path) -> None:
    clock = DevelopmentClock(path)
    last_second = end_of_day(date(2027, 3, 15)) - SECOND
    for _ in range(20):
        clock.set_to(last_second)
        assert last_second <= clock.now() < last_second + 2 * SECOND


def test_a_development_clock_set_far_away_knows_its_civil_date(path: Path) -> None:
    clock = DevelopmentClock(path)
    clock.set_to(datetime.combine(date(2028, 7, 16), time(12), tzinfo=SHANGHAI))
    assert clock.today() == date(2028, 7, 16)


def test_a_development_clock_moves_both_ways_and_back_to_real_time(path: Path) -> None:
    clock = DevelopmentClock(path)
    clock.move(86_400)
    clock.move(-86_410)
    assert clock.offset_seconds() == -10
    clock.reset()
    clock.reset()
    assert clock.offset_seconds() == 0


def test_a_move_is_seen_at_once_by_another_clock_on_the_same_file(path: Path) -> None:
    mover, reader = DevelopmentClock(path), DevelopmentClock(path)
    for step in range(1, 100):
        mover.move(1)
        assert reader.offset_seconds() == step
    mover.reset()
    assert reader.offset_seconds() == 0


def test_a_move_in_another_process_is_seen(path: Path) -> None:
    program = (
        "import sys, pathlib; from chuangpei.kernel.clock import DevelopmentClock;"
        "DevelopmentClock(pathlib.Path(sys.argv[1])).move(3600)"
    )
    clock = DevelopmentClock(path)
    clock.move(1)
    subprocess.run([sys.executable, "-c", program, str(path)], check=True, timeout=60)
    assert clock.offset_seconds() == 3601


def test_no_move_is_lost_when_many_move_at_once(path: Path) -> None:
    def move_often(_: int) -> None:
        clock = DevelopmentClock(path)
        for _step in range(25):
            clock.move(1)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(move_often, range(4)))
    assert DevelopmentClock(path).offset_seconds() == 100


def test_no_leftover_lies_beside_the_file(path: Path) -> None:
    DevelopmentClock(path).move(5)
    assert {entry.name for entry in path.parent.iterdir()} == {"clock", "clock.lock"}


@pytest.mark.parametrize("seconds", [10**12, -(10**12), 10**30])
def test_a_move_out_of_the_calendar_is_refused_and_changes_nothing(path: Path, seconds: int) -> None:
    clock = DevelopmentClock(path)
    clock.move(7)
    with pytest.raises(ValueError, match="cannot be moved"):
        clock.move(seconds)
    assert clock.offset_seconds() == 7


def test_a_clock_file_that_holds_no_number_is_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("noon")
    with pytest.raises(ValueError, match="whole number of seconds"):
        DevelopmentClock(path).now()


def test_a_fixed_clock_stands_still_until_moved() -> None:
    clock = FixedClock.on(date(2026, 9, 24), time(23, 59, 59))
    told: Clock = clock
    assert told.now() == told.now() == datetime(2026, 9, 24, 15, 59, 59, tzinfo=UTC)
    assert told.today() == date(2026, 9, 24)
    clock.advance(seconds=1)
    assert told.today() == date(2026, 9, 25)
    clock.advance(timedelta(hours=1), days=1, minutes=-60)
    assert told.now() == start_of_day(date(2026, 9, 26))
    clock.set(start_of_day(date(2020, 1, 1)))
    assert told.today() == date(2020, 1, 1)
