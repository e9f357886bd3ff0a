"""Asking the registries about a claim again (重新核查): before any transaction, judged by pure rules."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chuangpei.database import Row
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.refusals import Finding, Refusal

from subsidy_svc.claims.gathering import Answers, ChosenAccount, ask, facts_of
from subsidy_svc.claims.payee import opened
from subsidy_svc.law.published import law_of
from subsidy_svc.policy.decision import Decision, decide
from subsidy_svc.policy.facts import AccountKind, Facts, Source
from subsidy_svc.policy.frozen import thawed
from subsidy_svc.policy.parameters import Law
from subsidy_svc.policy.rechecks import Recheck, recheck
from subsidy_svc.policy.rules import NEEDS, RULES
from subsidy_svc.service import Service
from subsidy_svc.windows.repository import window_from


@dataclass(frozen=True, slots=True)
class Check:
    """What the registries answered about a claim at an instant, and what the rules find of it.

    ``application`` is the decision on the application where it was not complete; else it was complete and
    is only looked at again.
    """

    at: datetime
    answers: Answers
    facts: Facts
    findings: tuple[Finding, ...]
    application: Decision | None

    @property
    def away(self) -> Mapping[Source, Refusal]:
        """The registries that did not answer."""
        return self.answers.away


def is_complete(case: Row) -> bool:
    """Whether all that the registries had to tell of the application is known."""
    known = case["enterprise_name"] is not None and case["payee_digest"] is not None
    return known and not (case["facts"] or {}).get("awaited")


async def asked(service: Service, case: Row) -> Check:
    """Asks about the day of application where the application is not complete yet, else about today.

    S01, S11, D02. An application counts from its day, whenever the registries answer.
    """
    now = service.clock.now()
    law = await law_of(service.database, service, case["issued_on"])
    chosen, facts = _chosen(service, case), _facts(service, case)
    if not is_complete(case):
        answers = await ask(service, window_from(case), facts, chosen, law, facts.applied_on)
        facts = answers.into(facts)
        return _of_application(now, answers, facts, law)
    answers = await ask(service, window_from(case), facts, chosen, law, civil_date(now))
    facts = replace(facts, enterprise_at_reference=answers.at_reference, account=answers.account)
    same = answers.payee is not None and answers.payee.digest(service.privacy) == case["payee_digest"]
    findings = recheck(Recheck(facts, civil_date(now), answers.at_day, same_account=same), law)
    return Check(now, answers, facts, () if answers.away else findings, None)


def _of_application(at: datetime, answers: Answers, facts: Facts, law: Law) -> Check:
    decision = decide(facts, law)
    told = tuple(one for rule, one in zip(RULES, decision.findings, strict=True) if rule in NEEDS)
    return Check(at, answers, facts, () if answers.away else told, decision)


def _facts(service: Service, case: Row) -> Facts:
    if case["facts"] is not None:
        return thawed(case["facts"])
    applied_on = civil_date(case["submitted_at"])
    chosen = _chosen(service, case)
    return facts_of(window_from(case), case["enterprise_credit_code"], chosen, applied_on, ())


def _chosen(service: Service, case: Row) -> ChosenAccount:
    kind = AccountKind(case["account_kind"])
    if kind is AccountKind.SOCIAL_SECURITY_CARD:
        return ChosenAccount(kind)
    payee = opened(case["payee_encrypted"], service.privacy)
    return ChosenAccount(kind, payee.bank, payee.account_number, payee.holder, case["account_reason"])
