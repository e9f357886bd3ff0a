"""What is decided on instructors: vet, refuse, admit, suspend, resume; the timer tells what is due."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import SYSTEM, Principal, Role
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Refusal
from chuangpei.outbox import emit
from chuangpei.problems import NOT_ALLOWED_NOW

from training_svc.instructors import repository
from training_svc.instructors.instructor import Instructor
from training_svc.instructors.lifecycle import State
from training_svc.instructors.schemas import (
    Because,
    Comment,
)
from training_svc.law import numbers_on
from training_svc.policy.decision import decide
from training_svc.policy.instructors import VETTING_RULES, VettingFacts
from training_svc.problems import INSTRUCTOR_REFUSED
from training_svc.service import Service
from training_svc.versions import as_read
from training_svc.visibility import scope_of

_DECIDED_BY = {State.APPLIED: Role.DISTRICT_OFFICER, State.VETTED: Role.CITY_CENTRE}
"""T10: the district vets; of who is vetted the city centre decides."""


async def vet(
    tx: Transaction, service: Service, principal: Principal, instructor_id: UUID, version: int, body: Comment
) -> Instructor | Refusal:
    """The district vets who holds a valid certificate (资格审核, T10)."""
    held = await repository.certificates(tx, instructor_id)
    days = tuple((one["issued_on"], one["expires_on"]) for one in held)

    def step(one: Instructor, today: date) -> Refusal | None:
        decision = decide(VETTING_RULES, VettingFacts(days, today))
        return decision.refusal(INSTRUCTOR_REFUSED) or one.vet(body.comment)

    return await _step(tx, service, principal, instructor_id, version, "vet_instructor", step)


async def refuse(
    tx: Transaction, service: Service, principal: Principal, instructor_id: UUID, version: int, body: Because
) -> Instructor | Refusal:
    """Whose turn it is refuses (不予入库): the district, or the city centre once it has vetted (T10)."""

    def step(one: Instructor, today: date) -> Refusal | None:
        if _DECIDED_BY.get(one.state) is not principal.role:
            return Refusal(NOT_ALLOWED_NOW)
        return one.refuse(body.reason)

    return await _step(tx, service, principal, instructor_id, version, "refuse_instructor", step)


async def admit(
    tx: Transaction, service: Service, principal: Principal, instructor_id: UUID, version: int, body: Comment
) -> Instructor | Refusal:
    """The city centre admits to the pool (入库, T10)."""

    def step(one: Instructor, today: date) -> Refusal | None:
        numbers = numbers_on(service, today)
        return numbers if isinstance(numbers, Refusal) else one.admit(today, numbers, body.comment)

    return await _step(tx, service, principal, instructor_id, version, "admit_instructor", step)


async def suspend(
    tx: Transaction, service: Service, principal: Principal, instructor_id: UUID, version: int, body: Because
) -> Instructor | Refusal:
    """The city centre suspends (暂停授课): no new class until it resumes (T10)."""

    def step(one: Instructor, today: date) -> Refusal | None:
        return one.suspend(today, body.reason)

    return await _step(tx, service, principal, instructor_id, version, "suspend_instructor", step)


async def resume(
    tx: Transaction, service: Service, principal: Principal, instructor_id: UUID, version: int, body: Because
) -> Instructor | Refusal:
    """The city centre ends a suspension (恢复授课, T10)."""

    def step(one: Instructor, today: date) -> Refusal | None:
        return one.resume(today, body.reason)

    return await _step(tx, service, principal, instructor_id, version, "resume_instructor", step)


async def tell_due(tx: Transaction, service: Service, most: int = 500) -> int:
    """Tells once of each appraisal that is due (T10); returns how many."""
    now = service.clock.now()
    due = await repository.due_to_be_told(tx, service.clock.today(), most)
    for instructor in due:
        await emit(tx, instructor.fell_due(), now)
        await repository.save(tx, instructor)
        await keep_record(tx, service, SYSTEM, instructor, "tell_appraisal_due", State.ACTIVE)
    return len(due)


async def changeable(
    tx: Transaction, principal: Principal, instructor_id: UUID, version: int
) -> Instructor | Refusal:
    """The instructor, locked, if the principal sees them and has read the present version."""
    return as_read(await repository.load_for_update(tx, instructor_id, scope_of(principal)), version)


async def keep_record(
    tx: Transaction,
    service: Service,
    principal: Principal,
    instructor: Instructor,
    action: str,
    before: State | None,
) -> None:
    """The audit row of a step in an instructor's life."""
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action=action,
        object_type="instructor",
        object_id=instructor.id,
        from_state=before,
        to_state=instructor.state,
        reason=instructor.reason,
        details={"district": instructor.district},
    )


async def _step(
    tx: Transaction,
    service: Service,
    principal: Principal,
    instructor_id: UUID,
    version: int,
    action: str,
    step: Callable[[Instructor, date], Refusal | None],
) -> Instructor | Refusal:
    """Takes one step of an instructor's life today, keeps it and records it."""
    instructor = await changeable(tx, principal, instructor_id, version)
    if isinstance(instructor, Refusal):
        return instructor
    today = service.clock.today()
    before = instructor.state_on(today)
    if refusal := step(instructor, today):
        return refusal
    await repository.save(tx, instructor)
    await keep_record(tx, service, principal, instructor, action, before)
    return instructor
