"""The queries on appraisals."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal, since, until
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from training_svc.appraisals.appraisal import Appraisal
from training_svc.appraisals.tables import appraisals
from training_svc.institutions.tables import institutions
from training_svc.instructors.repository import SCOPE
from training_svc.instructors.tables import instructors
from training_svc.visibility import Scope, reaches, scoped

_COLUMNS = tuple(column.name for column in appraisals.columns)
_INSERT = Statement(
    insert(appraisals).values({name: bindparam(name, type_=appraisals.c[name].type) for name in _COLUMNS})
)
_SAVED = ("held_on", "scores", "total", "pass_mark", "outcome", "comment", "version")
_SAVE = Statement(
    appraisals.update()
    .where(appraisals.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=appraisals.c[name].type) for name in _SAVED})
)
_SELECT = (
    sa.select(appraisals, instructors.c.masked_name, instructors.c.district, institutions.c.credit_code)
    .join(instructors, instructors.c.id == appraisals.c.instructor_id)
    .outerjoin(institutions, institutions.c.id == instructors.c.institution_id)
)
_ONE = scoped(_SELECT.where(appraisals.c.id == bindparam("id")), **SCOPE)
_OF_INSTRUCTOR = Statement(
    _SELECT.where(appraisals.c.instructor_id == bindparam("instructor_id")).order_by(
        appraisals.c.held_on.desc()
    )
)
_DAYS = Statement(
    sa.select(appraisals.c.id, appraisals.c.held_on)
    .where(appraisals.c.instructor_id == bindparam("instructor_id"))
    .order_by(appraisals.c.held_on)
)
LIST = Listing(
    _SELECT,
    key=Order(appraisals.c.id, UUID),
    orders={"held_on": Order(appraisals.c.held_on, date), "total": Order(appraisals.c.total, int)},
    filters={
        "instructor_id": equal(appraisals.c.instructor_id),
        "outcome": equal(appraisals.c.outcome),
        "district": equal(instructors.c.district),
        "held_from": since(appraisals.c.held_on),
        "held_until": until(appraisals.c.held_on),
    },
    reaches=reaches(**SCOPE),
)


async def insert_new(tx: Transaction, one: Appraisal) -> None:
    """Adds an appraisal; the instructor is locked."""
    await tx.execute(_INSERT, _values(one))


async def one(source: Database | Transaction, appraisal_id: UUID, scope: Scope) -> Row | None:
    """An appraisal that the scope sees, with the masked name."""
    return await source.row(_ONE[scope.reach], {"id": appraisal_id, "scope": scope.value})


async def of_instructor(tx: Transaction, instructor_id: UUID) -> list[Row]:
    """The appraisals of an instructor, the newest first."""
    return await tx.rows(_OF_INSTRUCTOR, {"instructor_id": instructor_id})


async def days(tx: Transaction, instructor_id: UUID) -> dict[UUID, date]:
    """The days of all appraisals of an instructor, the first one first."""
    return {row["id"]: row["held_on"] for row in await tx.rows(_DAYS, {"instructor_id": instructor_id})}


async def save(tx: Transaction, one: Appraisal) -> None:
    """Writes what an amendment changed."""
    await tx.execute(_SAVE, {name: _values(one)[name] for name in _SAVED} | {"of_id": one.id})


def appraisal_of(row: Row) -> Appraisal:
    """The appraisal in a row of the table."""
    return Appraisal(**{name: row[name] for name in _COLUMNS if name not in ("total", "outcome")})


def _values(one: Appraisal) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _COLUMNS} | {"scores": dict(one.scores)}
