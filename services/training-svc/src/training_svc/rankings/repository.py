"""The queries on published rankings."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import JSONB

from training_svc.rankings.tables import ranking_entries, rankings


def failing_in_the_last_ranking(institution_id: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Whether the institution is failing in the ranking published last of those it is in."""
    last = (
        sa.select(ranking_entries.c.failing)
        .where(ranking_entries.c.institution_id == institution_id)
        .order_by(ranking_entries.c.ranking_id.desc())
        .limit(1)
        .correlate_except(ranking_entries)
        .scalar_subquery()
    )
    return func.coalesce(last, sa.false())


_INSERT = Statement(
    rankings.insert().values({one.name: bindparam(one.name, type_=one.type) for one in rankings.columns})
)
_INSERT_ENTRY = Statement(
    ranking_entries.insert().values(
        {one.name: bindparam(one.name, type_=one.type) for one in ranking_entries.columns}
    )
)
_ONE = Statement(sa.select(rankings).where(rankings.c.id == bindparam("id")))
PUBLISHED = Listing(
    sa.select(rankings),
    key=Order(rankings.c.id, UUID),
    orders={"year": Order(rankings.c.year, int)},
    filters={"year": equal(rankings.c.year), "district": equal(rankings.c.district)},
)


def _places(entry: Any, **more: Filter) -> Listing:
    """The list of the places in a ranking, whether published or reckoned just now."""
    return Listing(
        sa.select(entry),
        key=Order(entry.c.place, int),
        orders={"name": Order(entry.c.name, str), "trainees": Order(entry.c.trainees, int)},
        filters={
            "failing": equal(entry.c.failing),
            "ranked": Filter(sa.Boolean(), lambda value: entry.c["rank"].is_not(None) == value),
            "credit_code": equal(entry.c.credit_code),
        }
        | more,
    )


ENTRIES = _places(ranking_entries, ranking_id=equal(ranking_entries.c.ranking_id))
_RECKONED = [sa.column(one.name, one.type) for one in ranking_entries.columns if one.name != "ranking_id"]
RECKONED = _places(
    func.jsonb_to_recordset(bindparam("reckoned", type_=JSONB))
    .table_valued(*_RECKONED, name="entry")
    .render_derived(with_types=True)
)
"""The places of a ranking that is reckoned when asked: ``reckoned`` is all of them, as JSON."""


async def insert_new(tx: Transaction, values: dict[str, Any], entries: Sequence[dict[str, Any]]) -> None:
    """Keeps a published ranking with its places."""
    await tx.execute(_INSERT, values)
    await tx.execute_many(_INSERT_ENTRY, entries)


async def one(source: Database | Transaction, ranking_id: UUID) -> Row | None:
    """A published ranking."""
    return await source.row(_ONE, {"id": ranking_id})
