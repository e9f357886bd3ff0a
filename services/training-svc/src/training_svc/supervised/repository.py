"""What is supervised (督导对象, O03): classes, institutions and instructors, read alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import distinct_on

from training_svc.classes.lifecycle import State
from training_svc.classes.tables import class_instructors, classes
from training_svc.institutions.tables import institutions
from training_svc.instructors.tables import instructors
from training_svc.policy.evaluation import ObjectKind
from training_svc.visibility import Scope, scoped


@dataclass(frozen=True, slots=True)
class Supervised:
    """One object: its name (masked for a person), the institution it belongs to, and its district."""

    kind: ObjectKind
    id: UUID
    name: str
    institution_id: UUID
    district: str


_no_day = sa.null().cast(sa.Date)
_held = classes.c.state != State.CANCELLED.value
_CLASSES = sa.select(
    classes.c.id,
    classes.c.name,
    classes.c.institution_id,
    classes.c.district,
    classes.c.starts_on.label("first_day"),
    classes.c.ends_on.label("last_day"),
).where(_held)
_INSTITUTIONS = sa.select(
    institutions.c.id,
    institutions.c.name,
    institutions.c.id.label("institution_id"),
    institutions.c.district,
    _no_day.label("first_day"),
    _no_day.label("last_day"),
)
# An instructor belongs to the institution of the latest class taught.
_INSTRUCTORS = (
    sa.select(
        instructors.c.id,
        instructors.c.masked_name.label("name"),
        classes.c.institution_id,
        classes.c.district,
        classes.c.starts_on.label("first_day"),
        classes.c.ends_on.label("last_day"),
    )
    .ext(distinct_on(instructors.c.id))
    .join(class_instructors, class_instructors.c.person_key == instructors.c.person_key)
    .join(classes, sa.and_(classes.c.id == class_instructors.c.class_id, _held))
    .order_by(instructors.c.id, classes.c.starts_on.desc(), classes.c.id)
)
OBJECTS: Mapping[ObjectKind, sa.Subquery] = {
    ObjectKind.CLASS: _CLASSES.subquery("objects"),
    ObjectKind.INSTITUTION: _INSTITUTIONS.subquery("objects"),
    ObjectKind.INSTRUCTOR: _INSTRUCTORS.subquery("objects"),
}


def _one(objects: sa.Subquery) -> Any:
    return scoped(
        sa.select(objects)
        .join(institutions, institutions.c.id == objects.c.institution_id)
        .where(objects.c.id == bindparam("id", type_=sa.Uuid)),
        credit_code=institutions.c.credit_code,
        district=objects.c.district,
    )


_ONE = {kind: _one(objects) for kind, objects in OBJECTS.items()}
# What runs in the programme's days: an institution always does.
_DURING = {
    kind: Statement(
        sa.select(objects).where(
            sa.func.coalesce(objects.c.first_day, bindparam("last", type_=sa.Date))
            <= bindparam("last", type_=sa.Date),
            sa.func.coalesce(objects.c.last_day, bindparam("first", type_=sa.Date))
            >= bindparam("first", type_=sa.Date),
            sa.or_(
                bindparam("district", type_=sa.Text).is_(None),
                objects.c.district == bindparam("district", type_=sa.Text),
            ),
        )
    )
    for kind, objects in OBJECTS.items()
}


async def one(tx: Transaction, kind: ObjectKind, object_id: UUID, scope: Scope) -> Supervised | None:
    """An object that the scope sees."""
    row = await tx.row(_ONE[kind][scope.reach], {"id": object_id, "scope": scope.value})
    return _supervised(kind, row) if row else None


async def during(
    tx: Transaction, kind: ObjectKind, district: str | None, first: date, last: date
) -> list[Supervised]:
    """Every object there is from ``first`` to ``last``, of one district or of the whole city (None)."""
    rows = await tx.rows(_DURING[kind], {"district": district, "first": first, "last": last})
    return [_supervised(kind, row) for row in rows]


def _supervised(kind: ObjectKind, row: Row) -> Supervised:
    return Supervised(kind, row["id"], row["name"], row["institution_id"], row["district"])
