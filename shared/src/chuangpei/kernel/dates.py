"""Reckoning in months and years on civil dates (D01, D02, D07)."""

from calendar import monthrange
from datetime import date


def add_months(day: date, months: int) -> date:
    """The same day number ``months`` later (earlier if negative), clamped to the month's end (D01).

    2026-01-31 and one month give 2026-02-28. Raises ``ValueError`` outside the years 1 to 9999.
    """
    years, month_index = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month_index + 1
    if not date.min.year <= year <= date.max.year:
        raise ValueError(f"{months} months from {day} lie outside the calendar")
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def add_years(day: date, years: int) -> date:
    """The same day ``years`` later (earlier if negative); 29 February is clamped to the 28th."""
    return add_months(day, 12 * years)
