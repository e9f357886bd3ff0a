"""Gathers the facts of an application before any transaction: window, registries, account (S01, S11)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chuangpei.database import Row
from chuangpei.kernel.enterprises import Enterprise
from chuangpei.kernel.refusals import Refusal

from subsidy_svc.claims.payee import Payee
from subsidy_svc.policy.enterprise_rules import reference_day
from subsidy_svc.policy.facts import Account, AccountKind, Facts
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
class Gathered:
    """The facts, the window they belong to, and the payee; None where no account can be paid to."""

    window: Window
    facts: Facts
    payee: Payee | None


async def gather(
    service: Service, standing: Row, law: Law, enterprise: str, chosen: ChosenAccount, applied_on: date
) -> Gathered | Refusal:
    """Asks the registries, all at once; a refusal while one of them cannot be asked."""
    window = window_from(standing)
    days = days_of(window, applied_on)
    id_number = service.privacy.in_events.decrypt(window.id_number_encrypted, "event.id_number")
    name = service.privacy.in_events.decrypt(window.name_encrypted, "event.name")
    at_reference, at_application, account = await asyncio.gather(
        service.registry.relation(enterprise, id_number, reference_day(days, law)),
        service.registry.relation(enterprise, id_number, applied_on),
        account_of(service, chosen, id_number, name),
    )
    for answer in (at_reference, at_application, account):
        if isinstance(answer, Refusal):
            return answer
    return _gathered(standing, window, days, enterprise, at_reference, at_application, account)


def _gathered(
    standing: Row,
    window: Window,
    days: Mapping[ReferenceDate, date],
    enterprise: str,
    at_reference: Enterprise | Refusal | None,
    at_application: Enterprise | Refusal | None,
    account: tuple[Account, Payee | None] | Refusal,
) -> Gathered:
    assert not isinstance(at_reference, Refusal)
    assert not isinstance(at_application, Refusal)
    assert not isinstance(account, Refusal)
    facts = Facts(
        issued_on=window.issued_on,
        window_last_day=window.last_day,
        window_provisional=window.last_day_provisional,
        certificate_revoked_on=window.revoked_on,
        project_code=window.project_code,
        counted_projects=tuple(standing["counted_projects"]),
        days=days,
        enterprise_credit_code=enterprise,
        enterprise_at_reference=at_reference,
        enterprise_at_application=at_application,
        account=account[0],
    )
    return Gathered(window, facts, account[1])


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


def _payee(account: BankAccount) -> Payee:
    return Payee(account.holder_name, account.bank, account.account_number)


def _same_name(one: str, other: str) -> bool:
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()
