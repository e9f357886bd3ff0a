"""Recoveries (追回; D06): opened, demanded, paid back in instalments, or waived by two people."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import SYSTEM, Principal
from chuangpei.database import Row, Transaction
from chuangpei.events.base import Event
from chuangpei.events.subsidy import RecoveryEnded, RecoveryOpened, RecoveryOpenedByFinding
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from subsidy_svc.access import scope_of
from subsidy_svc.bulk import record_all
from subsidy_svc.ledger.chart import Fund, Occasion
from subsidy_svc.ledger.posting import Entry, post, reverse_receipt_entry
from subsidy_svc.recoveries import repository
from subsidy_svc.recoveries.lifecycle import Action, State
from subsidy_svc.recoveries.recovery import Recovery
from subsidy_svc.recoveries.schemas import Demand, DueAmendment, NewReceipt, RecoveryView, recovery_view
from subsidy_svc.service import Service

_PAST = Text("不得早于今日", "Not before today")
_FUTURE = Text("不得晚于今日", "Not after today")


async def open_recoveries(
    tx: Transaction, service: Service, paid: Sequence[Row], on: date, cause: str = "certificate_revoked"
) -> None:
    """Opens one recovery for each paid claim that has none (D06). The place stays taken (D03)."""
    if not paid:
        return
    rows = [_recovery(row, on, cause) for row in paid]
    opened_claims = await repository.open_all(tx, rows)
    opened = [row for row in rows if row["claim_id"] in opened_claims]
    now = service.clock.now()
    await record_all(
        tx,
        SYSTEM,
        at=now,
        action="recovery.open",
        object_type="claim",
        objects=[row["claim_id"] for row in opened],
        from_state="paid",
        to_state="paid",
        reason=cause,
    )
    await post(tx, service, SYSTEM, [_opened(row) for row in opened])
    await emit(tx, [_told(row) for row in opened], now)


async def demand(
    tx: Transaction, service: Service, officer: Principal, recovery_id: UUID, version: int, body: Demand
) -> RecoveryView | Refusal:
    """The district orders the money back by a day (责令退回; D06)."""
    today = service.clock.today()
    if body.due_on < today:
        return Refusal(INVALID_INPUT, errors=(FieldError("/due_on", "past", _PAST),))
    return await _step(
        tx,
        service,
        officer,
        recovery_id,
        version,
        Action.DEMAND,
        lambda recovery: recovery.demand(body.document, body.due_on, today),
    )


async def amend(
    tx: Transaction, service: Service, officer: Principal, recovery_id: UUID, version: int, body: DueAmendment
) -> RecoveryView | Refusal:
    """Another last day or document number of the order (更正), with a reason."""
    recovery = await _changeable(tx, officer, recovery_id, version)
    if isinstance(recovery, Refusal):
        return recovery
    if recovery.state is not State.DEMANDED:
        return Refusal(NOT_ALLOWED_NOW)
    before = {"document": recovery.demand_document, "due_on": str(recovery.due_on)}
    recovery.demand_document = body.document or recovery.demand_document
    recovery.due_on = body.due_on or recovery.due_on
    after = {"document": recovery.demand_document, "due_on": str(recovery.due_on)}
    now = service.clock.now()
    kept = await amended(
        tx,
        officer,
        at=now,
        object_type="recovery",
        object_id=recovery.id,
        reason=body.reason,
        before=before,
        after=after,
    )
    if not kept:
        return Refusal(NOTHING_AMENDED)
    await repository.save(tx, recovery)
    return recovery_view(recovery, service.clock.today())


async def receive(
    tx: Transaction, service: Service, officer: Principal, recovery_id: UUID, body: NewReceipt
) -> RecoveryView | Refusal:
    """Records what came in, never more than is owed; with the last instalment it is recovered (O04)."""
    if body.received_on > service.clock.today():
        return Refusal(INVALID_INPUT, errors=(FieldError("/received_on", "future", _FUTURE),))
    recovery = await repository.load_for_update(tx, recovery_id, scope_of(officer))
    if recovery is None:
        return Refusal(NOT_FOUND)
    before = recovery.state
    if refusal := recovery.receive(body.amount_fen):
        return refusal
    receipt = _receipt(service, officer, recovery, body.model_dump())
    await repository.add_receipt(tx, recovery, receipt)
    entry = replace(_entry(Occasion.RECEIVE, recovery, body.amount_fen), receipt_id=receipt["id"])
    await post(tx, service, officer, [entry])
    action = Action.COMPLETE if recovery.state is State.RECOVERED else Action.RECEIVE
    return await _keep(tx, service, officer, recovery, before, action, details={"fen": body.amount_fen})


async def reverse_receipt(
    tx: Transaction,
    service: Service,
    officer: Principal,
    recovery_id: UUID,
    version: int,
    receipt_id: UUID,
    reason: str,
) -> RecoveryView | Refusal:
    """Reverses a receipt that was recorded wrongly, once, by its mirror (冲销; O04)."""
    recovery = await _changeable(tx, officer, recovery_id, version)
    if isinstance(recovery, Refusal):
        return recovery
    receipt = await repository.receipt(tx, recovery_id, receipt_id)
    if receipt is None:
        return Refusal(NOT_FOUND)
    before = recovery.state
    if receipt["reverses"] or await repository.is_reversed(tx, receipt_id):
        return Refusal(NOT_ALLOWED_NOW, detail=Text("该笔已冲销", "It was reversed already"))
    if refusal := recovery.reverse_receipt():
        return refusal
    view = await _keep(tx, service, officer, recovery, before, Action.REVERSE_RECEIPT, reason)
    mirror = {"amount_fen": -receipt["amount_fen"], "received_on": receipt["received_on"]}
    mirror |= {"reference": receipt["reference"], "reverses": receipt_id}
    await repository.add_receipt(tx, recovery, _receipt(service, officer, recovery, mirror))
    await reverse_receipt_entry(tx, service, officer, receipt_id)
    return recovery_view(recovery, service.clock.today()) if isinstance(view, RecoveryView) else view


async def propose_waiver(
    tx: Transaction, service: Service, officer: Principal, recovery_id: UUID, version: int, reason: str
) -> RecoveryView | Refusal:
    """The district proposes that what is still owed be waived (提请减免)."""
    return await _step(
        tx,
        service,
        officer,
        recovery_id,
        version,
        Action.PROPOSE_WAIVER,
        lambda recovery: recovery.propose_waiver(officer, reason),
        reason,
    )


async def approve_waiver(
    tx: Transaction, service: Service, city: Principal, recovery_id: UUID, version: int
) -> RecoveryView | Refusal:
    """Another person, of the city, waives what is still owed (减免; D05, O04)."""
    view = await _step(
        tx,
        service,
        city,
        recovery_id,
        version,
        Action.APPROVE_WAIVER,
        lambda recovery: recovery.decide_waiver(city, service.clock.now(), approved=True),
    )
    if isinstance(view, RecoveryView):
        fund = Fund(view.district, view.fund_year)
        entry = Entry(occasion=Occasion.WAIVE, fund=fund, amount_fen=view.waived_fen)
        await post(tx, service, city, [replace(entry, claim_id=view.claim_id, recovery_id=view.id)])
    return view


async def refuse_waiver(
    tx: Transaction, service: Service, city: Principal, recovery_id: UUID, version: int, reason: str
) -> RecoveryView | Refusal:
    """The city does not waive it, and says why: it stays owed."""
    return await _step(
        tx,
        service,
        city,
        recovery_id,
        version,
        Action.REFUSE_WAIVER,
        lambda recovery: recovery.decide_waiver(city, service.clock.now(), approved=False),
        reason,
    )


async def _step(
    tx: Transaction,
    service: Service,
    principal: Principal,
    recovery_id: UUID,
    version: int,
    action: Action,
    act: Callable[[Recovery], Refusal | None],
    reason: str | None = None,
) -> RecoveryView | Refusal:
    recovery = await _changeable(tx, principal, recovery_id, version)
    if isinstance(recovery, Refusal):
        return recovery
    before = recovery.state
    if refusal := act(recovery):
        return refusal
    return await _keep(tx, service, principal, recovery, before, action, reason)


async def _changeable(
    tx: Transaction, principal: Principal, recovery_id: UUID, version: int
) -> Recovery | Refusal:
    recovery = await repository.load_for_update(tx, recovery_id, scope_of(principal))
    if recovery is None:
        return Refusal(NOT_FOUND)
    return recovery if recovery.version == version else Refusal(PRECONDITION_FAILED)


async def _keep(
    tx: Transaction,
    service: Service,
    principal: Principal,
    recovery: Recovery,
    before: State,
    action: Action,
    reason: str | None = None,
    details: dict[str, Any] | None = None,
) -> RecoveryView | Refusal:
    now, today = service.clock.now(), service.clock.today()
    await repository.save(tx, recovery)
    await record(
        tx,
        principal,
        at=now,
        action=f"recovery.{action}",
        object_type="recovery",
        object_id=recovery.id,
        from_state=before,
        to_state=recovery.state,
        reason=reason,
        details=details,
    )
    await emit(tx, _ended(recovery, today), now)
    return recovery_view(recovery, today)


def _ended(recovery: Recovery, today: date) -> list[Event]:
    if recovery.state not in (State.RECOVERED, State.WAIVED):
        return []
    return [
        RecoveryEnded(
            claim_id=recovery.claim_id,
            recovery_id=recovery.id,
            person_key=recovery.person_key,
            district=recovery.district,
            outcome="recovered" if recovery.state is State.RECOVERED else "waived",
            received_fen=recovery.received_fen,
            waived_fen=recovery.waived_fen,
            on=today,
        )
    ]


def _receipt(
    service: Service, officer: Principal, recovery: Recovery, values: dict[str, Any]
) -> dict[str, Any]:
    return (
        {"reverses": None}
        | values
        | {
            "id": new_id(),
            "recovery_id": recovery.id,
            "recorded_at": service.clock.now(),
            "recorded_by": officer.subject,
        }
    )


def _told(row: dict[str, Any]) -> Event:
    told = row | {"recovery_id": row["id"]}
    if row["cause"] == "certificate_revoked":
        return RecoveryOpened.model_validate(told)
    return RecoveryOpenedByFinding.model_validate(told | {"fault": row["cause"]})


def _opened(row: dict[str, Any]) -> Entry:
    return Entry(
        occasion=Occasion.OPEN_RECOVERY,
        fund=Fund(row["district"], row["fund_year"]),
        amount_fen=row["amount_fen"],
        claim_id=row["claim_id"],
        recovery_id=row["id"],
    )


def _entry(occasion: Occasion, recovery: Recovery, fen: int) -> Entry:
    return Entry(
        occasion=occasion,
        fund=Fund(recovery.district, recovery.fund_year),
        amount_fen=fen,
        claim_id=recovery.claim_id,
        recovery_id=recovery.id,
    )


def _recovery(row: Row, on: date, cause: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "claim_id": row["id"],
        "certificate_id": row["certificate_id"],
        "person_key": row["person_key"],
        "masked_name": row["masked_name"],
        "district": row["district"],
        "amount_fen": row["amount_fen"],
        "fund_year": row["fund_year"],
        "cause": cause,
        "opened_on": on,
        "state": State.OPEN,
    }
