"""The queries on published standards."""

from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from training_svc.policy.facts import Standard
from training_svc.projects.tables import projects
from training_svc.standards.tables import standards

_INSERT = Statement(
    insert(standards)
    .values({column.name: bindparam(column.name, type_=column.type) for column in standards.columns})
    .on_conflict_do_nothing()
    .returning(standards.c.id)
)
_ONE = Statement(sa.select(standards).where(standards.c.id == bindparam("id")))
_project = bindparam("project_code", type_=sa.Text)
_LIST = Statement(
    sa.select(standards)
    .where(
        standards.c.id > bindparam("after"),
        sa.or_(_project.is_(None), standards.c.project_code == _project),
    )
    .order_by(standards.c.id)
    .limit(bindparam("most", type_=sa.Integer))
)
_IN_FORCE = Statement(
    sa.select(standards)
    .where(
        standards.c.project_code == bindparam("project_code"),
        standards.c.effective_from <= bindparam("day", type_=sa.Date),
    )
    .order_by(standards.c.effective_from.desc())
    .limit(1)
)
_CITED = Statement(
    sa.select(projects.c.code, projects.c.name, projects.c.stage)
    .join(standards, standards.c.project_code == projects.c.code)
    .where(
        standards.c.project_code == bindparam("project_code"),
        standards.c.version == bindparam("cited_version"),
    )
)


async def insert_new(tx: Transaction, values: dict[str, Any]) -> bool:
    """Publishes a version; False if the project has this version, or one from the same day."""
    return await tx.row(_INSERT, values) is not None


async def one(database: Database, standard_id: UUID) -> Row | None:
    """A standard by its id."""
    return await database.row(_ONE, {"id": standard_id})


async def listed(database: Database, *, after: UUID, most: int, project_code: str | None) -> list[Row]:
    """Standards by id, of one project where it is named."""
    return await database.rows(_LIST, {"after": after, "most": most, "project_code": project_code})


async def in_force(tx: Transaction, project_code: str, day: date) -> Standard | None:
    """The version of the project's standard in force on ``day``: the latest that has begun (T05)."""
    row = await tx.row(_IN_FORCE, {"project_code": project_code, "day": day})
    return standard_of(row) if row else None


async def project_citing(tx: Transaction, project_code: str, version: str) -> Row | None:
    """The project's code, name and stage, if it has a standard of this version."""
    return await tx.row(_CITED, {"project_code": project_code, "cited_version": version})


def standard_of(row: Row) -> Standard:
    """The numbers of a row of the table."""
    return Standard(
        version=row["version"],
        effective_from=row["effective_from"],
        min_hours=row["min_hours"],
        max_class_size=row["max_class_size"],
        attendance_percent=row["attendance_percent"],
        max_online_percent=row["max_online_percent"],
    )
