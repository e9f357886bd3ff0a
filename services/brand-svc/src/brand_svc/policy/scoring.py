"""From marks and figures to a score (评分; B04): two blind scores and the third, points, totals. Pure.

A share is in hundredths of a percent of what an indicator can give; points are in hundredths of a point.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from brand_svc.policy.indicators import Figures, Formulas, value_of
from brand_svc.policy.rubric import Dimension, Indicator, Rubric

Shares = Mapping[str, int]
"""The share of each judged indicator, by its code."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What blind scores lead to: the share of each judged indicator, and which of the scores it rests on."""

    shares: Shares
    used: tuple[int, int]


class Part(NamedTuple):
    """One indicator of a score; ``value`` is what an automatic one was reckoned to, None without data.

    ``share`` is None where a judged indicator has no mark, as one that a changed rubric asks anew.
    """

    dimension: Dimension
    code: str
    weight: int
    share: int | None
    points: int
    value: int | None


def points_of(weight: int, share: int | None) -> int:
    """The hundredths of a point that a share of so many points is, rounded half up; none without a share."""
    return 0 if share is None else (2 * weight * share + 100) // 200


def shares_of(rubric: Rubric, marks: Mapping[str, int]) -> Shares:
    """The shares that one assessor's marks stand for."""
    return {one.code: one.share_of(marks[one.code]) for one in rubric.judged}


def judged_points(rubric: Rubric, shares: Shares) -> int:
    """What the judged indicators give together."""
    return sum(points_of(one.weight, shares.get(one.code)) for one in rubric.judged)


def settled(rubric: Rubric, scores: Sequence[Shares]) -> Settlement | None:
    """What two or three blind scores (盲评) lead to; None while a third is wanted.

    Two within ``most_difference`` points of each other: their mean, rounded half up. Beyond it a third
    decides with the nearer of the two, the better one where both are as near (本平台决定).
    """
    first, second, *third = scores
    totals = [judged_points(rubric, one) for one in scores]
    if abs(totals[0] - totals[1]) <= rubric.most_difference * 100:
        return Settlement(_mean(first, second), (0, 1))
    if not third:
        return None
    nearer = min((0, 1), key=lambda place: (abs(totals[place] - totals[2]), -totals[place]))
    return Settlement(_mean(scores[nearer], third[0]), (nearer, 2))


def parts_of(rubric: Rubric, judged: Shares, figures: Figures, formulas: Formulas) -> tuple[Part, ...]:
    """Every indicator of a rubric with its share and points."""
    return tuple(
        _part(section.dimension, one, judged, figures, formulas)
        for section in rubric.sections
        for one in section.indicators
    )


def total_of(parts: Sequence[Part]) -> int:
    """The whole score in hundredths of a point."""
    return sum(one.points for one in parts)


def by_dimension(parts: Sequence[Part]) -> dict[Dimension, int]:
    """What each dimension gives."""
    sums = dict.fromkeys(Dimension, 0)
    for one in parts:
        sums[one.dimension] += one.points
    return sums


def _part(dimension: Dimension, one: Indicator, judged: Shares, figures: Figures, formulas: Formulas) -> Part:
    if one.automatic is None:
        share = judged.get(one.code)
        return Part(dimension, one.code, one.weight, share, points_of(one.weight, share), None)
    value = value_of(formulas[one.automatic.measure], figures)
    share = one.automatic.share_of(value)
    return Part(dimension, one.code, one.weight, share, points_of(one.weight, share), value)


def _mean(one: Shares, other: Shares) -> dict[str, int]:
    return {code: (share + other[code] + 1) // 2 for code, share in one.items()}
