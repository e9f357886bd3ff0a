"""How a rule of cert-svc says what it found."""

from chuangpei.kernel.refusals import Finding, Outcome, Text


def finding(rule: str, article: str, holds: bool, values: tuple[str, str], text: Text) -> Finding:
    """A finding that the rule holds or not; ``values`` are the fact and what is required."""
    return Finding(rule, article, Outcome.PASSED if holds else Outcome.FAILED, *values, text)
