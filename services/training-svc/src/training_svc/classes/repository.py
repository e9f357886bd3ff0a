"""The queries on classes; those on their sessions and instructors are in ``timetable``."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.events.base import InstitutionRef, ProjectRef
from chuangpei.listing import Filter, Listing, Order, equal, since, until
from sqlalchemy import bindparam

from training_svc.classes import timetable
from training_svc.classes.lifecycle import State
from training_svc.classes.tables import class_instructors, classes
from training_svc.classes.training_class import Licence, TrainingClass
from training_svc.institutions.tables import institutions
from training_svc.instructors.lifecycle import BARRED, state_on
from training_svc.instructors.lifecycle import State as InstructorState
from training_svc.instructors.tables import instructors
from training_svc.projects.tables import projects
from training_svc.qualifications.lifecycle import State as QualificationState
from training_svc.qualifications.tables import qualifications
from training_svc.visibility import Scope, reaches, scoped

_INSERT = Statement(
    classes.insert().values(
        {column.name: bindparam(column.name, type_=column.type) for column in classes.columns}
    )
)
_SELECT = (
    sa.select(
        classes,
        institutions.c.credit_code,
        institutions.c.name.label("institution_name"),
        projects.c.name.label("project_name"),
        projects.c.stage,
        qualifications.c.state.label("qualification_state"),
        qualifications.c.valid_until.label("qualification_valid_until"),
    )
    .join(institutions, institutions.c.id == classes.c.institution_id)
    .join(projects, projects.c.code == classes.c.project_code)
    .outerjoin(qualifications, qualifications.c.id == classes.c.qualification_id)
)
_SCOPE: dict[str, sa.ColumnElement[str]] = {
    "credit_code": institutions.c.credit_code,
    "district": classes.c.district,
}
_ID = _SELECT.where(classes.c.id == bindparam("id"))
_ONE = scoped(_ID, **_SCOPE)
_LOCKED = scoped(_ID.with_for_update(key_share=True, of=classes), **_SCOPE)
_SAVED = (
    "name",
    "starts_on",
    "ends_on",
    "capacity",
    "enrolled",
    "waiting",
    "state",
    "cancelled_at",
    "cancelled_by",
    "cancel_reason",
    "version",
)
_SAVE = Statement(
    classes.update()
    .where(classes.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=classes.c[name].type) for name in _SAVED})
)
_BARRED = sa.and_(
    class_instructors.c.left_at.is_(None),
    class_instructors.c.person_key == instructors.c.person_key,
    instructors.c.state.in_([sa.literal_column(f"'{state}'") for state in BARRED]),
)
_FLAGGED = sa.select(class_instructors.c.class_id).join(instructors, _BARRED)
_OPEN = classes.c.state == sa.literal_column("'filed'")
_FLAGS = Statement(
    sa.select(instructors)
    .select_from(class_instructors)
    .join(instructors, _BARRED)
    .where(class_instructors.c.class_id == bindparam("class_id"))
)
LIST = Listing(
    _SELECT,
    key=Order(classes.c.id, UUID),
    orders={
        "starts_on": Order(classes.c.starts_on, date),
        "ends_on": Order(classes.c.ends_on, date),
        "name": Order(classes.c.name, str),
    },
    filters={
        "project_code": equal(classes.c.project_code),
        "stage": equal(projects.c.stage),
        "district": equal(classes.c.district),
        "institution_id": equal(classes.c.institution_id),
        "credit_code": equal(institutions.c.credit_code),
        "starts_from": since(classes.c.starts_on),
        "starts_until": until(classes.c.starts_on),
        "ends_from": since(classes.c.ends_on),
        "ends_until": until(classes.c.ends_on),
        "flagged_on": Filter(
            sa.Date(), lambda day: sa.and_(_OPEN, classes.c.ends_on >= day, classes.c.id.in_(_FLAGGED))
        ),
        "unflagged_on": Filter(
            sa.Date(), lambda day: sa.or_(~_OPEN, classes.c.ends_on < day, classes.c.id.not_in(_FLAGGED))
        ),
        # What a phase comes down to on a day.
        "state": equal(classes.c.state),
        "begun_by": until(classes.c.starts_on),
        "begins_after": Filter(sa.Date(), lambda value: classes.c.starts_on > value),
        "goes_on": since(classes.c.ends_on),
        "over_before": Filter(sa.Date(), lambda value: classes.c.ends_on < value),
    },
    reaches=reaches(**_SCOPE),
)


async def insert_new(tx: Transaction, training_class: TrainingClass, filed_by: str) -> None:
    """Adds a class with its sessions and instructors.

    Raises :class:`asyncpg.ExclusionViolationError` where a room or an instructor is taken at the time.
    """
    await tx.execute(_INSERT, _values(training_class, filed_by))
    await timetable.insert_new(tx, training_class)


async def one(tx: Transaction, class_id: UUID, scope: Scope) -> TrainingClass | None:
    """A class that the scope sees, with its sessions and instructors."""
    found = await summary(tx, class_id, scope)
    return await timetable.completed(tx, found) if found else None


async def summary(source: Database | Transaction, class_id: UUID, scope: Scope) -> TrainingClass | None:
    """A class that the scope sees, without its sessions and instructors."""
    row = await source.row(_ONE[scope.reach], {"id": class_id, "scope": scope.value})
    return of_row(row) if row else None


async def locked(tx: Transaction, class_id: UUID, scope: Scope) -> TrainingClass | None:
    """A class that the scope sees, locked, without its sessions and instructors.

    Whoever takes, frees or changes places or times of a class locks it first, and then its enrolments.
    """
    row = await tx.row(_LOCKED[scope.reach], {"id": class_id, "scope": scope.value})
    return of_row(row) if row else None


async def flags(tx: Transaction, training_class: TrainingClass, today: date) -> dict[str, InstructorState]:
    """Who teaches the class, by person key, though suspended or leaving the pool; none once it is over."""
    if training_class.ends_on < today or training_class.state is not State.FILED:
        return {}
    return {
        row["person_key"]: state_on(
            InstructorState(row["state"]),
            today,
            appraisal_due_on=row["appraisal_due_on"],
            exits_on=row["exits_on"],
        )
        for row in await tx.rows(_FLAGS, {"class_id": training_class.id})
    }


async def save(tx: Transaction, training_class: TrainingClass) -> None:
    """Writes what changed of a class that is locked."""
    values = {name: getattr(training_class, name) for name in _SAVED}
    await tx.execute(_SAVE, values | {"of_id": training_class.id})


def of_row(row: Row) -> TrainingClass:
    """The class in a row, without its sessions and instructors."""
    return TrainingClass(
        id=row["id"],
        institution_id=row["institution_id"],
        institution=InstitutionRef(
            credit_code=row["credit_code"], name=row["institution_name"], district=row["district"]
        ),
        project=ProjectRef(code=row["project_code"], name=row["project_name"], stage=row["stage"]),
        standard_version=row["standard_version"],
        name=row["name"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        capacity=row["capacity"],
        enrolled=row["enrolled"],
        waiting=row["waiting"],
        state=State(row["state"]),
        filed_at=row["filed_at"],
        version=row["version"],
        norm_version=row["norm_version"],
        licence=_licence(row),
        cancelled_at=row["cancelled_at"],
        cancelled_by=row["cancelled_by"],
        cancel_reason=row["cancel_reason"],
    )


def _licence(row: Row) -> Licence | None:
    if row["qualification_id"] is None:
        return None
    state = QualificationState(row["qualification_state"])
    return Licence(row["qualification_id"], state, row["qualification_valid_until"])


def _values(one: TrainingClass, filed_by: str) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in _SAVED}
    return values | {
        "id": one.id,
        "institution_id": one.institution_id,
        "project_code": one.project.code,
        "standard_version": one.standard_version,
        "district": one.institution.district,
        "filed_at": one.filed_at,
        "filed_by": filed_by,
        "norm_version": one.norm_version,
        "qualification_id": one.licence.qualification_id if one.licence else None,
    }
