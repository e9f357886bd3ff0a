"""How a rule of this service tells what it found: under the article that carries it."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from chuangpei.kernel.clock import SHANGHAI
from chuangpei.kernel.refusals import Finding, Outcome, Text

F = TypeVar("F")
Rule = Callable[[F], Finding | None]
"""Facts in, a finding out, or None where nothing is to judge."""

_SH30 = "沪人社规〔2025〕30号"
ARTICLES = {
    "T01": f"{_SH30} 一",
    "T02": f"{_SH30} 一(一)",
    "T03": f"{_SH30} 一(二)",
    "T04": f"{_SH30} 一(三)",
    "T05": f"{_SH30} 二(一)",
    "T06": f"{_SH30} 二(二)",
    "T07": f"{_SH30} 二(三)",
    "T08": f"{_SH30} 二(三)",
    "T09": f"{_SH30} 二(四)",
    "T10": f"{_SH30} 二(五)",
    "T11": f"{_SH30} 二(七)",
    "C01": f"{_SH30} 一(一)",
    "C02": f"{_SH30} 一(二)",
    "C03": f"{_SH30} 一(三)",
    "C05": f"{_SH30} 二(六)",
    "O01": f"{_SH30} 三(一)",
    "O02": f"{_SH30} 三(二)",
    "O03": f"{_SH30} 三(二)",
    "O06": f"{_SH30} 末段",
    "S12": "人社部发〔2025〕5号 (十五)",
}


def finding(rule: str, holds: bool, fact: object, required: object, text: Text) -> Finding:
    """A finding under the article that carries ``rule``."""
    outcome = Outcome.PASSED if holds else Outcome.FAILED
    return Finding(rule, ARTICLES[rule], outcome, str(fact), str(required), text)


def local(instant: datetime) -> str:
    """An instant as people read it, to the minute in Asia/Shanghai."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
