"""What is done with a class that is filed: amend it, put others to teach it, cancel it (T06, T10)."""

from datetime import datetime
from uuid import UUID

import asyncpg
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import FieldError, Finding, Refusal, Text
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT

from training_svc.classes import changing, clashes, repository, timetable
from training_svc.classes.lifecycle import State
from training_svc.classes.schemas import ENDS_TOO_EARLY, ClassAmendment
from training_svc.classes.teachers import teachers_named
from training_svc.classes.training_class import Session, TrainingClass
from training_svc.enrolments import repository as enrolments
from training_svc.enrolments import waiting_list
from training_svc.persons import SealedPerson
from training_svc.policy.changes import (
    CANCELLATION_RULES,
    CLASS_CHANGE_RULES,
    CancellationFacts,
    ClassChangeFacts,
)
from training_svc.policy.decision import decide
from training_svc.policy.findings import finding
from training_svc.problems import CLASS_CHANGE_REFUSED, CLASS_CLASH
from training_svc.service import Service

_IS_A_TRAINEE = Text("讲师不得是本班学员", "Who teaches a class is not among its trainees")


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    class_id: UUID,
    version: int,
    body: ClassAmendment,
) -> TrainingClass | Refusal:
    """Amends name, days, places or instructors (T05, T06, T10); more places move up who waits (T02)."""
    found = await changing.begin(tx, principal, class_id, version)
    if isinstance(found, Refusal):
        return found
    before, days = changing.described(found), (found.starts_on, found.ends_on)
    named = await teachers_named(tx, service, body.instructors) if body.instructors else None
    errors = _day_errors(found, body) + (named.errors if isinstance(named, Refusal) else ())
    if errors or isinstance(named, Refusal):
        return Refusal(INVALID_INPUT, errors=errors)
    _apply(found, body)
    facts = ClassChangeFacts(
        today=service.clock.today(),
        old_starts_on=days[0],
        old_ends_on=days[1],
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        capacity=found.capacity,
        enrolled=found.enrolled,
    )
    decision = decide(CLASS_CHANGE_RULES, facts) + await changing.judged(tx, service, found, named)
    if refusal := decision.refusal(CLASS_CHANGE_REFUSED):
        return refusal
    if named is not None:
        people = [one.person for one in named]
        if refusal := await _replace_instructors(tx, found, people, service.clock.now()):
            return refusal
    await waiting_list.move_up(tx, service, principal, found)
    return await changing.finish(tx, service, principal, found, before, body.reason)


async def cancel(
    tx: Transaction, service: Service, principal: Principal, class_id: UUID, version: int, reason: str
) -> TrainingClass | Refusal:
    """Cancels a class (取消开班): its enrolments end, what was to come is free, everybody is told (T06)."""
    found = await changing.begin(tx, principal, class_id, version)
    if isinstance(found, Refusal):
        return found
    now = service.clock.now()
    ends_at = max(one.hours.ends_at for one in found.held_sessions)
    if refusal := decide(CANCELLATION_RULES, CancellationFacts(ends_at, now)).refusal(CLASS_CHANGE_REFUSED):
        return refusal
    ended = await enrolments.end_all(tx, class_id, principal.subject, now, reason)
    for one in ended:
        found.leave(admitted=one["admitted_at"] is not None)
    await timetable.cancel(tx, [one.id for one in _to_come(found, now)], now)
    if refusal := found.cancel(principal.subject, now, reason):
        return refusal
    await repository.save(tx, found)
    await emit(tx, found.cancelled([one["person_key"] for one in ended]), now)
    await _record_cancellation(tx, principal, found, now, len(ended))
    return await timetable.completed(tx, found)


def _day_errors(found: TrainingClass, body: ClassAmendment) -> tuple[FieldError, ...]:
    if (body.ends_on or found.ends_on) >= (body.starts_on or found.starts_on):
        return ()
    return (FieldError("/ends_on", "ends_too_early", ENDS_TOO_EARLY),)


def _apply(found: TrainingClass, body: ClassAmendment) -> None:
    found.name = body.name or found.name
    found.starts_on = body.starts_on or found.starts_on
    found.ends_on = body.ends_on or found.ends_on
    found.capacity = body.capacity or found.capacity


def _to_come(found: TrainingClass, now: datetime) -> list[Session]:
    return [one for one in found.held_sessions if one.hours.starts_at > now]


async def _replace_instructors(
    tx: Transaction, found: TrainingClass, people: list[SealedPerson], now: datetime
) -> Refusal | None:
    """Puts people on the sessions to come in place of those who teach now; what was taught stays."""
    wanted, present = {one.person_key for one in people}, {one.person_key for one in found.instructors}
    added = [one for one in people if one.person_key not in present]
    to_come = _to_come(found, now)
    if among := await _trainees_among(tx, found, added):
        return Refusal(CLASS_CHANGE_REFUSED, findings=among)
    if taken := await clashes.instructors(tx, added, to_come):
        return Refusal(CLASS_CLASH, findings=tuple(taken))
    await timetable.take_off(tx, found.id, sorted(present - wanted), to_come, now)
    try:
        async with tx.savepoint():
            await timetable.add_instructors(tx, found.id, added, to_come)
    except asyncpg.ExclusionViolationError:
        # Another class took an instructor since the clashes were looked up.
        return Refusal(CLASS_CLASH, findings=tuple(await clashes.instructors(tx, added, to_come)))
    await timetable.completed(tx, found)
    return None


async def _trainees_among(
    tx: Transaction, found: TrainingClass, people: list[SealedPerson]
) -> tuple[Finding, ...]:
    keys = await enrolments.enrolled_of(tx, found.id, [one.person_key for one in people])
    return tuple(
        finding("T06", False, one.masked_name, "no trainee", _IS_A_TRAINEE)
        for one in people
        if one.person_key in keys
    )


async def _record_cancellation(
    tx: Transaction, principal: Principal, cancelled: TrainingClass, at: datetime, ended: int
) -> None:
    await record(
        tx,
        principal,
        at=at,
        action="cancel_class",
        object_type="class",
        object_id=cancelled.id,
        from_state=State.FILED,
        to_state=cancelled.state,
        reason=cancelled.cancel_reason,
        details={"enrolments_ended": ended},
    )
