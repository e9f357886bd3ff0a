"""The periods of the law: the claim window (申领期; S05, D01) and the public notice (公示期; S08, D04)."""

from dataclasses import dataclass
from datetime import date, timedelta

from chuangpei.kernel.dates import add_months

from subsidy_svc.policy.parameters import Law


@dataclass(frozen=True, slots=True)
class Period:
    """Whole civil days in Asia/Shanghai, both ends included.

    ``provisional`` says that a year's holidays are not published yet, so that ``last_day`` may still move.
    """

    first_day: date
    last_day: date
    provisional: bool

    def covers(self, day: date) -> bool:
        """Whether ``day`` lies in the period."""
        return self.first_day <= day <= self.last_day

    def is_over(self, today: date) -> bool:
        """Whether it has ended for certain: a provisional last day may still move to a later one."""
        return not self.provisional and self.last_day < today


def claim_window(issued_on: date, law: Law) -> Period:
    """The days on which a certificate issued on ``issued_on`` may be claimed (S05, D01).

    The last day has the same day number 12 months later, clamped to the month's end; on a day of rest it
    moves to the next working day.
    """
    nominal = add_months(issued_on, law.window_months)
    if not law.window_rolls_to_working_day:
        return Period(issued_on, nominal, provisional=False)
    last_day = law.calendar.on_or_after(nominal)
    return Period(issued_on, last_day, law.calendar.any_provisional(nominal, last_day))


def reminder_reached(last_day: date, law: Law, today: date) -> int | None:
    """So many days before the last day as the latest reminder that is due speaks of (申领期届满提醒; S05).

    None before the first; of several that fell due together the nearest to the last day counts.
    """
    return min(
        (days for days in law.window_reminder_days if last_day - timedelta(days=days) <= today), default=None
    )


def reminder_after(last_day: date, law: Law, today: date) -> date | None:
    """The day of the next reminder after ``today``; None where no more follows."""
    coming = (last_day - timedelta(days=days) for days in law.window_reminder_days)
    return min((day for day in coming if day > today), default=None)


def notice_period(first_day: date, law: Law) -> Period:
    """The days of a public notice published on ``first_day``, which counts if it is a working day (D04)."""
    last_day = law.calendar.last_of(first_day, law.notice_working_days)
    return Period(first_day, last_day, law.calendar.any_provisional(first_day, last_day))
