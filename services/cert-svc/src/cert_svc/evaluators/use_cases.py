"""What is done with the evaluators of a body: add, remove."""

from uuid import UUID

import asyncpg
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from cert_svc.evaluation_bodies import repository as bodies
from cert_svc.evaluation_bodies.lifecycle import State
from cert_svc.evaluators import repository
from cert_svc.evaluators.schemas import NewEvaluator
from cert_svc.people import sealed
from cert_svc.problems import EVALUATOR_EXISTS
from cert_svc.service import Service


async def add(
    tx: Transaction, service: Service, principal: Principal, body_id: UUID, wanted: NewEvaluator
) -> Row | Refusal:
    """Adds a person, by real name, to those who evaluate for the body (评价人员全实名; T06)."""
    body = await bodies.held(tx, body_id)
    if body is None:
        return Refusal(NOT_FOUND)
    if body.state is State.ENDED:
        return Refusal(NOT_ALLOWED_NOW)
    person, at = sealed(service.privacy, wanted.name, wanted.id_number), service.clock.now()
    try:
        async with tx.savepoint():
            row = await repository.insert_new(tx, new_id(), body, person, at, principal.subject)
    except asyncpg.ExclusionViolationError:
        return Refusal(EVALUATOR_EXISTS)
    await _record(tx, service, principal, row, "add_evaluator", (None, "acting"))
    return row


async def remove(
    tx: Transaction,
    service: Service,
    principal: Principal,
    body_id: UUID,
    evaluator_id: UUID,
    version: int,
    reason: str,
) -> Row | Refusal:
    """Removes an evaluator at once; what they evaluated stands (T06)."""
    row = await repository.load_for_update(tx, body_id, evaluator_id)
    if row is None:
        return Refusal(NOT_FOUND)
    if row["version"] != version:
        return Refusal(PRECONDITION_FAILED)
    if row["removed_at"] is not None:
        return Refusal(NOT_ALLOWED_NOW)
    removed = await repository.remove(tx, evaluator_id, service.clock.now(), principal.subject, reason)
    await _record(tx, service, principal, removed, "remove_evaluator", ("acting", "removed"))
    return removed


async def _record(
    tx: Transaction,
    service: Service,
    principal: Principal,
    row: Row,
    action: str,
    states: tuple[str | None, str],
) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="evaluator",
        object_id=row["id"],
        from_state=states[0],
        to_state=states[1],
        reason=row["remove_reason"],
        details={"body": str(row["body_id"])},
    )
