"""Ranking institutions on their results (优奖劣汰, T08): the formula is dated data, the reckoning is pure.

Shares and scores are whole hundredths of a point, 0 to 10,000 for 0.00 to 100.00. A component without data is
left out and the weights of the others stand for the whole: nothing known is not nothing done.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chuangpei.kernel.dated import ParameterBook

FULL = 10_000


class Component(StrEnum):
    """What a ranking looks at: 合格率, 出勤率, 跟踪服务率, 查实投诉, 定期评估."""

    PASS_RATE = "pass_rate"  # noqa: S105  # no password
    ATTENDANCE = "attendance"
    FOLLOW_UP = "follow_up"
    COMPLAINTS = "complaints"
    EVALUATION = "evaluation"


@dataclass(frozen=True, slots=True)
class Formula:
    """The numbers of the formula: weights of its components, and in which cases what follows from a score.

    ``complaints_per_hundred``: as many complaints upheld for a hundred trainees leave nothing of that
    component. ``failing_below`` is in hundredths of a point.
    """

    weights: Mapping[Component, int]
    minimum_trainees: int
    complaints_per_hundred: int
    failing_below: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What an institution did in a year; follow-up checks (T11) are those due by its end, or by today.

    ``evaluations`` are the periodic ones (定期评估, O03) of periods that ended in it, and
    ``evaluation_percents`` what they gave, added up.
    """

    trainees: int
    passed: int
    sessions_expected: int
    sessions_attended: int
    checks_due: int
    checks_made: int
    complaints_upheld: int
    evaluations: int = 0
    evaluation_percents: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One component of a score: ``count`` of ``out_of`` gave ``value`` hundredths, None without data."""

    component: Component
    count: int
    out_of: int
    value: int | None
    weight: int


@dataclass(frozen=True, slots=True)
class Score:
    """A score and how it came about; ``ranked`` where there were trainees enough to judge by."""

    parts: tuple[Part, ...]
    value: int | None
    ranked: bool
    failing: bool


def formula_on(law: ParameterBook, day: date) -> Formula:
    """The formula in force on a day. Raises :class:`chuangpei.kernel.dated.NoLawInForce` outside the law."""
    values = law.on(day)
    weights = values["ranking_weights"].value
    return Formula(
        weights={component: int(weights[component]) for component in Component if component in weights},
        minimum_trainees=int(values["ranking_minimum_trainees"].value),
        complaints_per_hundred=int(values["ranking_complaints_per_hundred"].value),
        failing_below=int(values["ranking_failing_below"].value) * 100,
    )


def pass_rate(figures: Figures, formula: Formula) -> Part:
    """How many of the trainees passed."""
    return _share(Component.PASS_RATE, figures.passed, figures.trainees, formula)


def attendance(figures: Figures, formula: Formula) -> Part:
    """How many of the sessions were attended that all trainees together had."""
    return _share(Component.ATTENDANCE, figures.sessions_attended, figures.sessions_expected, formula)


def follow_up(figures: Figures, formula: Formula) -> Part:
    """How many of the follow-up checks that were due were made (T11); none were due before half a year."""
    return _share(Component.FOLLOW_UP, figures.checks_made, figures.checks_due, formula)


def complaints(figures: Figures, formula: Formula) -> Part:
    """What is left after the complaints upheld, each counted against the number of trainees."""
    count, trainees = figures.complaints_upheld, figures.trainees
    part = _share(Component.COMPLAINTS, count, trainees, formula)
    lost = count * 100 * FULL // (trainees * formula.complaints_per_hundred) if trainees else 0
    value = max(0, FULL - lost) if trainees else None
    return Part(part.component, count, trainees, value, part.weight)


def evaluation(figures: Figures, formula: Formula) -> Part:
    """What the periodic evaluations of the institution gave on average (O03)."""
    return _share(Component.EVALUATION, figures.evaluation_percents, figures.evaluations * 100, formula)


COMPONENTS: Mapping[Component, Callable[[Figures, Formula], Part]] = {
    Component.PASS_RATE: pass_rate,
    Component.ATTENDANCE: attendance,
    Component.FOLLOW_UP: follow_up,
    Component.COMPLAINTS: complaints,
    Component.EVALUATION: evaluation,
}


def score(figures: Figures, formula: Formula) -> Score:
    """The score of an institution, with every component that made it."""
    parts = tuple(COMPONENTS[component](figures, formula) for component in formula.weights)
    known = [(part.value, part.weight) for part in parts if part.value is not None]
    weight = sum(one for _, one in known)
    value = sum(value * one for value, one in known) // weight if weight else None
    ranked = value is not None and figures.trainees >= formula.minimum_trainees
    failing = ranked and value is not None and value < formula.failing_below
    return Score(parts, value, ranked, failing)


def ranks(scores: Sequence[Score]) -> list[int | None]:
    """The rank of each score: 1 the highest, equal scores share one, None where it is not ranked."""
    ranked = [one.value for one in scores if one.ranked and one.value is not None]
    above = {value: sum(other > value for other in ranked) for value in set(ranked)}
    return [above[one.value] + 1 if one.ranked and one.value is not None else None for one in scores]


def _share(component: Component, count: int, out_of: int, formula: Formula) -> Part:
    value = count * FULL // out_of if out_of else None
    return Part(component, count, out_of, value, formula.weights[component])
