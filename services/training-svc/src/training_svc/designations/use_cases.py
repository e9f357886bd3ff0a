"""What is done with designations: designate, amend, withdraw."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import asyncpg
from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.events.base import Event
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_FOUND

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
from training_svc.versions import as_read
from training_svc.visibility import EVERYTHING

_ENDS_TOO_EARLY = FieldError("/ends_on", "ends_too_early", Text("结束早于开始", "It ends before it starts"))
_NO_SUCH_DAY = FieldError(
    "/withdrawn_on",
    "out_of_range",
    Text("取消日期应在命名日至今日之间", "It was withdrawn between its designation and today"),
)


async def designate(
    tx: Transaction, service: Service, principal: Principal, institution_id: UUID, body: NewDesignation
) -> Designation | Refusal:
    """The city centre names an institution in good standing an example for a term (T08)."""
    institution = await institutions.load_for_update(tx, institution_id, EVERYTHING)
    if institution is None:
        return Refusal(NOT_FOUND)
    if refusal := await _standing_refusal(tx, service, institution_id):
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
    """Corrects the term or the withdrawal, with the reason, and tells how it stands now (T08).

    To be restored the institution must be in good standing today, as to be designated.
    """
    designation = await _changeable(tx, designation_id, version)
    if isinstance(designation, Refusal):
        return designation
    restored, today, before = body.withdrawn is False, service.clock.today(), designation.described()
    if restored and (refusal := await _standing_refusal(tx, service, designation.institution_id)):
        return refusal
    told = designation.amend(body.changes(), today, restored=restored)
    if isinstance(told, Refusal):
        return told
    if errors := tuple(_errors(designation, today)):
        return Refusal(INVALID_INPUT, errors=errors)
    kept = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="designation",
        object_id=designation.id,
        reason=body.reason,
        before=before,
        after=designation.described(),
    )
    return await _saved(tx, service, designation, told) if kept else Refusal(NOTHING_AMENDED)


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
    return as_read(await repository.load_for_update(tx, designation_id, EVERYTHING), version)


async def _standing_refusal(tx: Transaction, service: Service, institution_id: UUID) -> Refusal | None:
    standing = await sanctions.standing(tx, institution_id, service.clock.today())
    return decide(STANDING_RULES, standing).refusal(DESIGNATION_REFUSED)


def _errors(designation: Designation, today: date) -> Iterator[FieldError]:
    if designation.ends_on < designation.starts_on:
        yield _ENDS_TOO_EARLY
    named_on, withdrawn_on = civil_date(designation.designated_at), designation.withdrawn_on
    if withdrawn_on is not None and not named_on <= withdrawn_on <= today:
        yield _NO_SUCH_DAY


async def _saved(
    tx: Transaction, service: Service, designation: Designation, told: Event | None
) -> Designation | Refusal:
    try:
        async with tx.savepoint():
            await repository.save(tx, designation)
    except asyncpg.ExclusionViolationError:
        return Refusal(DESIGNATION_EXISTS)
    if told is not None:
        await emit(tx, told, service.clock.now())
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
