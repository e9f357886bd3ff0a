"""The eligibility decision (资格审核): every rule is asked, every reason is given."""

from collections.abc import Mapping
from dataclasses import dataclass

from chuangpei.kernel.money import Fen
from chuangpei.kernel.refusals import Finding, Outcome, failed

from subsidy_svc.policy.enterprise_rules import started_within
from subsidy_svc.policy.facts import Facts
from subsidy_svc.policy.parameters import Law, ReferenceDate
from subsidy_svc.policy.rules import RULES, found


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rules found, under which version of the parameters.

    ``within_years_on`` records for each of D02's days whether the enterprise was within its 3 years then; a
    day or a registration that is not known is None.
    """

    findings: tuple[Finding, ...]
    amount_fen: Fen
    policy_version: str
    within_years_on: Mapping[ReferenceDate, bool | None]

    @property
    def eligible(self) -> bool:
        """Whether no rule stands in the way, as far as the registries have answered."""
        return not failed(self.findings)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What an officer should look at."""
        return tuple(finding for finding in self.findings if finding.outcome is Outcome.WARNED)


def decide(facts: Facts, law: Law) -> Decision:
    """Asks every rule of :data:`subsidy_svc.policy.rules.RULES`, in their order.

    ``law`` is that of the certificate's day of issue: the right to claim arises then and keeps its terms
    (D10).
    """
    return Decision(
        findings=tuple(found(rule, facts, law) for rule in RULES),
        amount_fen=law.subsidy_fen,
        policy_version=law.version,
        within_years_on={day: _within_years_on(facts, law, day) for day in ReferenceDate},
    )


def _within_years_on(facts: Facts, law: Law, named: ReferenceDate) -> bool | None:
    day, enterprise = facts.days.get(named), facts.enterprise_at_reference
    return started_within(enterprise.registered_on, day, law) if day and enterprise else None
