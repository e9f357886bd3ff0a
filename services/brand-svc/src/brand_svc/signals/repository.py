"""Queries on signals."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal, since, until
from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from brand_svc.access import office_reaches
from brand_svc.reader import Reader
from brand_svc.signals.signal import Signal
from brand_svc.signals.tables import signals

_NAMES = tuple(column.name for column in signals.c)
_INSERT = Statement(
    insert(signals)
    .values({name: bindparam(name, type_=signals.c[name].type) for name in _NAMES})
    .on_conflict_do_nothing()
)
_KNOWN = Statement(
    select(signals.c.id).where(signals.c.id == func.any(bindparam("ids", type_=sa.ARRAY(sa.Uuid))))
)
_ONE = Statement(select(signals).where(signals.c.id == bindparam("id")))
_OF_CASE = Statement(
    select(signals)
    .where(signals.c.case_id == bindparam("case_id"))
    .order_by(signals.c.occurred_on, signals.c.id)
)
LIST = Listing(
    select(signals),
    key=Order(signals.c.id, UUID),
    orders={"occurred_on": Order(signals.c.occurred_on, date)},
    filters={
        "credit_code": equal(signals.c.credit_code),
        "district": equal(signals.c.district),
        "source": equal(signals.c.source),
        "ground": equal(signals.c.ground),
        "occurred_since": since(signals.c.occurred_on),
        "occurred_until": until(signals.c.occurred_on),
        "in_case": Filter(sa.Boolean(), lambda value: signals.c.case_id.is_not(None) == value),
    },
    reaches=office_reaches(signals.c.district),
)


def signal_of(row: Row) -> Signal:
    """The signal of a row."""
    return Signal(**row)


async def known(tx: Transaction, ids: Collection[UUID]) -> set[UUID]:
    """Which of these signals are kept already. Lock the standings first."""
    return {row["id"] for row in await tx.rows(_KNOWN, {"ids": list(ids)})}


async def add_all(tx: Transaction, received: Sequence[Signal]) -> None:
    """Keeps signals; one that is known by its id is left as it is."""
    await tx.execute_many(_INSERT, [{name: getattr(signal, name) for name in _NAMES} for signal in received])


async def one(reader: Reader, signal_id: UUID) -> Signal:
    """A signal that is known to be kept."""
    row = await reader.row(_ONE, {"id": signal_id})
    assert row is not None, "signals are never deleted"
    return signal_of(row)


async def of_case(reader: Reader, case_id: UUID) -> list[Signal]:
    """The signals of a case, the earliest first."""
    return [signal_of(row) for row in await reader.rows(_OF_CASE, {"case_id": case_id})]
