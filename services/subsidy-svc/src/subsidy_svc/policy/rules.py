"""The rules of a claim: each a function from facts and law to what it found; ``RULES`` is all of them."""

from collections.abc import Callable, Mapping
from datetime import date

from chuangpei.kernel.dates import add_years
from chuangpei.kernel.money import yuan
from chuangpei.kernel.refusals import Finding, Outcome, Text

from subsidy_svc.policy.facts import AccountKind, Enterprise, Facts
from subsidy_svc.policy.parameters import Law, ReferenceDate

Rule = Callable[[Facts, Law], Finding]

_ROLE_NAMES = {
    "legal_representative": Text("法定代表人", "legal representative"),
    "person_in_charge": Text("负责人", "person in charge"),
    "shareholding_partner": Text("持股合伙人", "shareholding partner"),
}


def certificate_under_this_law(facts: Facts, law: Law) -> Finding:
    """The certificate was issued while SH30 is in force (D10)."""
    first, last = law.in_force
    passed = first <= facts.issued_on and (last is None or facts.issued_on <= last)
    required = f"{first} – {last or ''}"
    return _finding(
        "D10",
        law.articles["in_force"],
        passed,
        str(facts.issued_on),
        required,
        Text(
            f"合格证书颁发于{facts.issued_on}，在政策有效期内", f"Issued on {facts.issued_on}, under this law"
        ),
        Text(
            f"合格证书颁发于{facts.issued_on}，不在政策有效期{required}内",
            f"Issued on {facts.issued_on}, outside the law's time {required}",
        ),
    )


def certificate_stands(facts: Facts, law: Law) -> Finding:
    """The certificate has not been revoked (D06)."""
    revoked = facts.certificate_revoked_on
    return _finding(
        "D06",
        law.articles["revocation_treatment"],
        revoked is None,
        "valid" if revoked is None else f"revoked {revoked}",
        "valid",
        Text("合格证书有效", "The certificate stands"),
        Text(f"合格证书已于{revoked}撤销", f"The certificate was revoked on {revoked}"),
    )


def within_window(facts: Facts, law: Law) -> Finding:
    """The application comes within 12 months of the certificate's issue (申领期; S05, D01)."""
    on, last = facts.applied_on, facts.window_last_day
    mark = Text("（暂定）", " (provisional)") if facts.window_provisional else Text("", "")
    return _finding(
        "S05",
        law.articles["window_months"],
        facts.issued_on <= on <= last,
        str(on),
        f"{facts.issued_on} – {last}",
        Text(
            f"申请日{on}在申领期内，末日为{last}{mark.zh}",
            f"Applied on {on}, in time: the last day is {last}{mark.en}",
        ),
        Text(
            f"申请日{on}不在申领期{facts.issued_on}至{last}内",
            f"Applied on {on}, outside the window {facts.issued_on} to {last}",
        ),
    )


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
    return _finding(
        "S01",
        law.articles["enterprise_province"],
        passed,
        fact,
        f"province {law.enterprise_province}, status active",
        Text("创业组织为本市存续的市场主体", "The enterprise is an active one of Shanghai"),
        Text(
            "未查到该创业组织" if enterprise is None else "创业组织不是本市存续的市场主体",
            "The registry knows no such enterprise"
            if enterprise is None
            else "The enterprise is not an active one of Shanghai",
        ),
    )


def started_within_years(facts: Facts, law: Law) -> Finding:
    """The enterprise started within 3 years before the reference date (创业3年内; S01, D02)."""
    day = reference_day(facts.days, law)
    enterprise = facts.enterprise_at_reference
    registered = enterprise.registered_on if enterprise else None
    last = add_years(registered, law.start_up_years) if registered else None
    return _finding(
        "S01",
        f"{law.articles['start_up_years']}；{law.articles['reference_date']}",
        registered is not None and started_within(registered, day, law),
        f"registered {registered}" if registered else "unknown",
        f"{law.reference_date} {day} from {registered or '-'} to {last or '-'}",
        Text(
            f"创业组织{registered}登记，基准日{day}在创业{law.start_up_years}年内（至{last}）",
            f"Registered on {registered}; {day} is within {law.start_up_years} years (until {last})",
        ),
        Text(
            f"创业组织{registered}登记，基准日{day}不在创业{law.start_up_years}年内（至{last}）"
            if registered
            else "无法确认创业组织的登记日期",
            f"Registered on {registered}; {day} is not within {law.start_up_years} years (until {last})"
            if registered
            else "The day of registration is not known",
        ),
    )


def holds_a_role(facts: Facts, law: Law) -> Finding:
    """On the reference date the person was its legal representative, head or partner (S01, D02)."""
    day = reference_day(facts.days, law)
    held = _roles_of(facts.enterprise_at_reference, law)
    return _finding(
        "S01",
        f"{law.articles['claimant_roles']}；{law.articles['reference_date']}",
        bool(held),
        ", ".join(held) or "none",
        " / ".join(law.claimant_roles),
        Text(
            f"基准日{day}为创业组织的{'、'.join(_ROLE_NAMES[role].zh for role in held)}",
            f"On {day} the person was its {', '.join(_ROLE_NAMES[role].en for role in held)}",
        ),
        Text(
            f"基准日{day}不是创业组织的法定代表人、负责人或持股合伙人",
            f"On {day} the person was neither its legal representative, head nor a shareholding partner",
        ),
    )


