"""Named queries over recoveries and what was paid back."""

from dataclasses import asdict, fields
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal, since, until
from sqlalchemy import bindparam

from subsidy_svc.access import Scope, office_reaches
from subsidy_svc.bulk import columns_of, insert_rows
from subsidy_svc.recoveries.lifecycle import State
from subsidy_svc.recoveries.recovery import Recovery
from subsidy_svc.recoveries.tables import receipts, recoveries

_OPENED = (
    "id",
    "claim_id",
    "certificate_id",
    "person_key",
    "masked_name",
    "district",
    "amount_fen",
    "fund_year",
    "cause",
    "opened_on",
    "state",
)
_OPEN = Statement(
    insert_rows(recoveries, _OPENED)
    .on_conflict_do_nothing(index_elements=[recoveries.c.claim_id])
    .returning(recoveries.c.claim_id)
)
_RECOVERY = tuple(recoveries.c[field.name] for field in fields(Recovery))
_select = sa.select(*_RECOVERY)
_is_due = sa.and_(
    recoveries.c.state.in_([sa.literal_column("'demanded'"), sa.literal_column("'waiver_proposed'")]),
    recoveries.c.due_on < bindparam("today", type_=sa.Date),
)
LIST = Listing(
    _select,
    key=Order(recoveries.c.id, UUID),
    orders={
        "opened_on": Order(recoveries.c.opened_on, date),
        "amount_fen": Order(recoveries.c.amount_fen, int),
    },
    filters={
        "district": equal(recoveries.c.district),
        "state": equal(recoveries.c.state),
        "cause": equal(recoveries.c.cause),
        "claim_id": equal(recoveries.c.claim_id),
        "overdue": Filter(sa.Boolean(), lambda value: _is_due.is_(True) == value),
        "opened_since": since(recoveries.c.opened_on),
        "opened_until": until(recoveries.c.opened_on),
    },
    reaches=office_reaches(recoveries.c.district),
)
RECEIPTS = Listing(
    sa.select(receipts),
    key=Order(receipts.c.id, UUID),
    filters={"recovery_id": equal(receipts.c.recovery_id)},
)
_ONE = {
    reach: Statement(
        _select.where(recoveries.c.id == bindparam("id"), *([] if condition is None else [condition]))
    )
    for reach, condition in office_reaches(recoveries.c.district).items()
}
_OF_CLAIM = Statement(_select.where(recoveries.c.claim_id == bindparam("claim_id")))
_FOR_UPDATE = {
    reach: Statement(
        _select.where(
            recoveries.c.id == bindparam("id"), *([] if condition is None else [condition])
        ).with_for_update()
    )
    for reach, condition in office_reaches(recoveries.c.district).items()
}
_SAVED = (
    "state",
    "waived_fen",
    "demand_document",
    "demanded_on",
    "due_on",
    "waiver_reason",
    "waiver_proposed_by",
    "waiver_proposed_by_person",
    "waiver_decided_by",
    "waiver_decided_by_person",
    "waiver_decided_at",
)
_SAVE = Statement(
    recoveries.update()
    .where(recoveries.c.id == bindparam("of_id"))
    .values(
        {name: bindparam(name, type_=recoveries.c[name].type) for name in _SAVED}
        | {"version": recoveries.c.version + 1}
    )
)
_ADD_RECEIPT = Statement(
    receipts.insert().values({one.name: bindparam(one.name, type_=one.type) for one in receipts.columns})
)
_RECEIPT = Statement(
    sa.select(receipts).where(
        receipts.c.id == bindparam("id", type_=sa.Uuid),
        receipts.c.recovery_id == bindparam("recovery_id", type_=sa.Uuid),
    )
)
_IS_REVERSED = Statement(
    sa.select(receipts.c.id).where(receipts.c.reverses == bindparam("id", type_=sa.Uuid))
)


def recovery_from(row: Row) -> Recovery:
    """The recovery in a row."""
    values = {column.name: row[column.name] for column in _RECOVERY}
    return Recovery(**values | {"state": State(row["state"])})


async def open_all(tx: Transaction, rows: list[dict[str, Any]]) -> set[UUID]:
    """Opens recoveries; returns the claims that had none."""
    return {row["claim_id"] for row in await tx.rows(_OPEN, columns_of(rows, _OPENED))}


async def one(reader: Database | Transaction, recovery_id: UUID, scope: Scope) -> Recovery | None:
    """A recovery that the scope sees."""
    row = await reader.row(_ONE[scope.reach], {"id": recovery_id, "scope": scope.value})
    return recovery_from(row) if row else None


async def of_claim(database: Database, claim_id: UUID) -> Recovery | None:
    """The recovery of a claim: there is one at most."""
    row = await database.row(_OF_CLAIM, {"claim_id": claim_id})
    return recovery_from(row) if row else None


async def load_for_update(tx: Transaction, recovery_id: UUID, scope: Scope) -> Recovery | None:
    """A recovery that the scope sees, its row locked."""
    row = await tx.row(_FOR_UPDATE[scope.reach], {"id": recovery_id, "scope": scope.value})
    return recovery_from(row) if row else None


async def save(tx: Transaction, recovery: Recovery) -> None:
    """Writes what a step changed and counts the version up."""
    values = asdict(recovery)
    await tx.execute(_SAVE, {name: values[name] for name in _SAVED} | {"of_id": recovery.id})
    recovery.version += 1


async def add_receipt(tx: Transaction, recovery: Recovery, values: dict[str, Any]) -> None:
    """Writes a receipt, or the mirror of one; the database counts it and refuses more than is owed."""
    await tx.execute(_ADD_RECEIPT, values)
    recovery.received_fen += values["amount_fen"]


async def receipt(tx: Transaction, recovery_id: UUID, receipt_id: UUID) -> Row | None:
    """A receipt of the recovery."""
    return await tx.row(_RECEIPT, {"id": receipt_id, "recovery_id": recovery_id})


async def is_reversed(tx: Transaction, receipt_id: UUID) -> bool:
    """Whether a receipt was reversed already."""
    return await tx.row(_IS_REVERSED, {"id": receipt_id}) is not None
