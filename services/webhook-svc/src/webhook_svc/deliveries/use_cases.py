"""What an agency asks of what it was, or was not, delivered: resend one, recover all, replay a time."""

from datetime import datetime
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND

from webhook_svc.access import own_agency
from webhook_svc.deliveries import repository
from webhook_svc.endpoints import repository as endpoints
from webhook_svc.events import repository as events
from webhook_svc.service import Service


async def resend(
    tx: Transaction, service: Service, principal: Principal, endpoint_id: UUID, event_id: UUID
) -> int | Refusal:
    """Sends one event again (重发), whatever became of it; it keeps its id, so that the receiver knows it."""
    seq = await events.seq_of(tx, event_id)
    if not await _is_own(tx, principal, endpoint_id) or seq is None:
        return Refusal(NOT_FOUND)
    if not await repository.resend(tx, endpoint_id, seq, service.clock.now()):
        return Refusal(NOT_FOUND)
    return await _due(tx, service, principal, endpoint_id, "resend", 1)


async def recover(
    tx: Transaction, service: Service, principal: Principal, endpoint_id: UUID, since: datetime
) -> int | Refusal:
    """Sends everything that was not delivered since then (补发), also what had used its retries up."""
    if not await _is_own(tx, principal, endpoint_id):
        return Refusal(NOT_FOUND)
    owed = await repository.recover(tx, endpoint_id, since, service.clock.now())
    return await _due(tx, service, principal, endpoint_id, "recover", owed)


async def replay(
    tx: Transaction,
    service: Service,
    principal: Principal,
    endpoint_id: UUID,
    since: datetime,
    until: datetime | None,
) -> int | Refusal:
    """Sends what the endpoint would have got in a time in which it did not subscribe to it (补推)."""
    if not await _is_own(tx, principal, endpoint_id):
        return Refusal(NOT_FOUND)
    now = service.clock.now()
    owed = await events.replay(tx, endpoint_id, since, until or now, now)
    return await _due(tx, service, principal, endpoint_id, "replay", owed)


async def _is_own(tx: Transaction, principal: Principal, endpoint_id: UUID) -> bool:
    agency = await own_agency(tx, principal)
    return await endpoints.load_for_update(tx, endpoint_id, agency["id"]) is not None


async def _due(
    tx: Transaction, service: Service, principal: Principal, endpoint_id: UUID, action: str, owed: int
) -> int:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="endpoint",
        object_id=endpoint_id,
        details={"deliveries": owed},
    )
    tx.after_commit(service.waking.wake)
    return owed
