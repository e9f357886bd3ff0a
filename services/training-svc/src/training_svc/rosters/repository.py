"""The queries on roster imports, their rows and errors."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.listing import Listing, Order, equal, since, until
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from training_svc.classes.tables import classes
from training_svc.institutions.tables import institutions
from training_svc.rosters.checking import Candidate, RowError
from training_svc.rosters.lifecycle import State
from training_svc.rosters.roster_import import Mode, RosterImport
from training_svc.rosters.tables import roster_errors, roster_imports, roster_rows
from training_svc.visibility import Scope, reaches, scoped

_SELECT = (
    sa.select(roster_imports, institutions.c.credit_code)
    .join(classes, classes.c.id == roster_imports.c.class_id)
    .join(institutions, institutions.c.id == classes.c.institution_id)
)
_COLUMNS = {"credit_code": institutions.c.credit_code, "district": classes.c.district}
LIST = Listing(
    _SELECT,
    key=Order(roster_imports.c.id, UUID),
    orders={"received_at": Order(roster_imports.c.received_at, datetime)},
    filters={
        "class_id": equal(roster_imports.c.class_id),
        "state": equal(roster_imports.c.state),
        "mode": equal(roster_imports.c.mode),
        "received_from": since(roster_imports.c.received_at),
        "received_until": until(roster_imports.c.received_at),
    },
    reaches=reaches(**_COLUMNS),
)
ERRORS = Listing(
    sa.select(roster_errors),
    key=Order(roster_errors.c.id, UUID),
    orders={"line": Order(roster_errors.c.line, int)},
    filters={
        "import_id": equal(roster_errors.c.import_id),
        "column": equal(roster_errors.c.column_name),
        "code": equal(roster_errors.c.code),
    },
)
_ONE = scoped(_SELECT.where(roster_imports.c.id == bindparam("id")), **_COLUMNS)
_NEXT_DUE = Statement(
    _SELECT.where(
        # As text, so that the partial index is seen to hold it.
        sa.text("roster_imports.state IN ('received', 'checking', 'importing')"),
        roster_imports.c.due_at <= bindparam("now", type_=sa.DateTime(timezone=True)),
    )
    .order_by(roster_imports.c.due_at, roster_imports.c.id)
    .limit(1)
    .with_for_update(of=roster_imports, skip_locked=True)
)
_OF_ID = Statement(
    _SELECT.where(roster_imports.c.id == bindparam("id")).with_for_update(of=roster_imports, skip_locked=True)
)
_INSERT = Statement(
    insert(roster_imports).values(
        {column.name: bindparam(column.name, type_=column.type) for column in roster_imports.columns}
    )
)
_SAVED = (
    "state",
    "checked",
    "good",
    "bad",
    "enrolled",
    "waiting",
    "attempts",
    "due_at",
    "finished_at",
    "version",
)
_SAVE = Statement(
    roster_imports.update()
    .where(roster_imports.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=roster_imports.c[name].type) for name in _SAVED})
)
_import_id = bindparam("import_id", type_=sa.Uuid)
_staged = (
    func.unnest(bindparam("lines", type_=sa.ARRAY(sa.Integer)), bindparam("sealed", type_=sa.ARRAY(sa.Text)))
    .table_valued(sa.column("line", sa.Integer), sa.column("sealed", sa.Text), name="staged")
    .render_derived()
)
_STAGE = Statement(
    insert(roster_rows).from_select(
        ["import_id", "line", "sealed", "checked", "good"],
        sa.select(_import_id, _staged.c.line, _staged.c.sealed, sa.false(), sa.false()),
    )
)


def _rows_of(condition: sa.ColumnElement[bool]) -> Statement:
    return Statement(
        sa.select(roster_rows.c.line, roster_rows.c.sealed)
        .where(roster_rows.c.import_id == _import_id, condition)
        .order_by(roster_rows.c.line)
        .limit(bindparam("most", type_=sa.Integer))
    )


_UNCHECKED = _rows_of(sa.not_(roster_rows.c.checked))
_GOOD = _rows_of(roster_rows.c.good)
_EARLIER = Statement(
    sa.select(roster_rows.c.person_key, func.min(roster_rows.c.line).label("line"))
    .where(
        roster_rows.c.import_id == _import_id,
        roster_rows.c.person_key == sa.any_(bindparam("keys", type_=sa.ARRAY(sa.Text))),
    )
    .group_by(roster_rows.c.person_key)
)
_MARK = Statement(
    roster_rows.update()
    .where(roster_rows.c.import_id == _import_id, roster_rows.c.line == bindparam("of_line"))
    .values(
        checked=sa.true(),
        good=bindparam("is_good", type_=sa.Boolean),
        person_key=bindparam("key", type_=sa.Text),
    )
)
_DELETE_LINES = Statement(
    roster_rows.delete().where(
        roster_rows.c.import_id == _import_id,
        roster_rows.c.line == sa.any_(bindparam("lines", type_=sa.ARRAY(sa.Integer))),
    )
)
_DELETE_ALL = Statement(roster_rows.delete().where(roster_rows.c.import_id == _import_id))
_INSERT_ERROR = Statement(
    insert(roster_errors).values(
        {column.name: bindparam(column.name, type_=column.type) for column in roster_errors.columns}
    )
)


async def insert_new(tx: Transaction, one: RosterImport, sealed: Mapping[int, str]) -> None:
    """Adds an import with its sealed rows by their lines."""
    values = {name: getattr(one, name) for name in roster_imports.columns.keys()}  # noqa: SIM118 -- names
    await tx.execute(_INSERT, values)
    staged = {"import_id": one.id, "lines": list(sealed), "sealed": list(sealed.values())}
    await tx.execute(_STAGE, staged)


async def one(source: Database | Transaction, import_id: UUID, scope: Scope) -> RosterImport | None:
    """An import that the scope sees."""
    row = await source.row(_ONE[scope.reach], {"id": import_id, "scope": scope.value})
    return of_row(row) if row else None


async def next_due(tx: Transaction, now: datetime) -> RosterImport | None:
    """The import whose work waits longest, locked; one that another works on is passed over."""
    row = await tx.row(_NEXT_DUE, {"now": now})
    return of_row(row) if row else None


async def load_for_update(tx: Transaction, import_id: UUID) -> RosterImport | None:
    """An import, locked; None where another works on it just now."""
    row = await tx.row(_OF_ID, {"id": import_id})
    return of_row(row) if row else None


async def save(tx: Transaction, one: RosterImport) -> None:
    """Writes how far the work has come; the rows of one that has ended are removed."""
    await tx.execute(_SAVE, {name: getattr(one, name) for name in _SAVED} | {"of_id": one.id})
    if one.has_ended:
        await tx.execute(_DELETE_ALL, {"import_id": one.id})


async def unchecked(tx: Transaction, import_id: UUID, most: int) -> list[Row]:
    """The next rows to check, by line."""
    return await tx.rows(_UNCHECKED, {"import_id": import_id, "most": most})


async def good(tx: Transaction, import_id: UUID, most: int) -> list[Row]:
    """The next good rows, by line."""
    return await tx.rows(_GOOD, {"import_id": import_id, "most": most})


async def earlier_lines(tx: Transaction, import_id: UUID, keys: Sequence[str]) -> dict[str, int]:
    """On which line, of those checked, each of the persons stands first."""
    rows = await tx.rows(_EARLIER, {"import_id": import_id, "keys": list(keys)})
    return {row["person_key"]: row["line"] for row in rows}


async def mark(tx: Transaction, import_id: UUID, candidates: Iterable[Candidate]) -> None:
    """Keeps what checking found of each row, and its errors."""
    found = list(candidates)
    await tx.execute_many(
        _MARK,
        [
            {
                "import_id": import_id,
                "of_line": one.line,
                "is_good": not one.errors,
                "key": one.person_key,
            }
            for one in found
        ],
    )
    await insert_errors(tx, import_id, [error for one in found for error in one.errors])


async def insert_errors(tx: Transaction, import_id: UUID, errors: Iterable[RowError]) -> None:
    """Keeps what is wrong with rows."""
    await tx.execute_many(
        _INSERT_ERROR,
        [
            {
                "id": new_id(),
                "import_id": import_id,
                "line": one.line,
                "column_name": one.column,
                "code": one.code,
                "reason_zh": one.text.zh,
                "reason_en": one.text.en,
            }
            for one in errors
        ],
    )


async def delete_rows(tx: Transaction, import_id: UUID, lines: Sequence[int]) -> None:
    """Removes rows that had their turn."""
    await tx.execute(_DELETE_LINES, {"import_id": import_id, "lines": list(lines)})


def of_row(row: Row) -> RosterImport:
    """An import as the database keeps it, with its institution's credit code."""
    return RosterImport(
        id=row["id"],
        class_id=row["class_id"],
        mode=Mode(row["mode"]),
        state=State(row["state"]),
        received_at=row["received_at"],
        received_by=row["received_by"],
        credit_code=row["credit_code"],
        rows=row["rows"],
        due_at=row["due_at"],
        checked=row["checked"],
        good=row["good"],
        bad=row["bad"],
        enrolled=row["enrolled"],
        waiting=row["waiting"],
        attempts=row["attempts"],
        finished_at=row["finished_at"],
        version=row["version"],
    )
