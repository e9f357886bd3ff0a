"""The queries on designations."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal
from sqlalchemy import bindparam

from training_svc.designations.designation import Designation
from training_svc.designations.lifecycle import State
from training_svc.designations.tables import designations
from training_svc.institutions.tables import institutions
from training_svc.visibility import Scope, reaches, scoped

_NEW = (
    "id",
    "institution_id",
    "starts_on",
    "ends_on",
    "reason",
    "state",
    "designated_at",
    "designated_by",
    "version",
)


def _holds_on(day: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    return sa.and_(
        designations.c.state == State.DESIGNATED.value,
        designations.c.starts_on <= day,
        designations.c.ends_on >= day,
    )


def designated_on(
    institution_id: sa.ColumnElement[Any], day: sa.ColumnElement[Any]
) -> sa.ColumnElement[bool]:
    """Whether an institution is designated on a day."""
    return (
        sa.select(designations.c.id)
        .where(designations.c.institution_id == institution_id, _holds_on(day))
        .correlate_except(designations)
        .exists()
    )


_INSERT = Statement(
    designations.insert().values({name: bindparam(name, type_=designations.c[name].type) for name in _NEW})
)
_SELECT = sa.select(
    designations,
    institutions.c.credit_code,
    institutions.c.name.label("institution_name"),
    institutions.c.district,
).join(institutions, institutions.c.id == designations.c.institution_id)
_REACH = {"credit_code": institutions.c.credit_code, "district": institutions.c.district}
_ONE = scoped(_SELECT.where(designations.c.id == bindparam("id")), **_REACH)
_FOR_UPDATE = scoped(
    _SELECT.where(designations.c.id == bindparam("id")).with_for_update(
        key_share=True, of=[designations, institutions]
    ),
    **_REACH,
)
LIST = Listing(
    _SELECT,
    key=Order(designations.c.id, UUID),
    orders={
        "starts_on": Order(designations.c.starts_on, date),
        "ends_on": Order(designations.c.ends_on, date),
    },
    filters={
        "institution_id": equal(designations.c.institution_id),
        "district": equal(institutions.c.district),
        "state": equal(designations.c.state),
        "in_force_on": Filter(sa.Date(), _holds_on),
    },
    reaches=reaches(**_REACH),
)
_SAVED = (
    "starts_on",
    "ends_on",
    "reason",
    "state",
    "withdrawn_on",
    "withdrawn_by",
    "withdraw_reason",
    "version",
)
_SAVE = Statement(
    designations.update()
    .where(designations.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=designations.c[name].type) for name in _SAVED})
)


async def insert_new(tx: Transaction, designation: Designation) -> None:
    """Adds a designation.

    Raises :class:`asyncpg.ExclusionViolationError` where the institution is designated for some of the term.
    """
    await tx.execute(_INSERT, {name: getattr(designation, name) for name in _NEW})


async def one(tx: Transaction, designation_id: UUID, scope: Scope) -> Designation | None:
    """A designation that the scope sees."""
    row = await tx.row(_ONE[scope.reach], {"id": designation_id, "scope": scope.value})
    return designation_of(row) if row else None


async def load_for_update(tx: Transaction, designation_id: UUID, scope: Scope) -> Designation | None:
    """A designation that the scope sees, locked together with its institution."""
    row = await tx.row(_FOR_UPDATE[scope.reach], {"id": designation_id, "scope": scope.value})
    return designation_of(row) if row else None


async def save(tx: Transaction, designation: Designation) -> None:
    """Writes what was amended or withdrawn; raises like :func:`insert_new`."""
    values = {name: getattr(designation, name) for name in _SAVED}
    await tx.execute(_SAVE, values | {"of_id": designation.id})


def designation_of(row: Row) -> Designation:
    """The designation of a row of the list."""
    return Designation(
        id=row["id"],
        institution_id=row["institution_id"],
        credit_code=row["credit_code"],
        institution_name=row["institution_name"],
        district=row["district"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        reason=row["reason"],
        state=State(row["state"]),
        designated_at=row["designated_at"],
        designated_by=row["designated_by"],
        version=row["version"],
        withdrawn_on=row["withdrawn_on"],
        withdrawn_by=row["withdrawn_by"],
        withdraw_reason=row["withdraw_reason"],
    )
