"""The risk of a holder (风险分): what its signals of the last years weigh together (B10); pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from brand_svc.policy.parameters import Parameters

_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Formula:
    """``weights``: points of a signal by its ground, or by its source where it is on none.

    ``percents``: how much of them counts in the first year after it, in the second, and so on; then nothing.
    """

    weights: dict[str, int]
    percents: tuple[int, ...]

    @classmethod
    def of(cls, law: Parameters) -> "Formula":
        """The formula in force."""
        return cls(dict(law.risk_weights.value), tuple(law.risk_percents.value))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many signals of one source and ground a holder has from one month (its first day)."""

    month: date
    source: str
    ground: str | None
    signals: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the reckoning: ``signals`` of one key and year, ``hundredths`` of a point in all."""

    source: str
    ground: str | None
    year: int
    signals: int
    weight: int
    percent: int

    @property
    def hundredths(self) -> int:
        """Signals times weight times percent."""
        return self.signals * self.weight * self.percent


def first_month(today: date, formula: Formula) -> date:
    """The first month that counts: whole months, this one the last of the first year."""
    months = today.year * _MONTHS + today.month - len(formula.percents) * _MONTHS
    return date(months // _MONTHS, months % _MONTHS + 1, 1)


def lines(tallies: Iterable[Tally], today: date, formula: Formula) -> list[Line]:
    """The reckoning line by line, the latest year first; their hundredths sum to the score."""
    counted: dict[tuple[int, str, str | None], int] = {}
    for tally in tallies:
        year = year_of(tally.month, today)
        if year < len(formula.percents):
            at = (year, tally.source, tally.ground)
            counted[at] = counted.get(at, 0) + tally.signals
    found = [
        Line(
            source,
            ground,
            year + 1,
            signals,
            formula.weights.get(ground or source, 0),
            formula.percents[year],
        )
        for (year, source, ground), signals in counted.items()
    ]
    return sorted(found, key=lambda one: (one.year, -one.hundredths, one.source, one.ground or ""))


def year_of(month: date, today: date) -> int:
    """How many whole years the month lies back: 0 for this month and the eleven before it."""
    return max((today.year - month.year) * _MONTHS + today.month - month.month, 0) // _MONTHS


def score(reckoned: Sequence[Line]) -> int:
    """The points of all lines together, a remainder dropped."""
    return sum(line.hundredths for line in reckoned) // 100
