"""When a delivery is tried again, and when an endpoint is given a rest: pure functions of what happened."""

import random
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

RETRIES: tuple[timedelta, ...] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long after each failed attempt the next one is made; the first attempt is made at once."""

DISABLED_AFTER = timedelta(days=5)
"""An endpoint at which every attempt failed for so long is disabled (停用); one success begins anew."""

_JITTER = 0.1
_LONGEST_WAIT = timedelta(hours=24)
_FAILURES_TO_HOLD = 5
_FIRST_HOLD = timedelta(seconds=30)
_LONGEST_HOLD = timedelta(minutes=10)


def next_attempt(
    attempts: int, now: datetime, retry_after: timedelta | None, spread: float | None = None
) -> datetime | None:
    """When a delivery that failed ``attempts`` times is tried again; None after the last retry.

    A receiver's ``Retry-After`` is honoured up to a day. ``spread`` in [-1, 1] moves the time by up to a
    tenth, so that what failed together does not come back together.
    """
    if attempts > len(RETRIES):
        return None
    spread = random.uniform(-1, 1) if spread is None else spread  # noqa: S311  # no secret
    wait = RETRIES[attempts - 1] * (1 + _JITTER * spread)
    return now + max(wait, min(retry_after or timedelta(), _LONGEST_WAIT))


def held_until(failures: int, now: datetime, retry_after: timedelta | None) -> datetime | None:
    """Until when nothing is sent after ``failures`` in a row (熔断); None while it may go on."""
    if retry_after:
        return now + min(retry_after, _LONGEST_WAIT)
    if failures < _FAILURES_TO_HOLD:
        return None
    rest: timedelta = _FIRST_HOLD * 2 ** min(failures - _FAILURES_TO_HOLD, 10)
    return now + min(rest, _LONGEST_HOLD)


def retry_after_of(value: str | None, now: datetime) -> timedelta | None:
    """What a ``Retry-After`` asks for, in seconds or as a date (RFC 9110, 10.2.3); None for nonsense."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return timedelta(seconds=min(int(value.strip()[:9]), 86_400 * 30))
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    if until.utcoffset() is None:
        return None
    wait: timedelta = until - now
    return max(wait, timedelta())
