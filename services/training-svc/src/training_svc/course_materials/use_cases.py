"""What is done with materials: draft, revise, release (T09)."""

from uuid import UUID

import asyncpg
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from training_svc.course_materials import repository
from training_svc.course_materials.schemas import NewMaterial
from training_svc.courses import repository as courses
from training_svc.courses.lifecycle import State
from training_svc.problems import MATERIAL_EXISTS
from training_svc.service import Service
from training_svc.visibility import scope_of

_CLOSED = frozenset({State.REJECTED, State.RETIRED})


async def draft(
    tx: Transaction, service: Service, principal: Principal, course_id: UUID, body: NewMaterial
) -> Row | Refusal:
    """The developer adds a version of a material, until the course is rejected or retired."""
    course = await courses.load_for_update(tx, course_id, scope_of(principal))
    if course is None:
        return Refusal(NOT_FOUND)
    if course.state in _CLOSED:
        return Refusal(NOT_ALLOWED_NOW)
    values = body.model_dump() | {
        "id": new_id(),
        "course_id": course_id,
        "drafted_at": service.clock.now(),
        "drafted_by": principal.subject,
        "released_at": None,
        "released_by": None,
        "version": 1,
    }
    drafted = await repository.insert_new(tx, values)
    if drafted is None:
        return Refusal(MATERIAL_EXISTS)
    await _record(tx, service, principal, drafted, "draft_material")
    return drafted


async def revise(
    tx: Transaction,
    service: Service,
    principal: Principal,
    material_id: UUID,
    version: int,
    body: NewMaterial,
) -> Row | Refusal:
    """The developer changes a draft; a released version never changes."""
    draft = await _draft(tx, principal, material_id, version)
    if isinstance(draft, Refusal):
        return draft
    try:
        async with tx.savepoint():
            revised = await repository.revise(tx, material_id, body.model_dump())
    except asyncpg.UniqueViolationError:
        return Refusal(MATERIAL_EXISTS)
    await _record(tx, service, principal, revised, "revise_material")
    return revised


async def release(
    tx: Transaction, service: Service, principal: Principal, material_id: UUID, version: int
) -> Row | Refusal:
    """The city centre releases a version of what it has seen; from now on it never changes."""
    draft = await _draft(tx, principal, material_id, version)
    if isinstance(draft, Refusal):
        return draft
    released = await repository.release(tx, material_id, principal.subject, service.clock.now())
    await _record(tx, service, principal, released, "release_material")
    return released


async def _draft(tx: Transaction, principal: Principal, material_id: UUID, version: int) -> Row | Refusal:
    found = await repository.load_for_update(tx, material_id, scope_of(principal))
    if found is None:
        return Refusal(NOT_FOUND)
    if found["version"] != version:
        return Refusal(PRECONDITION_FAILED)
    return found if found["released_at"] is None else Refusal(NOT_ALLOWED_NOW)


async def _record(
    tx: Transaction, service: Service, principal: Principal, material: Row, action: str
) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="course_material",
        object_id=material["id"],
        details={"course": str(material["course_id"]), "sha256": material["sha256"]},
    )
