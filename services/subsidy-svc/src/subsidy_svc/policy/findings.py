"""How a rule says what it found."""

from collections.abc import Callable
from typing import NamedTuple

from chuangpei.kernel.refusals import Finding, Outcome, Text

from subsidy_svc.policy.facts import Facts, Source
from subsidy_svc.policy.parameters import Law

Rule = Callable[[Facts, Law], Finding]


def finding(rule: str, article: str, passed: bool, fact: str, required: str, text: Text) -> Finding:
    """A finding that the condition is met or not; ``text`` says which, in both languages."""
    outcome = Outcome.PASSED if passed else Outcome.FAILED
    return Finding(rule, article, outcome, fact, required, text)


class Needed(NamedTuple):
    """Whose answer a rule needs, and what the rule is cited by: its id and the parameter of its article."""

    source: Source
    rule: str
    parameter: str


SOURCE_NAMES = {
    Source.BUSINESS: Text("市场主体登记系统", "the business registry"),
    Source.ACCOUNTS: Text("社保卡账户系统", "the account registry"),
}


def awaited_finding(needed: Needed, law: Law) -> Finding:
    """What a rule says while the registry it needs has not answered (待核查): neither met nor not met."""
    name = SOURCE_NAMES[needed.source]
    return Finding(
        rule=needed.rule,
        article=law.articles[needed.parameter],
        outcome=Outcome.AWAITED,
        fact="unknown",
        required=str(needed.source),
        text=Text(f"等待{name.zh}答复后核查", f"To be looked at once {name.en} answers"),
    )
