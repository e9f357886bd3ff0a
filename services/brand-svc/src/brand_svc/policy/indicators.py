"""Automatic indicators (自动指标; B04): what is counted of an institution, and the dated formulas. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from brand_svc.named import Named
from brand_svc.policy.parameters import Parameters


class FactKind(Named):
    """What is counted of an institution: each fact once, in the year of its day."""

    EVALUATION = "evaluation", "考核评价"
    COMPLETION = "completion", "结业"
    CLASS = "class", "开班"
    OPENING = "opening", "创业"
    COMPLAINT = "complaint", "查实投诉"
    REVOCATION = "revocation", "证书撤销"
    FRAUD = "fraud", "骗取补贴"


class Figure(Named):
    """A number that formulas are made of: how many facts of a kind, or the sum of what they amount to."""

    EVALUATED = "evaluated", "评价人次"
    PASSED = "passed", "评价合格人次"
    COMPLETED = "completed", "结业人次"
    CLASSES = "classes", "办班数"
    OPENED = "opened", "创业户数"
    JOBS = "jobs", "带动就业人数"
    COMPLAINTS = "complaints", "查实投诉数"
    REVOCATIONS = "revocations", "因机构原因撤销证书数"
    FRAUDS = "frauds", "机构参与骗补数"


@dataclass(frozen=True, slots=True)
class Counted:
    """What a figure counts: the facts of one kind, or the sum of their amounts."""

    kind: FactKind
    amounts: bool = False


COUNTED: Mapping[Figure, Counted] = {
    Figure.EVALUATED: Counted(FactKind.EVALUATION),
    Figure.PASSED: Counted(FactKind.EVALUATION, amounts=True),
    Figure.COMPLETED: Counted(FactKind.COMPLETION),
    Figure.CLASSES: Counted(FactKind.CLASS),
    Figure.OPENED: Counted(FactKind.OPENING),
    Figure.JOBS: Counted(FactKind.OPENING, amounts=True),
    Figure.COMPLAINTS: Counted(FactKind.COMPLAINT),
    Figure.REVOCATIONS: Counted(FactKind.REVOCATION),
    Figure.FRAUDS: Counted(FactKind.FRAUD),
}


class Measure(Named):
    """What an indicator may be reckoned by; shares are in hundredths of a percent (万分比)."""

    PASS_RATE = "pass_rate", "评价合格率"
    TRAINEES_COMPLETED = "trainees_completed", "结业人次"
    CLASSES_HELD = "classes_held", "办班数"
    OPENING_RATE = "opening_rate", "创业率"
    JOBS_PER_HUNDRED = "jobs_per_hundred", "每百名结业学员带动就业"
    COMPLAINTS_UPHELD = "complaints_upheld", "查实投诉数"
    REVOCATIONS = "revocations", "因机构原因撤销证书数"
    FRAUDS = "frauds", "机构参与骗补数"


@dataclass(frozen=True, slots=True)
class Formula:
    """``of``, divided by ``per`` where there is one, times ``times``."""

    of: Figure
    per: Figure | None
    times: int


Formulas = Mapping[Measure, Formula]
Figures = Mapping[Figure, int]


def formulas_of(law: Parameters) -> Formulas:
    """The formulas that hold by the dated numbers."""
    return {
        Measure(name): Formula(Figure(one["of"]), Figure(one["per"]) if "per" in one else None, one["times"])
        for name, one in law.indicator_formulas.value.items()
    }


def value_of(formula: Formula, figures: Figures) -> int | None:
    """The value, rounded half up; None where it would be a share of nothing."""
    of = figures.get(formula.of, 0) * formula.times
    if formula.per is None:
        return of
    per = figures.get(formula.per, 0)
    return (2 * of + per) // (2 * per) if per else None
