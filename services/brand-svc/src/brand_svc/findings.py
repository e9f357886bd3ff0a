"""Findings as a row or a view keeps them."""

from collections.abc import Iterable
from typing import Any

from chuangpei.kernel.refusals import Finding


def as_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings in the form of :class:`chuangpei.web.FindingView`."""
    return [
        {
            "rule": one.rule,
            "article": one.article,
            "outcome": one.outcome.value,
            "fact": one.fact,
            "required": one.required,
            "zh": one.text.zh,
            "en": one.text.en,
        }
        for one in findings
    ]
