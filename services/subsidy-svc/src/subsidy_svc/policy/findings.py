"""How a rule says what it found."""

from collections.abc import Callable

from chuangpei.kernel.refusals import Finding, Outcome, Text

from subsidy_svc.policy.facts import Facts
from subsidy_svc.policy.parameters import Law

Rule = Callable[[Facts, Law], Finding]


def finding(rule: str, article: str, passed: bool, fact: str, required: str, text: Text) -> Finding:
    """A finding that the condition is met or not; ``text`` says which, in both languages."""
    outcome = Outcome.PASSED if passed else Outcome.FAILED
    return Finding(rule, article, outcome, fact, required, text)
