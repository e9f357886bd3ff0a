"""Queries on rounds and their lists."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from brand_svc.applications.tables import applications
from brand_svc.assessments.tables import assessments
from brand_svc.policy.facts import Tier
from brand_svc.reader import Reader
from brand_svc.rounds.lifecycle import State
from brand_svc.rounds.round import Recognition, Round
from brand_svc.rounds.tables import overdue_steps, recognitions, rounds
from brand_svc.rounds.timetable import DAYS, Overdue, Timetable
from brand_svc.schema import written

_NAMES = ("id", "name", *DAYS, "state", "published_on", "findings", "version")
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
_SAVED = ("name", *DAYS, "state", "published_on", "findings")
_SAVE = Statement(
    rounds.update()
    .where(rounds.c.id == bindparam("of_id"))
    .values(
        {name: bindparam(name) for name in _SAVED} | {"version": bindparam("next_version")},
    )
)
LIST = Listing(
    select(*_COLUMNS),
    key=Order(rounds.c.id, UUID),
    orders={"opens_on": Order(rounds.c.opens_on, date)},
    filters={"state": equal(rounds.c.state)},
)
_UNDER_WAY = Statement(
    select(*_COLUMNS).where(rounds.c.under_way).with_for_update(key_share=True, skip_locked=True)
)
_TELL_OVERDUE = Statement(
    insert(overdue_steps)
    .values({name: bindparam(name) for name in ("round_id", "step", "due_on")})
    .on_conflict_do_nothing()
    .returning(overdue_steps.c.step)
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
        recognitions.c.assessment_id,
        recognitions.c.credit_code,
        func.coalesce(applications.c.institution_name, assessments.c.institution_name).label(
            "institution_name"
        ),
        func.coalesce(applications.c.district, assessments.c.district).label("district"),
        recognitions.c.tier,
    )
    .select_from(
        recognitions.outerjoin(applications, recognitions.c.application_id == applications.c.id).outerjoin(
            assessments, recognitions.c.assessment_id == assessments.c.id
        )
    )
    .where(recognitions.c.round_id == bindparam("round_id"))
    .order_by(recognitions.c.credit_code)
)


def round_of(row: Row) -> Round:
    """The round of a row."""
    values = {name: row[name] for name in _NAMES if name not in DAYS}
    timetable = Timetable(**{name: row[name] for name in DAYS})
    return Round(**{**values, "state": State(row["state"])}, timetable=timetable)


def _values(brand_round: Round, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(brand_round.timetable if name in DAYS else brand_round, name) for name in names}


async def add(tx: Transaction, brand_round: Round) -> bool:
    """Adds the round, or says False where another is under way (B05)."""
    return await tx.row(_INSERT, _values(brand_round, _NAMES)) is not None


async def find(reader: Reader, round_id: UUID) -> Round | None:
    """The round, without a lock."""
    row = await reader.row(_FIND, {"id": round_id})
    return round_of(row) if row else None


async def load_for_update(tx: Transaction, round_id: UUID) -> Round | None:
    """The round, locked until the transaction ends."""
    row = await tx.row(_FOR_UPDATE, {"id": round_id})
    return round_of(row) if row else None


async def load_unchanging(tx: Transaction, round_id: UUID) -> Round | None:
    """The round, whose state nobody can change until the transaction ends."""
    row = await tx.row(_FOR_SHARE, {"id": round_id})
    return round_of(row) if row else None


async def save(tx: Transaction, brand_round: Round) -> None:
    """Stores a changed round and raises its version."""
    values = _values(brand_round, _SAVED)
    await tx.execute(_SAVE, values | {"of_id": brand_round.id, "next_version": brand_round.version + 1})
    brand_round.version += 1


async def under_way_for_update(tx: Transaction) -> Round | None:
    """The round under way, locked, if there is one and nobody else is at it (B05)."""
    row = await tx.row(_UNDER_WAY, {})
    return round_of(row) if row else None


async def tell_overdue(tx: Transaction, round_id: UUID, one: Overdue) -> bool:
    """Remembers that the day of a step passed without it; False where that was told before."""
    values = {"round_id": round_id, "step": one.step, "due_on": one.due_on}
    return await tx.row(_TELL_OVERDUE, values) is not None


async def last_published_opens_on(tx: Transaction) -> date | None:
    """The first day of the latest round that is over, if there is one (B05)."""
    day: date | None = await tx.value(_LAST_PUBLISHED_OPENS_ON, {})
    return day


async def replace_list(tx: Transaction, round_id: UUID, lines: Sequence[Recognition]) -> None:
    """Stores the list of a deliberation in place of an earlier one (B08)."""
    await tx.execute(_FORGET_LIST, {"round_id": round_id})
    names = ("application_id", "assessment_id", "credit_code", "tier")
    await tx.execute_many(
        _PUT_ON_LIST,
        [{"round_id": round_id} | {name: getattr(line, name) for name in names} for line in lines],
    )


async def list_of(tx: Transaction, round_id: UUID) -> list[Recognition]:
    """The list of the last deliberation, by credit code."""
    return [
        Recognition(**{**row, "tier": Tier(row["tier"])})
        for row in await tx.rows(_LIST, {"round_id": round_id})
    ]
