"""The queries on materials."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from training_svc.course_materials.tables import course_materials
from training_svc.courses.lifecycle import State
from training_svc.courses.tables import courses
from training_svc.institutions.tables import institutions
from training_svc.visibility import Scope, by_reach, reaches

_RELEASED = course_materials.c.released_at.is_not(None)
_SELECT = (
    sa.select(course_materials)
    .join(courses, courses.c.id == course_materials.c.course_id)
    .join(institutions, institutions.c.id == courses.c.institution_id)
)
# Drafts are read by the developer and by the city; the district reads what is released.
_REACHES = reaches(
    credit_code=institutions.c.credit_code,
    district=sa.case((_RELEASED, courses.c.district)),
)
_ORDERS = {"title": Order(course_materials.c.title, str)}
_FILTERS = {
    "course_id": equal(course_materials.c.course_id),
    "title": equal(course_materials.c.title),
    "released": Filter(sa.Boolean(), lambda value: value == _RELEASED),
}
LIST = Listing(
    _SELECT, key=Order(course_materials.c.id, UUID), orders=_ORDERS, filters=_FILTERS, reaches=_REACHES
)
CATALOGUE = Listing(
    _SELECT.where(courses.c.state == sa.literal_column(f"'{State.IN_SYSTEM}'"), _RELEASED),
    key=Order(course_materials.c.id, UUID),
    orders=_ORDERS,
    filters=_FILTERS,
)


_ID = course_materials.c.id == bindparam("id", type_=sa.Uuid)
_ONE = by_reach(_SELECT.where(_ID), _REACHES)
_FOR_UPDATE = by_reach(_SELECT.where(_ID).with_for_update(of=course_materials), _REACHES)
_INSERT = Statement(
    insert(course_materials)
    .values({one.name: bindparam(one.name, type_=one.type) for one in course_materials.columns})
    .on_conflict_do_nothing()
    .returning(course_materials)
)
_CHANGED = ("title", "material_version", "sha256", "size_bytes", "reference")
_REVISE = Statement(
    course_materials.update()
    .where(course_materials.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        {name: bindparam(f"new_{name}", type_=course_materials.c[name].type) for name in _CHANGED}
        | {"version": course_materials.c.version + 1}
    )
    .returning(course_materials)
)
_RELEASE = Statement(
    course_materials.update()
    .where(course_materials.c.id == bindparam("of_id", type_=sa.Uuid))
    .values(
        released_at=bindparam("at", type_=sa.DateTime(timezone=True)),
        released_by=bindparam("by"),
        version=course_materials.c.version + 1,
    )
    .returning(course_materials)
)
_COUNT_RELEASED = Statement(
    sa.select(func.count())
    .select_from(course_materials)
    .where(course_materials.c.course_id == bindparam("course_id", type_=sa.Uuid), _RELEASED)
)


async def insert_new(tx: Transaction, values: dict[str, Any]) -> Row | None:
    """Adds a draft; None if the course has this version of the title already."""
    return await tx.row(_INSERT, values)


async def one(source: Database | Transaction, material_id: UUID, scope: Scope) -> Row | None:
    """A material that the scope sees."""
    return await source.row(_ONE[scope.reach], {"id": material_id, "scope": scope.value})


async def load_for_update(tx: Transaction, material_id: UUID, scope: Scope) -> Row | None:
    """A material that the scope sees, locked."""
    return await tx.row(_FOR_UPDATE[scope.reach], {"id": material_id, "scope": scope.value})


async def revise(tx: Transaction, material_id: UUID, values: dict[str, Any]) -> Row:
    """Changes a draft. Raises :class:`asyncpg.UniqueViolationError` where the course has this version."""
    row = await tx.row(_REVISE, {f"new_{name}": values[name] for name in _CHANGED} | {"of_id": material_id})
    assert row is not None, "the row is locked"
    return row


async def release(tx: Transaction, material_id: UUID, by: str, at: datetime) -> Row:
    """Freezes a draft."""
    row = await tx.row(_RELEASE, {"of_id": material_id, "by": by, "at": at})
    assert row is not None, "the row is locked"
    return row


async def released_of(tx: Transaction, course_id: UUID) -> int:
    """How many released versions of materials a course has."""
    return int(await tx.value(_COUNT_RELEASED, {"course_id": course_id}))
