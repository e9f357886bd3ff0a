"""Pairs of measurements: ours and the peer's in turn, so that a busy moment of the machine strikes both."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median
from typing import Literal

Compare = Literal["at least", "at most"]
Measured = Callable[[], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class Target:
    """The ratio to reach."""

    compare: Compare
    ratio: float

    def is_met_by(self, ratio: float) -> bool:
        """Whether the ratio reaches the target."""
        return ratio >= self.ratio if self.compare == "at least" else ratio <= self.ratio

    def __str__(self) -> str:
        return f"{'≥' if self.compare == 'at least' else '≤'} {self.ratio:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of ``results.json``: our figure, the peer's, and ours divided by the peer's.

    ``ratio`` is the median of the ratios of the pairs, which is not the ratio of the medians.
    """

    name: str
    value: float
    unit: str
    peer: float
    ratio: float
    target: Target | None
    against: str
    note: str = ""

    def as_json(self, *, quick: bool) -> dict[str, object]:
        """The row as it is written."""
        target = self.target
        return {
            "name": self.name,
            "value": _rounded(self.value),
            "unit": self.unit,
            "peer": _rounded(self.peer),
            "ratio": _rounded(self.ratio),
            "target": str(target) if target else None,
            "met": target.is_met_by(self.ratio) if target else None,
            "against": self.against,
            "note": self.note,
            "quick": quick,
        }


@dataclass(frozen=True, slots=True)
class Pairs:
    """The figures of several rounds, ours and the peer's of each."""

    ours: list[float]
    peer: list[float]

    def row(self, name: str, unit: str, target: Target | None, against: str, note: str = "") -> Row:
        """Medians of the rounds."""
        ratios = [mine / other for mine, other in zip(self.ours, self.peer, strict=True)]
        return Row(name, median(self.ours), unit, median(self.peer), median(ratios), target, against, note)


async def in_turn(ours: Measured, peer: Measured, rounds: int) -> Pairs:
    """Measures both in each round, the one that goes first changing from round to round."""
    pairs = Pairs([], [])
    for number in range(rounds):
        for mine in (True, False) if number % 2 else (False, True):
            (pairs.ours if mine else pairs.peer).append(await (ours if mine else peer)())
    return pairs


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
