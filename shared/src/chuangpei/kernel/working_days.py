"""Working days (工作日) in mainland China, with statutory holidays (法定节假日) and make-up days (调休).

The State Council publishes each year's holidays late in the year before. For a year that is not yet
published, weekends are the only rest days known and every answer is provisional (D01, D04) until an
override corrects it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

# The tables themselves: the package's own functions search all of them for the years at each call.
from chinese_calendar.constants import holidays, workdays

_REST_DAYS: frozenset[date] = frozenset(holidays)
_MAKE_UP_DAYS: frozenset[date] = frozenset(workdays)
_PUBLISHED_YEARS = range(min(_REST_DAYS).year, max(_REST_DAYS).year + 1)
_SATURDAY = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The published calendar, corrected day by day by ``overrides`` (True: a working day)."""

    overrides: Mapping[date, bool] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        """Whether ``day`` is a working day; a make-up day (调休) is one even on a weekend (D04)."""
        overridden = self.overrides.get(day)
        if overridden is not None:
            return overridden
        return day in _MAKE_UP_DAYS or (day.weekday() < _SATURDAY and day not in _REST_DAYS)

    def is_provisional(self, day: date) -> bool:
        """Whether ``day`` is judged by its weekday alone: its year is unpublished, no override names it."""
        return day.year not in _PUBLISHED_YEARS and day not in self.overrides

    def any_provisional(self, first: date, last: date) -> bool:
        """Whether a day from ``first`` to ``last`` (included) is provisional, and so a count over them."""
        return any(self.is_provisional(first + n * _DAY) for n in range((last - first).days + 1))

    def on_or_after(self, day: date) -> date:
        """``day`` itself if it is a working day, else the next one: how a last day rolls (D01)."""
        while not self.is_working(day):
            day += _DAY
        return day

    def last_of(self, start: date, days: int) -> date:
        """The last day of a period of ``days`` working days; ``start`` counts if it is one (D04).

        2026-09-24 and 5 days give 2026-10-08. Raises ``ValueError`` if ``days`` is below 1.
        """
        if days < 1:
            raise ValueError("a period has at least one working day")
        last = self.on_or_after(start)
        for _ in range(days - 1):
            last = self.on_or_after(last + _DAY)
        return last
