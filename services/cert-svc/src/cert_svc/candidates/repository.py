"""The queries on the candidates of evaluation sessions."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.listing import Filter, Listing, Order, equal
from sqlalchemy import bindparam, func

from cert_svc.candidates.tables import session_candidates as candidates
from cert_svc.completions.completion import Completion
from cert_svc.completions.repository import completion_of
from cert_svc.completions.tables import completions
from cert_svc.evaluations.lifecycle import State
from cert_svc.evaluations.tables import evaluations
from cert_svc.sessions.session import EvaluationSession


class Examinee(NamedTuple):
    """An evaluation that may be put on a session, locked."""

    evaluation_id: UUID
    completion: Completion
    is_open: bool


_session_id = bindparam("session_id", type_=sa.Uuid)
_ids = bindparam("ids", type_=sa.ARRAY(sa.Uuid))
_open = evaluations.c.state == State.OPEN.value
# A body answers from the first score on; what is void without one was never scored.
_scored = evaluations.c.body_id.is_not(None)
_staying = candidates.c.removed_at.is_(None)
# As text, so that the partial indexes are seen to hold it.
_seated = sa.text("session_candidates.live AND session_candidates.removed_at IS NULL")
_came = sa.text("session_candidates.present IS NOT FALSE")

_examinees = (
    sa.select(completions, evaluations.c.id.label("evaluation_id"), _open.label("is_open"))
    .join(evaluations, evaluations.c.enrolment_id == completions.c.enrolment_id)
    .order_by(evaluations.c.id)
    .with_for_update(of=evaluations)
)
_OF_EVALUATION = Statement(_examinees.where(evaluations.c.id == bindparam("evaluation_id", type_=sa.Uuid)))
_OF_CLASS = Statement(_examinees.where(completions.c.class_id == bindparam("class_id", type_=sa.Uuid), _open))
_SEATED = Statement(
    sa.select(candidates.c.evaluation_id).where(_seated, _came, candidates.c.evaluation_id == sa.any_(_ids))
)
_BUSY = Statement(
    sa.select(candidates.c.person_key).where(
        _seated,
        candidates.c.person_key == sa.any_(bindparam("keys", type_=sa.ARRAY(sa.Text))),
        candidates.c.starts_at < bindparam("ends_at", type_=sa.DateTime(timezone=True)),
        candidates.c.ends_at > bindparam("starts_at", type_=sa.DateTime(timezone=True)),
    )
)
_INSERT = Statement(
    candidates.insert().values({one.name: bindparam(one.name, type_=one.type) for one in candidates.columns})
)
_shown = (
    sa.select(
        candidates,
        completions.c.enrolment_id,
        completions.c.class_id,
        completions.c.masked_name,
        completions.c.institution_name,
        _scored.label("scored"),
    )
    .join(evaluations, evaluations.c.id == candidates.c.evaluation_id)
    .join(completions, completions.c.enrolment_id == evaluations.c.enrolment_id)
)
LIST = Listing(
    _shown,
    key=Order(candidates.c.id, UUID),
    filters={
        "session_id": equal(candidates.c.session_id),
        "class_id": equal(completions.c.class_id),
        "present": Filter(sa.Boolean(), lambda value: candidates.c.present == value),
        "removed": Filter(sa.Boolean(), lambda value: candidates.c.removed_at.is_not(None) == value),
    },
)
_SHOWN = Statement(_shown.where(candidates.c.id == sa.any_(_ids)).order_by(candidates.c.id))
_FOR_UPDATE = Statement(
    _shown.where(
        candidates.c.session_id == _session_id, candidates.c.id == bindparam("id"), _staying
    ).with_for_update(of=candidates)
)


def _changing(*names: str) -> Statement:
    values = {name: bindparam(name, type_=candidates.c[name].type) for name in names}
    return Statement(
        candidates.update()
        .where(candidates.c.id == bindparam("of_id", type_=sa.Uuid))
        .values(**values, version=candidates.c.version + 1)
    )


_REMOVE = _changing("removed_at", "removed_by", "remove_reason")
_PRESENCE = _changing("present", "presence_note", "presence_at", "presence_by")
_of_session = (
    sa.select(func.count())
    .select_from(candidates.join(evaluations, evaluations.c.id == candidates.c.evaluation_id))
    .where(candidates.c.session_id == _session_id, _staying)
)
_COUNT_SCORED = Statement(_of_session.where(_scored, _came))
_COUNT_UNRECORDED = Statement(_of_session.where(candidates.c.present.is_(None)))
_COMPLETIONS = Statement(
    sa.select(completions)
    .join(evaluations, evaluations.c.enrolment_id == completions.c.enrolment_id)
    .join(candidates, candidates.c.evaluation_id == evaluations.c.id)
    .where(candidates.c.session_id == _session_id, _staying)
)


async def examinees(
    tx: Transaction, *, evaluation_id: UUID | None = None, class_id: UUID | None = None
) -> list[Examinee]:
    """The evaluation, or every open one of the class, locked in the order of their ids."""
    if evaluation_id is not None:
        rows = await tx.rows(_OF_EVALUATION, {"evaluation_id": evaluation_id})
    else:
        rows = await tx.rows(_OF_CLASS, {"class_id": class_id})
    return [Examinee(row["evaluation_id"], completion_of(row), row["is_open"]) for row in rows]


async def seated(tx: Transaction, evaluation_ids: Sequence[UUID]) -> set[UUID]:
    """Which of the evaluations are on a session."""
    rows = await tx.rows(_SEATED, {"ids": list(evaluation_ids)})
    return {row["evaluation_id"] for row in rows}


async def busy(tx: Transaction, person_keys: Sequence[str], session: EvaluationSession) -> set[str]:
    """Which of the persons are candidates of a session at the time of this one."""
    values = {"keys": list(person_keys), "starts_at": session.starts_at, "ends_at": session.ends_at}
    return {row["person_key"] for row in await tx.rows(_BUSY, values)}


async def insert_all(
    tx: Transaction, session: EvaluationSession, those: Iterable[Examinee], at: datetime, by: str
) -> list[UUID]:
    """Puts evaluations on the session and answers the ids of the candidates.

    Raises :class:`asyncpg.ExclusionViolationError` where one is at another session at that time.
    """
    empty = dict.fromkeys(one.name for one in candidates.columns)
    own = {name: getattr(session, name) for name in ("starts_at", "ends_at", "live")}
    own |= {"session_id": session.id, "added_at": at, "added_by": by, "version": 1}
    rows: list[dict[str, Any]] = [
        empty
        | own
        | {
            "id": new_id(),
            "evaluation_id": one.evaluation_id,
            "person_key": one.completion.person.person_key,
        }
        for one in those
    ]
    await tx.execute_many(_INSERT, rows)
    return [row["id"] for row in rows]


async def shown(tx: Transaction, candidate_ids: Sequence[UUID]) -> list[Row]:
    """Candidates as the list has them."""
    return await tx.rows(_SHOWN, {"ids": list(candidate_ids)})


async def load_for_update(tx: Transaction, session_id: UUID, candidate_id: UUID) -> Row | None:
    """A candidate who is on the session, locked, with whether they are ``scored``."""
    return await tx.row(_FOR_UPDATE, {"session_id": session_id, "id": candidate_id})


async def remove(tx: Transaction, candidate_id: UUID, at: datetime, by: str, reason: str) -> None:
    """Takes a candidate off."""
    values = {"of_id": candidate_id, "removed_at": at, "removed_by": by, "remove_reason": reason}
    await tx.execute(_REMOVE, values)


async def keep_presence(
    tx: Transaction, candidate_id: UUID, *, present: bool, note: str, at: datetime, by: str
) -> None:
    """Writes whether a candidate came.

    Raises :class:`asyncpg.UniqueViolationError` where one who was absent is on another session meanwhile.
    """
    values = {"present": present, "presence_note": note, "presence_at": at, "presence_by": by}
    await tx.execute(_PRESENCE, {"of_id": candidate_id} | values)


async def any_scored(tx: Transaction, session_id: UUID) -> bool:
    """Whether a candidate of the session was scored, who was not absent from it."""
    return bool(await tx.value(_COUNT_SCORED, {"session_id": session_id}))


async def count_unrecorded(tx: Transaction, session_id: UUID) -> int:
    """Of how many candidates it is not recorded whether they came."""
    return int(await tx.value(_COUNT_UNRECORDED, {"session_id": session_id}))


async def completions_of(tx: Transaction, session_id: UUID) -> list[Completion]:
    """The completed trainings of the candidates that are on the session."""
    return [completion_of(row) for row in await tx.rows(_COMPLETIONS, {"session_id": session_id})]
