"""How a rule says what it found."""

from collections.abc import Callable

from chuangpei.kernel.refusals import Finding, Outcome, Text

from subsidy_svc.policy.facts import Facts
from subsidy_svc.policy.parameters import Law

Rule = Callable[[Facts, Law], Finding]


def finding(
    rule: str, article: str, passed: bool, fact: str, required: str, holds: Text, fails: Text
) -> Finding:
    """A finding that says ``holds`` where the condition is met and ``fails`` where it is not."""
    outcome = Outcome.PASSED if passed else Outcome.FAILED
    return Finding(rule, article, outcome, fact, required, holds if passed else fails)
