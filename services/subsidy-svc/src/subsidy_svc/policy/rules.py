"""The rules of a claim: each a function from facts and law to what it found; ``RULES`` is all of them."""

from collections.abc import Mapping

from chuangpei.kernel.money import yuan
from chuangpei.kernel.refusals import Finding, Outcome, Text

from subsidy_svc.policy.enterprise_rules import (
    enterprise_is_of_shanghai,
    holds_a_role,
    role_at_application,
    started_within_years,
)
from subsidy_svc.policy.facts import Account, AccountKind, Facts, Source
from subsidy_svc.policy.findings import Needed, Rule, awaited_finding, finding
from subsidy_svc.policy.parameters import Law


def certificate_under_this_law(facts: Facts, law: Law) -> Finding:
    """The certificate was issued while SH30 is in force (D10)."""
    first, last = law.in_force
    passed = first <= facts.issued_on and (last is None or facts.issued_on <= last)
    required = f"{first} – {last or ''}"
    text = (
        Text(
            f"合格证书颁发于{facts.issued_on}，在政策有效期内", f"Issued on {facts.issued_on}, under this law"
        )
        if passed
        else Text(
            f"合格证书颁发于{facts.issued_on}，不在政策有效期{required}内",
            f"Issued on {facts.issued_on}, outside the law's time {required}",
        )
    )
    return finding("D10", law.articles["in_force"], passed, str(facts.issued_on), required, text)


def certificate_stands(facts: Facts, law: Law) -> Finding:
    """The certificate has not been revoked (D06)."""
    revoked = facts.certificate_revoked_on
    passed = revoked is None
    text = (
        Text("合格证书有效", "The certificate stands")
        if passed
        else Text(f"合格证书已于{revoked}撤销", f"The certificate was revoked on {revoked}")
    )
    return finding(
        "D06",
        law.articles["revocation_treatment"],
        passed,
        "valid" if revoked is None else f"revoked {revoked}",
        "valid",
        text,
    )


def within_window(facts: Facts, law: Law) -> Finding:
    """The application comes within 12 months of the certificate's issue (申领期; S05, D01)."""
    on, last = facts.applied_on, facts.window_last_day
    mark = Text("（暂定）", " (provisional)") if facts.window_provisional else Text("", "")
    passed = facts.issued_on <= on <= last
    text = (
        Text(
            f"申请日{on}在申领期内，末日为{last}{mark.zh}",
            f"Applied on {on}, in time: the last day is {last}{mark.en}",
        )
        if passed
        else Text(
            f"申请日{on}不在申领期{facts.issued_on}至{last}内",
            f"Applied on {on}, outside the window {facts.issued_on} to {last}",
        )
    )
    return finding("S05", law.articles["window_months"], passed, str(on), f"{facts.issued_on} – {last}", text)


def once_per_project(facts: Facts, law: Law) -> Finding:
    """One person claims one project once (同一人同一项目; S03, D03)."""
    count = facts.counted_projects.count(facts.project_code)
    passed = count < law.claims_per_project
    text = (
        Text("该项目未曾申领", "No earlier claim for this project")
        if passed
        else Text("该项目已有一笔申领，只可申请1次", "This project has a claim already; only one is possible")
    )
    return finding(
        "S03", law.articles["claims_per_project"], passed, str(count), f"< {law.claims_per_project}", text
    )


def within_number_of_subsidies(facts: Facts, law: Law) -> Finding:
    """One person gets at most 3 stage-3 subsidies in all (不超过3次; S04, D03)."""
    count, most = len(facts.counted_projects), law.subsidies_per_person
    passed = count < most
    text = (
        Text(f"已占用{count}次，未满{most}次", f"{count} of {most} places taken")
        if passed
        else Text(f"已占用{count}次，不超过{most}次", f"All {most} places are taken")
    )
    return finding("S04", law.articles["subsidies_per_person"], passed, str(count), f"< {most}", text)


def account_is_the_persons_own(facts: Facts, law: Law) -> Finding:
    """Paid to the account of the social-security card; another own-name account needs a reason (S11)."""
    return account_finding(facts.account, law)


def account_finding(account: Account, law: Law) -> Finding:
    """What S11 says of one account, also of one named after the bank refused the first."""
    passed = account.available and account.own_name
    if account.kind is AccountKind.OTHER:
        passed = passed and bool(account.reason)
    text = (
        Text("收款账户符合要求", "The account may be paid to")
        if passed
        else Text(
            "未查到社会保障卡关联的有效银行账户"
            if account.kind is AccountKind.SOCIAL_SECURITY_CARD
            else "其他账户须为本人户名并说明原因",
            "No active account is linked to the social-security card"
            if account.kind is AccountKind.SOCIAL_SECURITY_CARD
            else "Another account must bear the person's own name and needs a reason",
        )
    )
    return finding(
        "S11",
        law.articles["subsidy_fen"],
        passed,
        f"{account.kind}, own name {_yes(account.own_name)}, reason {_yes(bool(account.reason))}",
        "social_security_card, or other with own name yes and reason yes",
        text,
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


NEEDS: Mapping[Rule, Needed] = {
    enterprise_is_of_shanghai: Needed(Source.BUSINESS, "S01", "enterprise_province"),
    started_within_years: Needed(Source.BUSINESS, "S01", "start_up_years"),
    holds_a_role: Needed(Source.BUSINESS, "S01", "claimant_roles"),
    role_at_application: Needed(Source.BUSINESS, "D02", "reference_date"),
    account_is_the_persons_own: Needed(Source.ACCOUNTS, "S11", "subsidy_fen"),
}
"""The rules that a registry of others must answer for."""


def found(rule: Rule, facts: Facts, law: Law) -> Finding:
    """What the rule finds, or that its registry has not answered yet."""
    needed = NEEDS.get(rule)
    if needed is not None and needed.source in facts.awaited:
        return awaited_finding(needed, law)
    return rule(facts, law)


def _yes(value: bool) -> str:
    return "yes" if value else "no"