def role_at_application(facts: Facts, law: Law) -> Finding:
    """A role lost by the day of application only warns (D02)."""
    now = _roles_of(facts.enterprise_at_application, law)
    then = _roles_of(facts.enterprise_at_reference, law)
    return Finding(
        rule="D02",
        article=law.articles["reference_date"],
        outcome=Outcome.PASSED if now == then else Outcome.WARNED,
        fact=", ".join(now) or "none",
        required=", ".join(then) or "none",
        text=Text("申请日身份与基准日一致", "The role on the day of application is the same")
        if now == then
        else Text(
            "申请日身份与基准日不同，仅作提示", "The role changed by the day of application: a warning only"
        ),
    )


def once_per_project(facts: Facts, law: Law) -> Finding:
    """One person claims one project once (同一人同一项目; S03, D03)."""
    count = facts.counted_projects.count(facts.project_code)
    return _finding(
        "S03",
        law.articles["claims_per_project"],
        count < law.claims_per_project,
        str(count),
        f"< {law.claims_per_project}",
        Text("该项目未曾申领", "No earlier claim for this project"),
        Text("该项目已有一笔申领，只可申请1次", "This project has a claim already; only one is possible"),
    )


def within_number_of_subsidies(facts: Facts, law: Law) -> Finding:
    """One person gets at most 3 stage-3 subsidies in all (不超过3次; S04, D03)."""
    count, most = len(facts.counted_projects), law.subsidies_per_person
    return _finding(
        "S04",
        law.articles["subsidies_per_person"],
        count < most,
        str(count),
        f"< {most}",
        Text(f"已占用{count}次，未满{most}次", f"{count} of {most} places taken"),
        Text(f"已占用{count}次，不超过{most}次", f"All {most} places are taken"),
    )


def account_is_the_persons_own(facts: Facts, law: Law) -> Finding:
    """Paid to the account of the social-security card; another own-name account needs a reason (S11)."""
    account = facts.account
    passed = account.available and account.own_name
    if account.kind is AccountKind.OTHER:
        passed = passed and bool(account.reason)
    return _finding(
        "S11",
        law.articles["subsidy_fen"],
        passed,
        f"{account.kind}, own name {_yes(account.own_name)}, reason {_yes(bool(account.reason))}",
        "social_security_card, or other with own name yes and reason yes",
        Text("收款账户符合要求", "The account may be paid to"),
        Text(
            "未查到社会保障卡关联的有效银行账户"
            if account.kind is AccountKind.SOCIAL_SECURITY_CARD
            else "其他账户须为本人户名并说明原因",
            "No active account is linked to the social-security card"
            if account.kind is AccountKind.SOCIAL_SECURITY_CARD
            else "Another account must bear the person's own name and needs a reason",
        ),
    )


def amount(facts: Facts, law: Law) -> Finding:
    """The subsidy is 1800 yuan a person (补贴标准; S02)."""
    said = yuan(law.subsidy_fen)
    return Finding(
        rule="S02",
        article=law.articles["subsidy_fen"],
        outcome=Outcome.PASSED,
        fact=f"{law.subsidy_fen} fen",
        required=f"{law.subsidy_fen} fen",
        text=Text(f"补贴标准{said}元/人", f"The subsidy is {said} yuan a person"),
    )


RULES: tuple[Rule, ...] = (
    certificate_under_this_law,
    certificate_stands,
    within_window,
    enterprise_is_of_shanghai,
    started_within_years,
    holds_a_role,
    role_at_application,
    once_per_project,
    within_number_of_subsidies,
    account_is_the_persons_own,
    amount,
)


def started_within(registered_on: date, day: date, law: Law) -> bool:
    """Whether ``day`` is within 3 years of the registration, its own day of the year included (D02)."""
    return registered_on <= day <= add_years(registered_on, law.start_up_years)


def reference_day(days: Mapping[ReferenceDate, date], law: Law) -> date:
    """The day at which start and role are tested (基准日; D02); an unknown evaluation day is the issue's."""
    return days.get(law.reference_date) or days[ReferenceDate.ISSUE]


def _roles_of(enterprise: Enterprise | None, law: Law) -> tuple[str, ...]:
    roles = enterprise.roles if enterprise else frozenset()
    return tuple(role for role in law.claimant_roles if role in roles)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _finding(
    rule: str, article: str, passed: bool, fact: str, required: str, holds: Text, fails: Text
) -> Finding:
    outcome = Outcome.PASSED if passed else Outcome.FAILED
    return Finding(rule, article, outcome, fact, required, holds if passed else fails)
