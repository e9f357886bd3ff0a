"""The law of an inspection (督导检查, C05, O03): who may inspect, and when it may be closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chuangpei.kernel.refusals import Finding, Text

from training_svc.policy.findings import Rule, finding


class Severity(StrEnum):
    """How bad a finding is: 轻微, 一般, 严重."""

    MINOR = "minor"
    GENERAL = "general"
    SERIOUS = "serious"


@dataclass(frozen=True, slots=True)
class VisitFacts:
    """A visit: how many inspect, how many have to, and the masked names of those with an interest."""

    inspectors: int
    needed: int
    interested: Sequence[str]
    visited_on: date
    today: date


@dataclass(frozen=True, slots=True)
class ClosingFacts:
    """An inspection that is to be closed; ``verified`` once the institution's rectification was."""

    severities: Sequence[Severity]
    verified: bool
    closer: str
    finders: Sequence[str]


def enough_inspect_together(facts: VisitFacts) -> Finding:
    """C05: nobody inspects alone (双人检查)."""
    text = Text("检查人员人数不足", "Too few inspect together")
    return finding("C05", facts.inspectors >= facts.needed, facts.inspectors, f"≥ {facts.needed}", text)


def nobody_with_an_interest_inspects(facts: VisitFacts) -> Finding:
    """C05: who teaches at the institution, or learns there, does not inspect it (回避)."""
    text = Text(
        "与被检查机构有利害关系者应回避", "Who has an interest in the institution does not inspect it"
    )
    return finding("C05", not facts.interested, ", ".join(facts.interested) or "—", "—", text)


def visit_is_not_in_the_future(facts: VisitFacts) -> Finding:
    """C05: a visit is recorded once it was made."""
    text = Text("检查日期不得晚于今天", "A visit is recorded once it was made")
    return finding("C05", facts.visited_on <= facts.today, facts.visited_on, f"≤ {facts.today}", text)


def more_than_minor_findings_are_rectified(facts: ClosingFacts) -> Finding:
    """C05, O03: what is more than minor is rectified and verified before the inspection is closed."""
    bad = [one for one in facts.severities if one is not Severity.MINOR]
    text = Text(
        "一般及以上问题须整改并核实后结案", "More than minor findings are rectified and verified first"
    )
    return finding("O03", facts.verified or not bad, len(bad), "0", text)


def another_person_closes_serious_findings(facts: ClosingFacts) -> Finding | None:
    """C05: with a serious finding another person closes than found it (D05 by analogy)."""
    if Severity.SERIOUS not in facts.severities:
        return None
    text = Text("有严重问题的须由另一人结案", "With a serious finding another person closes")
    return finding("C05", facts.closer not in facts.finders, facts.closer, "another person", text)


VISIT_RULES: tuple[Rule[VisitFacts], ...] = (
    enough_inspect_together,
    nobody_with_an_interest_inspects,
    visit_is_not_in_the_future,
)
CLOSING_RULES: tuple[Rule[ClosingFacts], ...] = (
    more_than_minor_findings_are_rectified,
    another_person_closes_serious_findings,
)
