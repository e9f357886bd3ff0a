"""What a revoked certificate does to its window and its claim, in whatever state it is (D06).

Locks are taken in one order everywhere: window, district, batch, claim.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from chuangpei.auth import SYSTEM
from chuangpei.consumer import NotYet
from chuangpei.database import Row, Transaction
from chuangpei.events.cert import CertificateRevoked
from chuangpei.events.subsidy import ClaimWindowClosed
from chuangpei.kernel.refusals import Refusal
from chuangpei.outbox import emit

from subsidy_svc.claims import repository as claims
from subsidy_svc.claims.lifecycle import ENDED, Action, State
from subsidy_svc.claims.use_cases import keep
from subsidy_svc.law.published import law_of
from subsidy_svc.ledger.chart import Fund, Occasion
from subsidy_svc.ledger.posting import Entry, post
from subsidy_svc.payments import held_out
from subsidy_svc.payments import repository as payments
from subsidy_svc.policy.parameters import Stage, Treatment
from subsidy_svc.recoveries.use_cases import open_recoveries
from subsidy_svc.service import Service
from subsidy_svc.windows import repository as windows
from subsidy_svc.windows.window import Window, elapsed, may_open_a_window


@dataclass(frozen=True, slots=True)
class _Case:
    """The claim of a revoked certificate, locked, and its payment line if it has one."""

    claim: Row
    line: Row | None
    event: CertificateRevoked


async def revoke(tx: Transaction, service: Service, event: CertificateRevoked) -> None:
    """Closes the window and treats its claims as D06 says; raises NotYet for a certificate not known yet."""
    if not may_open_a_window(event):
        return
    window = await windows.load_for_update(tx, event.certificate_id)
    if window is None:
        if await windows.known_without_window(tx, [event.certificate_id]):
            return
        raise NotYet(f"certificate {event.certificate_id} is not known yet")
    if window.revoked_on is not None:
        return
    await _close(tx, service, window, event)
    # No new claim can come, for the window is locked.
    for standing in await claims.standing_of_certificate(tx, event.certificate_id):
        case = await _locked(tx, event, standing)
        if case is not None:
            law = await law_of(tx, service, window.issued_on)
            await _TREATMENTS[law.revocation_treatment[_stage(case)]](tx, service, case)


async def _close(tx: Transaction, service: Service, window: Window, event: CertificateRevoked) -> None:
    await windows.revoke(tx, window.certificate_id, event.revoked_on, event.reason_code)
    if window.closed_cause is None:
        await emit(tx, _closed(window, event), service.clock.now())


def _closed(window: Window, event: CertificateRevoked) -> ClaimWindowClosed:
    """Time closed it where its last day was over by then, whichever was told first."""
    if window.last_day < event.revoked_on:
        return elapsed(window.certificate_id, window.person_key, window.last_day)
    return ClaimWindowClosed(
        certificate_id=window.certificate_id,
        person_key=window.person_key,
        cause="revoked",
        closed_on=event.revoked_on,
    )


async def _locked(tx: Transaction, event: CertificateRevoked, standing: Row) -> _Case | None:
    """No new line can come, for drafting is kept out; None where the claim ended meanwhile."""
    await payments.lock_against_drafting(tx, standing["district"])
    claim_id: UUID = standing["id"]
    line = await held_out.live_line(tx, claim_id)
    row = await claims.load_for_update(tx, claim_id)
    assert row is not None, "claims are never deleted"
    # It may have ended while the locks were awaited.
    return None if row["state"] in ENDED else _Case(row, line, event)


def _stage(case: _Case) -> Stage:
    """How far the money has come (D06); a batch still in draft is not sealed, so nothing is batched yet."""
    if case.claim["state"] == State.PAID:
        return Stage.PAID
    if case.line is None or case.line["batch_state"] == "draft":
        return Stage.NOT_BATCHED
    return Stage.BATCHED


async def _stop(tx: Transaction, service: Service, case: _Case) -> None:
    """The claim stops and its place is free again (D06, D03)."""
    if case.line is not None and case.line["batch_state"] == "draft":
        await held_out.take_out_of_draft(tx, case.line)
    claim = claims.claim_from(case.claim)
    change = claim.stop(service.clock.today(), "certificate_revoked")
    assert not isinstance(change, Refusal), f"a {claim.state} claim can be stopped"
    claim.decision_reason = f"certificate revoked: {case.event.reason_code}"
    await keep(tx, service, SYSTEM, case.claim, claim, change, Action.STOP)


async def _hold_out(tx: Transaction, service: Service, case: _Case) -> None:
    """The line is held out of the sealed batch and the claim stops.

    A line the bank already has cannot be held out: it is marked as recalled, and the bank's answer decides
    between a recovery and a stopped claim.
    """
    assert case.line is not None, "a batched claim has a line"
    if case.line["exported_at"] is not None:
        await held_out.recall(tx, case.line, case.event.revoked_on)
        return
    await held_out.hold_out(tx, case.line)
    await post(tx, service, SYSTEM, [_held_out(case, case.line)])
    await _stop(tx, service, case)


def _held_out(case: _Case, line: Row) -> Entry:
    return Entry(
        occasion=Occasion.HOLD_OUT,
        fund=Fund(case.claim["district"], line["fund_year"]),
        amount_fen=case.claim["amount_fen"],
        claim_id=case.claim["id"],
        batch_id=line["batch_id"],
    )


async def _open_recovery(tx: Transaction, service: Service, case: _Case) -> None:
    await open_recoveries(tx, service, [case.claim], service.clock.today())


_TREATMENTS: dict[Treatment, Callable[[Transaction, Service, _Case], Awaitable[None]]] = {
    Treatment.STOP: _stop,
    Treatment.HOLD_OUT: _hold_out,
    Treatment.OPEN_RECOVERY: _open_recovery,
}
