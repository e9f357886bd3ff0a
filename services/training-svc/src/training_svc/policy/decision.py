"""Deciding: every rule is asked, and all that they found is told, never just the first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from chuangpei.kernel.refusals import Finding, Problem, Refusal, failed

from training_svc.policy.findings import Rule

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rules found, in their order."""

    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether no rule stands in the way."""
        return not failed(self.findings)

    def __add__(self, other: "Decision") -> "Decision":
        """Both decisions as one, with all that either found."""
        return Decision(self.findings + other.findings)

    def refusal(self, problem: Problem) -> Refusal | None:
        """The refusal with all findings, or None where the decision holds."""
        return None if self.holds else Refusal(problem, findings=self.findings)


def decide(rules: Sequence[Rule[F]], facts: F) -> Decision:
    """Asks every rule about the facts."""
    found = (rule(facts) for rule in rules)
    return Decision(tuple(one for one in found if one is not None))
