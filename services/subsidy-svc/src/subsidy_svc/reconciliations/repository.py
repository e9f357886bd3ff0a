"""Named queries over reconciliations and their differences."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.listing import Filter, Listing, Order, equal, since, until
from sqlalchemy import bindparam, func

from subsidy_svc.access import Scope, office_reaches
from subsidy_svc.bulk import columns_of, insert_rows
from subsidy_svc.reconciliations import comparison
from subsidy_svc.reconciliations.tables import differences, reconciliations

_LOCK = 0x72656363  # "recc"
_LOCK_DISTRICT = Statement(
    sa.select(func.pg_advisory_xact_lock(_LOCK, bindparam("district", type_=sa.Integer)))
)
_NUMBER = Statement(
    sa.select(func.count()).where(
        reconciliations.c.district == bindparam("district", type_=sa.Text),
        reconciliations.c.on_day == bindparam("on_day", type_=sa.Date),
    )
)
_ADD = Statement(
    reconciliations.insert().values(
        {one.name: bindparam(one.name, type_=one.type) for one in reconciliations.columns}
    )
)
_MADE = Statement(
    sa.select(reconciliations.c.district)
    .where(reconciliations.c.on_day == bindparam("on_day", type_=sa.Date))
    .distinct()
)
_FOUND = (
    "id",
    "district",
    "kind",
    "subject",
    "expected_fen",
    "found_fen",
    "first_seen_on",
    "last_seen_on",
    "seen_by",
    "version",
)
_insert = insert_rows(differences, _FOUND)
_KEEP = Statement(
    _insert.on_conflict_do_update(
        index_elements=[differences.c.kind, differences.c.subject],
        index_where=sa.text("closed_on IS NULL"),
        set_={
            "expected_fen": _insert.excluded.expected_fen,
            "found_fen": _insert.excluded.found_fen,
            "last_seen_on": _insert.excluded.last_seen_on,
            "seen_by": _insert.excluded.seen_by,
        },
    )
)
_CLOSE = Statement(
    differences.update()
    .where(
        differences.c.district == bindparam("of_district", type_=sa.Text),
        differences.c.closed_on.is_(None),
        differences.c.seen_by != bindparam("of_run", type_=sa.Uuid),
    )
    .values(closed_on=bindparam("on_day", type_=sa.Date), version=differences.c.version + 1)
)
_state = sa.case(
    (differences.c.closed_on.is_not(None), sa.literal_column("'closed'")),
    (differences.c.note.is_not(None), sa.literal_column("'explained'")),
    else_=sa.literal_column("'open'"),
)
_difference = sa.select(differences, _state.label("state"))
LIST = Listing(
    sa.select(reconciliations),
    key=Order(reconciliations.c.id, UUID),
    orders={"on_day": Order(reconciliations.c.on_day, date)},
    filters={
        "district": equal(reconciliations.c.district),
        "since": since(reconciliations.c.on_day),
        "until": until(reconciliations.c.on_day),
        "agrees": Filter(sa.Boolean(), lambda value: (reconciliations.c.differences == 0) == value),
    },
    reaches=office_reaches(reconciliations.c.district),
)
DIFFERENCES = Listing(
    _difference,
    key=Order(differences.c.id, UUID),
    orders={"first_seen_on": Order(differences.c.first_seen_on, date)},
    filters={
        "district": equal(differences.c.district),
        "kind": equal(differences.c.kind),
        "subject": equal(differences.c.subject),
        "state": Filter(sa.Text(), lambda value: _state == value),
    },
    reaches=office_reaches(differences.c.district),
)
_FOR_UPDATE = {
    reach: Statement(
        _difference.where(
            differences.c.id == bindparam("id"), *([] if condition is None else [condition])
        ).with_for_update()
    )
    for reach, condition in office_reaches(differences.c.district).items()
}
_EXPLAIN = Statement(
    differences.update()
    .where(differences.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        note=bindparam("note"),
        noted_by=bindparam("noted_by"),
        noted_at=bindparam("noted_at"),
        version=differences.c.version + 1,
    )
)


async def lock(tx: Transaction, district: str) -> None:
    """Waits until nobody else reconciles the district."""
    await tx.row(_LOCK_DISTRICT, {"district": int(district)})


async def runs(tx: Transaction, district: str, on_day: date) -> int:
    """How often the district was reconciled for the day."""
    return int(await tx.value(_NUMBER, {"district": district, "on_day": on_day}))


async def made(tx: Transaction, on_day: date) -> set[str]:
    """The districts that were reconciled for the day."""
    return {row["district"] for row in await tx.rows(_MADE, {"on_day": on_day})}


async def sums(tx: Transaction, district: str) -> dict[str, int]:
    """What decisions, ledger and bank say, in fen."""
    row = await tx.connection.fetchrow(comparison.SUMS, district, timeout=comparison.SECONDS)
    assert row is not None, "an aggregate gives a row"
    return dict(row)


async def found(tx: Transaction, district: str) -> list[Row]:
    """Every difference, traced to its claim or its batch."""
    return await tx.connection.fetch(comparison.DIFFERENCES, district, timeout=comparison.SECONDS)


async def add(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Writes a record."""
    await tx.execute(_ADD, values)


async def keep(tx: Transaction, run: Mapping[str, Any], seen: Sequence[Row]) -> None:
    """Keeps the differences that last, adds new ones, closes those that vanished."""
    rows = [
        dict(row)
        | {
            "id": new_id(),
            "district": run["district"],
            "first_seen_on": run["on_day"],
            "last_seen_on": run["on_day"],
            "seen_by": run["id"],
            "version": 1,
        }
        for row in seen
    ]
    await tx.execute(_KEEP, columns_of(rows, _FOUND))
    await tx.execute(_CLOSE, {"of_district": run["district"], "of_run": run["id"], "on_day": run["on_day"]})


async def difference_for_update(tx: Transaction, difference_id: UUID, scope: Scope) -> Row | None:
    """A difference that the scope sees, its row locked."""
    return await tx.row(_FOR_UPDATE[scope.reach], {"id": difference_id, "scope": scope.value})


async def explain(tx: Transaction, difference_id: UUID, values: Mapping[str, Any]) -> None:
    """Writes what a person says of a difference."""
    await tx.execute(_EXPLAIN, {"of_id": difference_id, **values})
