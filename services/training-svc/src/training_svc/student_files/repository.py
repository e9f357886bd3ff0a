"""The queries of the student file."""

from collections import defaultdict
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from sqlalchemy import bindparam

from training_svc.attendance.tables import attendance, corrections
from training_svc.classes.tables import classes, sessions
from training_svc.enrolments.tables import enrolments
from training_svc.institutions.tables import institutions
from training_svc.projects.tables import projects
from training_svc.visibility import Scope, scoped

_left, _entered = enrolments.alias("left_enrolment"), enrolments.alias("entered_enrolment")


def _class_of(other: sa.FromClause, which: sa.ColumnElement[bool]) -> sa.ScalarSelect[str]:
    one = classes.alias("other_class")
    return sa.select(one.c.name).where(one.c.id == other.c.class_id, which).scalar_subquery()


_SELECT = (
    sa.select(
        enrolments,
        _class_of(_left, _left.c.id == enrolments.c.transferred_from).label("transferred_from_class"),
        _class_of(_entered, _entered.c.transferred_from == enrolments.c.id).label("transferred_to_class"),
        classes.c.name.label("class_name"),
        classes.c.district,
        classes.c.standard_version,
        classes.c.starts_on,
        classes.c.ends_on,
        institutions.c.name.label("institution_name"),
        projects.c.code.label("project_code"),
        projects.c.name.label("project_name"),
        projects.c.stage,
    )
    .join(classes, classes.c.id == enrolments.c.class_id)
    .join(institutions, institutions.c.id == classes.c.institution_id)
    .join(projects, projects.c.code == classes.c.project_code)
)
_ONE = scoped(
    _SELECT.where(enrolments.c.id == bindparam("id")),
    credit_code=institutions.c.credit_code,
    district=classes.c.district,
)
_OF_PERSON = Statement(
    _SELECT.where(enrolments.c.person_key == bindparam("person_key")).order_by(enrolments.c.id)
)
_SESSIONS = Statement(
    sa.select(
        sessions.c.starts_at,
        sessions.c.ends_at,
        sessions.c.room,
        sessions.c.cancelled_at.is_not(None).label("cancelled"),
        attendance.c.id.label("attendance_id"),
        attendance.c.present,
        attendance.c.method,
        attendance.c.recorded_at,
        attendance.c.reason,
    )
    .outerjoin(
        attendance,
        sa.and_(
            attendance.c.session_id == sessions.c.id,
            attendance.c.enrolment_id == bindparam("enrolment_id", type_=sa.Uuid),
        ),
    )
    .where(sessions.c.class_id == bindparam("class_id"))
    .order_by(sessions.c.starts_at)
)
_CORRECTIONS = Statement(
    sa.select(corrections)
    .join(attendance, attendance.c.id == corrections.c.attendance_id)
    .where(attendance.c.enrolment_id == bindparam("enrolment_id"))
    .order_by(corrections.c.id)
)


async def one(tx: Transaction, enrolment_id: UUID, scope: Scope) -> Row | None:
    """An enrolment that the scope sees, with its class."""
    return await tx.row(_ONE[scope.reach], {"id": enrolment_id, "scope": scope.value})


async def of_person(tx: Transaction, person_key: str) -> list[Row]:
    """Every enrolment of a person, with its class, oldest first."""
    return await tx.rows(_OF_PERSON, {"person_key": person_key})


async def sessions_of(tx: Transaction, enrolment: Row) -> list[Row]:
    """The sessions of the class in their order, each with the trainee's attendance."""
    return await tx.rows(_SESSIONS, {"enrolment_id": enrolment["id"], "class_id": enrolment["class_id"]})


async def corrections_of(tx: Transaction, enrolment: Row) -> dict[UUID, list[Row]]:
    """The corrections of the trainee's attendance, by record, oldest first."""
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in await tx.rows(_CORRECTIONS, {"enrolment_id": enrolment["id"]}):
        found[row["attendance_id"]].append(row)
    return found
