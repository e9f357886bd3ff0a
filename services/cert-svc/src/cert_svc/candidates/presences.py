"""Recording whether candidates came (到场; T06)."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.refusals import FieldError, Refusal, Text, failed
from chuangpei.problems import INVALID_INPUT

from cert_svc.candidates import repository
from cert_svc.policy.sessions import PresenceFacts, decide_presence
from cert_svc.problems import REFUSED_BY_RULE, SEATED_ELSEWHERE
from cert_svc.sessions.schemas import CandidatePresence, NewPresence
from cert_svc.sessions.session import EvaluationSession

_NOT_A_CANDIDATE = Text("不是该场次的考生", "This is no candidate of the session")


async def record_all(
    tx: Transaction,
    principal: Principal,
    session: EvaluationSession,
    presences: Sequence[CandidatePresence],
    at: datetime,
) -> Refusal | None:
    """Records it of several candidates of the locked session, or of none."""
    unknown: list[FieldError] = []
    for place, presence in enumerate(presences):
        candidate = await repository.load_for_update(tx, session.id, presence.candidate_id)
        if candidate is None:
            unknown.append(FieldError(f"/presences/{place}", "unknown_candidate", _NOT_A_CANDIDATE))
        elif refusal := await record_one(tx, principal, session, candidate, presence, at):
            return refusal
    return Refusal(INVALID_INPUT, errors=tuple(unknown)) if unknown else None


async def record_one(
    tx: Transaction,
    principal: Principal,
    session: EvaluationSession,
    candidate: Row,
    presence: NewPresence,
    at: datetime,
) -> Refusal | None:
    """Records it of one, or corrects what was recorded as long as they are not scored."""
    facts = PresenceFacts(session.has_begun(at), presence.present, candidate["scored"])
    findings = decide_presence(facts)
    if failed(findings):
        return Refusal(REFUSED_BY_RULE, findings=findings)
    try:
        async with tx.savepoint():
            await repository.keep_presence(
                tx,
                candidate["id"],
                present=presence.present,
                note=presence.note,
                at=at,
                by=principal.subject,
            )
    except asyncpg.UniqueViolationError:
        return Refusal(SEATED_ELSEWHERE)
    await _recorded(tx, principal, candidate, presence, at)
    return None


async def _recorded(
    tx: Transaction, principal: Principal, candidate: Row, presence: NewPresence, at: datetime
) -> None:
    await record(
        tx,
        principal,
        at=at,
        action="record_presence",
        object_type="session_candidate",
        object_id=candidate["id"],
        reason=presence.note or None,
        details={"present": presence.present, "before": candidate["present"]},
    )
