"""Whether a score passes (合格; C02, T05): the whole and each part, against the mark of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chuangpei.kernel.refusals import Finding, Outcome, Text

from cert_svc.policy.rubric import Rubric

_NORM = "沪人社规〔2025〕30号 二(一) 评价规范"


@dataclass(frozen=True, slots=True)
class MarkFacts:
    """Points of 0 to 100 and the mark they have to reach; ``part`` is the part's name, None for the whole."""

    points: int
    mark: int
    part: str | None = None


def reaches_its_mark(facts: MarkFacts) -> Finding:
    """The whole reaches the pass mark (合格分数线), a part its own (单项合格线; T05)."""
    text = (
        Text("总分须达到合格分数线", "The whole must reach the pass mark")
        if facts.part is None
        else Text(f"{facts.part}须达到单项合格线", f"The part {facts.part} must reach its own pass mark")
    )
    outcome = Outcome.PASSED if facts.points >= facts.mark else Outcome.FAILED
    return Finding("T05", _NORM, outcome, str(facts.points), f"≥ {facts.mark}", text)


def decide_result(rubric: Rubric, whole: int, part_points: Mapping[str, int] | None) -> tuple[Finding, ...]:
    """Is it passed (合格; C02, T05)? A finding for the whole, and for each part with a mark of its own."""
    return tuple(reaches_its_mark(facts) for facts in _marks(rubric, whole, part_points or {}))


def _marks(rubric: Rubric, whole: int, part_points: Mapping[str, int]) -> Iterator[MarkFacts]:
    yield MarkFacts(whole, rubric.pass_mark)
    for part in rubric.parts:
        if part.pass_mark is not None:
            yield MarkFacts(part_points[part.code], part.pass_mark, part.name)
