"""Drawing what is inspected (随机抽取, C05, O03): by lot, or by risk, so that anyone can repeat it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chuangpei.kernel.dated import ParameterBook
from chuangpei.kernel.lots import lot


class Method(StrEnum):
    """How a draw chooses: 随机, 按风险."""

    RANDOM = "random"
    RISK = "risk"


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What is known against an object: counts, and the days since it was inspected last (None: never)."""

    complaints: int = 0
    anomalies: int = 0
    failing_results: int = 0
    penalties: int = 0
    first_class: bool = False
    days_since_inspection: int | None = None


@dataclass(frozen=True, slots=True)
class RiskWeights:
    """Points for each fact; ``uninspected_month`` for each 30 days uninspected, up to ``most_months``."""

    complaint: int
    anomaly: int
    failing_result: int
    penalty: int
    first_class: int
    uninspected_month: int
    most_months: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """An object that may be drawn: its key, and its points where the draw is by risk."""

    key: str
    points: int = 0


def risk_weights(law: ParameterBook, day: date) -> RiskWeights:
    """The weights in force on ``day``; raises ``NoLawInForce`` outside the law's dates."""
    return RiskWeights(**law.on(day)["inspection_risk_weights"].value)


def risk_months(law: ParameterBook, day: date) -> int:
    """How many months back complaints and the like count, as in force on ``day``."""
    return int(law.on(day)["inspection_risk_months"].value)


def inspectors_needed(law: ParameterBook, day: date) -> int:
    """How many people inspect together, as in force on ``day``."""
    return int(law.on(day)["inspectors_needed"].value)


def risk(facts: RiskFacts, weights: RiskWeights) -> Mapping[str, int]:
    """The points of each fact; their sum is the risk (C05, O03)."""
    days = facts.days_since_inspection
    months = weights.most_months if days is None else min(days // 30, weights.most_months)
    return {
        "complaints": facts.complaints * weights.complaint,
        "anomalies": facts.anomalies * weights.anomaly,
        "failing_results": facts.failing_results * weights.failing_result,
        "penalties": facts.penalties * weights.penalty,
        "first_class": weights.first_class if facts.first_class else 0,
        "uninspected": months * weights.uninspected_month,
    }


def drawn(candidates: Iterable[Candidate], method: Method, seed: str, count: int) -> list[Candidate]:
    """The ``count`` candidates that the draw chooses, the first one first (C05).

    The lowest lots (:mod:`chuangpei.kernel.lots`) are drawn. By risk the most points come first, and lots
    decide among equals. Whoever has seed and population gets the same draw.
    """

    def place(one: Candidate) -> tuple[int, str]:
        return (0 if method is Method.RANDOM else -one.points, lot(seed, one.key))

    return sorted(candidates, key=place)[:count]
