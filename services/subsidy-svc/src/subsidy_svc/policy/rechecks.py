"""What the registries answer anew before a decision (决定前核查; S01, S11, D02), and how long it is good."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from chuangpei.kernel.enterprises import Enterprise
from chuangpei.kernel.refusals import Finding, Outcome, Text

from subsidy_svc.policy.enterprise_rules import (
    enterprise_is_of_shanghai,
    holds_a_role,
    part_in,
    started_within_years,
)
from subsidy_svc.policy.facts import AccountKind, Facts, Source
from subsidy_svc.policy.findings import SOURCE_NAMES, finding
from subsidy_svc.policy.parameters import Law
from subsidy_svc.policy.rules import account_finding

_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Recheck:
    """A claim's facts with what the registries say of them on ``on``, and the enterprise as it is that day.

    ``same_account`` says whether the person's account there is still the one the claim is to be paid to.
    """

    facts: Facts
    on: date
    enterprise_now: Enterprise | None
    same_account: bool


def still_registered(it: Recheck, law: Law) -> Finding:
    """The enterprise is still active (仍存续); where not that only warns: the reference day counts (D02)."""
    now = it.enterprise_now
    status = now.status if now else "unknown"
    stands = status == "active"
    return Finding(
        rule="D02",
        article=law.articles["reference_date"],
        outcome=Outcome.PASSED if stands else Outcome.WARNED,
        fact=f"{it.on}: {status}",
        required="active",
        text=Text(f"创业组织于{it.on}仍存续", f"On {it.on} the enterprise is still active")
        if stands
        else Text(
            f"创业组织于{it.on}已非存续状态，仅作提示",
            f"On {it.on} the enterprise is no longer active: a warning only",
        ),
    )


def part_still_held(it: Recheck, law: Law) -> Finding:
    """The person's role and share are those of the reference day; a change only warns (D02)."""
    now, then = part_in(it.enterprise_now, law), part_in(it.facts.enterprise_at_reference, law)
    return Finding(
        rule="D02",
        article=law.articles["reference_date"],
        outcome=Outcome.PASSED if now == then else Outcome.WARNED,
        fact=f"{it.on}: {now}",
        required=then,
        text=Text(
            f"{it.on}身份及持股与基准日一致", f"On {it.on} role and share are those of the reference day"
        )
        if now == then
        else Text(
            f"{it.on}身份或持股与基准日不同，仅作提示",
            f"On {it.on} role or share are not those of the reference day: a warning only",
        ),
    )


def account_still_open(it: Recheck, law: Law) -> Finding:
    """The account that the claim names is the person's and open (S11)."""
    account = it.facts.account
    if account.kind is AccountKind.OTHER or not account.available or it.same_account:
        return account_finding(account, law)
    return finding(
        "S11",
        law.articles["subsidy_fen"],
        False,
        "another account is linked to the card",
        "the account of the claim",
        Text(
            "社会保障卡现关联另一账户，与申领的账户不同",
            "The social-security card is linked to another account than the claim names",
        ),
    )


RECHECKS: tuple[Callable[[Recheck, Law], Finding], ...] = (
    lambda it, law: enterprise_is_of_shanghai(it.facts, law),
    lambda it, law: started_within_years(it.facts, law),
    lambda it, law: holds_a_role(it.facts, law),
    still_registered,
    part_still_held,
    account_still_open,
)


def recheck(it: Recheck, law: Law) -> tuple[Finding, ...]:
    """Asks every rule of :data:`RECHECKS`, in their order."""
    return tuple(rule(it, law) for rule in RECHECKS)


def answer_age(answered_on: date, today: date, law: Law) -> Finding:
    """An approval rests on answers no older than so many days (核查时效; S07)."""
    last = answered_on + timedelta(days=law.registry_answer_days)
    passed = today <= last
    text = (
        Text(f"登记系统于{answered_on}答复", f"The registries answered on {answered_on}")
        if passed
        else Text(
            f"登记系统于{answered_on}答复，已超过{law.registry_answer_days}日，须重新核查",
            f"The registries answered on {answered_on}, more than {law.registry_answer_days} days ago",
        )
    )
    return finding(
        "S07", law.articles["registry_answer_days"], passed, str(answered_on), f"{last} or before", text
    )


def waits_for(source: Source, since: datetime, law: Law) -> Finding:
    """A registry that a claim waits for (等待登记系统): nothing is approved before it answers (S07)."""
    name = SOURCE_NAMES[source]
    return Finding(
        rule="S07",
        article=law.articles["registry_answer_days"],
        outcome=Outcome.AWAITED,
        fact=f"{source} away since {since.isoformat()}",
        required="answered",
        text=Text(
            f"{name.zh}暂时无法查询，答复前不能审核通过",
            f"Nothing is approved before {name.en} can be asked again",
        ),
    )


def waiting_for(sources: Sequence[Source]) -> Text:
    """That a claim waits for registries, as the person is told it (等待登记系统)."""
    zh = "、".join(SOURCE_NAMES[one].zh for one in sources)
    en = " and ".join(SOURCE_NAMES[one].en for one in sources)
    return Text(
        f"{zh}暂时无法查询，恢复后自动继续办理，申请日不变",
        f"Your claim waits for {en} and goes on by itself; the day of application stays",
    )


def ask_again_at(since: datetime, now: datetime) -> datetime:
    """When a registry that is away is asked again: after as long as it has been away, a minute to an hour."""
    return now + min(max(now - since, _FIRST_WAIT), _LONGEST_WAIT)
