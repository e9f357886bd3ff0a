"""Named queries over objections and the notes of their investigation."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal, since, until
from sqlalchemy import bindparam, func

from subsidy_svc.access import Scope, office_reaches
from subsidy_svc.claims.tables import claims
from subsidy_svc.objections.lifecycle import UNDECIDED, State
from subsidy_svc.objections.objection import Author, Objection
from subsidy_svc.objections.tables import notes, objections
from subsidy_svc.schema import one_of
from subsidy_svc.windows.tables import windows

_OBJECTION = tuple(field.name for field in fields(Objection))
_FILED = (
    "id",
    "notice_id",
    "claim_id",
    "district",
    "text",
    "masked_name",
    "name_encrypted",
    "contact_encrypted",
    "receipt_digest",
    "received_at",
    "state",
    "due_on",
    "version",
)
_SAVED = (
    "state",
    "due_on",
    "investigator",
    "investigator_person",
    "decision_reason",
    "decision_article",
    "decided_by",
    "decided_by_person",
    "decided_at",
)
_is_undecided: sa.ColumnElement[bool] = sa.literal_column(
    f"(objections.{one_of('state', UNDECIDED)})", sa.Boolean()
)


def _bound(names: tuple[str, ...]) -> dict[str, sa.BindParameter[Any]]:
    return {name: bindparam(name, type_=objections.c[name].type) for name in names}


_ADD = Statement(objections.insert().values(_bound(_FILED)))
_select = sa.select(objections)
_ONE = {
    reach: Statement(
        _select.where(objections.c.id == bindparam("id"), *([] if condition is None else [condition]))
    )
    for reach, condition in office_reaches(objections.c.district).items()
}
_FOR_UPDATE = Statement(_select.where(objections.c.id == bindparam("id")).with_for_update())
_with_day = sa.select(objections, windows.c.issued_on).select_from(
    objections.join(claims, claims.c.id == objections.c.claim_id).join(
        windows, windows.c.certificate_id == claims.c.certificate_id
    )
)
_BY_RECEIPT = Statement(
    _with_day.where(objections.c.receipt_digest == bindparam("digest", type_=sa.LargeBinary))
)
_FOR_EVIDENCE = Statement(_with_day.where(objections.c.id == bindparam("id")).with_for_update(of=objections))
_SAVE = Statement(
    objections.update()
    .where(objections.c.id == bindparam("of_id"))
    .values(_bound(_SAVED) | {"version": objections.c.version + 1})
    .returning(objections)
)
_UNDECIDED_OF_CLAIM = Statement(
    sa.select(func.count())
    .select_from(objections)
    .where(objections.c.claim_id == bindparam("claim_id"), _is_undecided)
)
_LAPSE = Statement(
    objections.update()
    .where(objections.c.claim_id == bindparam("of_claim"), _is_undecided)
    .values(state=State.LAPSED, version=objections.c.version + 1)
)
_NOTE = Statement(
    notes.insert().values({one.name: bindparam(one.name, type_=one.type) for one in notes.columns})
)
_AUTHORS = Statement(
    sa.select(notes.c.noted_by, notes.c.noted_by_person)
    .where(notes.c.objection_id == bindparam("objection_id"))
    .distinct()
)
_overdue = sa.and_(_is_undecided, objections.c.due_on < bindparam("today", type_=sa.Date))
LIST = Listing(
    sa.select(objections, _overdue.label("overdue")),
    key=Order(objections.c.id, UUID),
    orders={"due_on": Order(objections.c.due_on, date)},
    filters={
        "district": equal(objections.c.district),
        "state": equal(objections.c.state),
        "undecided": Filter(sa.Boolean(), lambda value: _is_undecided == value),
        "overdue": Filter(sa.Boolean(), lambda value: _overdue == value),
        "claim_id": equal(objections.c.claim_id),
        "notice_id": equal(objections.c.notice_id),
        "investigator": equal(objections.c.investigator),
        "received_since": since(objections.c.received_at),
        "received_until": until(objections.c.received_at),
    },
    reaches=office_reaches(objections.c.district),
)
NOTES = Listing(
    sa.select(notes), key=Order(notes.c.id, UUID), filters={"objection_id": equal(notes.c.objection_id)}
)


def objection_from(row: Row) -> Objection:
    """The objection in a row that has its columns, and perhaps others."""
    return Objection(**{name: row[name] for name in _OBJECTION} | {"state": State(row["state"])})


async def add(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Writes an objection as it came."""
    await tx.execute(_ADD, values)


async def one(reader: Database | Transaction, objection_id: UUID, scope: Scope) -> Row | None:
    """An objection that the scope sees."""
    return await reader.row(_ONE[scope.reach], {"id": objection_id, "scope": scope.value})


async def for_update(tx: Transaction, objection_id: UUID) -> Row:
    """An objection, its row locked; where both are, its claim is locked before it."""
    row = await tx.row(_FOR_UPDATE, {"id": objection_id})
    assert row is not None, "objections are never deleted"
    return row


async def by_receipt(reader: Database | Transaction, digest: bytes) -> Row | None:
    """The objection of a receipt, with the day that says by which law it is handled."""
    return await reader.row(_BY_RECEIPT, {"digest": digest})


async def for_evidence(tx: Transaction, objection_id: UUID) -> Row:
    """An objection, its row locked, with the day that says by which law it is handled."""
    row = await tx.row(_FOR_EVIDENCE, {"id": objection_id})
    assert row is not None, "objections are never deleted"
    return row


async def save(tx: Transaction, objection: Objection) -> Row:
    """Writes what a step changed, counts the version up and returns the row."""
    values = asdict(objection)
    row = await tx.row(_SAVE, {name: values[name] for name in _SAVED} | {"of_id": objection.id})
    assert row is not None, "objections are never deleted"
    return row


async def undecided(tx: Transaction, claim_id: UUID) -> int:
    """How many objections against the claim are not decided: while there is one, it is held (S09)."""
    return int(await tx.value(_UNDECIDED_OF_CLAIM, {"claim_id": claim_id}))


async def lapse(tx: Transaction, claim_id: UUID) -> None:
    """The undecided objections of a claim that ended have nothing to decide any more."""
    await tx.execute(_LAPSE, {"of_claim": claim_id})


async def note(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Writes what the investigation found."""
    await tx.execute(_NOTE, values)


async def authors(tx: Transaction, objection_id: UUID) -> list[Author]:
    """Who wrote the notes of the investigation."""
    return [Author(*row.values()) for row in await tx.rows(_AUTHORS, {"objection_id": objection_id})]
