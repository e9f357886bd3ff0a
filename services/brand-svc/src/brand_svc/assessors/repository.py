"""Queries on assessors and on ties."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from brand_svc.assessors.tables import assessors, ties
from brand_svc.reader import Reader


def _values(table: sa.Table) -> dict[str, Any]:
    return {one.name: bindparam(one.name, type_=one.type) for one in table.c}


_person_keys = func.any(bindparam("person_keys", type_=sa.ARRAY(sa.Text)))
_INSERT = Statement(
    insert(assessors)
    .values(_values(assessors))
    .on_conflict_do_nothing(index_elements=["person_key"], index_where=sa.text("removed_at IS NULL"))
    .returning(assessors.c.id)
)
_one = select(assessors).where(assessors.c.id == bindparam("id"))
_ONE = Statement(_one)
_FOR_UPDATE = Statement(_one.with_for_update())
_in_pool = assessors.c.removed_at.is_(None)
_POOL = Statement(
    select(assessors.c.id, assessors.c.person_key).where(_in_pool).order_by(assessors.c.id).with_for_update()
)
_OF_PERSONS = Statement(
    select(assessors).where(assessors.c.person_key == _person_keys).order_by(assessors.c.id).with_for_update()
)
_REMOVE = Statement(
    assessors.update()
    .where(assessors.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        removed_at=bindparam("removed_at"),
        removed_by=bindparam("removed_by"),
        remove_reason=bindparam("remove_reason"),
        version=assessors.c.version + 1,
    )
)
# A person teaches again and again: the tie lasts to the latest day, whichever was told first.
_put = insert(ties).values(_values(ties))
_PUT_TIE = Statement(
    _put.on_conflict_do_update(
        index_elements=["person_key", "credit_code", "kind"],
        set_={
            name: _put.excluded[name]
            for name in ("until", "bars_until", "note", "declared_at", "declared_by")
        }
        | {"version": ties.c.version + 1},
        where=sa.or_(
            sa.and_(_put.excluded.bars_until.is_(None), ties.c.bars_until.is_not(None)),
            _put.excluded.bars_until > ties.c.bars_until,
        ),
    ).returning(ties.c.id)
)
_TIE = Statement(select(ties).where(ties.c.id == bindparam("id")).with_for_update())
_END_TIE = Statement(
    ties.update()
    .where(ties.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(until=bindparam("until"), bars_until=bindparam("bars_until"), version=ties.c.version + 1)
)
_day = bindparam("day", type_=sa.Date)
_TIED = Statement(
    select(ties.c.credit_code, assessors.c.id)
    .join_from(ties, assessors, assessors.c.person_key == ties.c.person_key)
    .where(_in_pool, sa.or_(ties.c.bars_until.is_(None), ties.c.bars_until >= _day))
)

POOL = Listing(
    select(assessors),
    key=Order(assessors.c.id, UUID),
    orders={"added_at": Order(assessors.c.added_at, datetime)},
    filters={"removed": Filter(sa.Boolean(), lambda value: assessors.c.removed_at.is_not(None) == value)},
)
TIES = Listing(
    select(ties).join(assessors, assessors.c.person_key == ties.c.person_key),
    key=Order(ties.c.id, UUID),
    filters={"assessor_id": Filter(sa.Uuid(), lambda value: assessors.c.id == value)},
)


async def add(tx: Transaction, values: Mapping[str, Any]) -> bool:
    """Adds a person to the pool, or says False where the person is in it."""
    return await tx.row(_INSERT, values) is not None


async def one(reader: Reader, assessor_id: UUID) -> Row | None:
    """An assessor, without a lock."""
    return await reader.row(_ONE, {"id": assessor_id})


async def load_for_update(tx: Transaction, assessor_id: UUID) -> Row | None:
    """An assessor, locked: before any scoring, so that nobody waits in a circle."""
    return await tx.row(_FOR_UPDATE, {"id": assessor_id})


async def locked_pool(tx: Transaction) -> dict[UUID, str]:
    """Everybody in the pool with their person keys, locked in the order of the ids."""
    return {row["id"]: row["person_key"] for row in await tx.rows(_POOL, {})}


async def locked_of_persons(tx: Transaction, person_keys: Sequence[str]) -> list[Row]:
    """Those of the persons who are or were in the pool, locked in the order of the ids."""
    return await tx.rows(_OF_PERSONS, {"person_keys": list(person_keys)})


async def remove(tx: Transaction, assessor_id: UUID, at: datetime, by: str, reason: str) -> None:
    """Takes an assessor out of the pool."""
    values = {"of_id": assessor_id, "removed_at": at, "removed_by": by, "remove_reason": reason}
    await tx.execute(_REMOVE, values)


async def put_tie(tx: Transaction, values: Mapping[str, Any]) -> UUID | None:
    """Keeps a tie that bars longer than what is known; None where it says nothing new."""
    found: UUID | None = await tx.value(_PUT_TIE, values)
    return found


async def load_tie(tx: Transaction, tie_id: UUID) -> Row | None:
    """A tie, locked."""
    return await tx.row(_TIE, {"id": tie_id})


async def end_tie(tx: Transaction, tie_id: UUID, until: date, bars_until: date) -> None:
    """Says since when a tie is over."""
    await tx.execute(_END_TIE, {"of_id": tie_id, "until": until, "bars_until": bars_until})


async def tied(tx: Transaction, day: date) -> dict[str, Set[UUID]]:
    """The assessors in the pool with a tie that bars on ``day``, by credit code."""
    found: dict[str, set[UUID]] = defaultdict(set)
    for row in await tx.rows(_TIED, {"day": day}):
        found[row["credit_code"]].add(row["id"])
    return dict(found)
