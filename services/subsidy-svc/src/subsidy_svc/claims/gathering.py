"""Gathers the facts of an application before any transaction: window, registries, account (S01, S11)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from chuangpei.database import Row
from chuangpei.kernel.enterprises import Enterprise
from chuangpei.kernel.refusals import Refusal

from subsidy_svc.claims.payee import Payee
from subsidy_svc.policy.enterprise_rules import reference_day
from subsidy_svc.policy.facts import Account, AccountKind, Facts, Source
from subsidy_svc.policy.parameters import Law, ReferenceDate
from subsidy_svc.ports.accounts import BankAccount
from subsidy_svc.service import Service
from subsidy_svc.windows.repository import window_from
from subsidy_svc.windows.window import Window


@dataclass(frozen=True, slots=True)
class ChosenAccount:
    """The account a person asks to be paid to (S11); the four texts are given for any but the card's."""

    kind: AccountKind
    bank: str = ""
    account_number: str = ""
    holder_name: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What the registries told of an enterprise on the reference day and on another, and of an account.

    ``away`` are those that did not answer, each with its refusal: nothing of theirs is known.
    """

    at_reference: Enterprise | None
    at_day: Enterprise | None
    account: Account
    payee: Payee | None
    away: Mapping[Source, Refusal]

    def into(self, facts: Facts) -> Facts:
        """The facts of an application with these answers; ``at_day`` is the day of application."""
        return replace(
            facts,
            enterprise_at_reference=self.at_reference,
            enterprise_at_application=self.at_day,
            account=self.account,
            awaited=frozenset(self.away),
        )


@dataclass(frozen=True, slots=True)
class Gathered:
    """The facts, the window they belong to, and the payee; None where no account can be paid to.

    ``away`` are the registries that did not answer.
    """

    window: Window
    facts: Facts
    payee: Payee | None
    away: Mapping[Source, Refusal]


async def gather(
    service: Service, standing: Row, law: Law, enterprise: str, chosen: ChosenAccount, applied_on: date
) -> Gathered:
    """Asks the registries, all at once; what one that is away would have told is awaited."""
    window = window_from(standing)
    facts = facts_of(window, enterprise, chosen, applied_on, tuple(standing["counted_projects"]))
    answers = await ask(service, window, facts, chosen, law, applied_on)
    return Gathered(window, answers.into(facts), answers.payee, answers.away)


async def ask(
    service: Service, window: Window, facts: Facts, chosen: ChosenAccount, law: Law, on: date
) -> Answers:
    """Asks the registries about the reference day of the facts and about ``on``, all at once (S01, S11, D02).

    Never inside a transaction.
    """
    id_number = service.privacy.in_events.decrypt(window.id_number_encrypted, "event.id_number")
    name = service.privacy.in_events.decrypt(window.name_encrypted, "event.name")
    at_reference, at_day, account = await asyncio.gather(
        service.registry.relation(facts.enterprise_credit_code, id_number, reference_day(facts.days, law)),
        service.registry.relation(facts.enterprise_credit_code, id_number, on),
        account_of(service, chosen, id_number, name),
    )
    away: dict[Source, Refusal] = {}
    for answer in (at_reference, at_day):
        if isinstance(answer, Refusal):
            away[Source.BUSINESS] = answer
    if isinstance(account, Refusal):
        away[Source.ACCOUNTS] = account
        account = _unknown(chosen), None
    if isinstance(at_reference, Refusal) or isinstance(at_day, Refusal):
        at_reference = at_day = None
    return Answers(at_reference, at_day, *account, away)


def facts_of(
    window: Window, enterprise: str, chosen: ChosenAccount, applied_on: date, counted: tuple[str, ...]
) -> Facts:
    """The facts as far as they are known before a registry was asked; ``counted`` as in :class:`Facts`."""
    return Facts(
        issued_on=window.issued_on,
        window_last_day=window.last_day,
        window_provisional=window.last_day_provisional,
        certificate_revoked_on=window.revoked_on,
        project_code=window.project_code,
        counted_projects=counted,
        days=days_of(window, applied_on),
        enterprise_credit_code=enterprise,
        enterprise_at_reference=None,
        enterprise_at_application=None,
        account=_unknown(chosen),
        awaited=frozenset(Source),
    )


def days_of(window: Window, applied_on: date) -> dict[ReferenceDate, date]:
    """The four days of D02; the evaluation is left out where its day is unknown."""
    days = {
        ReferenceDate.CLASS_START: window.class_started_on,
        ReferenceDate.ISSUE: window.issued_on,
        ReferenceDate.APPLICATION: applied_on,
    }
    return days | ({ReferenceDate.EVALUATION: window.evaluated_on} if window.evaluated_on else {})


async def account_of(
    service: Service, chosen: ChosenAccount, id_number: str, name: str
) -> tuple[Account, Payee | None] | Refusal:
    """What is known of the account chosen (S11); a refusal while the registry cannot be asked."""
    if chosen.kind is AccountKind.OTHER:
        payee = Payee(chosen.holder_name, chosen.bank, chosen.account_number)
        own = _same_name(chosen.holder_name, name)
        return Account(chosen.kind, available=True, own_name=own, reason=chosen.reason), payee
    found = await service.accounts.of_person(id_number, name)
    if isinstance(found, Refusal):
        return found
    linked = next((one for one in found if one.linked_to_card and one.status == "active"), None)
    account = Account(
        chosen.kind,
        available=linked is not None,
        own_name=linked is not None and _same_name(linked.holder_name, name),
        reason=None,
    )
    return account, _payee(linked) if linked else None


def _unknown(chosen: ChosenAccount) -> Account:
    return Account(chosen.kind, available=False, own_name=False, reason=chosen.reason)


def _payee(account: BankAccount) -> Payee:
    return Payee(account.holder_name, account.bank, account.account_number)


def _same_name(one: str, other: str) -> bool:
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()
