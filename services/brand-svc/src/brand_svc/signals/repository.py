"""Queries on signals."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from brand_svc.reader import Reader
from brand_svc.signals.signal import Signal
from brand_svc.signals.tables import signals

_NAMES = tuple(column.name for column in signals.c)
_INSERT = Statement(
    insert(signals).values({name: bindparam(name) for name in _NAMES}).on_conflict_do_nothing()
)
_OF_CASE = Statement(
    select(signals)
    .where(signals.c.case_id == bindparam("case_id"))
    .order_by(signals.c.occurred_on, signals.c.event_id)
)
_LISTED = Statement(
    select(signals)
    .where(
        signals.c.event_id > bindparam("after"),
        *(
            sa.or_(bindparam(name, type_=sa.Text).is_(None), signals.c[name] == bindparam(name))
            for name in ("credit_code", "district")
        ),
    )
    .order_by(signals.c.event_id)
    .limit(bindparam("most"))
)


def _signal(row: Row) -> Signal:
    return Signal(**row)


async def add_all(tx: Transaction, received: Sequence[Signal]) -> None:
    """Keeps signals; one that is known by its event id is left as it is."""
    await tx.execute_many(_INSERT, [{name: getattr(signal, name) for name in _NAMES} for signal in received])


async def of_case(reader: Reader, case_id: UUID) -> list[Signal]:
    """The signals of a case, the earliest first."""
    return [_signal(row) for row in await reader.rows(_OF_CASE, {"case_id": case_id})]


async def listed(
    reader: Reader, credit_code: str | None, district: str | None, after: UUID, most: int
) -> list[Signal]:
    """Signals in the order of their event ids, of holders and of everyone else."""
    values = {"credit_code": credit_code, "district": district, "after": after, "most": most}
    return [_signal(row) for row in await reader.rows(_LISTED, values)]
