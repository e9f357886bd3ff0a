"""The queries on trainings and contests."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal, since, until
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from training_svc.activities.tables import activities
from training_svc.activities.tables import activity_results as results
from training_svc.instructors.tables import instructors

_COLUMNS = tuple(column.name for column in activities.columns)
_INSERT = Statement(
    insert(activities).values({name: bindparam(name, type_=activities.c[name].type) for name in _COLUMNS})
)
_AMENDED = ("name", "organiser", "begins_on", "ends_on", "hours")
_AMEND = Statement(
    activities.update()
    .where(activities.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        {name: bindparam(name, type_=activities.c[name].type) for name in _AMENDED}
        | {"version": activities.c.version + 1}
    )
)
_DROP_RESULTS = Statement(results.delete().where(results.c.activity_id == bindparam("activity_id")))
_ADD_RESULT = Statement(
    insert(results).values({one.name: bindparam(one.name, type_=one.type) for one in results.columns})
)
_RESULTS = (
    sa.select(
        func.coalesce(
            func.jsonb_agg(
                aggregate_order_by(
                    func.jsonb_build_object(
                        sa.literal_column("'instructor_id'"),
                        results.c.instructor_id,
                        sa.literal_column("'name'"),
                        instructors.c.masked_name,
                        sa.literal_column("'result'"),
                        results.c.result,
                        sa.literal_column("'rank'"),
                        results.c.rank,
                    ),
                    results.c.rank,
                    results.c.instructor_id,
                )
            ),
            sa.literal_column("'[]'::jsonb"),
        )
    )
    .join(instructors, instructors.c.id == results.c.instructor_id)
    .where(results.c.activity_id == activities.c.id)
    .scalar_subquery()
)
_SELECT = sa.select(activities, _RESULTS.label("results"))
_ONE = Statement(_SELECT.where(activities.c.id == bindparam("id")))
_LOCK = Statement(
    sa.select(activities.c.id).where(activities.c.id == bindparam("id")).with_for_update(key_share=True)
)
LIST = Listing(
    _SELECT,
    key=Order(activities.c.id, UUID),
    orders={"name": Order(activities.c.name, str), "begins_on": Order(activities.c.begins_on, date)},
    filters={
        "kind": equal(activities.c.kind),
        "district": equal(activities.c.district),
        "begins_from": since(activities.c.begins_on),
        "begins_until": until(activities.c.begins_on),
        "instructor_id": Filter(
            sa.Uuid(),
            lambda value: activities.c.id.in_(
                sa.select(results.c.activity_id).where(results.c.instructor_id == value)
            ),
        ),
    },
)


async def insert_new(
    tx: Transaction, values: Mapping[str, Any], achieved: Iterable[Mapping[str, Any]]
) -> None:
    """Adds a training or contest with its results."""
    await tx.execute(_INSERT, values)
    await _add_results(tx, values["id"], achieved)


async def one(source: Database | Transaction, activity_id: UUID) -> Row | None:
    """A training or contest with its results."""
    return await source.row(_ONE, {"id": activity_id})


async def locked(tx: Transaction, activity_id: UUID) -> Row | None:
    """A training or contest as it stands, locked."""
    await tx.row(_LOCK, {"id": activity_id})
    return await one(tx, activity_id)


async def amend(
    tx: Transaction, activity_id: UUID, values: Mapping[str, Any], achieved: Iterable[Mapping[str, Any]]
) -> None:
    """Writes what an amendment changed."""
    await tx.execute(_AMEND, {name: values[name] for name in _AMENDED} | {"of_id": activity_id})
    await tx.execute(_DROP_RESULTS, {"activity_id": activity_id})
    await _add_results(tx, activity_id, achieved)


async def _add_results(tx: Transaction, activity_id: UUID, achieved: Iterable[Mapping[str, Any]]) -> None:
    await tx.execute_many(_ADD_RESULT, [{**one, "activity_id": activity_id} for one in achieved])
