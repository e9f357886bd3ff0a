"""The rules about the enterprise and the person's part in it (创业组织; S01, D02)."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from chuangpei.kernel.dates import add_years
from chuangpei.kernel.enterprises import Enterprise
from chuangpei.kernel.refusals import Finding, Outcome, Text

from subsidy_svc.policy.facts import Facts
from subsidy_svc.policy.findings import finding
from subsidy_svc.policy.parameters import Law, ReferenceDate

ROLE_NAMES = {
    "legal_representative": Text("法定代表人", "legal representative"),
    "person_in_charge": Text("负责人", "person in charge"),
    "shareholding_partner": Text("持股合伙人", "shareholding partner"),
}


def enterprise_is_of_shanghai(facts: Facts, law: Law) -> Finding:
    """The enterprise is an active one of Shanghai (本市创业组织; S01)."""
    enterprise = facts.enterprise_at_reference
    fact = (
        "unknown"
        if enterprise is None
        else f"province {enterprise.province_code}, status {enterprise.status}"
    )
    passed = (
        enterprise is not None
        and enterprise.province_code == law.enterprise_province
        and enterprise.status == "active"
    )
    text = (
        Text("创业组织为本市存续的市场主体", "The enterprise is an active one of Shanghai")
        if passed
        else Text(
            "未查到该创业组织" if enterprise is None else "创业组织不是本市存续的市场主体",
            "The registry knows no such enterprise"
            if enterprise is None
            else "The enterprise is not an active one of Shanghai",
        )
    )
    return finding(
        "S01",
        law.articles["enterprise_province"],
        passed,
        fact,
        f"province {law.enterprise_province}, status active",
        text,
    )


def started_within_years(facts: Facts, law: Law) -> Finding:
    """The enterprise started within 3 years before the reference date (创业3年内; S01, D02)."""
    day = reference_day(facts.days, law)
    enterprise = facts.enterprise_at_reference
    registered = enterprise.registered_on if enterprise else None
    last = last_day_of_start(registered, law.start_up_years) if registered else None
    passed = registered is not None and started_within(registered, day, law)
    text = (
        Text(
            f"创业组织{registered}登记，基准日{day}在创业{law.start_up_years}年内（至{last}）",
            f"Registered on {registered}; {day} is within {law.start_up_years} years (until {last})",
        )
        if passed
        else Text(
            f"创业组织{registered}登记，基准日{day}不在创业{law.start_up_years}年内（至{last}）"
            if registered
            else "无法确认创业组织的登记日期",
            f"Registered on {registered}; {day} is not within {law.start_up_years} years (until {last})"
            if registered
            else "The day of registration is not known",
        )
    )
    return finding(
        "S01",
        f"{law.articles['start_up_years']}；{law.articles['reference_date']}",
        passed,
        f"registered {registered}" if registered else "unknown",
        f"{law.reference_date} {day} from {registered or '-'} to {last or '-'}",
        text,
    )


def holds_a_role(facts: Facts, law: Law) -> Finding:
    """On the reference date the person was its legal representative, head or partner (S01, D02)."""
    day = reference_day(facts.days, law)
    held = _roles_of(facts.enterprise_at_reference, law)
    passed = bool(held)
    text = (
        Text(
            f"基准日{day}为创业组织的{'、'.join(ROLE_NAMES[role].zh for role in held)}",
            f"On {day} the person was its {', '.join(ROLE_NAMES[role].en for role in held)}",
        )
        if passed
        else Text(
            f"基准日{day}不是创业组织的法定代表人、负责人或持股合伙人",
            f"On {day} the person was neither its legal representative, head nor a shareholding partner",
        )
    )
    return finding(
        "S01",
        f"{law.articles['claimant_roles']}；{law.articles['reference_date']}",
        passed,
        ", ".join(held) or "none",
        " / ".join(law.claimant_roles),
        text,
    )


def role_at_application(facts: Facts, law: Law) -> Finding:
    """A role or a shareholding changed by the day of application only warns (D02)."""
    now = part_in(facts.enterprise_at_application, law)
    then = part_in(facts.enterprise_at_reference, law)
    return Finding(
        rule="D02",
        article=law.articles["reference_date"],
        outcome=Outcome.PASSED if now == then else Outcome.WARNED,
        fact=now,
        required=then,
        text=Text(
            "申请日身份及持股与基准日一致", "Role and shareholding are the same on the day of application"
        )
        if now == then
        else Text(
            "申请日身份或持股与基准日不同，仅作提示",
            "Role or shareholding changed by the day of application: a warning only",
        ),
    )


def started_within(registered_on: date, day: date, law: Law) -> bool:
    """Whether ``day`` is within 3 years of the registration, its own day of the year included (D02)."""
    return registered_on <= day <= last_day_of_start(registered_on, law.start_up_years)


@lru_cache(maxsize=4096)
def last_day_of_start(registered_on: date, years: int) -> date:
    """The last day that is within ``years`` of the registration (D02); asked several times a decision."""
    return add_years(registered_on, years)


def reference_day(days: Mapping[ReferenceDate, date], law: Law) -> date:
    """The day at which start and role are tested (基准日; D02); an unknown evaluation day is the issue's."""
    return days.get(law.reference_date) or days[ReferenceDate.ISSUE]


def _roles_of(enterprise: Enterprise | None, law: Law) -> tuple[str, ...]:
    roles = enterprise.roles if enterprise else frozenset()
    return tuple(role for role in law.claimant_roles if role in roles)


def part_in(enterprise: Enterprise | None, law: Law) -> str:
    """The person's roles and share in it, as a person can read them."""
    roles = ", ".join(_roles_of(enterprise, law)) or "none"
    share = enterprise.shareholding_percent if enterprise else None
    return f"{roles} ({share}%)" if share else roles
