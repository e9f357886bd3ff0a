"""The queries on inspection programmes and draws."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from training_svc.inspection_programmes.tables import draws, programmes
from training_svc.inspections.tables import inspections
from training_svc.visibility import Reach, Scope

# A district sees its own programmes, the city's roles see all.
_REACHES = {Reach.DISTRICT: programmes.c.authority == bindparam("scope", type_=sa.Text), Reach.ALL: None}


def _values_of(table: sa.Table) -> dict[str, Any]:
    return {column.name: bindparam(column.name, type_=column.type) for column in table.columns}


def _scoped(statement: sa.Select[Any]) -> dict[Reach, Statement]:
    return {
        reach: Statement(statement if condition is None else statement.where(condition))
        for reach, condition in _REACHES.items()
    }


_INSERT = Statement(
    insert(programmes)
    .values(_values_of(programmes))
    .on_conflict_do_nothing(index_elements=["authority", "name"])
    .returning(programmes.c.id)
)
_INSERT_DRAW = Statement(draws.insert().values(_values_of(draws)))
_ONE = _scoped(sa.select(programmes).where(programmes.c.id == bindparam("id", type_=sa.Uuid)))
_OWN_FOR_UPDATE = Statement(
    sa.select(programmes)
    .where(
        programmes.c.id == bindparam("id", type_=sa.Uuid),
        programmes.c.authority == bindparam("authority", type_=sa.Text),
    )
    .with_for_update()
)
_NEXT_NUMBER = Statement(
    sa.select(func.coalesce(func.max(draws.c.number), 0) + 1).where(
        draws.c.programme_id == bindparam("programme_id", type_=sa.Uuid)
    )
)
_INSPECTED = Statement(
    sa.select(inspections.c.object_id).where(
        inspections.c.programme_id == bindparam("programme_id", type_=sa.Uuid),
        inspections.c.object_kind == bindparam("object_kind", type_=sa.Text),
    )
)
_DRAWS = sa.select(draws).join(programmes, programmes.c.id == draws.c.programme_id)
_ONE_DRAW = _scoped(_DRAWS.where(draws.c.id == bindparam("id", type_=sa.Uuid)))

PROGRAMMES = Listing(
    sa.select(programmes),
    key=Order(programmes.c.id, UUID),
    orders={"first_day": Order(programmes.c.first_day, date)},
    filters={
        "authority": equal(programmes.c.authority),
        "on": Filter(sa.Date(), lambda day: day.between(programmes.c.first_day, programmes.c.last_day)),
    },
    reaches=_REACHES,
)
DRAWS = Listing(
    _DRAWS,
    key=Order(draws.c.id, UUID),
    filters={
        "programme_id": equal(draws.c.programme_id),
        "object_kind": equal(draws.c.object_kind),
        "method": equal(draws.c.method),
    },
    reaches=_REACHES,
)


async def insert_new(tx: Transaction, values: dict[str, Any]) -> bool:
    """Adds a programme; False if the authority has one of the name."""
    return await tx.row(_INSERT, values) is not None


async def one(source: Database | Transaction, programme_id: UUID, scope: Scope) -> Row | None:
    """A programme that the scope sees."""
    return await source.row(_ONE[scope.reach], {"id": programme_id, "scope": scope.value})


async def own_for_update(tx: Transaction, programme_id: UUID, authority: str) -> Row | None:
    """A programme of the authority, locked: its draws are made one after the other."""
    return await tx.row(_OWN_FOR_UPDATE, {"id": programme_id, "authority": authority})


async def inspected(tx: Transaction, programme_id: UUID, object_kind: str) -> set[UUID]:
    """The objects that the programme has an inspection of."""
    rows = await tx.rows(_INSPECTED, {"programme_id": programme_id, "object_kind": object_kind})
    return {row["object_id"] for row in rows}


async def next_number(tx: Transaction, programme_id: UUID) -> int:
    """The number of the programme's next draw."""
    return int(await tx.value(_NEXT_NUMBER, {"programme_id": programme_id}))


async def insert_draw(tx: Transaction, values: dict[str, Any]) -> None:
    """Keeps a draw for ever."""
    await tx.execute(_INSERT_DRAW, values)


async def draw(source: Database | Transaction, draw_id: UUID, scope: Scope) -> Row | None:
    """A draw that the scope sees."""
    return await source.row(_ONE_DRAW[scope.reach], {"id": draw_id, "scope": scope.value})
