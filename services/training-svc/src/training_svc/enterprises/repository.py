"""The queries on the snapshots of trainees' firms."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from sqlalchemy import bindparam

from training_svc.enrolments.tables import enrolments
from training_svc.enterprises.snapshot import Snapshot, State
from training_svc.enterprises.tables import enterprise_snapshots as table

_TOLD = ("state", "name", "registered_on", "roles", "shareholding_basis_points", "next_try_at")
_INSERT = Statement(
    table.insert().values(
        {column.name: bindparam(column.name, type_=column.type) for column in table.columns}
    )
)
_copied = [column for column in table.columns if column.name != "enrolment_id"]
_COPY = Statement(
    table.insert().from_select(
        ["enrolment_id", *(column.name for column in _copied)],
        sa.select(bindparam("to_id", type_=sa.Uuid), *_copied).where(
            table.c.enrolment_id == bindparam("from_id")
        ),
    )
)
_due = (
    sa.select(table.c.enrolment_id)
    .where(table.c.state == sa.literal_column("'pending'"), table.c.next_try_at <= bindparam("now"))
    .order_by(table.c.next_try_at)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_TAKE_DUE = Statement(
    table.update()
    .where(table.c.enrolment_id == _due.c.enrolment_id, enrolments.c.id == table.c.enrolment_id)
    .values(next_try_at=bindparam("again_at", type_=table.c.next_try_at.type))
    .returning(table.c.enrolment_id, table.c.credit_code, table.c.as_of, enrolments.c.id_number_encrypted)
)
_FILL = Statement(
    table.update()
    .where(table.c.enrolment_id == bindparam("of_id", type_=sa.Uuid), table.c.state == State.PENDING.value)
    .values({name: bindparam(name, type_=table.c[name].type) for name in _TOLD})
)

COLUMNS: Sequence[sa.ColumnElement[Any]] = (
    table.c.credit_code.label("firm_credit_code"),
    table.c.as_of.label("firm_as_of"),
    table.c.state.label("firm_state"),
    table.c.name.label("firm_name"),
    table.c.registered_on.label("firm_registered_on"),
    table.c.roles.label("firm_roles"),
    table.c.shareholding_basis_points.label("firm_shareholding"),
)
"""A snapshot beside the columns of its enrolment; :func:`of_row` reads it."""


async def insert_new(tx: Transaction, enrolment_id: UUID, snapshot: Snapshot, at: datetime) -> None:
    """Keeps what the registry told; where it has not yet, it is asked again from ``at`` on."""
    await insert_all(tx, {enrolment_id: snapshot}, at)


async def insert_all(tx: Transaction, snapshots: Mapping[UUID, Snapshot], at: datetime) -> None:
    """As :func:`insert_new`, for many enrolments by their ids."""
    await tx.execute_many(
        _INSERT,
        [
            {"enrolment_id": enrolment_id, "credit_code": one.credit_code, "as_of": one.as_of}
            | _told(one, at)
            for enrolment_id, one in snapshots.items()
        ],
    )


async def copy(tx: Transaction, from_id: UUID, to_id: UUID) -> None:
    """Gives an enrolment the snapshot of another, where it has one."""
    await tx.execute(_COPY, {"from_id": from_id, "to_id": to_id})


async def take_due(tx: Transaction, now: datetime, again_at: datetime, most: int) -> list[Row]:
    """Takes pending snapshots that are due, to ask the registry; they are due again at ``again_at``."""
    return await tx.rows(_TAKE_DUE, {"now": now, "again_at": again_at, "most": most})


async def fill(tx: Transaction, enrolment_id: UUID, snapshot: Snapshot) -> bool:
    """Writes what was told of a pending snapshot; False if another has done so."""
    return await tx.execute(_FILL, _told(snapshot, None) | {"of_id": enrolment_id}) == 1


def of_row(row: Row) -> Snapshot | None:
    """The snapshot in a row with :data:`COLUMNS`, None where the enrolment names no firm."""
    if row["firm_credit_code"] is None:
        return None
    return Snapshot(
        credit_code=row["firm_credit_code"],
        as_of=row["firm_as_of"],
        state=State(row["firm_state"]),
        name=row["firm_name"],
        registered_on=row["firm_registered_on"],
        roles=tuple(row["firm_roles"] or ()),
        shareholding_basis_points=row["firm_shareholding"],
    )


def _told(snapshot: Snapshot, next_try_at: datetime | None) -> dict[str, Any]:
    known, pending = snapshot.state is State.KNOWN, snapshot.state is State.PENDING
    return {
        "state": snapshot.state,
        "name": snapshot.name,
        "registered_on": snapshot.registered_on,
        "roles": list(snapshot.roles) if known else None,
        "shareholding_basis_points": snapshot.shareholding_basis_points,
        "next_try_at": next_try_at if pending else None,
    }
