"""What is done with the candidates of a session: put on, take off, record who came (T06, C04)."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import asyncpg
from chuangpei.audit import record, record_all
from chuangpei.auth import Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.kernel.clock import civil_date
from chuangpei.kernel.refusals import Finding, Refusal, failed
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND, PRECONDITION_FAILED

from cert_svc.candidates import presences, repository
from cert_svc.candidates.conflicts import conflict
from cert_svc.candidates.repository import Examinee
from cert_svc.candidates.schemas import NewCandidates
from cert_svc.evaluation_bodies import repository as bodies
from cert_svc.evaluation_bodies.body import Body
from cert_svc.policy.sessions import SeatFacts, decide_seating
from cert_svc.problems import CANDIDATE_BUSY, CANDIDATE_SCORED, REFUSED_BY_RULE
from cert_svc.service import Service
from cert_svc.sessions import repository as sessions
from cert_svc.sessions.lifecycle import State
from cert_svc.sessions.schemas import NewPresence
from cert_svc.sessions.session import EvaluationSession
from cert_svc.sessions.use_cases import changeable, tell_change


@dataclass(frozen=True, slots=True)
class Unseated:
    """An evaluation that was not put on the session, and why."""

    examinee: Examinee
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Seating:
    """The candidates that were put on a session, and those that were not."""

    candidates: list[Row]
    refused: list[Unseated]


async def seat(
    tx: Transaction, service: Service, principal: Principal, session_id: UUID, wanted: NewCandidates
) -> Seating | Refusal:
    """Puts one evaluation, or every open one of a class, on a session to come (安排考生; T06, C04).

    Refused where none can be put on it.
    """
    # The evaluations before the session: in the order in which scoring locks them.
    examinees = await repository.examinees(tx, **wanted.model_dump())
    session = await changeable(tx, service, principal, session_id)
    if isinstance(session, Refusal):
        return session
    body = await bodies.held(tx, session.body_id)
    assert body is not None, "a session has its body"
    if principal.role is Role.EVALUATOR:
        examinees = [one for one in examinees if body.covers(one.completion.project.code)]
    if not examinees:
        return Refusal(NOT_FOUND)
    now = service.clock.now()
    if not session.is_to_come(now):
        return Refusal(NOT_ALLOWED_NOW)
    good, refused = await _sorted_out(tx, session, body, examinees)
    if not good:
        return Refusal(REFUSED_BY_RULE, findings=_all(refused))
    return await _seated(tx, principal, session, good, refused, now)


async def take_off(
    tx: Transaction,
    service: Service,
    principal: Principal,
    session_id: UUID,
    candidate_id: UUID,
    version: int,
    reason: str,
) -> Row | Refusal:
    """Takes a candidate off a session before it is closed and it is recorded whether they came (T06)."""
    taken = await _taken(tx, service, principal, session_id, candidate_id, version)
    if isinstance(taken, Refusal):
        return taken
    session, candidate = taken
    if session.state is not State.PLANNED or candidate["present"] is not None:
        return Refusal(NOT_ALLOWED_NOW)
    if candidate["scored"]:
        return Refusal(CANDIDATE_SCORED)
    now = service.clock.now()
    await repository.remove(tx, candidate_id, now, principal.subject, reason)
    await _counted(tx, session, -1, now)
    await record(
        tx,
        principal,
        at=now,
        action="take_off_session",
        object_type="session_candidate",
        object_id=candidate_id,
        from_state="on",
        to_state="off",
        reason=reason,
        details={"session": str(session_id)},
    )
    return (await repository.shown(tx, [candidate_id]))[0]


async def record_presence(
    tx: Transaction,
    service: Service,
    principal: Principal,
    session_id: UUID,
    candidate_id: UUID,
    version: int,
    presence: NewPresence,
) -> Row | Refusal:
    """Records whether a candidate came, or corrects it, also after the session was closed (到场; T06)."""
    taken = await _taken(tx, service, principal, session_id, candidate_id, version)
    if isinstance(taken, Refusal):
        return taken
    session, candidate = taken
    if not session.live:
        return Refusal(NOT_ALLOWED_NOW)
    now = service.clock.now()
    if refusal := await presences.record_one(tx, principal, session, candidate, presence, now):
        return refusal
    return (await repository.shown(tx, [candidate_id]))[0]


async def _sorted_out(
    tx: Transaction, session: EvaluationSession, body: Body, examinees: Sequence[Examinee]
) -> tuple[list[Examinee], list[Unseated]]:
    """Who can be put on the session, the first ones first while places are left, and who cannot."""
    keys = await sessions.evaluator_keys(tx, session.id)
    on_a_session = await repository.seated(tx, [one.evaluation_id for one in examinees])
    busy = await repository.busy(tx, [one.completion.person.person_key for one in examinees], session)
    in_scope = body.evaluates(session.project_code, civil_date(session.starts_at))
    good: list[Examinee] = []
    refused: list[Unseated] = []
    for one in examinees:
        is_on = one.evaluation_id in on_a_session
        facts = SeatFacts(
            in_scope=in_scope,
            is_open=one.is_open,
            same_project=one.completion.project.code == session.project_code,
            on_a_session=is_on,
            is_busy=not is_on and one.completion.person.person_key in busy,
            places_left=session.capacity - session.candidates - len(good),
            **asdict(conflict(one.completion, body, keys)),
        )
        findings = decide_seating(facts)
        if failed(findings):
            refused.append(Unseated(one, findings))
        else:
            good.append(one)
            busy.add(one.completion.person.person_key)
    return good, refused


async def _seated(
    tx: Transaction,
    principal: Principal,
    session: EvaluationSession,
    good: Sequence[Examinee],
    refused: list[Unseated],
    at: datetime,
) -> Seating | Refusal:
    try:
        async with tx.savepoint():
            ids = await repository.insert_all(tx, session, good, at, principal.subject)
    except asyncpg.ExclusionViolationError:
        return Refusal(CANDIDATE_BUSY)
    await _counted(tx, session, len(ids), at)
    await record_all(
        tx,
        principal,
        at=at,
        action="put_on_session",
        object_type="session_candidate",
        to_states=dict.fromkeys(ids, "on"),
        details={"session": str(session.id)},
    )
    return Seating(await repository.shown(tx, ids), refused)


async def _counted(tx: Transaction, session: EvaluationSession, number: int, at: datetime) -> None:
    session.seat(number)
    await sessions.save(tx, session)
    await tell_change(tx, session, at)


async def _taken(
    tx: Transaction,
    service: Service,
    principal: Principal,
    session_id: UUID,
    candidate_id: UUID,
    version: int,
) -> tuple[EvaluationSession, Row] | Refusal:
    session = await changeable(tx, service, principal, session_id)
    if isinstance(session, Refusal):
        return session
    candidate = await repository.load_for_update(tx, session_id, candidate_id)
    if candidate is None:
        return Refusal(NOT_FOUND)
    return (session, candidate) if candidate["version"] == version else Refusal(PRECONDITION_FAILED)


def _all(refused: Iterable[Unseated]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(finding for one in refused for finding in failed(one.findings)))
