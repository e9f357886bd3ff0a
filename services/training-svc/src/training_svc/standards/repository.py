"""The queries on published standards."""

from datetime import date

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from sqlalchemy import bindparam

from training_svc.classes.tables import classes
from training_svc.courses.tables import courses
from training_svc.policy.facts import Standard
from training_svc.published.repository import Documents
from training_svc.qualifications.tables import qualifications
from training_svc.standards.tables import standards

STANDARDS = Documents(
    standards,
    cited=sa.or_(
        sa.exists().where(
            qualifications.c.project_code == standards.c.project_code,
            qualifications.c.standard_version == standards.c.version,
            qualifications.c.submitted_at.is_not(None),
        ),
        sa.exists().where(
            classes.c.project_code == standards.c.project_code,
            classes.c.standard_version == standards.c.version,
        ),
        sa.exists().where(
            courses.c.project_code == standards.c.project_code,
            courses.c.standard_version == standards.c.version,
        ),
    ),
)
_CITED = Statement(
    sa.select(standards)
    .where(
        standards.c.project_code == bindparam("project_code"),
        standards.c.version == bindparam("cited_version"),
        standards.c.withdrawn_on.is_(None),
    )
    .with_for_update(read=True)
)


async def in_force(tx: Transaction, project_code: str, day: date) -> Standard | None:
    """The version of the project's standard in force on ``day``, held against change (T05)."""
    row = await STANDARDS.in_force(tx, project_code, day)
    return standard_of(row) if row else None


async def cited(tx: Transaction, project_code: str, version: str) -> Standard | None:
    """The project's standard of this version, held against change; None if it is withdrawn."""
    row = await tx.row(_CITED, {"project_code": project_code, "cited_version": version})
    return standard_of(row) if row else None


def standard_of(row: Row) -> Standard:
    """The numbers of a row of the table."""
    return Standard(
        version=row["version"],
        effective_from=row["effective_from"],
        min_hours=row["min_hours"],
        max_class_size=row["max_class_size"],
        attendance_percent=row["attendance_percent"],
        trainees_per_instructor=row["trainees_per_instructor"],
        square_decimetres_per_trainee=row["square_decimetres_per_trainee"],
        max_online_percent=row["max_online_percent"],
    )
