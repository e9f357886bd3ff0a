"""The queries on courses and their assessments."""

from dataclasses import fields
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal, since, until
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from training_svc.courses.course import Assessment, Course
from training_svc.courses.lifecycle import State
from training_svc.courses.tables import course_assessments, courses
from training_svc.institutions.tables import institutions
from training_svc.projects.tables import projects
from training_svc.standards.tables import standards
from training_svc.visibility import Scope, reaches, scoped

_NEW = (
    "id",
    "institution_id",
    "district",
    "project_code",
    "standard_version",
    "name",
    "summary",
    "hours",
    "online_percent",
    "state",
    "submitted_at",
    "submitted_on",
    "findings",
    "version",
)
_INSERT = Statement(
    insert(courses)
    .values({name: bindparam(name, type_=courses.c[name].type) for name in (*_NEW, "submitted_by")})
    .on_conflict_do_nothing()
    .returning(courses.c.id)
)
_SELECT = (
    sa.select(
        courses,
        institutions.c.credit_code,
        institutions.c.name.label("institution_name"),
        projects.c.name.label("project_name"),
        projects.c.stage,
        standards.c.max_online_percent,
    )
    .join(institutions, institutions.c.id == courses.c.institution_id)
    .join(projects, projects.c.code == courses.c.project_code)
    .outerjoin(
        standards,
        sa.and_(
            standards.c.project_code == courses.c.project_code,
            standards.c.version == courses.c.standard_version,
        ),
    )
)
_SCOPE = {"credit_code": institutions.c.credit_code, "district": courses.c.district}
_ID = courses.c.id == bindparam("id", type_=sa.Uuid)
_ONE = scoped(_SELECT.where(_ID), **_SCOPE)
_FOR_UPDATE = scoped(_SELECT.where(_ID).with_for_update(key_share=True, of=courses), **_SCOPE)
_IN_SYSTEM = _SELECT.where(courses.c.state == sa.literal_column(f"'{State.IN_SYSTEM}'"))
_ONE_IN_SYSTEM = Statement(_IN_SYSTEM.where(_ID))
_ORDERS = {"name": Order(courses.c.name, str), "submitted_on": Order(courses.c.submitted_on, date)}
_FILTERS = {"project_code": equal(courses.c.project_code), "stage": equal(projects.c.stage)}
LIST = Listing(
    _SELECT,
    key=Order(courses.c.id, UUID),
    orders=_ORDERS,
    filters=_FILTERS
    | {
        "state": equal(courses.c.state),
        "district": equal(courses.c.district),
        "credit_code": equal(institutions.c.credit_code),
        "submitted_since": since(courses.c.submitted_on),
        "submitted_until": until(courses.c.submitted_on),
    },
    reaches=reaches(**_SCOPE),
)
CATALOGUE = Listing(_IN_SYSTEM, key=Order(courses.c.id, UUID), orders=_ORDERS, filters=_FILTERS)
_SAVED = (
    "name",
    "summary",
    "hours",
    "online_percent",
    "state",
    "grant_fen",
    "findings",
    "decided_at",
    "decided_on",
    "decided_by",
    "decided_by_person",
    "admitted_on",
    "retired_on",
    "retirement_reason",
    "version",
)
_SAVE = Statement(
    courses.update()
    .where(courses.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=courses.c[name].type) for name in _SAVED})
)

_OF_COURSE = course_assessments.c.course_id == bindparam("course_id", type_=sa.Uuid)
_ASSESSMENTS = Statement(sa.select(course_assessments).where(_OF_COURSE))
_ASSESSMENT = Statement(
    sa.select(course_assessments).where(
        course_assessments.c.id == bindparam("assessment_id", type_=sa.Uuid), _OF_COURSE
    )
)
ASSESSMENTS = Listing(
    sa.select(course_assessments),
    key=Order(course_assessments.c.id, UUID),
    orders={"score": Order(course_assessments.c.score, int)},
    filters={"course_id": equal(course_assessments.c.course_id)},
)
_INSERT_ASSESSMENT = Statement(
    insert(course_assessments)
    .values({one.name: bindparam(one.name, type_=one.type) for one in course_assessments.columns})
    .on_conflict_do_nothing()
    .returning(course_assessments.c.id)
)
_SAVE_ASSESSMENT = Statement(
    course_assessments.update()
    .where(course_assessments.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name) for name in ("score", "opinion", "version")})
)


async def insert_new(tx: Transaction, course: Course, submitted_by: str) -> bool:
    """Adds a course; False if the developer has one of this name that was not rejected."""
    values = {name: getattr(course, name) for name in _NEW}
    return await tx.row(_INSERT, values | {"submitted_by": submitted_by}) is not None


async def one(source: Database | Transaction, course_id: UUID, scope: Scope) -> Course | None:
    """A course that the scope sees."""
    row = await source.row(_ONE[scope.reach], {"id": course_id, "scope": scope.value})
    return course_of(row) if row else None


async def load_for_update(tx: Transaction, course_id: UUID, scope: Scope) -> Course | None:
    """A course that the scope sees, locked: nobody assesses or decides it meanwhile."""
    row = await tx.row(_FOR_UPDATE[scope.reach], {"id": course_id, "scope": scope.value})
    return course_of(row) if row else None


async def one_in_system(database: Database, course_id: UUID) -> Row | None:
    """A course of the city's course system."""
    return await database.row(_ONE_IN_SYSTEM, {"id": course_id})


async def save(tx: Transaction, course: Course) -> None:
    """Writes what a decision or an amendment changed.

    Raises :class:`asyncpg.UniqueViolationError` where its new name is another course's of the developer.
    """
    await tx.execute(_SAVE, {name: getattr(course, name) for name in _SAVED} | {"of_id": course.id})


async def assessments(tx: Transaction, course_id: UUID) -> list[Assessment]:
    """All assessments of a course."""
    return [Assessment(**row) for row in await tx.rows(_ASSESSMENTS, {"course_id": course_id})]


async def assessment(tx: Transaction, course_id: UUID, assessment_id: UUID) -> Assessment | None:
    """One assessment of a course."""
    row = await tx.row(_ASSESSMENT, {"course_id": course_id, "assessment_id": assessment_id})
    return Assessment(**row) if row else None


async def insert_assessment(tx: Transaction, new: Assessment) -> bool:
    """Adds an assessment; False if this person has assessed the course already."""
    values = {one.name: getattr(new, one.name) for one in fields(Assessment)}
    return await tx.row(_INSERT_ASSESSMENT, values) is not None


async def save_assessment(tx: Transaction, changed: Assessment) -> None:
    """Writes a corrected assessment."""
    values = {"score": changed.score, "opinion": changed.opinion, "version": changed.version}
    await tx.execute(_SAVE_ASSESSMENT, values | {"of_id": changed.id})


def course_of(row: Row) -> Course:
    """The course of a row of the lists."""
    values = {one.name: row[one.name] for one in fields(Course)}
    return Course(**values | {"state": State(row["state"]), "findings": tuple(row["findings"])})
