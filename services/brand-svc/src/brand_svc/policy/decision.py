"""The eligibility decision: every finding of every rule, never just the first."""

from collections.abc import Sequence
from dataclasses import dataclass

from chuangpei.kernel.refusals import Finding, Outcome, failed

from brand_svc.policy.facts import Facts
from brand_svc.policy.parameters import Parameters
from brand_svc.policy.rules import RULES, Rule


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rules found; ``parameters_version`` names the numbers that were used."""

    findings: tuple[Finding, ...]
    parameters_version: str

    @property
    def allowed(self) -> bool:
        """Whether nothing stands in the way; warnings do not."""
        return not self.against

    @property
    def against(self) -> tuple[Finding, ...]:
        """The findings that stand in the way."""
        return failed(self.findings)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that people should know of before they decide."""
        return tuple(finding for finding in self.findings if finding.outcome is Outcome.WARNED)


def decide(facts: Facts, law: Parameters, rules: Sequence[Rule] = RULES) -> Decision:
    """Asks every rule: of recognition, or those given (B02, B06, B08, B11, B12, B13)."""
    return Decision(tuple(rule(facts, law) for rule in rules), law.version)
