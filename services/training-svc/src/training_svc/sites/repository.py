"""The queries on sites and their rooms."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal, since
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import JSONB

from training_svc.institutions.tables import institutions
from training_svc.sites.tables import rooms, sites
from training_svc.visibility import Scope, reaches, scoped


def in_use_on(day: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether a site is in use on a day."""
    return sa.and_(sites.c.starts_on <= day, sa.or_(sites.c.ends_on.is_(None), sites.c.ends_on >= day))


_INSERT = Statement(
    sites.insert().values({one.name: bindparam(one.name, type_=one.type) for one in sites.columns})
)
_INSERT_ROOM = Statement(
    rooms.insert().values({one.name: bindparam(one.name, type_=one.type) for one in rooms.columns})
)
_DELETE_ROOMS = Statement(rooms.delete().where(rooms.c.site_id == bindparam("site_id")))
_ROOMS = (
    sa.select(
        func.jsonb_agg(
            func.jsonb_build_object(
                "name", rooms.c.name, "area_m2", rooms.c.area_m2, "seats", rooms.c.seats
            ).op("ORDER BY")(rooms.c.name)
        )
    )
    .where(rooms.c.site_id == sites.c.id)
    .scalar_subquery()
)
_SELECT = sa.select(
    sites,
    institutions.c.credit_code,
    institutions.c.name.label("institution_name"),
    sa.type_coerce(_ROOMS, JSONB).label("rooms"),
).join(institutions, institutions.c.id == sites.c.institution_id)
_REACH = {"credit_code": institutions.c.credit_code, "district": institutions.c.district}
_ONE = scoped(_SELECT.where(sites.c.id == bindparam("id")), **_REACH)
_FOR_UPDATE = scoped(
    _SELECT.where(sites.c.id == bindparam("id")).with_for_update(key_share=True, of=sites), **_REACH
)
LIST = Listing(
    _SELECT,
    key=Order(sites.c.id, UUID),
    orders={"area_m2": Order(sites.c.area_m2, int), "starts_on": Order(sites.c.starts_on, date)},
    filters={
        "institution_id": equal(sites.c.institution_id),
        "district": equal(sites.c.district),
        "in_use_on": Filter(sa.Date(), in_use_on),
        "least_area_m2": since(sites.c.area_m2),
    },
    reaches=reaches(**_REACH),
)
_ROOMS_BETWEEN = Statement(
    sa.select(rooms.c.name, rooms.c.area_m2, rooms.c.seats, sites.c.starts_on, sites.c.ends_on)
    .join(sites, sites.c.id == rooms.c.site_id)
    .where(
        sites.c.institution_id == bindparam("institution_id", type_=sa.Uuid),
        sites.c.starts_on <= bindparam("last", type_=sa.Date),
        sa.or_(sites.c.ends_on.is_(None), sites.c.ends_on >= bindparam("first", type_=sa.Date)),
    )
    .order_by(sites.c.id)
    .with_for_update(read=True, of=sites)
)
_SAVED = ("address", "district", "area_m2", "starts_on", "ends_on", "version")
_SAVE = Statement(
    sites.update()
    .where(sites.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=sites.c[name].type) for name in _SAVED})
)


async def insert_new(tx: Transaction, values: dict[str, Any], its_rooms: Sequence[dict[str, Any]]) -> None:
    """Adds a site with its rooms.

    Raises :class:`asyncpg.ExclusionViolationError` where the institution has one at the address at the time.
    """
    await tx.execute(_INSERT, values)
    await _insert_rooms(tx, values["id"], its_rooms)


async def one(source: Database | Transaction, site_id: UUID, scope: Scope) -> Row | None:
    """A site that the scope sees, with its rooms."""
    return await source.row(_ONE[scope.reach], {"id": site_id, "scope": scope.value})


async def rooms_between(tx: Transaction, institution_id: UUID, first: date, last: date) -> list[Row]:
    """The rooms of the sites that an institution uses on some of the days; none changes meanwhile."""
    return await tx.rows(_ROOMS_BETWEEN, {"institution_id": institution_id, "first": first, "last": last})


async def load_for_update(tx: Transaction, site_id: UUID, scope: Scope) -> Row | None:
    """A site that the scope sees, locked."""
    return await tx.row(_FOR_UPDATE[scope.reach], {"id": site_id, "scope": scope.value})


async def save(
    tx: Transaction, site_id: UUID, values: dict[str, Any], its_rooms: Sequence[dict[str, Any]] | None
) -> None:
    """Writes what was amended; raises like :func:`insert_new`."""
    await tx.execute(_SAVE, values | {"of_id": site_id})
    if its_rooms is not None:
        await tx.execute(_DELETE_ROOMS, {"site_id": site_id})
        await _insert_rooms(tx, site_id, its_rooms)


async def _insert_rooms(tx: Transaction, site_id: UUID, its_rooms: Sequence[dict[str, Any]]) -> None:
    await tx.execute_many(_INSERT_ROOM, [room | {"site_id": site_id} for room in its_rooms])
