"""Another account for a claim whose payment failed (更正收款账户; S11): asked for first, then written."""

from dataclasses import dataclass
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Refusal, failed
from chuangpei.problems import NOT_FOUND

from subsidy_svc.claims import repository
from subsidy_svc.claims.gathering import ChosenAccount, account_of
from subsidy_svc.claims.lifecycle import Action
from subsidy_svc.claims.payee import Payee, payee_columns
from subsidy_svc.claims.schemas import ClaimView, claim_view
from subsidy_svc.claims.use_cases import changeable, keep
from subsidy_svc.law.published import law_of
from subsidy_svc.policy.facts import Account
from subsidy_svc.policy.rules import account_finding
from subsidy_svc.problems import NOT_ELIGIBLE
from subsidy_svc.service import Service
from subsidy_svc.windows import repository as windows


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """An account that may be paid to, and its payee."""

    account: Account
    payee: Payee


async def find_account(
    service: Service, person: Principal, claim_id: UUID, chosen: ChosenAccount
) -> FoundAccount | Refusal:
    """Asks the registry before any transaction; refuses what S11 does not allow."""
    assert person.person_key is not None, "a citizen has a person"
    claim = await repository.detail(service.database, claim_id)
    if claim is None or claim["person_key"] != person.person_key:
        return Refusal(NOT_FOUND)
    window = await windows.one_of_person(service.database, claim["certificate_id"], person.person_key)
    assert window is not None, "a claim has its window"
    id_number = service.privacy.in_events.decrypt(window.id_number_encrypted, "event.id_number")
    name = service.privacy.in_events.decrypt(window.name_encrypted, "event.name")
    found = await account_of(service, chosen, id_number, name)
    if isinstance(found, Refusal):
        return found
    account, payee = found
    finding = account_finding(account, await law_of(service.database, service, window.issued_on))
    if payee is None or failed((finding,)):
        return Refusal(NOT_ELIGIBLE, findings=(finding,))
    return FoundAccount(account, payee)


async def change_account(
    tx: Transaction, service: Service, person: Principal, claim_id: UUID, version: int, found: FoundAccount
) -> ClaimView | Refusal:
    """The claim takes the account; an officer confirms it. The failed line keeps the old one (S10, S11)."""
    row = await changeable(tx, person, claim_id, version)
    if isinstance(row, Refusal):
        return row
    claim = repository.claim_from(row)
    change = claim.change_account(service.clock.today(), found.account, found.payee)
    if isinstance(change, Refusal):
        return change
    await repository.save_account(tx, claim, payee_columns(service.privacy, found.payee))
    await keep(tx, service, person, row, claim, change, Action.CHANGE_ACCOUNT)
    return claim_view(claim, row)


async def confirm_account(
    tx: Transaction, service: Service, officer: Principal, claim_id: UUID, version: int
) -> ClaimView | Refusal:
    """An officer confirms the account that the person named: the next batch takes the claim (S11, D05)."""
    row = await changeable(tx, officer, claim_id, version)
    if isinstance(row, Refusal):
        return row
    claim = repository.claim_from(row)
    change = claim.confirm_account(officer, service.clock.today())
    if isinstance(change, Refusal):
        return change
    await keep(tx, service, officer, row, claim, change, Action.CONFIRM_ACCOUNT)
    return claim_view(claim, row)


async def refuse_account(
    tx: Transaction, service: Service, officer: Principal, claim_id: UUID, version: int, reason: str
) -> ClaimView | Refusal:
    """The officer says why the account is not right; the person may name another (S11, D05)."""
    row = await changeable(tx, officer, claim_id, version)
    if isinstance(row, Refusal):
        return row
    claim = repository.claim_from(row)
    change = claim.refuse_account(officer)
    if isinstance(change, Refusal):
        return change
    await keep(tx, service, officer, row, claim, change, Action.REFUSE_ACCOUNT, reason=reason)
    return claim_view(claim, row)
