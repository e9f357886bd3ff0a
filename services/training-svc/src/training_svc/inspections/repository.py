"""The queries on inspections."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.listing import Filter, Listing, Order, equal
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from training_svc.classes.tables import class_instructors, classes
from training_svc.enrolments.tables import enrolments
from training_svc.inspections.inspection import Found, Inspection
from training_svc.inspections.lifecycle import State
from training_svc.inspections.tables import inspections, inspectors
from training_svc.institutions.tables import institutions
from training_svc.instructors.tables import instructors
from training_svc.persons import SealedPerson
from training_svc.policy.evaluation import ObjectKind
from training_svc.policy.inspection import Severity
from training_svc.visibility import Reach, Scope, reaches

_SELECT = sa.select(
    inspections, institutions.c.name.label("institution_name"), institutions.c.credit_code
).join(institutions, institutions.c.id == inspections.c.institution_id)
_reaches = reaches(credit_code=institutions.c.credit_code, district=inspections.c.district)
# Visits are not announced: an institution sees an inspection once its findings are recorded.
_SHOWN = sa.and_(inspections.c.state != State.PLANNED.value, inspections.c.state != State.VISITED.value)
_own = _reaches[Reach.INSTITUTION]
assert _own is not None
_REACHES = _reaches | {Reach.INSTITUTION: sa.and_(_own, _SHOWN)}


def _values_of(table: sa.Table) -> dict[str, Any]:
    return {column.name: bindparam(column.name, type_=column.type) for column in table.columns}


def _scoped(statement: sa.Select[Any]) -> dict[Reach, Statement]:
    return {
        reach: Statement(statement if condition is None else statement.where(condition))
        for reach, condition in _REACHES.items()
    }


_INSERT = Statement(
    insert(inspections)
    .values(_values_of(inspections))
    .on_conflict_do_nothing(index_elements=["programme_id", "object_kind", "object_id"])
    .returning(inspections.c.id)
)
_INSERT_INSPECTOR = Statement(inspectors.insert().values(_values_of(inspectors)))
_of = inspections.c.id == bindparam("id", type_=sa.Uuid)
_ONE = _scoped(_SELECT.where(_of))
_locked = _SELECT.where(_of).with_for_update(key_share=True, of=inspections)
_FOR_AUTHORITY = Statement(_locked.where(inspections.c.authority == bindparam("authority", type_=sa.Text)))
_FOR_INSTITUTION = Statement(
    _locked.where(institutions.c.credit_code == bindparam("credit_code", type_=sa.Text), _SHOWN)
)
_SAVED = (
    "state",
    "visited_on",
    "findings",
    "found_by",
    "deadline",
    "overdue_told",
    "verified_by",
    "closed_on",
    "remark",
    "version",
)
_SAVE = Statement(
    inspections.update()
    .where(inspections.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=inspections.c[name].type) for name in _SAVED})
)
_INSPECTORS = Statement(
    sa.select(inspectors).where(inspectors.c.inspection_id == bindparam("id", type_=sa.Uuid))
)
_keys = sa.any_(bindparam("keys", type_=sa.ARRAY(sa.Text)))
_institution = bindparam("institution_id", type_=sa.Uuid)
_INTERESTED = Statement(
    sa.union(
        sa.select(class_instructors.c.person_key)
        .join(classes, classes.c.id == class_instructors.c.class_id)
        .where(class_instructors.c.person_key == _keys, classes.c.institution_id == _institution),
        sa.select(instructors.c.person_key).where(
            instructors.c.person_key == _keys, instructors.c.institution_id == _institution
        ),
        sa.select(enrolments.c.person_key)
        .join(classes, classes.c.id == enrolments.c.class_id)
        .where(enrolments.c.person_key == _keys, classes.c.institution_id == _institution),
    )
)
_rectifying = inspections.c.state == State.RECTIFYING.value
_OVERDUE = Statement(
    _SELECT.where(
        _rectifying,
        sa.not_(inspections.c.overdue_told),
        inspections.c.deadline < bindparam("today", type_=sa.Date),
    )
    .order_by(inspections.c.deadline)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True, of=inspections)
)
_TOLD = Statement(
    inspections.update()
    .where(inspections.c.id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))))
    .values(overdue_told=True)
)
LIST = Listing(
    _SELECT,
    key=Order(inspections.c.id, UUID),
    orders={"planned_at": Order(inspections.c.planned_at, datetime)},
    filters={
        "state": equal(inspections.c.state),
        "object_kind": equal(inspections.c.object_kind),
        "programme_id": equal(inspections.c.programme_id),
        "institution_id": equal(inspections.c.institution_id),
        "authority": equal(inspections.c.authority),
        "district": equal(inspections.c.district),
        "overdue_on": Filter(sa.Date(), lambda day: sa.and_(_rectifying, inspections.c.deadline < day)),
        "in_time_on": Filter(sa.Date(), lambda day: sa.or_(~_rectifying, inspections.c.deadline >= day)),
    },
    reaches=_REACHES,
)


async def insert_planned(tx: Transaction, planned: dict[str, Any]) -> bool:
    """Adds an inspection to be made; False if its programme has one of the object."""
    begun: dict[str, Any] = {
        "state": State.PLANNED,
        "visited_on": None,
        "findings": [],
        "found_by": [],
        "deadline": None,
        "overdue_told": False,
        "verified_by": None,
        "closed_on": None,
        "remark": None,
        "version": 1,
    }
    return await tx.row(_INSERT, planned | begun) is not None


async def one(tx: Transaction, inspection_id: UUID, scope: Scope) -> Row | None:
    """An inspection that the scope sees."""
    return await tx.row(_ONE[scope.reach], {"id": inspection_id, "scope": scope.value})


async def load_for_authority(tx: Transaction, inspection_id: UUID, authority: str) -> Inspection | None:
    """An inspection of the authority, locked."""
    row = await tx.row(_FOR_AUTHORITY, {"id": inspection_id, "authority": authority})
    return _inspection(row) if row else None


async def load_for_institution(tx: Transaction, inspection_id: UUID, credit_code: str) -> Inspection | None:
    """An inspection that the inspected institution sees, locked."""
    row = await tx.row(_FOR_INSTITUTION, {"id": inspection_id, "credit_code": credit_code})
    return _inspection(row) if row else None


async def save(tx: Transaction, one: Inspection) -> None:
    """Writes what a step changed."""
    values: dict[str, Any] = {name: getattr(one, name) for name in _SAVED}
    values |= {"findings": [asdict(found) for found in one.findings], "found_by": list(one.found_by)}
    await tx.execute(_SAVE, values | {"of_id": one.id})


async def interested(tx: Transaction, institution_id: UUID, person_keys: Sequence[str]) -> set[str]:
    """Those who teach or learn at the institution."""
    rows = await tx.rows(_INTERESTED, {"keys": list(person_keys), "institution_id": institution_id})
    return {row["person_key"] for row in rows}


async def insert_inspectors(tx: Transaction, inspection_id: UUID, people: Sequence[SealedPerson]) -> None:
    """Keeps who inspected."""
    rows = [asdict(one) | {"inspection_id": inspection_id} for one in people]
    await tx.execute_many(_INSERT_INSPECTOR, rows)


async def inspectors_of(tx: Transaction, inspection_id: UUID) -> list[str]:
    """The masked names of those who inspected."""
    return sorted(row["masked_name"] for row in await tx.rows(_INSPECTORS, {"id": inspection_id}))


async def take_overdue(tx: Transaction, today: date, most: int) -> list[Row]:
    """Inspections whose deadline passed without an answer and of which it was not told; now it is."""
    rows = await tx.rows(_OVERDUE, {"today": today, "most": most})
    if rows:
        await tx.execute(_TOLD, {"ids": [row["id"] for row in rows]})
    return rows


def _inspection(row: Row) -> Inspection:
    return Inspection(
        id=row["id"],
        authority=row["authority"],
        object_kind=ObjectKind(row["object_kind"]),
        institution_id=row["institution_id"],
        state=State(row["state"]),
        version=row["version"],
        visited_on=row["visited_on"],
        findings=tuple(Found(**one | {"severity": Severity(one["severity"])}) for one in row["findings"]),
        deadline=row["deadline"],
        overdue_told=row["overdue_told"],
        found_by=tuple(row["found_by"]),
        verified_by=row["verified_by"],
        closed_on=row["closed_on"],
        remark=row["remark"],
    )
