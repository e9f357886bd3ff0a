"""What the city centre does with evaluation bodies: choose, amend, end."""

from uuid import UUID

import asyncpg
from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT, NOT_FOUND, PRECONDITION_FAILED

from cert_svc.evaluation_bodies import repository
from cert_svc.evaluation_bodies.body import Body
from cert_svc.evaluation_bodies.lifecycle import State
from cert_svc.evaluation_bodies.schemas import BodyAmendment, NewBody
from cert_svc.evaluators import repository as evaluators
from cert_svc.problems import BODY_EXISTS
from cert_svc.service import Service

_ENDS_TOO_EARLY = FieldError("/last_day", "ends_too_early", Text("结束早于开始", "It ends before it starts"))


async def choose(tx: Transaction, service: Service, principal: Principal, wanted: NewBody) -> Body | Refusal:
    """The city centre chooses an organisation to evaluate, for a term (选定; T06)."""
    body = Body(
        id=new_id(),
        state=State.CHOSEN,
        chosen_at=service.clock.now(),
        chosen_by=principal.subject,
        version=1,
        **wanted.model_dump(),
    )
    try:
        async with tx.savepoint():
            await repository.insert_new(tx, body)
    except asyncpg.ExclusionViolationError:
        return Refusal(BODY_EXISTS)
    await _record(tx, service, principal, body, "choose_evaluation_body", None)
    return body


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    body_id: UUID,
    version: int,
    amendment: BodyAmendment,
) -> Body | Refusal:
    """Changes name, scope or last day, with the reason; what was evaluated stays (T06)."""
    body = await _changeable(tx, body_id, version)
    if isinstance(body, Refusal):
        return body
    changes = amendment.model_dump(exclude={"reason"}, exclude_none=True)
    before = {name: getattr(body, name) for name in changes}
    if refusal := body.amend(changes):
        return refusal
    if body.last_day < body.first_day:
        return Refusal(INVALID_INPUT, errors=(_ENDS_TOO_EARLY,))
    kept = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="evaluation_body",
        object_id=body.id,
        reason=amendment.reason,
        before=before,
        after=changes,
    )
    return await _saved(tx, body) if kept else Refusal(NOTHING_AMENDED)


async def end(
    tx: Transaction, service: Service, principal: Principal, body_id: UUID, version: int, reason: str
) -> Body | Refusal:
    """Ends a body before its term, at once: its evaluators score and confirm nothing more (T06)."""
    body = await _changeable(tx, body_id, version)
    if isinstance(body, Refusal):
        return body
    before = body.state
    if refusal := body.end(principal.subject, service.clock.today(), reason):
        return refusal
    await repository.save(tx, body)
    await evaluators.remove_all(tx, body.id, service.clock.now(), principal.subject, reason)
    await _record(tx, service, principal, body, "end_evaluation_body", before)
    return body


async def _changeable(tx: Transaction, body_id: UUID, version: int) -> Body | Refusal:
    body = await repository.load_for_update(tx, body_id)
    if body is None:
        return Refusal(NOT_FOUND)
    return body if body.version == version else Refusal(PRECONDITION_FAILED)


async def _saved(tx: Transaction, body: Body) -> Body | Refusal:
    try:
        async with tx.savepoint():
            await repository.save(tx, body)
    except asyncpg.ExclusionViolationError:
        return Refusal(BODY_EXISTS)
    return body


async def _record(
    tx: Transaction, service: Service, principal: Principal, body: Body, action: str, before: State | None
) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="evaluation_body",
        object_id=body.id,
        from_state=before,
        to_state=body.state,
        reason=body.end_reason,
        details={"credit_code": body.credit_code, "project_codes": list(body.project_codes)},
    )
