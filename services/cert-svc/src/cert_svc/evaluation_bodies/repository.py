"""The queries on evaluation bodies."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal
from sqlalchemy import bindparam

from cert_svc.evaluation_bodies.body import Body
from cert_svc.evaluation_bodies.lifecycle import State
from cert_svc.evaluation_bodies.tables import evaluation_bodies as bodies


def in_office_on(day: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Bodies that may evaluate on the day (T06)."""
    return sa.and_(bodies.c.state == State.CHOSEN.value, bodies.c.first_day <= day, bodies.c.last_day >= day)


def covering(project_code: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Bodies whose scope has the project: an empty scope has every one."""
    return sa.or_(
        sa.func.cardinality(bodies.c.project_codes) == 0, project_code == bodies.c.project_codes.any_()
    )


_INSERT = Statement(
    bodies.insert().values({one.name: bindparam(one.name, type_=one.type) for one in bodies.columns})
)
_ONE = Statement(sa.select(bodies).where(bodies.c.id == bindparam("id")))
_FOR_UPDATE = Statement(sa.select(bodies).where(bodies.c.id == bindparam("id")).with_for_update())
_HELD = Statement(sa.select(bodies).where(bodies.c.id == bindparam("id")).with_for_update(read=True))
_SAVED = ("name", "project_codes", "last_day", "state", "ended_on", "ended_by", "end_reason", "version")
_SAVE = Statement(
    bodies.update()
    .where(bodies.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=bodies.c[name].type) for name in _SAVED})
)
LIST = Listing(
    sa.select(bodies),
    key=Order(bodies.c.id, UUID),
    orders={
        "name": Order(bodies.c.name, str),
        "first_day": Order(bodies.c.first_day, date),
        "last_day": Order(bodies.c.last_day, date),
    },
    filters={
        "credit_code": equal(bodies.c.credit_code),
        "state": equal(bodies.c.state),
        "in_office_on": Filter(sa.Date(), in_office_on),
        "project_code": Filter(sa.Text(), covering),
    },
)


async def insert_new(tx: Transaction, body: Body) -> None:
    """Adds a body.

    Raises :class:`asyncpg.ExclusionViolationError` where it is chosen for some of the term.
    """
    await tx.execute(_INSERT, {one.name: getattr(body, one.name) for one in bodies.columns})


async def one(source: Database | Transaction, body_id: UUID) -> Body | None:
    """One body."""
    row = await source.row(_ONE, {"id": body_id})
    return body_of(row) if row else None


async def load_for_update(tx: Transaction, body_id: UUID) -> Body | None:
    """One body, locked."""
    row = await tx.row(_FOR_UPDATE, {"id": body_id})
    return body_of(row) if row else None


async def held(tx: Transaction, body_id: UUID) -> Body | None:
    """One body, which nobody changes or ends until the transaction is over."""
    row = await tx.row(_HELD, {"id": body_id})
    return body_of(row) if row else None


async def save(tx: Transaction, body: Body) -> None:
    """Writes what was amended or ended; raises like :func:`insert_new`."""
    await tx.execute(_SAVE, {name: getattr(body, name) for name in _SAVED} | {"of_id": body.id})


def body_of(row: Row) -> Body:
    """The body of a row of the list."""
    values = {one.name: row[one.name] for one in bodies.columns}
    return Body(**values | {"state": State(row["state"]), "project_codes": tuple(row["project_codes"])})
