"""The rubric (评分规则): what a subject is scored by, and whether it is sound (B04). Pure.

Weights are points (分) of 100; a share is in hundredths of a percent of what an indicator can give.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from chuangpei.kernel.refusals import FieldError, Text

from brand_svc.named import Named
from brand_svc.policy.indicators import Measure

WHOLE = 100
FULL = 10_000
"""The share of an indicator that gives everything."""


class Dimension(Named):
    """The four dimensions of the annex (附件一至四; B04)."""

    DEMONSTRATION = "demonstration", "示范引领与辐射带动"
    INNOVATION = "innovation", "特色创新与社会效应"
    RESULTS = "results", "培训实效与就业贡献"
    COMPLIANCE = "compliance", "合规运营与基础保障"


@dataclass(frozen=True, slots=True)
class Automatic:
    """How a value becomes points: none at ``nothing_at``, all at ``full_at``, in proportion between them."""

    measure: Measure
    nothing_at: int
    full_at: int

    def share_of(self, value: int | None) -> int:
        """The share that a value gives, rounded half up; nothing without a value (本平台决定)."""
        if value is None:
            return 0
        got, whole = value - self.nothing_at, self.full_at - self.nothing_at
        if whole < 0:
            got, whole = -got, -whole
        return _share(min(max(got, 0), whole), whole)


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator (指标) of ``weight`` points: judged in marks from 0 to ``scale``, or ``automatic``.

    ``evidence`` says what proof is asked (佐证材料).
    """

    code: str
    name: str
    weight: int
    evidence: str
    scale: int | None = None
    automatic: Automatic | None = None

    def share_of(self, mark: int) -> int:
        """The share that a mark of a judged indicator stands for, rounded half up."""
        assert self.scale is not None, "an automatic indicator takes no mark"
        return _share(mark, self.scale)


@dataclass(frozen=True, slots=True)
class Section:
    """One dimension of a rubric: its weight, which is that of its indicators together."""

    dimension: Dimension
    weight: int
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Rubric:
    """A whole rubric. ``pass_mark`` (达标线) and ``city_mark`` (市级参考线) are points of 100.

    Two blind scores may differ by ``most_difference`` points before a third is asked. Where totals are the
    same, ``tie_order`` says which dimension is looked at first.
    """

    sections: tuple[Section, ...]
    most_difference: int
    pass_mark: int
    city_mark: int | None
    tie_order: tuple[Dimension, ...]

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators, in their order."""
        return tuple(chain.from_iterable(one.indicators for one in self.sections))

    @property
    def judged(self) -> tuple[Indicator, ...]:
        """The indicators that assessors mark."""
        return tuple(one for one in self.indicators if one.automatic is None)

    @property
    def measures(self) -> frozenset[Measure]:
        """What its automatic indicators are reckoned by."""
        return frozenset(one.automatic.measure for one in self.indicators if one.automatic)

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Rubric":
        """The rubric in the content of a row or a request body, as JSON knows it."""
        return cls(
            sections=tuple(_section(one) for one in content["sections"]),
            most_difference=content["most_difference"],
            pass_mark=content["pass_mark"],
            city_mark=content["city_mark"],
            tie_order=tuple(Dimension(one) for one in content["tie_order"]),
        )


def flaws(rubric: Rubric) -> tuple[FieldError, ...]:
    """Everything that makes a rubric unsound (B04): weights that do not add up, codes or dimensions twice."""
    return tuple(
        chain(
            _dimension_flaws([one.dimension for one in rubric.sections], "/sections"),
            _dimension_flaws(rubric.tie_order, "/tie_order"),
            _weight_flaws(rubric),
            _code_flaws(rubric),
            _indicator_flaws(rubric),
            _line_flaws(rubric),
        )
    )


def _share(part: int, whole: int) -> int:
    return (2 * FULL * part + whole) // (2 * whole)


def _dimension_flaws(named: Sequence[Dimension], pointer: str) -> Iterator[FieldError]:
    if sorted(named) != sorted(Dimension):
        text = Text("须恰好包含附件的四个维度", "It has each of the four dimensions of the annex once")
        yield FieldError(pointer, "not_the_four_dimensions", text)


def _weight_flaws(rubric: Rubric) -> Iterator[FieldError]:
    for number, one in enumerate(rubric.sections):
        within = sum(each.weight for each in one.indicators)
        if within != one.weight:
            text = Text(
                f"该维度分值为 {one.weight}，各指标合计 {within}",
                f"The dimension weighs {one.weight}, its indicators together {within}",
            )
            yield FieldError(f"/sections/{number}/weight", "weights_do_not_add_up", text)
    whole = sum(one.weight for one in rubric.sections)
    if whole != WHOLE:
        text = Text(f"各维度分值合计须为 100，现为 {whole}", f"The weights are {whole} together, not 100")
        yield FieldError("/sections", "weights_do_not_add_up", text)


def _code_flaws(rubric: Rubric) -> Iterator[FieldError]:
    often = Counter(one.code for one in rubric.indicators)
    for code in sorted(code for code, times in often.items() if times > 1):
        yield FieldError(
            "/sections", "code_twice", Text(f"指标编码 {code} 重复", f"Code {code} stands twice")
        )


def _indicator_flaws(rubric: Rubric) -> Iterator[FieldError]:
    for number, section in enumerate(rubric.sections):
        for place, one in enumerate(section.indicators):
            pointer = f"/sections/{number}/indicators/{place}"
            if (one.scale is None) == (one.automatic is None):
                text = Text(
                    "须为评分（量程）或自动其一", "It is judged on a scale or automatic, one of the two"
                )
                yield FieldError(pointer, "judged_or_automatic", text)
            if one.automatic and one.automatic.nothing_at == one.automatic.full_at:
                text = Text("零分值与满分值相同", "Nothing and everything lie at the same value")
                yield FieldError(f"{pointer}/automatic", "no_range", text)


def _line_flaws(rubric: Rubric) -> Iterator[FieldError]:
    if rubric.city_mark is not None and rubric.city_mark < rubric.pass_mark:
        text = Text("市级参考线不得低于达标线", "The line of the city tier lies below the pass mark")
        yield FieldError("/city_mark", "below_the_pass_mark", text)
    if not rubric.judged:
        text = Text("至少须有一项由专家评分", "At least one indicator is judged")
        yield FieldError("/sections", "nothing_judged", text)


def _section(content: Mapping[str, Any]) -> Section:
    return Section(
        Dimension(content["dimension"]),
        content["weight"],
        tuple(_indicator(one) for one in content["indicators"]),
    )


def _indicator(content: Mapping[str, Any]) -> Indicator:
    automatic = content["automatic"]
    return Indicator(
        code=content["code"],
        name=content["name"],
        weight=content["weight"],
        evidence=content["evidence"],
        scale=content["scale"],
        automatic=automatic
        and Automatic(Measure(automatic["measure"]), automatic["nothing_at"], automatic["full_at"]),
    )
