"""Taking signals (线索): they open a case against a holder, or join the undecided one (B11, D09)."""

from collections.abc import Sequence
from dataclasses import replace

from chuangpei.audit import record
from chuangpei.auth import SYSTEM, Principal
from chuangpei.consumer import Message
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT

from brand_svc.access import may_see
from brand_svc.brands import repository as brands
from brand_svc.brands.brand import Brand
from brand_svc.exit_cases import repository
from brand_svc.exit_cases.exit_case import ExitCase
from brand_svc.institutions import repository as institutions
from brand_svc.institutions.institution import Institution
from brand_svc.policy.deadlines import last_day
from brand_svc.policy.parameters import parameters_on
from brand_svc.problems import UNKNOWN_INSTITUTION
from brand_svc.recording import record_step
from brand_svc.service import Service
from brand_svc.signals import repository as signals
from brand_svc.signals.signal import Signal, signal_in
from brand_svc.standing import repository as standing


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


async def record_inspection(
    tx: Transaction, service: Service, principal: Principal, seen: Signal
) -> Signal | Refusal:
    """An officer records what an inspection found (日常监管; B10): a signal, on a ground or on none.

    ``seen`` has no name and district yet: they are those of the institution, which the officer must reach.
    """
    if seen.occurred_on > service.clock.today():
        text = Text("不能晚于今天", "It cannot be later than today")
        return Refusal(INVALID_INPUT, errors=(FieldError("/occurred_on", "in_the_future", text),))
    institution = await institutions.find(tx, seen.credit_code)
    if institution is None or not may_see(
        principal, district=institution.district, credit_code=institution.credit_code
    ):
        return Refusal(UNKNOWN_INSTITUTION)
    await take(tx, service, [seen], principal)
    recorded = await signals.one(tx, seen.id)
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action="record_inspection",
        object_type="signal",
        object_id=seen.id,
        reason=seen.statement,
        details={"credit_code": seen.credit_code, "ground": seen.ground},
    )
    return recorded


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
    today = service.clock.today()
    law = parameters_on(service.law, today)
    case = await repository.undecided_for_update(tx, signal.credit_code, signal.ground)
    joined = case is not None
    if case is None:
        case = ExitCase.open(brand, signal.ground, today, last_day(today, law.verification_working_days))
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
