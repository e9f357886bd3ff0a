"""Verbs: receive signals, verify, revoke, dismiss (B11, B12, D07, D09)."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from chuangpei.auth import SYSTEM, Principal
from chuangpei.consumer import Message
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Refusal
from chuangpei.outbox import emit
from chuangpei.problems import NOT_FOUND

from brand_svc.brands import repository as brands
from brand_svc.brands.brand import Brand
from brand_svc.exit_cases import repository
from brand_svc.exit_cases.exit_case import ExitCase
from brand_svc.institutions import repository as institutions
from brand_svc.institutions.institution import Institution
from brand_svc.policy.parameters import parameters_on
from brand_svc.policy.rules import may_apply_again_on
from brand_svc.recording import record_step
from brand_svc.service import Service
from brand_svc.signals import repository as signals
from brand_svc.signals.signal import Signal, signal_in
from brand_svc.standing import repository as standing
from brand_svc.standing.repository import Ban
from brand_svc.transitions import stale


async def receive(tx: Transaction, service: Service, messages: Sequence[Message]) -> None:
    """Keeps the signals in events, and opens or joins cases against holders (B11, D09)."""
    now = service.clock.now()
    found = [signal_in(message, now) for message in messages]
    await take(tx, service, [signal for signal in found if signal is not None])


async def take(
    tx: Transaction, service: Service, found: Sequence[Signal], principal: Principal = SYSTEM
) -> None:
    """Keeps signals, each once by its id; against a holder those on a ground open or join a case (D09)."""
    if not found:
        return
    codes = sorted({signal.credit_code for signal in found})
    await standing.lock(tx, codes)
    known = await signals.known(tx, [signal.id for signal in found])
    registered = await institutions.of_codes(tx, codes)
    holders = await brands.active_of(tx, codes)
    loose: list[Signal] = []
    for signal in {one.id: one for one in found if one.id not in known}.values():
        named = _named(signal, registered.get(signal.credit_code))
        if signal.credit_code in holders and signal.ground is not None:
            await _open_or_join(tx, service, holders[signal.credit_code], named, principal)
        else:
            loose.append(named)
    await signals.add_all(tx, loose)


def _named(signal: Signal, institution: Institution | None) -> Signal:
    """The signal with the name and district that its event did not tell."""
    return replace(
        signal,
        institution_name=signal.institution_name or (institution.name if institution else ""),
        district=signal.district or (institution.district if institution else ""),
    )


async def _open_or_join(
    tx: Transaction, service: Service, brand: Brand, signal: Signal, principal: Principal
) -> None:
    assert signal.ground is not None, "a signal on no ground opens no case"
    case = await repository.undecided_for_update(tx, signal.credit_code, signal.ground)
    joined = case is not None
    if case is None:
        case = ExitCase.open(brand, signal.ground, service.clock.today())
        await repository.add(tx, case)
        await emit(tx, case.opened(), service.clock.now())
    else:
        # Whoever decides must have read the new signal too: an older ETag no longer fits.
        await repository.save(tx, case)
    await signals.add_all(tx, [replace(signal, case_id=case.id)])
    await record_step(
        tx,
        service,
        principal,
        "join_exit_case" if joined else "open_exit_case",
        case,
        from_state=case.state if joined else None,
        details={"signal": str(signal.id), "source": signal.source, "ground": signal.ground},
    )


async def verify(
    tx: Transaction,
    service: Service,
    principal: Principal,
    case_id: UUID,
    version: int,
    *,
    founded: bool,
    statement: str,
) -> ExitCase | Refusal:
    """The district verifies: founded goes to the city, unfounded is closed (B10, B11)."""
    case = await repository.load_for_update(tx, case_id)
    if case is None or case.district != principal.district:
        return Refusal(NOT_FOUND)
    before = case.state
    refused = stale(case.version, version) or case.verify(founded, statement, service.clock.today())
    if refused:
        return refused
    await repository.save(tx, case)
    await record_step(tx, service, principal, "verify_exit_case", case, from_state=before, reason=statement)
    return case


async def dismiss(
    tx: Transaction, service: Service, principal: Principal, case_id: UUID, version: int, reason: str
) -> ExitCase | Refusal:
    """The city bureau leaves the brand as it is (B11)."""
    case = await repository.load_for_update(tx, case_id)
    if case is None:
        return Refusal(NOT_FOUND)
    before = case.state
    refused = stale(case.version, version) or case.dismiss(reason, service.clock.today())
    if refused:
        return refused
    await repository.save(tx, case)
    await record_step(tx, service, principal, "dismiss_exit_case", case, from_state=before, reason=reason)
    return case


async def revoke(
    tx: Transaction, service: Service, principal: Principal, case_id: UUID, version: int, reason: str
) -> ExitCase | Refusal:
    """The city bureau revokes the brand (B11, B12).

    The brand ends today and the ban begins; what else is undecided against the holder is closed.
    """
    known = await repository.find(tx, case_id)
    if known is None:
        return Refusal(NOT_FOUND)
    await standing.lock(tx, [known.credit_code])
    case = await repository.load_for_update(tx, case_id)
    assert case is not None, "cases are never deleted"
    before = case.state
    refused = stale(case.version, version) or case.revoke(reason, service.clock.today())
    if refused:
        return refused
    brand = await _revoke_brand(tx, service, case)
    await repository.save(tx, case)
    superseded = await repository.supersede(tx, case.credit_code, service.clock.today())
    await emit(tx, case.revoked(brand), service.clock.now())
    details = {
        "brand_id": str(brand.id),
        "may_apply_again_on": str(brand.may_apply_again_on),
        "superseded": [str(one) for one in superseded],
    }
    await record_step(
        tx, service, principal, "revoke_brand", case, from_state=before, reason=reason, details=details
    )
    return case


async def _revoke_brand(tx: Transaction, service: Service, case: ExitCase) -> Brand:
    brand = (await brands.active_of(tx, [case.credit_code])).get(case.credit_code)
    assert brand is not None, "an undecided case stands against an active brand, or it would have lapsed"
    # Processes may disagree on the time around midnight; no brand ends before it began.
    day = max(service.clock.today(), brand.recognised_on)
    law = parameters_on(service.law, day)
    until = may_apply_again_on(day, law)
    refused = brand.revoke(day, until)
    assert refused is None, "an active brand can be revoked"
    await brands.save(tx, brand)
    await standing.add_ban(
        tx, Ban(brand.id, case.id, brand.credit_code, case.ground, day, until, law.version)
    )
    return brand
