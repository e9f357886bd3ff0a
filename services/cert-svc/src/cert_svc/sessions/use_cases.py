"""What is done with evaluation sessions: plan, amend, cancel, close (T06, C04)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.audit import record
from chuangpei.auth import Principal, Role
from chuangpei.database import Transaction
from chuangpei.events.cert import (
    EvaluationSessionCancelled,
    EvaluationSessionChanged,
    EvaluationSessionPlanned,
    EvaluationSessionTold,
)
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text, failed
from chuangpei.outbox import emit
from chuangpei.problems import INVALID_INPUT, NOT_FOUND, PRECONDITION_FAILED

from cert_svc.candidates import presences
from cert_svc.candidates import repository as candidates
from cert_svc.candidates.conflicts import conflict
from cert_svc.evaluation_bodies import repository as bodies
from cert_svc.evaluation_bodies.body import Body
from cert_svc.evaluators import repository as evaluators
from cert_svc.policy.sessions import PlanFacts, decide_evaluators, decide_planning
from cert_svc.problems import CANDIDATE_BUSY, EVALUATOR_BUSY, REAL_NAME_REQUIRED, REFUSED_BY_RULE
from cert_svc.service import Service
from cert_svc.sessions import repository
from cert_svc.sessions.lifecycle import State
from cert_svc.sessions.schemas import Closing, NewSession, SessionAmendment
from cert_svc.sessions.session import EvaluationSession

_NOT_ON_THE_ROSTER = Text("不是该评价机构的在任评价人员", "This is no evaluator of the body")


async def plan(
    tx: Transaction, service: Service, principal: Principal, wanted: NewSession
) -> EvaluationSession | Refusal:
    """Plans a session with named evaluators of the body, by one of them or the city centre (安排; T06)."""
    body = await _body(tx, service, principal, wanted.body_id)
    if isinstance(body, Refusal):
        return body
    now = service.clock.now()
    session = EvaluationSession(
        id=new_id(),
        planned_at=now,
        planned_by=principal.subject,
        **wanted.model_dump(exclude={"evaluator_ids"}),
    )
    refusal = _unfit(session, body, now) or await _named(tx, session, wanted.evaluator_ids)
    if refusal:
        return refusal
    try:
        async with tx.savepoint():
            await repository.insert_new(tx, session, wanted.evaluator_ids)
    except asyncpg.ExclusionViolationError:
        return Refusal(EVALUATOR_BUSY)
    await _recorded(tx, principal, session, "plan_session", None, now)
    await emit(tx, _told(EvaluationSessionPlanned, session), now)
    return session


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    session_id: UUID,
    version: int,
    amendment: SessionAmendment,
) -> EvaluationSession | Refusal:
    """Changes place, time, capacity or evaluators of a session to come, with the reason (变更; T06)."""
    session = await changeable(tx, service, principal, session_id, version)
    if isinstance(session, Refusal):
        return session
    body = await bodies.held(tx, session.body_id)
    assert body is not None, "a session has its body"
    now, ids = service.clock.now(), amendment.evaluator_ids
    before = await _shown(tx, session)
    if refusal := session.amend(
        amendment.model_dump(exclude={"reason", "evaluator_ids"}, exclude_none=True), now
    ):
        return refusal
    if refusal := _unfit(session, body, now) or (ids and await _replaced(tx, session, body, ids)) or None:
        return refusal
    if refusal := await _saved(tx, session, ids):
        return refusal
    kept = await amended(
        tx,
        principal,
        at=now,
        object_type="evaluation_session",
        object_id=session.id,
        reason=amendment.reason,
        before=before,
        after=await _shown(tx, session),
    )
    if not kept:
        return Refusal(NOTHING_AMENDED)
    await tell_change(tx, session, now)
    return session


async def cancel(
    tx: Transaction, service: Service, principal: Principal, session_id: UUID, version: int, reason: str
) -> EvaluationSession | Refusal:
    """Cancels a session at which nobody was scored; its candidates may be put on another (取消; T06)."""
    session = await changeable(tx, service, principal, session_id, version)
    if isinstance(session, Refusal):
        return session
    now, before = service.clock.now(), session.state
    scored = await candidates.any_scored(tx, session.id)
    if refusal := session.cancel(principal.subject, now, reason, scored=scored):
        return refusal
    await repository.save(tx, session)
    await _recorded(tx, principal, session, "cancel_session", before, now)
    await emit(tx, _told(EvaluationSessionCancelled, session), now)
    return session


async def close(
    tx: Transaction, service: Service, principal: Principal, session_id: UUID, version: int, closing: Closing
) -> EvaluationSession | Refusal:
    """Closes a session that is over, with who came of those not recorded before (结束; T06)."""
    session = await changeable(tx, service, principal, session_id, version)
    if isinstance(session, Refusal):
        return session
    now, before = service.clock.now(), session.state
    if refusal := await presences.record_all(tx, principal, session, closing.presences, now):
        return refusal
    unrecorded = await candidates.count_unrecorded(tx, session.id)
    if refusal := session.close(principal.subject, now, unrecorded=unrecorded):
        return refusal
    await repository.save(tx, session)
    await _recorded(tx, principal, session, "close_session", before, now)
    return session


async def changeable(
    tx: Transaction, service: Service, principal: Principal, session_id: UUID, version: int | None = None
) -> EvaluationSession | Refusal:
    """The locked session, of the version that was read where one is given."""
    if principal.role is Role.EVALUATOR and principal.person_key is None:
        return Refusal(REAL_NAME_REQUIRED)
    session = await repository.load_for_update(tx, session_id, principal, service.clock.today())
    if session is None:
        return Refusal(NOT_FOUND)
    return session if version in (None, session.version) else Refusal(PRECONDITION_FAILED)


async def tell_change(tx: Transaction, session: EvaluationSession, at: datetime) -> None:
    """Tells how the session stands now: where, when, for how many."""
    await emit(tx, _told(EvaluationSessionChanged, session), at)


async def _body(tx: Transaction, service: Service, principal: Principal, body_id: UUID) -> Body | Refusal:
    if principal.role is Role.EVALUATOR:
        if principal.person_key is None:
            return Refusal(REAL_NAME_REQUIRED)
        if not await evaluators.is_of(tx, principal.person_key, body_id, service.clock.today()):
            return Refusal(NOT_FOUND)
    return await bodies.held(tx, body_id) or Refusal(NOT_FOUND)


def _unfit(session: EvaluationSession, body: Body, at: datetime) -> Refusal | None:
    if errors := session.unfit(at):
        return Refusal(INVALID_INPUT, errors=errors)
    day = civil_date(session.starts_at)
    findings = decide_planning(PlanFacts(in_scope=body.evaluates(session.project_code, day)))
    return Refusal(REFUSED_BY_RULE, findings=findings) if failed(findings) else None


async def _named(tx: Transaction, session: EvaluationSession, ids: Sequence[UUID]) -> Refusal | None:
    """Refuses whoever is not on the roster of the body; nobody else is taken off it meanwhile."""
    known = {row["id"] for row in await evaluators.named(tx, session.body_id, ids)}
    errors = tuple(
        FieldError(f"/evaluator_ids/{place}", "unknown_evaluator", _NOT_ON_THE_ROSTER)
        for place, one in enumerate(ids)
        if one not in known
    )
    return Refusal(INVALID_INPUT, errors=errors) if errors else None


async def _replaced(
    tx: Transaction, session: EvaluationSession, body: Body, ids: Sequence[UUID]
) -> Refusal | None:
    """Refuses evaluators who may not evaluate a candidate that is on the session (回避; C04)."""
    if refusal := await _named(tx, session, ids):
        return refusal
    keys = frozenset(row["person_key"] for row in await evaluators.named(tx, session.body_id, ids))
    for completion in await candidates.completions_of(tx, session.id):
        findings = decide_evaluators(conflict(completion, body, keys))
        if failed(findings):
            return Refusal(REFUSED_BY_RULE, findings=findings)
    return None


async def _saved(tx: Transaction, session: EvaluationSession, ids: Sequence[UUID] | None) -> Refusal | None:
    try:
        async with tx.savepoint():
            await repository.save(tx, session, ids)
    except asyncpg.ExclusionViolationError as error:
        at_another = error.constraint_name == "candidate_at_one_session"
        return Refusal(CANDIDATE_BUSY if at_another else EVALUATOR_BUSY)
    return None


async def _shown(tx: Transaction, session: EvaluationSession) -> dict[str, Any]:
    named = await repository.evaluators_of(tx, session.id)
    return {
        "place": session.place,
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "capacity": session.capacity,
        "evaluator_ids": [str(row["evaluator_id"]) for row in named],
    }


def _told(event: type[EvaluationSessionTold], session: EvaluationSession) -> EvaluationSessionTold:
    return event(
        session_id=session.id,
        body_id=session.body_id,
        project_code=session.project_code,
        district=session.district,
        place=session.place,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        candidates=session.candidates,
    )


async def _recorded(
    tx: Transaction,
    principal: Principal,
    session: EvaluationSession,
    action: str,
    before: State | None,
    at: datetime,
) -> None:
    await record(
        tx,
        principal,
        at=at,
        action=action,
        object_type="evaluation_session",
        object_id=session.id,
        from_state=before,
        to_state=session.state,
        reason=session.cancel_reason,
        details={"body": str(session.body_id), "candidates": session.candidates},
    )
