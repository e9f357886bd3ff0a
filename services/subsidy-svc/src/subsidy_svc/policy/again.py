"""A decision run again (重新审核): the same facts under the law of another day, or under a proposed one."""

from dataclasses import dataclass, replace

from chuangpei.kernel.refusals import Text

from subsidy_svc.policy.decision import Decision, decide
from subsidy_svc.policy.enterprise_rules import reference_day
from subsidy_svc.policy.facts import Facts
from subsidy_svc.policy.parameters import Law, ReferenceDate
from subsidy_svc.policy.periods import claim_window


@dataclass(frozen=True, slots=True)
class Again:
    """What the rules find now, and what had to be assumed because nobody asked a registry about it then."""

    decision: Decision
    assumed: Text | None


def decide_again(facts: Facts, then: Law, law: Law) -> Again:
    """Decides on the facts gathered under the law ``then``, by ``law``; the same law gives the same decision.

    Another law may have another window (S05, D01) and another reference date (D02): what follows from the
    facts is reckoned anew, what a registry would have to be asked is assumed to be as on the day it was.
    """
    if law.version == then.version:
        return Again(decide(facts, law), None)
    if _window_terms(law) != _window_terms(then):
        window = claim_window(facts.issued_on, law)
        facts = replace(facts, window_last_day=window.last_day, window_provisional=window.provisional)
    asked, needed = reference_day(facts.days, then), reference_day(facts.days, law)
    if law.reference_date is ReferenceDate.APPLICATION:
        facts = replace(facts, enterprise_at_reference=facts.enterprise_at_application)
    elif asked != needed:
        text = Text(
            f"未查询{needed}的登记信息，身份按{asked}的登记信息认定",
            f"The registry was not asked about {needed}: the role is that of {asked}",
        )
        return Again(decide(facts, law), text)
    return Again(decide(facts, law), None)


def _window_terms(law: Law) -> tuple[object, ...]:
    return law.window_months, law.window_rolls_to_working_day, law.calendar
