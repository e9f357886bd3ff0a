"""What is done with institutions: register, amend, close, say whom to call."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal, Role
from chuangpei.database import Transaction
from chuangpei.kernel.credit_code import check_error
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT

from training_svc.institutions import repository
from training_svc.institutions.institution import Institution
from training_svc.institutions.lifecycle import State
from training_svc.institutions.schemas import Contact, InstitutionAmendment, NewInstitution
from training_svc.persons import seal_contact
from training_svc.policy.decision import decide
from training_svc.policy.facts import RegistrationFacts
from training_svc.policy.findings import finding
from training_svc.policy.rules import REGISTRATION_RULES
from training_svc.problems import (
    CLOSING_REFUSED,
    INSTITUTION_EXISTS,
    NOT_YOUR_INSTITUTION,
    REGISTRATION_REFUSED,
)
from training_svc.service import Service
from training_svc.versions import as_read
from training_svc.visibility import scope_of

_NO_SUCH_DAY = FieldError(
    "/closed_on",
    "out_of_range",
    Text("停办日期应在登记日至今日之间", "It closed between its registration and today"),
)
_CLASSES_RUN = Text("尚有未结束的班级，不得停办", "It does not close while its classes have not ended")


async def register(
    tx: Transaction, service: Service, principal: Principal, body: NewInstitution
) -> Institution | Refusal:
    """Registers an institution under its credit code (T06) and tells the other services."""
    if not _may_register(principal, body):
        return Refusal(NOT_YOUR_INSTITUTION)
    if refusal := decide(REGISTRATION_RULES, _facts(principal, body)).refusal(REGISTRATION_REFUSED):
        return refusal
    institution = _new(service, principal, body)
    contact = seal_contact(service.privacy, body.contact.name, body.contact.phone) if body.contact else None
    if not await repository.insert_new(tx, institution, contact):
        return Refusal(INSTITUTION_EXISTS)
    await emit(tx, institution.registered(), institution.registered_at)
    await _record(tx, service, principal, institution, "register", reason=body.early_code_reason)
    return institution


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    institution_id: UUID,
    version: int,
    body: InstitutionAmendment,
) -> Institution | Refusal:
    """Takes a change, or what was wrong with its closing, with the reason (T06, S07); tells the others."""
    institution = await _changeable(tx, principal, institution_id, version)
    if isinstance(institution, Refusal):
        return institution
    before = institution.described()
    changes = body.model_dump(exclude={"reason", "closed"}, exclude_none=True)
    if refusal := institution.amend(changes, restored=body.closed is False):
        return refusal
    if body.closed_on and (refusal := await _closed_then(tx, service, institution, body.closed_on)):
        return refusal
    if refusal := await _amended(tx, service, principal, institution, before, body.reason):
        return refusal
    await repository.save(tx, institution)
    await emit(tx, institution.updated(service.clock.today()), service.clock.now())
    return institution


async def close(
    tx: Transaction, service: Service, principal: Principal, institution_id: UUID, version: int, reason: str
) -> Institution | Refusal:
    """Closes an institution whose classes have all ended (T06), and tells the others."""
    institution = await _changeable(tx, principal, institution_id, version)
    if isinstance(institution, Refusal):
        return institution
    today = service.clock.today()
    if refusal := await _classes_run(tx, institution, today):
        return refusal
    before = institution.state
    if refusal := institution.close(today, reason):
        return refusal
    await repository.save(tx, institution)
    await emit(tx, institution.updated(today), service.clock.now())
    await _record(tx, service, principal, institution, "close", before=before, reason=reason)
    return institution


async def name_contact(
    tx: Transaction, service: Service, principal: Principal, institution_id: UUID, version: int, body: Contact
) -> Institution | Refusal:
    """Says whom to call at the institution; the name and phone rest encrypted (T06)."""
    institution = await _changeable(tx, principal, institution_id, version)
    if isinstance(institution, Refusal):
        return institution
    await repository.save_contact(tx, institution.id, seal_contact(service.privacy, body.name, body.phone))
    await _record(tx, service, principal, institution, "name_contact", before=institution.state)
    return institution


async def _closed_then(
    tx: Transaction, service: Service, institution: Institution, day: date
) -> Refusal | None:
    """T06: an institution closed on a day on which it was registered and no class of it ran."""
    if not institution.registered_on <= day <= service.clock.today():
        return Refusal(INVALID_INPUT, errors=(_NO_SUCH_DAY,))
    return await _classes_run(tx, institution, day)


async def _classes_run(tx: Transaction, institution: Institution, day: date) -> Refusal | None:
    running = await repository.open_classes(tx, institution.id, day)
    found = finding("T06", False, ", ".join(running), "—", _CLASSES_RUN)
    return Refusal(CLOSING_REFUSED, findings=(found,)) if running else None


def _may_register(principal: Principal, body: NewInstitution) -> bool:
    if principal.role is Role.DISTRICT_OFFICER:
        return principal.district == body.district
    return principal.credit_code == body.credit_code


def _facts(principal: Principal, body: NewInstitution) -> RegistrationFacts:
    return RegistrationFacts(
        kind=body.kind,
        by_officer=principal.role is Role.DISTRICT_OFFICER,
        code_checks=check_error(body.credit_code) is None,
        explained_as_early=body.early_code_reason is not None,
    )


def _new(service: Service, principal: Principal, body: NewInstitution) -> Institution:
    return Institution(
        id=new_id(),
        credit_code=body.credit_code,
        name=body.name,
        district=body.district,
        kind=body.kind,
        address=body.address,
        state=State.ACTIVE,
        registered_on=service.clock.today(),
        registered_at=service.clock.now(),
        registered_by=principal.subject,
        version=1,
        early_code_reason=body.early_code_reason,
    )


async def _changeable(
    tx: Transaction, principal: Principal, institution_id: UUID, version: int
) -> Institution | Refusal:
    return as_read(await repository.load_for_update(tx, institution_id, scope_of(principal)), version)


async def _amended(
    tx: Transaction,
    service: Service,
    principal: Principal,
    institution: Institution,
    before: Mapping[str, Any],
    reason: str,
) -> Refusal | None:
    kept = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="institution",
        object_id=institution.id,
        reason=reason,
        before=before,
        after=institution.described(),
    )
    return None if kept else Refusal(NOTHING_AMENDED)


async def _record(
    tx: Transaction,
    service: Service,
    principal: Principal,
    institution: Institution,
    verb: str,
    *,
    before: State | None = None,
    reason: str | None = None,
) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=f"{verb}_institution",
        object_type="institution",
        object_id=institution.id,
        from_state=before,
        to_state=institution.state,
        reason=reason,
    )
