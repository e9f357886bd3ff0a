"""The queries on exits from the pool."""

from dataclasses import asdict
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal, since, until
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from training_svc.exits.instructor_exit import InstructorExit
from training_svc.exits.lifecycle import State
from training_svc.exits.tables import instructor_exits as exits
from training_svc.institutions.tables import institutions
from training_svc.instructors.repository import SCOPE
from training_svc.instructors.tables import instructors
from training_svc.policy.instructors import ExitGround
from training_svc.visibility import Scope, reaches, scoped

_COLUMNS = tuple(column.name for column in exits.columns)
_INSERT = Statement(
    insert(exits).values({name: bindparam(name, type_=exits.c[name].type) for name in _COLUMNS})
)
_SAVED = ("state", "withdrawn_on", "withdrawn_because", "version")
_SAVE = Statement(
    exits.update()
    .where(exits.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=exits.c[name].type) for name in _SAVED})
)
_SELECT = (
    sa.select(exits, instructors.c.masked_name, instructors.c.district, institutions.c.credit_code)
    .join(instructors, instructors.c.id == exits.c.instructor_id)
    .outerjoin(institutions, institutions.c.id == instructors.c.institution_id)
)
_ONE = scoped(_SELECT.where(exits.c.id == bindparam("id")), **SCOPE)
_OF_INSTRUCTOR = Statement(
    _SELECT.where(exits.c.instructor_id == bindparam("instructor_id")).order_by(exits.c.id.desc())
)
_STANDING = Statement(
    sa.select(exits).where(
        exits.c.instructor_id == bindparam("instructor_id"), exits.c.state == sa.literal_column("'noticed'")
    )
)
_OF_APPRAISAL = Statement(
    sa.select(exits).where(
        exits.c.appraisal_id == bindparam("appraisal_id"), exits.c.state != sa.literal_column("'withdrawn'")
    )
)
_OVER = Statement(
    sa.select(instructors.c.id)
    .where(
        instructors.c.state == sa.literal_column("'exiting'"),
        instructors.c.exits_on <= bindparam("today", type_=sa.Date),
    )
    .order_by(instructors.c.exits_on)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(key_share=True, skip_locked=True)
)


LIST = Listing(
    _SELECT,
    key=Order(exits.c.id, UUID),
    orders={
        "noticed_on": Order(exits.c.noticed_on, date),
        "takes_effect_on": Order(exits.c.takes_effect_on, date),
    },
    filters={
        "state": equal(exits.c.state),
        "noticed_still_on": Filter(
            sa.Date(),
            lambda day: sa.and_(exits.c.state == State.NOTICED.value, exits.c.takes_effect_on > day),
        ),
        "effective_on": Filter(
            sa.Date(),
            lambda day: sa.and_(exits.c.state != State.WITHDRAWN.value, exits.c.takes_effect_on <= day),
        ),
        "ground": equal(exits.c.ground),
        "instructor_id": equal(exits.c.instructor_id),
        "district": equal(instructors.c.district),
        "noticed_from": since(exits.c.noticed_on),
        "noticed_until": until(exits.c.noticed_on),
    },
    reaches=reaches(**SCOPE),
)


async def insert_new(tx: Transaction, one: InstructorExit) -> None:
    """Adds an exit; the instructor is locked and has just been given notice."""
    await tx.execute(_INSERT, asdict(one))


async def one(source: Database | Transaction, exit_id: UUID, scope: Scope) -> Row | None:
    """An exit that the scope sees, with the masked name."""
    return await source.row(_ONE[scope.reach], {"id": exit_id, "scope": scope.value})


async def of_instructor(tx: Transaction, instructor_id: UUID) -> list[Row]:
    """The exits of an instructor, the newest first."""
    return await tx.rows(_OF_INSTRUCTOR, {"instructor_id": instructor_id})


async def standing(tx: Transaction, instructor_id: UUID) -> InstructorExit | None:
    """The notice that an instructor has been given and that is not over."""
    row = await tx.row(_STANDING, {"instructor_id": instructor_id})
    return exit_of(row) if row else None


async def of_appraisal(tx: Transaction, appraisal_id: UUID) -> InstructorExit | None:
    """The exit that stands on an appraisal."""
    row = await tx.row(_OF_APPRAISAL, {"appraisal_id": appraisal_id})
    return exit_of(row) if row else None


async def whose_notice_is_over(tx: Transaction, today: date, most: int) -> list[UUID]:
    """Instructors whose notice is over, locked; those locked by others are left."""
    return [row["id"] for row in await tx.rows(_OVER, {"today": today, "most": most})]


async def save(tx: Transaction, one: InstructorExit) -> None:
    """Writes what changed."""
    await tx.execute(_SAVE, {name: getattr(one, name) for name in _SAVED} | {"of_id": one.id})


def exit_of(row: Row) -> InstructorExit:
    """The exit in a row of the table."""
    values = {name: row[name] for name in _COLUMNS}
    return InstructorExit(**values | {"state": State(row["state"]), "ground": ExitGround(row["ground"])})
