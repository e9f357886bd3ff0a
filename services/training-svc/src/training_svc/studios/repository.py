"""The queries on studios."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from training_svc.instructors.tables import instructors
from training_svc.studios.tables import studio_members, studios

_COLUMNS = tuple(column.name for column in studios.columns)
_INSERT = Statement(
    insert(studios).values({name: bindparam(name, type_=studios.c[name].type) for name in _COLUMNS})
)
_AMENDED = ("name", "field", "head_id", "opened_on", "closed_on")
_AMEND = Statement(
    studios.update()
    .where(studios.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        {name: bindparam(name, type_=studios.c[name].type) for name in _AMENDED}
        | {"version": studios.c.version + 1}
    )
)
_DROP_MEMBERS = Statement(studio_members.delete().where(studio_members.c.studio_id == bindparam("studio_id")))
_ADD_MEMBERS = Statement(
    studio_members.insert().from_select(
        ["studio_id", "instructor_id"],
        sa.select(
            bindparam("studio_id", type_=sa.Uuid),
            func.unnest(bindparam("members", type_=sa.ARRAY(sa.Uuid))),
        ),
    )
)
_member = instructors.alias("member")
_MEMBERS = (
    sa.select(
        func.coalesce(
            func.jsonb_agg(
                aggregate_order_by(
                    func.jsonb_build_object(
                        sa.literal_column("'instructor_id'"),
                        _member.c.id,
                        sa.literal_column("'name'"),
                        _member.c.masked_name,
                    ),
                    _member.c.id,
                )
            ),
            sa.literal_column("'[]'::jsonb"),
        )
    )
    .join(studio_members, studio_members.c.instructor_id == _member.c.id)
    .where(studio_members.c.studio_id == studios.c.id)
    .scalar_subquery()
)
_SELECT = sa.select(studios, instructors.c.masked_name.label("head_name"), _MEMBERS.label("members")).join(
    instructors, instructors.c.id == studios.c.head_id
)
_ONE = Statement(_SELECT.where(studios.c.id == bindparam("id")))
_LOCK = Statement(
    sa.select(studios.c.id).where(studios.c.id == bindparam("id")).with_for_update(key_share=True)
)
LIST = Listing(
    _SELECT,
    key=Order(studios.c.id, UUID),
    orders={"name": Order(studios.c.name, str), "opened_on": Order(studios.c.opened_on, date)},
    filters={
        "district": equal(studios.c.district),
        "open": Filter(sa.Boolean(), lambda value: studios.c.closed_on.is_(None) == value),
        "instructor_id": Filter(
            sa.Uuid(),
            lambda value: sa.or_(
                studios.c.head_id == value,
                studios.c.id.in_(
                    sa.select(studio_members.c.studio_id).where(studio_members.c.instructor_id == value)
                ),
            ),
        ),
    },
)


async def insert_new(tx: Transaction, values: Mapping[str, Any], members: Iterable[UUID]) -> None:
    """Adds a studio. Raises :class:`asyncpg.UniqueViolationError` if its head heads another open one."""
    await tx.execute(_INSERT, values)
    await tx.execute(_ADD_MEMBERS, {"studio_id": values["id"], "members": list(members)})


async def one(source: Database | Transaction, studio_id: UUID) -> Row | None:
    """A studio with its head's name and its members."""
    return await source.row(_ONE, {"id": studio_id})


async def locked(tx: Transaction, studio_id: UUID) -> Row | None:
    """A studio as it stands, locked."""
    await tx.row(_LOCK, {"id": studio_id})
    return await one(tx, studio_id)


async def amend(tx: Transaction, studio_id: UUID, values: Mapping[str, Any], members: Iterable[UUID]) -> None:
    """Writes what an amendment changed; raises as :func:`insert_new` does."""
    await tx.execute(_AMEND, {name: values[name] for name in _AMENDED} | {"of_id": studio_id})
    await tx.execute(_DROP_MEMBERS, {"studio_id": studio_id})
    await tx.execute(_ADD_MEMBERS, {"studio_id": studio_id, "members": list(members)})
