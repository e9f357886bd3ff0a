"""The queries on evaluators."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal
from sqlalchemy import bindparam

from cert_svc.evaluation_bodies.body import Body
from cert_svc.evaluation_bodies.repository import covering, in_office_on
from cert_svc.evaluation_bodies.tables import evaluation_bodies as bodies
from cert_svc.evaluators.tables import evaluators
from cert_svc.people import StoredPerson


@dataclass(frozen=True, slots=True)
class Office:
    """The body that an evaluator acts for: it answers for the result (谁评价、谁负责; C04)."""

    body_id: UUID
    credit_code: str


_acting = (
    sa.select(bodies.c.id, bodies.c.credit_code)
    .select_from(evaluators.join(bodies, bodies.c.id == evaluators.c.body_id))
    .where(evaluators.c.removed_at.is_(None))
)


def evaluates(
    person_key: sa.ColumnElement[Any], project_code: sa.ColumnElement[Any], day: sa.ColumnElement[Any]
) -> sa.ColumnElement[bool]:
    """Whether the person is an evaluator of a body that evaluates the project on the day (T06)."""
    return (
        _acting.where(evaluators.c.person_key == person_key, in_office_on(day), covering(project_code))
        .correlate_except(evaluators, bodies)
        .exists()
    )


def acts_for(
    person_key: sa.ColumnElement[Any], body_id: sa.ColumnElement[Any], day: sa.ColumnElement[Any]
) -> sa.ColumnElement[bool]:
    """Whether the person is an evaluator of the body, which is in office on the day (T06)."""
    return (
        _acting.where(evaluators.c.person_key == person_key, in_office_on(day), bodies.c.id == body_id)
        .correlate_except(evaluators, bodies)
        .exists()
    )


_ACTS_FOR = Statement(
    sa.select(
        acts_for(
            bindparam("person_key", type_=sa.Text),
            bindparam("body_id", type_=sa.Uuid),
            bindparam("day", type_=sa.Date),
        )
    )
)
_BODY_OF = Statement(
    _acting.where(
        evaluators.c.person_key == bindparam("person_key"), in_office_on(bindparam("day", type_=sa.Date))
    )
)
_NAMED = Statement(
    sa.select(evaluators)
    .where(
        evaluators.c.body_id == bindparam("body_id", type_=sa.Uuid),
        evaluators.c.id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))),
        evaluators.c.removed_at.is_(None),
    )
    .order_by(evaluators.c.id)
    .with_for_update(read=True)
)
_OFFICE = Statement(
    _acting.where(
        evaluators.c.person_key == bindparam("person_key"),
        in_office_on(bindparam("day", type_=sa.Date)),
        covering(bindparam("project_code", type_=sa.Text)),
    ).with_for_update(read=True)
)
_NEW = (
    "id",
    "body_id",
    "first_day",
    "last_day",
    "person_key",
    "masked_name",
    "name_encrypted",
    "id_number_encrypted",
    "added_at",
    "added_by",
    "version",
)
_INSERT = Statement(
    evaluators.insert()
    .values({name: bindparam(name, type_=evaluators.c[name].type) for name in _NEW})
    .returning(evaluators)
)
_FOR_UPDATE = Statement(
    sa.select(evaluators)
    .where(evaluators.c.id == bindparam("id"), evaluators.c.body_id == bindparam("body_id"))
    .with_for_update()
)
_removing = {
    "removed_at": bindparam("removed_at", type_=sa.DateTime(timezone=True)),
    "removed_by": bindparam("removed_by", type_=sa.Text),
    "remove_reason": bindparam("remove_reason", type_=sa.Text),
    "version": evaluators.c.version + 1,
}
_REMOVE = Statement(
    evaluators.update()
    .where(evaluators.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(_removing)
    .returning(evaluators)
)
_REMOVE_ALL = Statement(
    evaluators.update()
    .where(evaluators.c.body_id == bindparam("of_body", type_=sa.Uuid), evaluators.c.removed_at.is_(None))
    .values(_removing)
)
LIST = Listing(
    sa.select(evaluators),
    key=Order(evaluators.c.id, UUID),
    orders={"added_at": Order(evaluators.c.added_at, datetime)},
    filters={
        "body_id": equal(evaluators.c.body_id),
        "removed": Filter(sa.Boolean(), lambda value: evaluators.c.removed_at.is_not(None) == value),
    },
)


async def insert_new(
    tx: Transaction, evaluator_id: UUID, body: Body, person: StoredPerson, at: datetime, by: str
) -> Row:
    """Adds an evaluator of the body for its term.

    Raises :class:`asyncpg.ExclusionViolationError` where the person is one for some of the term.
    """
    own = {"id": evaluator_id, "added_at": at, "added_by": by, "version": 1}
    term = {"body_id": body.id, "first_day": body.first_day, "last_day": body.last_day}
    row = await tx.row(_INSERT, own | term | asdict(person))
    assert row is not None, "INSERT RETURNING gives the row"
    return row


async def load_for_update(tx: Transaction, body_id: UUID, evaluator_id: UUID) -> Row | None:
    """An evaluator of the body, locked."""
    return await tx.row(_FOR_UPDATE, {"id": evaluator_id, "body_id": body_id})


async def remove(tx: Transaction, evaluator_id: UUID, at: datetime, by: str, reason: str) -> Row:
    """Takes an evaluator off."""
    values = {"of_id": evaluator_id, "removed_at": at, "removed_by": by, "remove_reason": reason}
    row = await tx.row(_REMOVE, values)
    assert row is not None, "it was locked just now"
    return row


async def remove_all(tx: Transaction, body_id: UUID, at: datetime, by: str, reason: str) -> None:
    """Takes every evaluator of a body off."""
    values = {"of_body": body_id, "removed_at": at, "removed_by": by, "remove_reason": reason}
    await tx.execute(_REMOVE_ALL, values)


async def office_of(tx: Transaction, person_key: str, project_code: str, day: date) -> Office | None:
    """The body the person evaluates the project for on the day; neither ends while this transaction runs."""
    row = await tx.row(_OFFICE, {"person_key": person_key, "project_code": project_code, "day": day})
    return Office(row["id"], row["credit_code"]) if row else None


async def is_of(source: Database | Transaction, person_key: str, body_id: UUID, day: date) -> bool:
    """Whether the person is an evaluator of the body, which is in office on the day (T06)."""
    found = await source.row(_ACTS_FOR, {"person_key": person_key, "body_id": body_id, "day": day})
    return bool(found and found[0])


async def body_of(tx: Transaction, person_key: str, day: date) -> UUID | None:
    """The body for which the person evaluates on the day: at most one (T06)."""
    row = await tx.row(_BODY_OF, {"person_key": person_key, "day": day})
    return row["id"] if row else None


async def named(tx: Transaction, body_id: UUID, evaluator_ids: Sequence[UUID]) -> list[Row]:
    """Those of the ids that are evaluators of the body; none is removed while this transaction runs."""
    return await tx.rows(_NAMED, {"body_id": body_id, "ids": list(evaluator_ids)})
