"""Signs of risk (风险提示): what an officer should look at. A sign informs a person and decides nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from chuangpei.kernel.refusals import Finding, Outcome, Text

from subsidy_svc.policy.parameters import Law


class Kind(StrEnum):
    """What stands out about a claim."""

    SHARED_ACCOUNT = "shared_account"
    SHARED_PHONE = "shared_phone"
    SHARED_ENTERPRISE = "shared_enterprise"
    OUTSTANDING_INSTITUTION = "outstanding_institution"


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is known around a claim; each number of people counts the claimant, and stops at a hundred.

    ``approvals`` are the institution's among the claims submitted in the period, ``others`` the district's
    other institutions that have any, or the city's where the district has none, and theirs together.
    """

    people_of_account: int
    people_of_phone: int
    people_of_enterprise: int
    approvals: int
    others: int
    approvals_of_others: int


def shared_account(it: Pattern, law: Law) -> Finding | None:
    """One payee account is named by several people (多人同一收款账户; S11)."""
    return _shared(
        it.people_of_account,
        law.risk.people_per_account,
        ("S11", law.articles["risk_people_per_account"]),
        Text("同一收款账户", "The payee account"),
    )


def shared_phone(it: Pattern, law: Law) -> Finding | None:
    """One phone is given by several people (多人同一电话; S06)."""
    return _shared(
        it.people_of_phone,
        law.risk.people_per_phone,
        ("S06", law.articles["risk_people_per_phone"]),
        Text("同一联系电话", "The phone"),
    )


def shared_enterprise(it: Pattern, law: Law) -> Finding | None:
    """One registered firm is shared by many claimants (多人同一创业组织; S01)."""
    return _shared(
        it.people_of_enterprise,
        law.risk.people_per_enterprise,
        ("S01", law.articles["risk_people_per_enterprise"]),
        Text("同一创业组织", "The enterprise"),
    )


def outstanding_institution(it: Pattern, law: Law) -> Finding | None:
    """The institution's approvals stand out against the others' (机构审核通过数突出; S07)."""
    least, times, days = law.risk.approvals_least, law.risk.approvals_times, law.risk.period_days
    if it.others == 0 or it.approvals < least or it.approvals * it.others <= times * it.approvals_of_others:
        return None
    mean = it.approvals_of_others / it.others
    return _sign(
        "S07",
        law.articles["risk_approvals_times"],
        f"{it.approvals} > {times} × {it.approvals_of_others} ÷ {it.others}",
        f">= {least} and > {times} × mean of the others",
        Text(
            f"该机构近{days}日提交的申领已通过{it.approvals}笔，超过其他{it.others}家机构平均{mean:.1f}笔的{times}倍",
            f"Of the claims of the last {days} days {it.approvals} of this institution were approved: more"
            f" than {times} times the {mean:.1f} that {it.others} others have on average",
        ),
    )


SIGNS: Mapping[Kind, Callable[[Pattern, Law], Finding | None]] = {
    Kind.SHARED_ACCOUNT: shared_account,
    Kind.SHARED_PHONE: shared_phone,
    Kind.SHARED_ENTERPRISE: shared_enterprise,
    Kind.OUTSTANDING_INSTITUTION: outstanding_institution,
}


def signs(pattern: Pattern, law: Law) -> dict[Kind, Finding]:
    """The signs that a claim has, by the law of its certificate."""
    found = {kind: look(pattern, law) for kind, look in SIGNS.items()}
    return {kind: finding for kind, finding in found.items() if finding is not None}


def _shared(people: int, from_people: int, cited: tuple[str, str], what: Text) -> Finding | None:
    if people < from_people:
        return None
    return _sign(
        *cited,
        f"{people} people",
        f"< {from_people} people",
        Text(f"{what.zh}有{people}人申领", f"{what.en} is that of {people} claimants"),
    )


def _sign(rule: str, article: str, fact: str, required: str, text: Text) -> Finding:
    return Finding(rule, article, Outcome.WARNED, fact, required, text)
