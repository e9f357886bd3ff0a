"""The queries on evaluation sessions and who evaluates at them."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.auth import Principal, Role
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal, since, until
from sqlalchemy import bindparam

from cert_svc.candidates.tables import session_candidates
from cert_svc.evaluators.repository import acts_for
from cert_svc.evaluators.tables import evaluators
from cert_svc.sessions.lifecycle import State
from cert_svc.sessions.session import EvaluationSession
from cert_svc.sessions.tables import evaluation_sessions as sessions
from cert_svc.sessions.tables import session_evaluators

_SCOPE = bindparam("scope", type_=sa.Text)
_TODAY = bindparam("today", type_=sa.Date)


class Reach(StrEnum):
    """Which sessions one sees: those of one's body, one's own as a candidate, the district's, all."""

    BODY = "body"
    CANDIDATE = "candidate"
    DISTRICT = "district"
    ALL = "all"


_REACHES: dict[Reach, sa.ColumnElement[bool] | None] = {
    Reach.BODY: acts_for(_SCOPE, sessions.c.body_id, _TODAY),
    Reach.CANDIDATE: sessions.c.id.in_(
        sa.select(session_candidates.c.session_id).where(
            session_candidates.c.person_key == _SCOPE, session_candidates.c.removed_at.is_(None)
        )
    ),
    Reach.DISTRICT: sessions.c.district == _SCOPE,
    Reach.ALL: None,
}
LIST = Listing(
    sa.select(sessions),
    key=Order(sessions.c.id, UUID),
    orders={"starts_at": Order(sessions.c.starts_at, datetime)},
    filters={
        "body_id": equal(sessions.c.body_id),
        "project_code": equal(sessions.c.project_code),
        "district": equal(sessions.c.district),
        "state": equal(sessions.c.state),
        "starts_from": since(sessions.c.starts_at),
        "starts_until": until(sessions.c.starts_at),
    },
    reaches=_REACHES,
)
_of_id = sa.select(sessions).where(sessions.c.id == bindparam("id"))
_SEEN = {
    reach: Statement(_of_id if reached is None else _of_id.where(reached))
    for reach, reached in _REACHES.items()
}
_SEEN_FOR_UPDATE = {
    reach: Statement((_of_id if reached is None else _of_id.where(reached)).with_for_update(of=sessions))
    for reach, reached in _REACHES.items()
}
_INSERT = Statement(
    sessions.insert().values({one.name: bindparam(one.name, type_=one.type) for one in sessions.columns})
)
_SAVED = (
    "place",
    "starts_at",
    "ends_at",
    "capacity",
    "candidates",
    "state",
    "live",
    "closed_at",
    "closed_by",
    "cancelled_at",
    "cancelled_by",
    "cancel_reason",
    "version",
)
_SAVE = Statement(
    sessions.update()
    .where(sessions.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=sessions.c[name].type) for name in _SAVED})
)
_NAME_EVALUATORS = Statement(
    session_evaluators.insert().from_select(
        ["session_id", "evaluator_id", "person_key", "starts_at", "ends_at", "live"],
        sa.select(
            sessions.c.id,
            evaluators.c.id,
            evaluators.c.person_key,
            sessions.c.starts_at,
            sessions.c.ends_at,
            sessions.c.live,
        ).where(
            sessions.c.id == bindparam("session_id", type_=sa.Uuid),
            evaluators.c.body_id == sessions.c.body_id,
            evaluators.c.id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))),
        ),
    )
)
_UNNAME_EVALUATORS = Statement(
    session_evaluators.delete().where(
        session_evaluators.c.session_id == bindparam("session_id", type_=sa.Uuid)
    )
)
_EVALUATORS = Statement(
    sa.select(session_evaluators.c.evaluator_id, evaluators.c.masked_name)
    .join(evaluators, evaluators.c.id == session_evaluators.c.evaluator_id)
    .where(session_evaluators.c.session_id == bindparam("session_id", type_=sa.Uuid))
    .order_by(session_evaluators.c.evaluator_id)
)
_EVALUATOR_KEYS = Statement(
    sa.select(session_evaluators.c.person_key).where(
        session_evaluators.c.session_id == bindparam("session_id", type_=sa.Uuid)
    )
)


def reach_of(principal: Principal) -> tuple[Reach, str | None]:
    """Which sessions the principal sees (T06, C05); an evaluator without a real name sees none."""
    match principal.role:
        case Role.EVALUATOR:
            return Reach.BODY, principal.person_key or ""
        case Role.CITIZEN:
            return Reach.CANDIDATE, principal.person_key or ""
        case Role.DISTRICT_OFFICER:
            return Reach.DISTRICT, principal.district or ""
    return Reach.ALL, None


async def one(
    source: Database | Transaction, session_id: UUID, principal: Principal, today: date
) -> EvaluationSession | None:
    """A session that the principal sees."""
    reach, scope = reach_of(principal)
    row = await source.row(_SEEN[reach], {"id": session_id, "scope": scope, "today": today})
    return session_of(row) if row else None


async def load_for_update(
    tx: Transaction, session_id: UUID, principal: Principal, today: date
) -> EvaluationSession | None:
    """A session that the principal sees, locked: nobody is scored at it or put on it meanwhile."""
    reach, scope = reach_of(principal)
    row = await tx.row(_SEEN_FOR_UPDATE[reach], {"id": session_id, "scope": scope, "today": today})
    return session_of(row) if row else None


async def insert_new(tx: Transaction, session: EvaluationSession, evaluator_ids: Sequence[UUID]) -> None:
    """Adds a session with its evaluators.

    Raises :class:`asyncpg.ExclusionViolationError` where one of them is at another session at that time.
    """
    await tx.execute(_INSERT, _values(session))
    await tx.execute(_NAME_EVALUATORS, {"session_id": session.id, "ids": list(evaluator_ids)})


async def save(
    tx: Transaction, session: EvaluationSession, evaluator_ids: Sequence[UUID] | None = None
) -> None:
    """Writes what may change, and who evaluates where that is given; raises like :func:`insert_new`.

    Raises the same, with the name of another constraint, where a candidate is at another session.
    """
    if evaluator_ids is not None:
        await tx.execute(_UNNAME_EVALUATORS, {"session_id": session.id})
    values = _values(session)
    await tx.execute(_SAVE, {"of_id": session.id} | {name: values[name] for name in _SAVED})
    if evaluator_ids is not None:
        await tx.execute(_NAME_EVALUATORS, {"session_id": session.id, "ids": list(evaluator_ids)})


async def evaluators_of(source: Database | Transaction, session_id: UUID) -> list[Row]:
    """Who evaluates at a session: ids and masked names."""
    return await source.rows(_EVALUATORS, {"session_id": session_id})


async def evaluator_keys(tx: Transaction, session_id: UUID) -> frozenset[str]:
    """The person keys of those who evaluate at a session."""
    rows = await tx.rows(_EVALUATOR_KEYS, {"session_id": session_id})
    return frozenset(row["person_key"] for row in rows)


def session_of(row: Row) -> EvaluationSession:
    """The session of a row of the list."""
    values = {one.name: row[one.name] for one in sessions.columns if one.name != "live"}
    return EvaluationSession(**values | {"state": State(row["state"])})


def _values(session: EvaluationSession) -> dict[str, Any]:
    return {one.name: getattr(session, one.name) for one in sessions.columns}
