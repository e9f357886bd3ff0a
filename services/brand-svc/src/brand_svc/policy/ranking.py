"""Ranking the subjects of a round by their scores (排名; B04): the order of ties is the rubric's. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from brand_svc.policy.rubric import Dimension, Rubric
from brand_svc.policy.scoring import Part, by_dimension, total_of


@dataclass(frozen=True, slots=True)
class Scored:
    """A subject with its score; ``credit_code`` only orders the shown list where everything is the same."""

    scoring_id: UUID
    credit_code: str
    parts: tuple[Part, ...]
    total: int
    dimensions: Mapping[Dimension, int]

    @classmethod
    def of(cls, scoring_id: UUID, credit_code: str, parts: tuple[Part, ...]) -> "Scored":
        """What the parts of a score come to."""
        return cls(scoring_id, credit_code, parts, total_of(parts), by_dimension(parts))


@dataclass(frozen=True, slots=True)
class Ranked:
    """A subject's rank (名次), shared by those who are equal in everything, and its place in the list."""

    place: int
    rank: int
    scored: Scored


def ranked(rubric: Rubric, subjects: Sequence[Scored]) -> list[Ranked]:
    """The highest total first; of equal ones, who has more in the rubric's dimensions of ties, in order."""

    def worth(one: Scored) -> tuple[int, ...]:
        return (-one.total, *(-one.dimensions[dimension] for dimension in rubric.tie_order))

    found: list[Ranked] = []
    ordered = sorted(((worth(one), one) for one in subjects), key=lambda one: (one[0], one[1].credit_code))
    last: tuple[int, ...] | None = None
    rank = 0
    for place, (own, one) in enumerate(ordered, start=1):
        if own != last:
            rank, last = place, own
        found.append(Ranked(place, rank, one))
    return found
