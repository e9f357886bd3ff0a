"""Queries on rubrics and on which of them each round is scored by."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal, since, until
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from brand_svc.reader import Reader
from brand_svc.rubrics.lifecycle import State
from brand_svc.rubrics.rubric import RoundRubric, RubricVersion
from brand_svc.rubrics.tables import round_rubrics, rubrics
from brand_svc.schema import written

_NAMES = tuple(column.name for column in rubrics.c)
_SAVED = ("name", "effective_from", "content", "state")
_cited = sa.exists().where(round_rubrics.c.rubric_id == rubrics.c.id)
_shown = select(rubrics, _cited.label("frozen"))
_of_id = rubrics.c.id == bindparam("of_id", type_=sa.Uuid)
_INSERT = Statement(
    insert(rubrics)
    .values({one.name: bindparam(one.name, type_=one.type) for one in rubrics.c})
    .on_conflict_do_nothing(index_elements=["label"])
    .returning(rubrics.c.id)
)
_ONE = Statement(_shown.where(_of_id))
_LOCK = Statement(select(rubrics.c.id).where(_of_id).with_for_update())
_SAVE = Statement(
    rubrics.update()
    .where(_of_id)
    .values(
        {name: bindparam(name, type_=rubrics.c[name].type) for name in _SAVED}
        | {"version": bindparam("next_version", type_=sa.Integer)}
    )
)
_CITED = Statement(
    select(rubrics).where(_of_id, rubrics.c.state == written(State.PUBLISHED)).with_for_update(read=True)
)
_put = insert(round_rubrics).values(
    {one.name: bindparam(one.name, type_=one.type) for one in round_rubrics.c}
)
_CHOOSE = Statement(
    _put.on_conflict_do_update(
        index_elements=["round_id"],
        set_={one.name: _put.excluded[one.name] for one in round_rubrics.c if one.name != "round_id"},
    )
)
_of_round = select(round_rubrics).where(round_rubrics.c.round_id == bindparam("round_id"))
_OF_ROUND = Statement(_of_round)
_HELD_OF_ROUND = Statement(_of_round.with_for_update(read=True))

LIST = Listing(
    _shown,
    key=Order(rubrics.c.id, UUID),
    orders={"effective_from": Order(rubrics.c.effective_from, date)},
    filters={
        "state": equal(rubrics.c.state),
        "effective_since": since(rubrics.c.effective_from),
        "effective_until": until(rubrics.c.effective_from),
    },
    reaches={"city": None, "published": rubrics.c.state != written(State.DRAFT)},
)
"""All rubrics; a draft is the city's own."""


def rubric_of(row: Row) -> RubricVersion:
    """A row as the aggregate."""
    return RubricVersion(**{**row, "state": State(row["state"])})


async def add(tx: Transaction, rubric: RubricVersion) -> bool:
    """Adds a draft, or says False where the label is taken."""
    return await tx.row(_INSERT, {name: getattr(rubric, name) for name in _NAMES}) is not None


async def find(reader: Reader, rubric_id: UUID) -> RubricVersion | None:
    """A rubric by its id, without a lock."""
    row = await reader.row(_ONE, {"of_id": rubric_id})
    return rubric_of(row) if row else None


async def load_for_update(tx: Transaction, rubric_id: UUID) -> RubricVersion | None:
    """A rubric, locked; whichever round was choosing it meanwhile has committed and is seen."""
    await tx.row(_LOCK, {"of_id": rubric_id})
    return await find(tx, rubric_id)


async def save(tx: Transaction, rubric: RubricVersion) -> None:
    """Stores a changed rubric and raises its version."""
    values = {name: getattr(rubric, name) for name in _SAVED}
    await tx.execute(_SAVE, values | {"of_id": rubric.id, "next_version": rubric.version + 1})
    rubric.version += 1


async def held_published(tx: Transaction, rubric_id: UUID) -> RubricVersion | None:
    """A published rubric, held against change until the transaction ends, so that a round may choose it."""
    row = await tx.row(_CITED, {"of_id": rubric_id})
    return rubric_of(row) if row else None


async def choose(tx: Transaction, chosen: RoundRubric) -> None:
    """Keeps what a round is scored by, in place of an earlier choice."""
    await tx.execute(_CHOOSE, {one.name: getattr(chosen, one.name) for one in round_rubrics.c})


async def of_round(reader: Reader, round_id: UUID) -> RoundRubric | None:
    """What a round is scored by, if it has chosen."""
    row = await reader.row(_OF_ROUND, {"round_id": round_id})
    return RoundRubric(**row) if row else None


async def held_of_round(tx: Transaction, round_id: UUID) -> RoundRubric | None:
    """What a round is scored by; it is not changed while the transaction runs."""
    row = await tx.row(_HELD_OF_ROUND, {"round_id": round_id})
    return RoundRubric(**row) if row else None
