"""The queries on the sessions of classes and on who teaches them (课表)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from training_svc.classes.tables import class_instructors, session_instructors, sessions
from training_svc.classes.training_class import Session, TrainingClass
from training_svc.persons import SealedPerson
from training_svc.policy.facts import Hours


def _bound(table: sa.Table) -> dict[str, Any]:
    return {column.name: bindparam(column.name, type_=column.type) for column in table.columns}


_class_id = bindparam("class_id", type_=sa.Uuid)
_keys = sa.any_(bindparam("person_keys", type_=sa.ARRAY(sa.Text)))
_INSERT_SESSION = Statement(sessions.insert().values(_bound(sessions)))
_INSERT_INSTRUCTOR = Statement(
    insert(class_instructors)
    .values(_bound(class_instructors))
    .on_conflict_do_update(index_elements=["class_id", "person_key"], set_={"left_at": None})
)
_INSERT_SESSION_INSTRUCTOR = Statement(session_instructors.insert().values(_bound(session_instructors)))
_SESSIONS = Statement(
    sa.select(sessions).where(sessions.c.class_id == _class_id).order_by(sessions.c.starts_at, sessions.c.id)
)
_INSTRUCTORS = Statement(
    sa.select(class_instructors)
    .where(class_instructors.c.class_id == _class_id)
    .order_by(class_instructors.c.person_key)
)
_TEACHES = Statement(
    sa.select(
        sa.exists().where(
            class_instructors.c.class_id == _class_id,
            class_instructors.c.person_key == bindparam("person_key", type_=sa.Text),
        )
    )
)
_TEACHING_AMONG = Statement(
    sa.select(class_instructors.c.person_key).where(
        class_instructors.c.class_id == _class_id, class_instructors.c.person_key == _keys
    )
)
_MOVE = Statement(
    sessions.update()
    .where(sessions.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        room=bindparam("room", type_=sa.Text),
        online=bindparam("online", type_=sa.Boolean),
        starts_at=bindparam("starts_at", type_=sessions.c.starts_at.type),
        ends_at=bindparam("ends_at", type_=sessions.c.ends_at.type),
    )
)
_REVIVE = Statement(
    sessions.update()
    .where(sessions.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        room=bindparam("room", type_=sa.Text),
        online=bindparam("online", type_=sa.Boolean),
        starts_at=bindparam("starts_at", type_=sessions.c.starts_at.type),
        ends_at=bindparam("ends_at", type_=sessions.c.ends_at.type),
        cancelled_at=None,
    )
)
_ids = sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid)))
_CANCEL = Statement(
    sessions.update()
    .where(sessions.c.id == _ids)
    .values(cancelled_at=bindparam("at", type_=sessions.c.cancelled_at.type))
)
_TEACH_NO_MORE = Statement(session_instructors.delete().where(session_instructors.c.session_id == _ids))
_TAKE_OFF = Statement(
    session_instructors.delete().where(
        session_instructors.c.session_id == _ids, session_instructors.c.person_key == _keys
    )
)
_taught = (
    sa.select(session_instructors.c.session_id)
    .join(sessions, sessions.c.id == session_instructors.c.session_id)
    .where(
        sessions.c.class_id == class_instructors.c.class_id,
        session_instructors.c.person_key == class_instructors.c.person_key,
    )
    .exists()
)
_LEAVE = Statement(
    class_instructors.update()
    .where(class_instructors.c.class_id == _class_id, class_instructors.c.person_key == _keys, _taught)
    .values(left_at=bindparam("at", type_=class_instructors.c.left_at.type))
)
_FORGET = Statement(
    class_instructors.delete().where(
        class_instructors.c.class_id == _class_id, class_instructors.c.person_key == _keys, ~_taught
    )
)
HOURS_OF_CLASS = (
    sa.select(
        func.coalesce(
            func.range_agg(func.tstzrange(sessions.c.starts_at, sessions.c.ends_at)),
            sa.literal_column("'{}'::tstzmultirange"),
        )
    )
    .where(sessions.c.class_id == _class_id, sessions.c.cancelled_at.is_(None))
    .scalar_subquery()
)
"""All hours of the sessions of ``class_id`` that are not cancelled, as one value."""


async def insert_new(tx: Transaction, training_class: TrainingClass) -> None:
    """Adds the sessions and instructors of a new class.

    Raises :class:`asyncpg.ExclusionViolationError` where a room or an instructor is taken at the time. The
    rows go in by time, so that two classes that clash wait for each other in one order and never deadlock.
    """
    in_time = sorted(training_class.sessions, key=lambda one: one.hours.starts_at)
    await tx.execute_many(_INSERT_SESSION, [_session_values(training_class, one) for one in in_time])
    await add_instructors(tx, training_class.id, training_class.instructors, in_time)


async def add_instructors(
    tx: Transaction, class_id: UUID, people: Sequence[SealedPerson], taught: Sequence[Session]
) -> None:
    """Puts people on the sessions of a class; raises as :func:`insert_new` where one is taken at the time."""
    by_key = sorted(people, key=lambda one: one.person_key)
    await tx.execute_many(_INSERT_INSTRUCTOR, [_instructor_values(class_id, person) for person in by_key])
    rows = [_taught_values(one, person) for one in taught for person in by_key]
    await tx.execute_many(_INSERT_SESSION_INSTRUCTOR, rows)


async def add(tx: Transaction, training_class: TrainingClass, session: Session) -> None:
    """Adds a session to a filed class, taught by its instructors; raises as :func:`insert_new`."""
    await tx.execute(_INSERT_SESSION, _session_values(training_class, session))
    await add_instructors(tx, training_class.id, training_class.instructors, [session])


async def take_off(
    tx: Transaction, class_id: UUID, person_keys: Sequence[str], to_come: Sequence[Session], at: datetime
) -> None:
    """Takes people off the sessions to come; who has taught some stays known as their instructor."""
    values = {"class_id": class_id, "person_keys": list(person_keys), "at": at}
    await tx.execute(_TAKE_OFF, values | {"ids": [one.id for one in to_come]})
    await tx.execute(_LEAVE, values)
    await tx.execute(_FORGET, values)


async def move(tx: Transaction, session: Session) -> None:
    """Writes the new time and room of a session.

    Raises :class:`asyncpg.ExclusionViolationError` where the room or an instructor is taken at the time.
    """
    await tx.execute(_MOVE, _place_of(session))


async def revive(tx: Transaction, training_class: TrainingClass, revived: Sequence[Session]) -> None:
    """Holds cancelled sessions after all, taught by the class's instructors; raises as :func:`insert_new`.

    The transaction keeps the amendment that says why, which the database asks for.
    """
    await tx.execute_many(_REVIVE, [_place_of(one) for one in revived])
    await add_instructors(tx, training_class.id, training_class.instructors, revived)


async def cancel(tx: Transaction, session_ids: Sequence[UUID], at: datetime) -> None:
    """Cancels sessions: their rooms and instructors are free."""
    await tx.execute(_CANCEL, {"ids": list(session_ids), "at": at})
    await tx.execute(_TEACH_NO_MORE, {"ids": list(session_ids)})


async def completed(tx: Transaction, training_class: TrainingClass) -> TrainingClass:
    """The class with its sessions and its instructors."""
    found = await tx.rows(_SESSIONS, {"class_id": training_class.id})
    people = await tx.rows(_INSTRUCTORS, {"class_id": training_class.id})
    training_class.sessions = tuple(map(_session, found))
    training_class.instructors = tuple(_instructor(row) for row in people if row["left_at"] is None)
    training_class.former_instructors = tuple(
        _instructor(row) for row in people if row["left_at"] is not None
    )
    return training_class


async def teaches(tx: Transaction, class_id: UUID, person_key: str) -> bool:
    """Whether the person is, or was, an instructor of the class."""
    return bool(await tx.value(_TEACHES, {"class_id": class_id, "person_key": person_key}))


async def teaching_among(tx: Transaction, class_id: UUID, person_keys: Sequence[str]) -> frozenset[str]:
    """Those of the people who are, or were, instructors of the class."""
    rows = await tx.rows(_TEACHING_AMONG, {"class_id": class_id, "person_keys": list(person_keys)})
    return frozenset(row["person_key"] for row in rows)


def _place_of(one: Session) -> dict[str, object]:
    hours = one.hours
    return {
        "of_id": one.id,
        "room": one.room,
        "online": one.online,
        "starts_at": hours.starts_at,
        "ends_at": hours.ends_at,
    }


def _session_values(training_class: TrainingClass, one: Session) -> dict[str, object]:
    return {
        "id": one.id,
        "class_id": training_class.id,
        "institution_id": training_class.institution_id,
        "room": one.room,
        "online": one.online,
        "starts_at": one.hours.starts_at,
        "ends_at": one.hours.ends_at,
        "cancelled_at": one.cancelled_at,
    }


def _instructor_values(class_id: UUID, person: SealedPerson) -> dict[str, object]:
    return {
        "class_id": class_id,
        "person_key": person.person_key,
        "masked_name": person.masked_name,
        "masked_id_number": person.masked_id_number,
        "name_encrypted": person.name_encrypted,
        "id_number_encrypted": person.id_number_encrypted,
        "left_at": None,
    }


def _taught_values(one: Session, person: SealedPerson) -> dict[str, object]:
    return {
        "session_id": one.id,
        "person_key": person.person_key,
        "starts_at": one.hours.starts_at,
        "ends_at": one.hours.ends_at,
    }


def _session(row: Row) -> Session:
    hours = Hours(row["starts_at"], row["ends_at"])
    return Session(row["id"], row["room"], hours, row["cancelled_at"], row["online"])


def _instructor(row: Row) -> SealedPerson:
    return SealedPerson(
        person_key=row["person_key"],
        masked_name=row["masked_name"],
        masked_id_number=row["masked_id_number"],
        name_encrypted=row["name_encrypted"],
        id_number_encrypted=row["id_number_encrypted"],
    )
