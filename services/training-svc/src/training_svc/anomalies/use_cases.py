"""What is done with anomalies: explain, confirm, amend a confirmation."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from chuangpei.amendments import amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND, PRECONDITION_FAILED

from training_svc.anomalies import repository
from training_svc.anomalies.anomaly import Anomaly
from training_svc.service import Service
from training_svc.visibility import scope_of

Say = Callable[[Anomaly, datetime, str, str], Refusal | None]


async def explain(
    tx: Transaction, service: Service, principal: Principal, anomaly_id: UUID, version: int, reason: str
) -> Row | Refusal:
    """The institution, or its district, says how it came about (T06)."""
    return await _said(
        tx, service, principal, anomaly_id, version, reason, Anomaly.explain, "explain_anomaly"
    )


async def confirm(
    tx: Transaction, service: Service, principal: Principal, anomaly_id: UUID, version: int, reason: str
) -> Row | Refusal:
    """The district confirms that something is wrong (T06)."""
    return await _said(
        tx, service, principal, anomaly_id, version, reason, Anomaly.confirm, "confirm_anomaly"
    )


async def amend(
    tx: Transaction, service: Service, principal: Principal, anomaly_id: UUID, version: int, reason: str
) -> Row | Refusal:
    """The district takes a wrong confirmation back, saying why; the history keeps it (T06)."""
    anomaly = await _changeable(tx, principal, anomaly_id, version)
    if isinstance(anomaly, Refusal):
        return anomaly
    before, now = anomaly.conclusion(), service.clock.now()
    if refusal := anomaly.amend(now, principal.subject, reason):
        return refusal
    await repository.save(tx, anomaly)
    await amended(
        tx,
        principal,
        at=now,
        object_type="anomaly",
        object_id=anomaly_id,
        reason=reason,
        before=before,
        after=anomaly.conclusion(),
    )
    return await _shown(tx, principal, anomaly_id)


async def _said(
    tx: Transaction,
    service: Service,
    principal: Principal,
    anomaly_id: UUID,
    version: int,
    reason: str,
    say: Say,
    action: str,
) -> Row | Refusal:
    anomaly = await _changeable(tx, principal, anomaly_id, version)
    if isinstance(anomaly, Refusal):
        return anomaly
    before, now = anomaly.state, service.clock.now()
    if refusal := say(anomaly, now, principal.subject, reason):
        return refusal
    await repository.save(tx, anomaly)
    await record(
        tx,
        principal,
        at=now,
        action=action,
        object_type="anomaly",
        object_id=anomaly_id,
        from_state=before,
        to_state=anomaly.state,
        reason=reason,
    )
    return await _shown(tx, principal, anomaly_id)


async def _changeable(
    tx: Transaction, principal: Principal, anomaly_id: UUID, version: int
) -> Anomaly | Refusal:
    anomaly = await repository.load_for_update(tx, anomaly_id, scope_of(principal))
    if anomaly is None:
        return Refusal(NOT_FOUND)
    return anomaly if anomaly.version == version else Refusal(PRECONDITION_FAILED)


async def _shown(tx: Transaction, principal: Principal, anomaly_id: UUID) -> Row:
    row = await repository.one(tx, anomaly_id, scope_of(principal))
    assert row is not None, "what one changed one sees"
    return row
