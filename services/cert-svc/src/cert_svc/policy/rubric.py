"""By what an evaluation is measured (评价规范; T05): parts, weights, pass mark and retakes."""

from collections.abc import Mapping
from dataclasses import dataclass

from cert_svc.policy.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Part:
    """One part (评价部分), such as 笔试, 创业计划书 or 答辩, and its weight in percent."""

    code: str
    name: str
    weight: int


@dataclass(frozen=True, slots=True)
class Rubric:
    """What an evaluation is frozen to when it opens.

    ``pass_mark`` is of 100 points; retakes open within ``retake_months`` of completion (D12). The weights
    of the parts sum to 100. ``norm_version`` is None, and there are no parts, where the class cites no norm.
    """

    pass_mark: int
    most_retakes: int
    retake_months: int
    norm_version: str | None = None
    parts: tuple[Part, ...] = ()

    @classmethod
    def without_norm(cls, parameters: Parameters) -> "Rubric":
        """The dated numbers, for a class that cites no norm."""
        return cls(parameters.pass_mark, parameters.retakes, parameters.retake_months)

    def whole(self, points: Mapping[str, int]) -> int:
        """The whole score of the points of each part: weighed, and rounded half up (本平台决定; T05)."""
        hundredths = sum(one.weight * points[one.code] for one in self.parts)
        return (hundredths + 50) // 100
