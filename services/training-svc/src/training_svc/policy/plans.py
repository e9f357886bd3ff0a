"""The rules of the districts' yearly training plans (培训计划, O02): facts in, a finding out."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chuangpei.kernel.dated import InForce
from chuangpei.kernel.refusals import Finding, Text

from training_svc.policy.findings import Rule, finding


class TargetGroup(StrEnum):
    """For whom a plan provides places (培训对象): 一般对象, and the priority groups of T02 and T04."""

    GENERAL = "general"
    STUDENT = "student"
    VETERAN = "veteran"
    DISABLED = "disabled"
    SOON_RELEASED = "soon_released"
    CONTEST_WINNER = "contest_winner"
    VENTURE_BACKED = "venture_backed"


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A plan for a calendar ``year``, submitted on the day ``today`` (Asia/Shanghai)."""

    in_force: InForce
    today: date
    year: int


def law_covers_the_year(facts: PlanFacts) -> Finding:
    """O06: a plan is for a year in which the document is in force."""
    first, last = facts.in_force.first.year, facts.in_force.last.year if facts.in_force.last else None
    text = Text("计划年度应在文件有效期内", "A plan is for a year in which the document is in force")
    holds = first <= facts.year and (last is None or facts.year <= last)
    return finding("O06", holds, facts.year, f"{first}/{last or ''}", text)


def year_is_not_over(facts: PlanFacts) -> Finding:
    """O02: nobody plans (制定培训计划) a year that is over."""
    text = Text("不得提交已结束年度的计划", "Nobody plans a year that is over")
    return finding("O02", facts.today.year <= facts.year, facts.year, f"≥ {facts.today.year}", text)


PLAN_RULES: tuple[Rule[PlanFacts], ...] = (law_covers_the_year, year_is_not_over)
