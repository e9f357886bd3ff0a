"""What is done with designations: designate, amend, withdraw."""

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

from training_svc.designations import repository
from training_svc.designations.designation import Designation
from training_svc.designations.lifecycle import State
from training_svc.designations.schemas import DesignationAmendment, NewDesignation
from training_svc.institutions import repository as institutions
from training_svc.institutions.institution import Institution
from training_svc.policy.decision import decide
from training_svc.policy.standing import STANDING_RULES
from training_svc.problems import DESIGNATION_EXISTS, DESIGNATION_REFUSED
from training_svc.sanctions import repository as sanctions
from training_svc.service import Service
from training_svc.visibility import EVERYTHING

_ENDS_TOO_EARLY = FieldError("/ends_on", "ends_too_early", Text("结束早于开始", "It ends before it starts"))


async def designate(
    tx: Transaction, service: Service, principal: Principal, institution_id: UUID, body: NewDesignation
) -> Designation | Refusal:
    """The city centre names an institution in good standing an example for a term (T08)."""
    institution = await institutions.load_for_update(tx, institution_id, EVERYTHING)
    if institution is None:
        return Refusal(NOT_FOUND)
    standing = await sanctions.standing(tx, institution_id, service.clock.today())
    if refusal := decide(STANDING_RULES, standing).refusal(DESIGNATION_REFUSED):
        return refusal
    designation = _new(service, principal, institution, body)
    try:
        async with tx.savepoint():
            await repository.insert_new(tx, designation)
    except asyncpg.ExclusionViolationError:
        return Refusal(DESIGNATION_EXISTS)
    await emit(tx, designation.designated(service.clock.today()), designation.designated_at)
    await _record(tx, service, principal, designation, "designate_institution", None)
    return designation


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    designation_id: UUID,
    version: int,
    body: DesignationAmendment,
) -> Designation | Refusal:
    """Corrects the term, with the reason (T08)."""
    designation = await _changeable(tx, designation_id, version)
    if isinstance(designation, Refusal):
        return designation
    changes = body.model_dump(exclude={"reason"}, exclude_none=True)
    before = {name: getattr(designation, name) for name in changes}
    designation.amend(changes)
    if designation.ends_on < designation.starts_on:
        return Refusal(INVALID_INPUT, errors=(_ENDS_TOO_EARLY,))
    kept = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="designation",
        object_id=designation.id,
        reason=body.reason,
        before=before,
        after=changes,
    )
    return await _saved(tx, service, designation) if kept else Refusal(NOTHING_AMENDED)


async def withdraw(
    tx: Transaction, service: Service, principal: Principal, designation_id: UUID, version: int, reason: str
) -> Designation | Refusal:
    """Takes a designation back (取消), saying why (T08)."""
    designation = await _changeable(tx, designation_id, version)
    if isinstance(designation, Refusal):
        return designation
    before = designation.state
    withdrawn = designation.withdraw(principal.subject, service.clock.today(), reason)
    if isinstance(withdrawn, Refusal):
        return withdrawn
    await repository.save(tx, designation)
    await emit(tx, withdrawn, service.clock.now())
    await _record(tx, service, principal, designation, "withdraw_designation", before)
    return designation


def _new(
    service: Service, principal: Principal, institution: Institution, body: NewDesignation
) -> Designation:
    return Designation(
        id=new_id(),
        institution_id=institution.id,
        credit_code=institution.credit_code,
        institution_name=institution.name,
        district=institution.district,
        state=State.DESIGNATED,
        designated_at=service.clock.now(),
        designated_by=principal.subject,
        version=1,
        **body.model_dump(),
    )


async def _changeable(tx: Transaction, designation_id: UUID, version: int) -> Designation | Refusal:
    designation = await repository.load_for_update(tx, designation_id, EVERYTHING)
    if designation is None:
        return Refusal(NOT_FOUND)
    if designation.version != version:
        return Refusal(PRECONDITION_FAILED)
    return designation


async def _saved(tx: Transaction, service: Service, designation: Designation) -> Designation | Refusal:
    try:
        async with tx.savepoint():
            await repository.save(tx, designation)
    except asyncpg.ExclusionViolationError:
        return Refusal(DESIGNATION_EXISTS)
    # The others are told how it stands now, under the same id.
    await emit(tx, designation.designated(service.clock.today()), service.clock.now())
    return designation


async def _record(
    tx: Transaction,
    service: Service,
    principal: Principal,
    designation: Designation,
    action: str,
    before: State | None,
) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="designation",
        object_id=designation.id,
        from_state=before,
        to_state=designation.state,
        reason=designation.withdraw_reason or designation.reason,
        details={"institution": str(designation.institution_id)},
    )
