"""Amending the cancellation of a class: why it was cancelled, or taking a mistaken one back (T06).

Reinstated it has what is still free: its sessions to come if their rooms and instructors are, and those of
its people who sit or teach nowhere else then. Nobody who took a room or an hour meanwhile loses it.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.refusals import Finding, Refusal
from chuangpei.outbox import emit

from training_svc.classes import changing, clashes, repository, timetable
from training_svc.classes.lifecycle import State
from training_svc.classes.schemas import ClassAmendment
from training_svc.classes.teachers import teachers_of
from training_svc.classes.training_class import Session, TrainingClass
from training_svc.enrolments import hours, waiting_list
from training_svc.enrolments import repository as enrolments
from training_svc.enrolments.enrolment import Enrolment
from training_svc.institutions import repository as institutions
from training_svc.policy.changes import REINSTATEMENT_RULES, CancellationFacts
from training_svc.policy.decision import decide
from training_svc.policy.standing import STANDING_RULES
from training_svc.problems import CLASS_CHANGE_REFUSED, CLASS_CLASH
from training_svc.sanctions import repository as sanctions
from training_svc.service import Service
from training_svc.visibility import EVERYTHING


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    class_id: UUID,
    version: int,
    body: ClassAmendment,
) -> TrainingClass | Refusal:
    """Amends why a class was cancelled, or takes its cancellation back (撤回误取消), with a reason (T06)."""
    found = await changing.begin(tx, principal, class_id, version, State.CANCELLED)
    if isinstance(found, Refusal):
        return found
    if body.cancelled is False:
        return await _reinstate(tx, service, principal, found, body.reason)
    before, found.cancel_reason = _described(found), body.cancel_reason
    found.version += 1
    refusal = await _kept(tx, service, principal, found, before, body.reason)
    return refusal or found


async def _reinstate(
    tx: Transaction, service: Service, principal: Principal, found: TrainingClass, reason: str
) -> TrainingClass | Refusal:
    now, cancelled_at, before = service.clock.now(), found.cancelled_at, _described(found)
    assert cancelled_at is not None, "a cancelled class knows since when"
    revived = _revived(found, now, cancelled_at)
    if refusal := found.reinstate() or await _judged(tx, service, found, now):
        return refusal
    if refusal := await _kept(tx, service, principal, found, before, reason):
        return refusal
    if refusal := await _hold_again(tx, found, revived):
        return refusal
    back = await _trainees_back(tx, found, cancelled_at)
    await waiting_list.move_up(tx, service, principal, found)
    await repository.save(tx, found)
    keys = [one.person.person_key for one in back]
    await emit(tx, found.reinstated(reason, service.clock.today(), keys), now)
    return await timetable.completed(tx, found)


def _revived(found: TrainingClass, now: datetime, cancelled_at: datetime) -> list[Session]:
    """Puts the sessions back that were cancelled with the class and are to come."""
    revived = {
        one.id: replace(one, cancelled_at=None)
        for one in found.sessions
        if one.cancelled_at == cancelled_at and one.hours.starts_at > now
    }
    found.sessions = tuple(revived.get(one.id, one) for one in found.sessions)
    return list(revived.values())


async def _judged(tx: Transaction, service: Service, found: TrainingClass, now: datetime) -> Refusal | None:
    """It meets what a class meets when it is filed, by its own standard and its organiser's standing."""
    await institutions.held(tx, found.institution_id, EVERYTHING)
    standing = await sanctions.standing(tx, found.institution_id, service.clock.today())
    facts = CancellationFacts(max(one.hours.ends_at for one in found.sessions), now)
    teachers = await teachers_of(tx, found.instructors)
    decision = decide(REINSTATEMENT_RULES, facts) + decide(STANDING_RULES, standing)
    decision += await changing.judged(tx, service, found, teachers)
    return decision.refusal(CLASS_CHANGE_REFUSED)


async def _kept(
    tx: Transaction,
    service: Service,
    principal: Principal,
    found: TrainingClass,
    before: dict[str, Any],
    reason: str,
) -> Refusal | None:
    after = _described(found)
    if after == before | {"version": found.version}:
        return Refusal(NOTHING_AMENDED)
    at = service.clock.now()
    await amended(
        tx,
        principal,
        at=at,
        object_type="class",
        object_id=found.id,
        reason=reason,
        before=before,
        after=after,
    )
    await repository.save(tx, found)
    return None


async def _hold_again(tx: Transaction, found: TrainingClass, revived: Sequence[Session]) -> Refusal | None:
    if taken := await _clashes(tx, found, revived):
        return Refusal(CLASS_CLASH, findings=taken)
    try:
        async with tx.savepoint():
            await timetable.revive(tx, found, revived)
    except asyncpg.ExclusionViolationError:
        # A room or an instructor was taken since the clashes were looked up.
        return Refusal(CLASS_CLASH, findings=await _clashes(tx, found, revived))
    return None


async def _clashes(tx: Transaction, found: TrainingClass, wanted: Sequence[Session]) -> tuple[Finding, ...]:
    own = [one.id for one in wanted]
    return (
        *await clashes.rooms(tx, found.institution_id, wanted, own),
        *await clashes.instructors(tx, found.instructors, wanted, own),
    )


async def _trainees_back(tx: Transaction, found: TrainingClass, cancelled_at: datetime) -> list[Enrolment]:
    """Brings those back whose enrolment ended with the class and whose hours are still free."""
    ended = await enrolments.ended_with_the_class(tx, found.id, cancelled_at)
    back = await _free(tx, found, ended)
    for one in back:
        one.reinstate()
        found.take_back(admitted=one.admitted_at is not None)
    await enrolments.save(tx, *back)
    return back


async def _free(tx: Transaction, found: TrainingClass, ended: Sequence[Enrolment]) -> list[Enrolment]:
    """Those who sit or teach nowhere else then; the hours are theirs again."""
    clashing = await hours.clashing_among(tx, found.id, [one.person.person_key for one in ended])
    free = [one for one in ended if one.person.person_key not in clashing]
    if not free:
        return []
    try:
        async with tx.savepoint():
            await hours.take_all(tx, free)
    except asyncpg.ExclusionViolationError:
        # One of them took an hour elsewhere since it was looked up; that is seen now.
        return await _free(tx, found, free)
    return free


def _described(one: TrainingClass) -> dict[str, Any]:
    """As other changes are kept; the database asks for the version, by which it knows this amendment."""
    own = {"state": one.state, "cancel_reason": one.cancel_reason, "version": one.version}
    return {**changing.described(one), **own}
