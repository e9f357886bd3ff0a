"""By what an evaluation is measured (评价规范; T05): parts, weights, pass marks, blind scores and retakes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cert_svc.policy.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Part:
    """One part (评价部分), such as 笔试, 创业计划书 or 答辩, and its weight in percent.

    ``pass_mark`` is what it has to reach of 100 points by itself (单项合格线), if anything.
    """

    code: str
    name: str
    weight: int
    pass_mark: int | None = None


@dataclass(frozen=True, slots=True)
class Rubric:
    """What an evaluation is frozen to when it opens.

    ``pass_mark`` is of 100 points; retakes open within ``retake_months`` of completion (D12); a published
    result may be disputed for ``dispute_days`` civil days. The weights of the parts sum to 100.
    ``most_difference`` is by how many points two blind scores (盲评) may differ; None where one score is
    enough. ``norm_version`` is None, and there are no parts, where the class cites no norm.
    """

    pass_mark: int
    most_retakes: int
    retake_months: int
    dispute_days: int
    norm_version: str | None = None
    parts: tuple[Part, ...] = ()
    most_difference: int | None = None

    @classmethod
    def without_norm(cls, parameters: Parameters) -> "Rubric":
        """The dated numbers, for a class that cites no norm."""
        return cls(
            parameters.pass_mark, parameters.retakes, parameters.retake_months, parameters.dispute_days
        )

    @property
    def is_blind(self) -> bool:
        """Whether two people score without seeing each other's score (盲评)."""
        return self.most_difference is not None

    def whole(self, points: Mapping[str, int]) -> int:
        """The whole score of the points of each part: weighed, and rounded half up (本平台决定; T05)."""
        hundredths = sum(one.weight * points[one.code] for one in self.parts)
        return (hundredths + 50) // 100

    def settled(self, scores: Sequence[Mapping[str, int]]) -> Mapping[str, int] | None:
        """The points of each part that two or three blind scores lead to; None while a third is wanted (T05).

        Two within ``most_difference`` of each other: their mean, rounded half up. Beyond it a third decides
        with the nearer of the two, the better one where both are as near (本平台决定).
        """
        assert self.most_difference is not None, "only blind scores are settled"
        first, second, *third = scores
        wholes = self.whole(first), self.whole(second)
        if not third:
            return _mean(first, second) if abs(wholes[0] - wholes[1]) <= self.most_difference else None
        deciding = self.whole(third[0])
        nearer = min((0, 1), key=lambda place: (abs(wholes[place] - deciding), -wholes[place]))
        return _mean(scores[nearer], third[0])


def _mean(one: Mapping[str, int], other: Mapping[str, int]) -> Mapping[str, int]:
    return {code: (points + other[code] + 1) // 2 for code, points in one.items()}
