"""Queries on rankings: published, reckoned just now, and of a rubric that is tried out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import JSONB

from brand_svc.access import reaches
from brand_svc.rankings.tables import ranking_entries, rankings
from brand_svc.reader import Reader

_INSERT = Statement(
    rankings.insert().values({one.name: bindparam(one.name, type_=one.type) for one in rankings.c})
)
_ENTRY = [sa.column(one.name, one.type) for one in ranking_entries.c if one.name != "ranking_id"]


def _rows(columns: Sequence[sa.ColumnClause[Any]]) -> sa.TableValuedAlias:
    """Rows that are given as JSON, in the parameter ``reckoned``."""
    return (
        func.jsonb_to_recordset(bindparam("reckoned", type_=JSONB))
        .table_valued(*columns, name="entry")
        .render_derived(with_types=True)
    )


_given = _rows(_ENTRY)
_INSERT_ENTRIES = Statement(
    ranking_entries.insert().from_select(
        ["ranking_id", *(one.name for one in _ENTRY)],
        select(bindparam("ranking_id", type_=sa.Uuid), *(_given.c[one.name] for one in _ENTRY)),
    )
)
_NEXT_NUMBER = Statement(
    select(func.coalesce(func.max(rankings.c.number), 0) + 1).where(
        rankings.c.round_id == bindparam("round_id")
    )
)
_ONE = Statement(select(rankings).where(rankings.c.id == bindparam("id")))

PUBLISHED = Listing(
    select(rankings),
    key=Order(rankings.c.id, UUID),
    orders={"published_at": Order(rankings.c.published_at, datetime)},
    filters={"round_id": equal(rankings.c.round_id)},
)


def _places(entry: Any, **more: Filter) -> Listing:
    return Listing(
        select(entry),
        key=Order(entry.c.place, int),
        orders={"institution_name": Order(entry.c.institution_name, str)},
        filters={
            "district": equal(entry.c.district),
            "credit_code": equal(entry.c.credit_code),
            "passes": equal(entry.c.passes),
            "reaches_city": equal(entry.c.reaches_city),
        }
        | more,
        reaches=reaches(credit_code=entry.c.credit_code, district=entry.c.district),
    )


ENTRIES = _places(ranking_entries, ranking_id=equal(ranking_entries.c.ranking_id))
"""The places of a published ranking."""

RECKONED = _places(_rows(_ENTRY))
"""The places of a ranking that is reckoned when asked: ``reckoned`` is all of them, as JSON."""

_trial = _rows(
    [
        sa.column("place", sa.Integer),
        sa.column("scoring_id", sa.Uuid),
        sa.column("credit_code", sa.Text),
        sa.column("institution_name", sa.Text),
        sa.column("district", sa.Text),
        sa.column("rank_before", sa.Integer),
        sa.column("rank_after", sa.Integer),
        sa.column("total_before", sa.Integer),
        sa.column("total_after", sa.Integer),
        sa.column("passes_before", sa.Boolean),
        sa.column("passes_after", sa.Boolean),
        sa.column("reaches_city_before", sa.Boolean),
        sa.column("reaches_city_after", sa.Boolean),
        sa.column("moved", sa.Integer),
        sa.column("crosses", sa.Boolean),
        sa.column("unmarked", JSONB),
    ]
)
TRIAL = Listing(
    select(_trial),
    key=Order(_trial.c.place, int),
    orders={"moved": Order(_trial.c.moved, int), "total_after": Order(_trial.c.total_after, int)},
    filters={
        "district": equal(_trial.c.district),
        "credit_code": equal(_trial.c.credit_code),
        "crosses": equal(_trial.c.crosses),
    },
)
"""What a rubric that is tried out moves: ``reckoned`` is all of it, as JSON."""


async def add(tx: Transaction, values: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> None:
    """Keeps a published ranking with its places."""
    await tx.execute(_INSERT, values)
    await tx.execute(_INSERT_ENTRIES, {"ranking_id": values["id"], "reckoned": entries})


async def next_number(tx: Transaction, round_id: UUID) -> int:
    """The number of the round's next ranking; the round is locked."""
    return int(await tx.value(_NEXT_NUMBER, {"round_id": round_id}))


async def one(reader: Reader, ranking_id: UUID) -> Row | None:
    """A published ranking."""
    return await reader.row(_ONE, {"id": ranking_id})
