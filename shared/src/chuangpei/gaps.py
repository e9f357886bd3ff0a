"""The ids a reader passed over: taken by transactions that have not committed yet, or never will."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gap:
    """Ids ``low`` to ``high``, both included, passed over at ``since`` (monotonic seconds)."""

    low: int
    high: int
    since: float


class Gaps:
    """The gaps of a reader that goes through growing ids; all ids given must be sorted."""

    def __init__(self) -> None:
        self._gaps: list[Gap] = []

    def passed(self, above: int, ids: Sequence[int], now: float) -> None:
        """Remembers every id between ``above`` and the last of ``ids`` that is not among them."""
        self._gaps.extend(_between(above, ids, now))

    def found(self, ids: Sequence[int]) -> None:
        """Takes out ids that turned up after all."""
        self._gaps = [rest for gap in self._gaps for rest in _without(gap, ids)]

    def forget(self, before: float) -> None:
        """Takes out what was passed over before then: its transaction must have ended."""
        self._gaps = [gap for gap in self._gaps if gap.since >= before]

    def clear(self) -> None:
        """Takes out everything."""
        self._gaps.clear()

    @property
    def lows(self) -> list[int]:
        """The first id of each gap."""
        return [gap.low for gap in self._gaps]

    @property
    def highs(self) -> list[int]:
        """The last id of each gap, in the same order."""
        return [gap.high for gap in self._gaps]


def _between(above: int, ids: Sequence[int], now: float) -> Iterator[Gap]:
    if ids and ids[-1] - above == len(ids):
        return
    last = above
    for one in ids:
        if one > last + 1:
            yield Gap(last + 1, one - 1, now)
        last = one


def _without(gap: Gap, ids: Sequence[int]) -> Iterator[Gap]:
    low = gap.low
    for one in ids[bisect_left(ids, gap.low) : bisect_right(ids, gap.high)]:
        if one > low:
            yield Gap(low, one - 1, gap.since)
        low = one + 1
    if low <= gap.high:
        yield Gap(low, gap.high, gap.since)
