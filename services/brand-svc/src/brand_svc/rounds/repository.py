"""Queries on rounds and their lists."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from brand_svc.applications.tables import applications
from brand_svc.policy.facts import Tier
from brand_svc.reader import Reader
from brand_svc.rounds.lifecycle import State
from brand_svc.rounds.round import Recognition, Round
from brand_svc.rounds.tables import recognitions, rounds
from brand_svc.schema import written

_NAMES = ("id", "name", "opens_on", "closes_on", "state", "published_on", "findings", "version")
_COLUMNS = tuple(rounds.c[name] for name in _NAMES)

_INSERT = Statement(
    insert(rounds)
    .values({name: bindparam(name) for name in _NAMES})
    .on_conflict_do_nothing(index_elements=["under_way"])
    .returning(rounds.c.id)
)
_ONE = select(*_COLUMNS).where(rounds.c.id == bindparam("id"))
_FIND = Statement(_ONE)
_FOR_UPDATE = Statement(_ONE.with_for_update())
_FOR_SHARE = Statement(_ONE.with_for_update(read=True))
_SAVED = ("name", "opens_on", "closes_on", "state", "published_on", "findings")
_SAVE = Statement(
    rounds.update()
    .where(rounds.c.id == bindparam("of_id"))
    .values(
        {name: bindparam(name) for name in _SAVED} | {"version": bindparam("next_version")},
    )
)
_LISTED = Statement(
    select(*_COLUMNS)
    .where(rounds.c.id < bindparam("before"))
    .order_by(rounds.c.id.desc())
    .limit(bindparam("most"))
)
_LAST_PUBLISHED_OPENS_ON = Statement(
    select(sa.func.max(rounds.c.opens_on)).where(rounds.c.state == written(State.PUBLISHED))
)
_FORGET_LIST = Statement(recognitions.delete().where(recognitions.c.round_id == bindparam("round_id")))
_PUT_ON_LIST = Statement(
    recognitions.insert().values({column.name: bindparam(column.name) for column in recognitions.c})
)
_LIST = Statement(
    select(
        recognitions.c.application_id,
        applications.c.credit_code,
        applications.c.institution_name,
        applications.c.district,
        recognitions.c.tier,
    )
    .join_from(recognitions, applications, recognitions.c.application_id == applications.c.id)
    .where(recognitions.c.round_id == bindparam("round_id"))
    .order_by(applications.c.credit_code)
)


def _round(row: Row) -> Round:
    return Round(**{**row, "state": State(row["state"])})


async def add(tx: Transaction, brand_round: Round) -> bool:
    """Adds the round, or says False where another is under way (B05)."""
    values = {name: getattr(brand_round, name) for name in _NAMES}
    return await tx.row(_INSERT, values) is not None


async def find(reader: Reader, round_id: UUID) -> Round | None:
    """The round, without a lock."""
    row = await reader.row(_FIND, {"id": round_id})
    return _round(row) if row else None


async def load_for_update(tx: Transaction, round_id: UUID) -> Round | None:
    """The round, locked until the transaction ends."""
    row = await tx.row(_FOR_UPDATE, {"id": round_id})
    return _round(row) if row else None


async def load_unchanging(tx: Transaction, round_id: UUID) -> Round | None:
    """The round, whose state nobody can change until the transaction ends."""
    row = await tx.row(_FOR_SHARE, {"id": round_id})
    return _round(row) if row else None


async def save(tx: Transaction, brand_round: Round) -> None:
    """Stores a changed round and raises its version."""
    values = {name: getattr(brand_round, name) for name in _SAVED}
    await tx.execute(_SAVE, values | {"of_id": brand_round.id, "next_version": brand_round.version + 1})
    brand_round.version += 1


async def listed(reader: Reader, before: UUID, most: int) -> list[Round]:
    """Rounds, the latest first, older than ``before``."""
    return [_round(row) for row in await reader.rows(_LISTED, {"before": before, "most": most})]


async def last_published_opens_on(tx: Transaction) -> date | None:
    """The first day of the latest round that is over, if there is one (B05)."""
    day: date | None = await tx.value(_LAST_PUBLISHED_OPENS_ON, {})
    return day


async def replace_list(tx: Transaction, round_id: UUID, chosen: Mapping[UUID, Tier]) -> None:
    """Stores the list of a deliberation in place of an earlier one (B08)."""
    await tx.execute(_FORGET_LIST, {"round_id": round_id})
    await tx.execute_many(
        _PUT_ON_LIST,
        [
            {"application_id": application_id, "round_id": round_id, "tier": tier}
            for application_id, tier in chosen.items()
        ],
    )


async def list_of(tx: Transaction, round_id: UUID) -> list[Recognition]:
    """The list of the last deliberation, by credit code."""
    return [
        Recognition(**{**row, "tier": Tier(row["tier"])})
        for row in await tx.rows(_LIST, {"round_id": round_id})
    ]
