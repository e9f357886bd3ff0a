"""How long whoever has an exit case in hand may take (办理期限; B11)."""

from datetime import date, timedelta

from chuangpei.kernel.dated import DatedValue
from chuangpei.kernel.working_days import WorkingDays

_CALENDAR = WorkingDays()


def last_day(on: date, period: DatedValue) -> date:
    """The last day of a period of working days that begins the day after ``on``; the whole day counts."""
    return _CALENDAR.last_of(on + timedelta(days=1), period.value)
