"""What is done with one session of a filed class: added, moved to another time or room, cancelled (T06)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID

import asyncpg
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Finding, Refusal
from chuangpei.problems import INVALID_INPUT, NOT_ALLOWED_NOW, NOT_FOUND

from training_svc.classes import changing, clashes, timetable
from training_svc.classes.schemas import ENDS_TOO_EARLY, AddedSession, SessionAmendment
from training_svc.classes.training_class import Session, TrainingClass
from training_svc.enrolments import hours
from training_svc.policy.changes import (
    SESSION_ADDITION_RULES,
    SESSION_CANCELLATION_RULES,
    SESSION_CHANGE_RULES,
    AdditionFacts,
    SessionChangeFacts,
)
from training_svc.policy.decision import decide
from training_svc.policy.facts import Hours
from training_svc.policy.parameters import parameters_on
from training_svc.problems import CLASS_CHANGE_REFUSED, CLASS_CLASH
from training_svc.service import Service


async def add(
    tx: Transaction,
    service: Service,
    principal: Principal,
    class_id: UUID,
    version: int,
    body: AddedSession,
) -> TrainingClass | Refusal:
    """Adds a make-up session (补课), where nobody is in the way (T05, T06, T10); completion counts it."""
    found = await changing.begin(tx, principal, class_id, version)
    if isinstance(found, Refusal):
        return found
    added = Session(new_id(), body.room, Hours(body.starts_at, body.ends_at), online=body.online)
    before = {**changing.described(found), changing.name_of(added): None}
    facts = AdditionFacts(
        starts_at=added.hours.starts_at,
        last_session_ends_at=max(one.hours.ends_at for one in found.held_sessions),
        attendance_minutes_before=_minutes_before(service, found),
        now=service.clock.now(),
    )
    found.sessions = tuple(sorted((*found.sessions, added), key=lambda one: one.hours.starts_at))
    decision = decide(SESSION_ADDITION_RULES, facts) + await changing.judged(tx, service, found)
    if refusal := decision.refusal(CLASS_CHANGE_REFUSED):
        return refusal
    if refusal := await _put_down(tx, found, added, lambda: timetable.add(tx, found, added)):
        return refusal
    return await changing.finish(tx, service, principal, found, before, body.reason)


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    class_id: UUID,
    session_id: UUID,
    version: int,
    body: SessionAmendment,
) -> TrainingClass | Refusal:
    """Moves a session that is to come to another time or room, where nobody is in the way (T05, T06, T10).

    A session that was cancelled by mistake is held again, if need be at another time or in another room.
    """
    reinstated = body.cancelled is False
    begun = await _begin(tx, principal, class_id, session_id, version, cancelled=reinstated)
    if isinstance(begun, Refusal):
        return begun
    found, session = begun
    before = changing.described(found)
    wished = Hours(body.starts_at or session.hours.starts_at, body.ends_at or session.hours.ends_at)
    if wished.ends_at <= wished.starts_at:
        return Refusal(INVALID_INPUT, errors=(FieldError("/ends_at", "ends_too_early", ENDS_TOO_EARLY),))
    room, online = body.room or session.room, session.online if body.online is None else body.online
    moved = replace(session, room=room, hours=wished, online=online, cancelled_at=None)
    _put(found, moved)
    facts = _facts(service, found, session, moved)
    decision = decide(SESSION_CHANGE_RULES, facts) + await changing.judged(tx, service, found)
    if refusal := decision.refusal(CLASS_CHANGE_REFUSED):
        return refusal

    async def write() -> None:
        await (timetable.revive(tx, found, [moved]) if reinstated else timetable.move(tx, moved))

    if refusal := await _put_down(tx, found, moved, write):
        return refusal
    return await changing.finish(tx, service, principal, found, before, body.reason)


async def cancel(
    tx: Transaction,
    service: Service,
    principal: Principal,
    class_id: UUID,
    session_id: UUID,
    version: int,
    reason: str,
) -> TrainingClass | Refusal:
    """Cancels a session that is to come; those that are left must reach the hours of the standard (T05)."""
    begun = await _begin(tx, principal, class_id, session_id, version)
    if isinstance(begun, Refusal):
        return begun
    found, session = begun
    before, now = changing.described(found), service.clock.now()
    _put(found, replace(session, cancelled_at=now))
    facts = _facts(service, found, session, session)
    decision = decide(SESSION_CANCELLATION_RULES, facts) + await changing.judged(tx, service, found)
    if refusal := decision.refusal(CLASS_CHANGE_REFUSED):
        return refusal
    await timetable.cancel(tx, [session.id], now)
    await hours.renew(tx, found.id)
    return await changing.finish(tx, service, principal, found, before, reason)


async def _begin(
    tx: Transaction,
    principal: Principal,
    class_id: UUID,
    session_id: UUID,
    version: int,
    *,
    cancelled: bool = False,
) -> tuple[TrainingClass, Session] | Refusal:
    found = await changing.begin(tx, principal, class_id, version)
    if isinstance(found, Refusal):
        return found
    session = next((one for one in found.sessions if one.id == session_id), None)
    if session is None:
        return Refusal(NOT_FOUND)
    was_cancelled = session.cancelled_at is not None
    return (found, session) if was_cancelled is cancelled else Refusal(NOT_ALLOWED_NOW)


def _put(found: TrainingClass, changed: Session) -> None:
    found.sessions = tuple(changed if one.id == changed.id else one for one in found.sessions)


def _facts(service: Service, found: TrainingClass, old: Session, new: Session) -> SessionChangeFacts:
    return SessionChangeFacts(
        starts_at=old.hours.starts_at,
        new_starts_at=new.hours.starts_at,
        attendance_minutes_before=_minutes_before(service, found),
        now=service.clock.now(),
    )


def _minutes_before(service: Service, found: TrainingClass) -> int:
    return parameters_on(service.law, found.starts_on).attendance_minutes_before


async def _put_down(
    tx: Transaction, found: TrainingClass, wanted: Session, write: Callable[[], Awaitable[None]]
) -> Refusal | None:
    if taken := await _clashes(tx, found, wanted):
        return Refusal(CLASS_CLASH, findings=taken)
    try:
        async with tx.savepoint():
            await write()
            await hours.renew(tx, found.id)
    except asyncpg.ExclusionViolationError:
        # The room, an instructor or a trainee was taken since the clashes were looked up.
        return Refusal(CLASS_CLASH, findings=await _clashes(tx, found, wanted))
    return None


async def _clashes(tx: Transaction, found: TrainingClass, wanted: Session) -> tuple[Finding, ...]:
    return (
        *await clashes.rooms(tx, found.institution_id, [wanted], [wanted.id]),
        *await clashes.instructors(tx, found.instructors, [wanted], [wanted.id]),
        *await clashes.of_all_trainees(tx, found.id, [wanted]),
    )
