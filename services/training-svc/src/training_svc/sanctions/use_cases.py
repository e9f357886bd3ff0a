"""What is done with sanctions: record, amend, lift."""

from uuid import UUID

import asyncpg
from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_FOUND, PRECONDITION_FAILED

from training_svc.institutions import repository as institutions
from training_svc.institutions.institution import Institution
from training_svc.problems import NOT_YOUR_SANCTION, SANCTION_EXISTS
from training_svc.sanctions import repository
from training_svc.sanctions.lifecycle import State
from training_svc.sanctions.sanction import Sanction
from training_svc.sanctions.schemas import NewSanction, SanctionAmendment
from training_svc.service import Service
from training_svc.visibility import authority_of, scope_of

_ENDS_TOO_EARLY = FieldError("/ends_on", "ends_too_early", Text("结束早于开始", "It ends before it starts"))


async def impose(
    tx: Transaction, service: Service, principal: Principal, institution_id: UUID, body: NewSanction
) -> Sanction | Refusal:
    """An officer records a penalty or a listing as dishonest (T08), and the others are told."""
    institution = await institutions.load_for_update(tx, institution_id, scope_of(principal))
    if institution is None:
        return Refusal(NOT_FOUND)
    sanction = _new(service, principal, institution, body)
    if not await repository.insert_new(tx, sanction):
        return Refusal(SANCTION_EXISTS)
    await emit(tx, sanction.recorded(service.clock.today()), sanction.recorded_at)
    await _record(tx, service, principal, sanction, "record_sanction", None)
    return sanction


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    sanction_id: UUID,
    version: int,
    body: SanctionAmendment,
) -> Sanction | Refusal:
    """Corrects what was recorded, with the reason (T08), and the others are told how it stands now."""
    sanction = await _changeable(tx, principal, sanction_id, version)
    if isinstance(sanction, Refusal):
        return sanction
    changes = body.changes()
    before = {name: getattr(sanction, name) for name in changes}
    sanction.amend(changes)
    if sanction.ends_on is not None and sanction.ends_on < sanction.starts_on:
        return Refusal(INVALID_INPUT, errors=(_ENDS_TOO_EARLY,))
    kept = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="sanction",
        object_id=sanction.id,
        reason=body.reason,
        before=before,
        after=changes,
    )
    return await _saved(tx, service, sanction) if kept else Refusal(NOTHING_AMENDED)


async def lift(
    tx: Transaction, service: Service, principal: Principal, sanction_id: UUID, version: int, reason: str
) -> Sanction | Refusal:
    """Lifts a sanction (解除), saying why (T08), and the others are told."""
    sanction = await _changeable(tx, principal, sanction_id, version)
    if isinstance(sanction, Refusal):
        return sanction
    before = sanction.state
    lifted = sanction.lift(principal.subject, service.clock.today(), reason)
    if isinstance(lifted, Refusal):
        return lifted
    await repository.save(tx, sanction)
    await emit(tx, lifted, service.clock.now())
    await _record(tx, service, principal, sanction, "lift_sanction", before)
    return sanction


def _new(service: Service, principal: Principal, institution: Institution, body: NewSanction) -> Sanction:
    return Sanction(
        id=new_id(),
        institution_id=institution.id,
        credit_code=institution.credit_code,
        institution_name=institution.name,
        district=institution.district,
        state=State.IN_FORCE,
        recorded_at=service.clock.now(),
        recorded_by=principal.subject,
        authority=authority_of(principal),
        version=1,
        **body.model_dump(),
    )


async def _changeable(
    tx: Transaction, principal: Principal, sanction_id: UUID, version: int
) -> Sanction | Refusal:
    sanction = await repository.load_for_update(tx, sanction_id, scope_of(principal))
    if sanction is None:
        return Refusal(NOT_FOUND)
    if not sanction.is_in_the_hands_of(authority_of(principal)):
        return Refusal(NOT_YOUR_SANCTION)
    if sanction.version != version:
        return Refusal(PRECONDITION_FAILED)
    return sanction


async def _saved(tx: Transaction, service: Service, sanction: Sanction) -> Sanction | Refusal:
    try:
        async with tx.savepoint():
            await repository.save(tx, sanction)
    except asyncpg.UniqueViolationError:
        return Refusal(SANCTION_EXISTS)
    if sanction.state is State.IN_FORCE:
        # The others are told how it stands now, under the same id.
        await emit(tx, sanction.recorded(service.clock.today()), service.clock.now())
    return sanction


async def _record(
    tx: Transaction,
    service: Service,
    principal: Principal,
    sanction: Sanction,
    action: str,
    before: State | None,
) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="sanction",
        object_id=sanction.id,
        from_state=before,
        to_state=sanction.state,
        reason=sanction.lift_reason,
        details={"kind": sanction.kind, "document_number": sanction.document_number},
    )
