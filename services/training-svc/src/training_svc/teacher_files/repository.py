"""What is on record of one instructor beside the appraisals and exits."""

from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from sqlalchemy import bindparam, func

from training_svc.activities.tables import activities, activity_results
from training_svc.classes.tables import class_instructors, classes, session_instructors, sessions
from training_svc.institutions.tables import institutions
from training_svc.projects.tables import projects
from training_svc.studios.tables import studio_members, studios

_instructor_id = bindparam("instructor_id", type_=sa.Uuid)
_CLASSES = Statement(
    sa.select(
        classes.c.id.label("class_id"),
        classes.c.name,
        classes.c.project_code,
        projects.c.stage,
        institutions.c.name.label("institution_name"),
        classes.c.starts_on,
        classes.c.ends_on,
        classes.c.cancelled_at.is_not(None).label("cancelled"),
        sa.select(func.count())
        .select_from(sessions)
        .join(session_instructors, session_instructors.c.session_id == sessions.c.id)
        .where(
            sessions.c.class_id == classes.c.id,
            session_instructors.c.person_key == class_instructors.c.person_key,
        )
        .scalar_subquery()
        .label("sessions"),
    )
    .join(class_instructors, class_instructors.c.class_id == classes.c.id)
    .join(projects, projects.c.code == classes.c.project_code)
    .join(institutions, institutions.c.id == classes.c.institution_id)
    .where(class_instructors.c.person_key == bindparam("person_key"))
    .order_by(classes.c.starts_on.desc(), classes.c.id)
)
_ACHIEVEMENTS = Statement(
    sa.select(
        activities.c.id.label("activity_id"),
        activities.c.kind,
        activities.c.name,
        activities.c.organiser,
        activities.c.begins_on,
        activities.c.ends_on,
        activities.c.hours,
        activity_results.c.result,
        activity_results.c.rank,
    )
    .join(activity_results, activity_results.c.activity_id == activities.c.id)
    .where(activity_results.c.instructor_id == _instructor_id)
    .order_by(activities.c.begins_on.desc(), activities.c.id)
)
_STUDIOS = Statement(
    sa.select(
        studios.c.id.label("studio_id"),
        studios.c.name,
        studios.c.field,
        (studios.c.head_id == _instructor_id).label("heads_it"),
        studios.c.opened_on,
        studios.c.closed_on,
    )
    .where(
        sa.or_(
            studios.c.head_id == _instructor_id,
            studios.c.id.in_(
                sa.select(studio_members.c.studio_id).where(studio_members.c.instructor_id == _instructor_id)
            ),
        )
    )
    .order_by(studios.c.opened_on.desc(), studios.c.id)
)


async def classes_taught(tx: Transaction, person_key: str) -> list[Row]:
    """The classes of an instructor, at whatever institution, the newest first."""
    return await tx.rows(_CLASSES, {"person_key": person_key})


async def achievements(tx: Transaction, instructor_id: UUID) -> list[Row]:
    """The trainings and contests an instructor took part in, the newest first."""
    return await tx.rows(_ACHIEVEMENTS, {"instructor_id": instructor_id})


async def studios_of(tx: Transaction, instructor_id: UUID) -> list[Row]:
    """The studios an instructor heads or works in, the newest first."""
    return await tx.rows(_STUDIOS, {"instructor_id": instructor_id})
