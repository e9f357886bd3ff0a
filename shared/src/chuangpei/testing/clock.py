"""A clock that stands still until a test moves it."""

from datetime import UTC, date, datetime, time, timedelta

from chuangpei.kernel.clock import SHANGHAI, civil_date


class FixedClock:
    """Stands at one instant (aware); a :class:`chuangpei.kernel.clock.Clock`."""

    def __init__(self, instant: datetime) -> None:
        self._instant = _utc(instant)

    @classmethod
    def on(cls, day: date, at: time = time(9)) -> "FixedClock":
        """A clock that stands at the civil time ``at`` of ``day`` in Asia/Shanghai."""
        return cls(datetime.combine(day, at, tzinfo=SHANGHAI))

    def now(self) -> datetime:
        """The instant the clock stands at, aware, in UTC."""
        return self._instant

    def today(self) -> date:
        """The civil date in Asia/Shanghai."""
        return civil_date(self._instant)

    def set(self, instant: datetime) -> None:
        """Stand at ``instant`` (aware) from now on."""
        self._instant = _utc(instant)

    def advance(
        self,
        by: timedelta = timedelta(0),
        *,
        days: int = 0,
        hours: int = 0,
        minutes: int = 0,
        seconds: int = 0,
    ) -> None:
        """Move on by the sum of all that is given; negative goes back."""
        self._instant += by + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def _utc(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueError("an instant must carry its time zone")
    return instant.astimezone(UTC)
