"""Keeping an instructor's entry right: amend it, add a certificate, show what is masked for a reason."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg
from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.masking import mask_phone
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT, NOT_FOUND

from training_svc.institutions import repository as institutions
from training_svc.instructors import repository
from training_svc.instructors.applications import certificate_values, input_errors
from training_svc.instructors.instructor import Instructor
from training_svc.instructors.schemas import (
    CertificateAmendment,
    InstructorAmendment,
    NewCertificate,
    UnmaskedView,
)
from training_svc.instructors.use_cases import changeable
from training_svc.persons import clear_id_number, clear_name, clear_phone, seal, seal_phone
from training_svc.problems import CERTIFICATE_EXISTS
from training_svc.service import Service
from training_svc.visibility import scope_of

_UNKNOWN_INSTITUTION = FieldError(
    "/institution_id", "unknown_institution", Text("没有此机构", "There is no such institution")
)


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    instructor_id: UUID,
    version: int,
    body: InstructorAmendment,
) -> Instructor | Refusal:
    """Amends what was entered, with a reason; what stood before is kept (T10)."""
    instructor = await changeable(tx, principal, instructor_id, version)
    if isinstance(instructor, Refusal):
        return instructor
    before = _kept(instructor)
    errors = [one async for one in input_errors(tx, body.projects)]
    errors += await _employ(tx, principal, instructor, body)
    if errors:
        return Refusal(INVALID_INPUT, errors=tuple(errors))
    _change(service, instructor, body)
    instructor.version += 1
    await repository.save_with_projects(tx, instructor)
    if not await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="instructor",
        object_id=instructor_id,
        reason=body.reason,
        before=before,
        after=_kept(instructor),
    ):
        return Refusal(NOTHING_AMENDED)
    return instructor


async def add_certificate(
    tx: Transaction, service: Service, principal: Principal, instructor_id: UUID, body: NewCertificate
) -> Instructor | Refusal:
    """Records a certificate somebody holds (T10)."""
    instructor = await repository.load_for_update(tx, instructor_id, scope_of(principal))
    if instructor is None:
        return Refusal(NOT_FOUND)
    values = certificate_values(service, principal, instructor_id, body)
    if not await repository.add_certificate(tx, values):
        return Refusal(CERTIFICATE_EXISTS)
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action="add_instructor_certificate",
        object_type="instructor",
        object_id=instructor_id,
        details={"certificate": str(values["id"])},
    )
    return instructor


async def amend_certificate(
    tx: Transaction,
    service: Service,
    principal: Principal,
    instructor_id: UUID,
    certificate_id: UUID,
    version: int,
    body: CertificateAmendment,
) -> Instructor | Refusal:
    """Amends a certificate on record, with a reason; what stood before is kept (T10)."""
    instructor = await changeable(tx, principal, instructor_id, version)
    if isinstance(instructor, Refusal):
        return instructor
    held = {row["id"]: row for row in await repository.certificates(tx, instructor_id)}
    if certificate_id not in held:
        return Refusal(NOT_FOUND)
    before, after = held[certificate_id], body.model_dump(exclude={"reason"})
    try:
        async with tx.savepoint():
            await repository.amend_certificate(tx, certificate_id, after)
    except asyncpg.UniqueViolationError:
        return Refusal(CERTIFICATE_EXISTS)
    instructor.version += 1
    await repository.save(tx, instructor)
    changed = await amended(
        tx,
        principal,
        at=service.clock.now(),
        object_type="instructor",
        object_id=instructor_id,
        reason=body.reason,
        before={f"certificate_{name}": _plain(before[name]) for name in after},
        after={f"certificate_{name}": _plain(value) for name, value in after.items()},
    )
    return instructor if changed else Refusal(NOTHING_AMENDED)


async def unmask(
    tx: Transaction, service: Service, principal: Principal, instructor_id: UUID, reason: str
) -> UnmaskedView | Refusal:
    """The clear data of one person: its own permission, a reason, and a row in the audit log (T10)."""
    instructor = await repository.one(tx, instructor_id, scope_of(principal))
    if instructor is None:
        return Refusal(NOT_FOUND)
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action="unmask_instructor",
        object_type="instructor",
        object_id=instructor_id,
        reason=reason,
    )
    privacy, person = service.privacy, instructor.person
    return UnmaskedView(
        id=instructor.id,
        name=clear_name(privacy, person),
        id_number=clear_id_number(privacy, person),
        phone=clear_phone(privacy, instructor.phone_encrypted),
    )


def _plain(value: object) -> str | None:
    return None if value is None else str(value)


def _kept(one: Instructor) -> Mapping[str, Any]:
    # Names and phones are kept as they rest, encrypted: a mask would not tell what stood before.
    return {
        "name_encrypted": one.person.name_encrypted,
        "phone_encrypted": one.phone_encrypted,
        "employment": one.employment,
        "institution_id": str(one.institution_id) if one.institution_id else None,
        "district": one.district,
        "fields": list(one.fields),
        "projects": list(one.projects),
    }


async def _employ(
    tx: Transaction, principal: Principal, instructor: Instructor, body: InstructorAmendment
) -> tuple[FieldError, ...]:
    """Moves the person to the institution named, if the principal sees it, and to its district."""
    if body.institution_id is None:
        return ()
    institution = await institutions.one(tx, body.institution_id, scope_of(principal))
    if institution is None:
        return (_UNKNOWN_INSTITUTION,)
    instructor.employment, instructor.district = body.employment, institution["district"]
    instructor.employed_by(institution["id"], institution["credit_code"], institution["name"])
    return ()


def _change(service: Service, instructor: Instructor, body: InstructorAmendment) -> None:
    privacy, person = service.privacy, instructor.person
    if body.name is not None and body.name != clear_name(privacy, person):
        instructor.person = seal(privacy, body.name, clear_id_number(privacy, person))
    if body.phone is not None and body.phone != clear_phone(privacy, instructor.phone_encrypted):
        instructor.masked_phone = mask_phone(body.phone)
        instructor.phone_encrypted = seal_phone(privacy, body.phone)
    if body.fields is not None:
        instructor.fields = tuple(dict.fromkeys(body.fields))
    if body.projects is not None:
        instructor.projects = tuple(sorted(set(body.projects)))
