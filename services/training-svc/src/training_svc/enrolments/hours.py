"""The hours that enrolments take of people: nobody sits in two classes, or teaches one, at one time (T06)."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from chuangpei.database import Statement, Transaction
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from training_svc.classes.tables import session_instructors, sessions
from training_svc.classes.timetable import HOURS_OF_CLASS
from training_svc.enrolments.enrolment import Enrolment
from training_svc.enrolments.tables import enrolment_hours, enrolments

_class_id = bindparam("class_id", type_=sa.Uuid)
_TAKE = Statement(
    insert(enrolment_hours)
    .values(
        enrolment_id=bindparam("enrolment_id", type_=sa.Uuid),
        person_key=bindparam("person_key", type_=sa.Text),
        hours=HOURS_OF_CLASS,
    )
    .on_conflict_do_nothing()
    .returning(enrolment_hours.c.enrolment_id)
)
_entering = (
    sa.func.unnest(
        bindparam("ids", type_=sa.ARRAY(sa.Uuid)), bindparam("person_keys", type_=sa.ARRAY(sa.Text))
    )
    .table_valued(sa.column("id", sa.Uuid), sa.column("person_key", sa.Text), name="entering")
    .render_derived()
)
_TAKE_ALL = Statement(
    insert(enrolment_hours).from_select(
        ["enrolment_id", "person_key", "hours"],
        # In one order for all, so that two classes that want the same people wait and never deadlock.
        sa.select(_entering.c.id, _entering.c.person_key, HOURS_OF_CLASS).order_by(_entering.c.person_key),
    )
)
_taught = sessions.alias("taught")
_keys = sa.any_(bindparam("person_keys", type_=sa.ARRAY(sa.Text)))
_CLASHING_AMONG = Statement(
    sa.union(
        sa.select(enrolment_hours.c.person_key)
        .join(enrolments, enrolments.c.id == enrolment_hours.c.enrolment_id)
        .where(
            enrolment_hours.c.person_key == _keys,
            enrolment_hours.c.hours.op("&&")(HOURS_OF_CLASS),
            enrolments.c.class_id != _class_id,
        ),
        sa.select(session_instructors.c.person_key)
        .join(_taught, _taught.c.id == session_instructors.c.session_id)
        .where(
            session_instructors.c.person_key == _keys,
            _taught.c.class_id != _class_id,
            sa.func.tstzrange(session_instructors.c.starts_at, session_instructors.c.ends_at).op("&&")(
                HOURS_OF_CLASS
            ),
        ),
    )
)
_GIVE_BACK = Statement(
    enrolment_hours.delete().where(
        enrolment_hours.c.enrolment_id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid)))
    )
)
_RENEW = Statement(
    enrolment_hours.update()
    .where(enrolment_hours.c.enrolment_id == enrolments.c.id, enrolments.c.class_id == _class_id)
    .values(hours=HOURS_OF_CLASS)
)


async def take(tx: Transaction, enrolment: Enrolment) -> bool:
    """Keeps the hours of the class for the person; False where they sit in another then, or teach."""
    values = {
        "enrolment_id": enrolment.id,
        "person_key": enrolment.person.person_key,
        "class_id": enrolment.class_id,
    }
    try:
        async with tx.savepoint():
            return await tx.row(_TAKE, values) is not None
    except asyncpg.ExclusionViolationError:
        return False  # they teach a class then


async def take_all(tx: Transaction, entering: Sequence[Enrolment]) -> None:
    """Keeps the hours of a class for people who sit in no class and teach none at these hours.

    Raises :class:`asyncpg.ExclusionViolationError` where one of them has come to sit elsewhere or teach.
    """
    values = {
        "ids": [one.id for one in entering],
        "person_keys": [one.person.person_key for one in entering],
        "class_id": entering[0].class_id,
    }
    await tx.execute(_TAKE_ALL, values)


async def clashing_among(tx: Transaction, class_id: UUID, person_keys: Sequence[str]) -> frozenset[str]:
    """Those of the people who at one of the hours of this class sit in another, or teach another."""
    rows = await tx.rows(_CLASHING_AMONG, {"class_id": class_id, "person_keys": list(person_keys)})
    return frozenset(row["person_key"] for row in rows)


async def give_back(tx: Transaction, enrolment_ids: Sequence[UUID]) -> None:
    """Frees the hours of enrolments that ended."""
    await tx.execute(_GIVE_BACK, {"ids": list(enrolment_ids)})


async def renew(tx: Transaction, class_id: UUID) -> None:
    """Keeps the hours of a class anew for all its people, once its sessions changed.

    Raises :class:`asyncpg.ExclusionViolationError` where one of them sits in another class then, or teaches.
    """
    await tx.execute(_RENEW, {"class_id": class_id})
