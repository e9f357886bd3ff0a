"""What every step of a claim shares, and what the person and time do to it: withdraw, clear."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import SYSTEM, Principal
from chuangpei.database import Row, Transaction
from chuangpei.events.base import Event
from chuangpei.kernel.refusals import Refusal
from chuangpei.outbox import emit
from chuangpei.problems import NOT_FOUND, PRECONDITION_FAILED

from subsidy_svc.access import may_see_claim
from subsidy_svc.bulk import record_all
from subsidy_svc.claims import places, repository
from subsidy_svc.claims.claim import Claim
from subsidy_svc.claims.lifecycle import ENDED, Action, State
from subsidy_svc.claims.schemas import ClaimView, claim_view
from subsidy_svc.law.published import law_of
from subsidy_svc.ledger.posting import follow_claim
from subsidy_svc.objections import repository as objections
from subsidy_svc.platform_pushes.queueing import queue
from subsidy_svc.service import Service


async def withdraw(
    tx: Transaction, service: Service, person: Principal, claim_id: UUID, version: int
) -> ClaimView | Refusal:
    """The person takes the claim back (撤回; D03)."""
    row = await changeable(tx, person, claim_id, version)
    if isinstance(row, Refusal):
        return row
    claim = repository.claim_from(row)
    change = claim.withdraw(service.clock.today())
    if isinstance(change, Refusal):
        return change
    await keep(tx, service, person, row, claim, change, Action.WITHDRAW)
    return claim_view(claim, row)


async def clear_due(tx: Transaction, service: Service, most: int = 500) -> int:
    """Clears the claims whose notice closed without a standing objection (S09); returns how many."""
    today, now = service.clock.today(), service.clock.now()
    due = await repository.due_for_clearing(tx, today, most)
    events: list[Event] = []
    for claim in due:
        change = claim.clear(today)
        assert not isinstance(change, Refusal), "a noticed claim can be cleared"
        events.extend(change)
    if due:
        await repository.save_cleared(tx, due)
        await record_all(
            tx,
            SYSTEM,
            at=now,
            action="claim.clear",
            object_type="claim",
            objects=[claim.id for claim in due],
            from_state=State.NOTICED,
            to_state=State.CLEARED,
        )
        await queue(tx, [claim.id for claim in due if claim.case_number is not None], now)
        await emit(tx, events, now)
    return len(due)


async def changeable(tx: Transaction, principal: Principal, claim_id: UUID, version: int) -> Row | Refusal:
    """The claim's row, locked, if the principal may see it and it still has this version."""
    row = await repository.load_for_update(tx, claim_id)
    if row is None or not may_see_claim(principal, row["person_key"], row["district"]):
        return Refusal(NOT_FOUND)
    return row if row["version"] == version else Refusal(PRECONDITION_FAILED)


async def keep(
    tx: Transaction,
    service: Service,
    principal: Principal,
    row: Row,
    claim: Claim,
    events: Sequence[Event],
    action: Action,
    *,
    reason: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Saves a changed claim with its entry, audit row, events and push; one that ended frees its place (D03).

    The audit row names the version of the law that the step went by.
    """
    now, law = service.clock.now(), await law_of(tx, service, row["issued_on"])
    why = reason or (claim.decision_reason if claim.state in ENDED else None)
    await repository.save(tx, claim)
    await follow_claim(tx, service, principal, State(row["state"]), claim)
    if claim.state in law.places_freed_by:
        await places.release(tx, claim.id)
    if claim.state in ENDED and row["state"] == State.HELD:
        await objections.lapse(tx, claim.id)
    await record(
        tx,
        principal,
        at=now,
        action=f"claim.{action}",
        object_type="claim",
        object_id=claim.id,
        from_state=row["state"],
        to_state=claim.state,
        reason=why,
        details={"policy_version": law.version} | dict(details or {}),
    )
    if claim.case_number is not None and claim.state != row["state"]:
        await queue(tx, [claim.id], now, why)
    await emit(tx, events, now)
