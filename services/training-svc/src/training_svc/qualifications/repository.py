"""The queries on qualifications."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.events.base import ProjectRef
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from training_svc.institutions.tables import institutions
from training_svc.policy.facts import Standard
from training_svc.projects.tables import projects
from training_svc.qualifications.lifecycle import State
from training_svc.qualifications.qualification import Qualification
from training_svc.qualifications.tables import qualifications
from training_svc.standards.repository import standard_of
from training_svc.standards.tables import standards
from training_svc.visibility import Scope, scoped

_NEW = (
    "id",
    "institution_id",
    "project_code",
    "standard_version",
    "district",
    "state",
    "submitted_at",
    "submitted_by",
    "version",
)
_INSERT = Statement(
    insert(qualifications)
    .values({name: bindparam(name, type_=qualifications.c[name].type) for name in _NEW})
    .on_conflict_do_nothing()
    .returning(qualifications.c.id)
)
_SELECT = (
    sa.select(
        qualifications,
        institutions.c.credit_code,
        projects.c.name.label("project_name"),
        projects.c.stage,
    )
    .join(institutions, institutions.c.id == qualifications.c.institution_id)
    .join(projects, projects.c.code == qualifications.c.project_code)
)
_SCOPE = {"credit_code": institutions.c.credit_code, "district": qualifications.c.district}
_ONE = scoped(_SELECT.where(qualifications.c.id == bindparam("id")), **_SCOPE)
# The institution is locked too: its events, of all its qualifications, are in one order.
_FOR_UPDATE = scoped(
    _SELECT.where(qualifications.c.id == bindparam("id")).with_for_update(
        key_share=True, of=[qualifications, institutions]
    ),
    **_SCOPE,
)
_state = bindparam("in_state", type_=sa.Text)
_LIST = scoped(
    _SELECT.where(
        qualifications.c.id > bindparam("after"), sa.or_(_state.is_(None), qualifications.c.state == _state)
    )
    .order_by(qualifications.c.id)
    .limit(bindparam("most", type_=sa.Integer)),
    **_SCOPE,
)
_SAVED = ("state", "decided_on", "decided_at", "decided_by", "reason", "version")
_SAVE = Statement(
    qualifications.update()
    .where(qualifications.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=qualifications.c[name].type) for name in _SAVED})
)
_QUALIFYING = Statement(
    sa.select(standards)
    .join(
        qualifications,
        sa.and_(
            qualifications.c.project_code == standards.c.project_code,
            qualifications.c.standard_version == standards.c.version,
        ),
    )
    .where(
        qualifications.c.institution_id == bindparam("institution_id"),
        qualifications.c.project_code == bindparam("project_code"),
        qualifications.c.state == State.APPROVED.value,
        standards.c.effective_from <= bindparam("day", type_=sa.Date),
    )
    .order_by(standards.c.effective_from.desc())
    .limit(1)
    .with_for_update(read=True, of=qualifications)
)


async def insert_new(tx: Transaction, qualification: Qualification, submitted_by: str) -> bool:
    """Adds an application; False if the institution has a live one by this version."""
    values = {
        "id": qualification.id,
        "institution_id": qualification.institution_id,
        "project_code": qualification.project.code,
        "standard_version": qualification.standard_version,
        "district": qualification.district,
        "state": qualification.state,
        "submitted_at": qualification.submitted_at,
        "submitted_by": submitted_by,
        "version": qualification.version,
    }
    return await tx.row(_INSERT, values) is not None


async def one(database: Database, qualification_id: UUID, scope: Scope) -> Qualification | None:
    """A qualification that the scope sees."""
    row = await database.row(_ONE[scope.reach], {"id": qualification_id, "scope": scope.value})
    return _qualification(row) if row else None


async def load_for_update(tx: Transaction, qualification_id: UUID, scope: Scope) -> Qualification | None:
    """A qualification that the scope sees, locked together with its institution."""
    row = await tx.row(_FOR_UPDATE[scope.reach], {"id": qualification_id, "scope": scope.value})
    return _qualification(row) if row else None


async def listed(
    database: Database, scope: Scope, *, after: UUID, most: int, state: str | None
) -> list[Qualification]:
    """The qualifications that the scope sees, by id."""
    values = {"after": after, "most": most, "in_state": state, "scope": scope.value}
    return [_qualification(row) for row in await database.rows(_LIST[scope.reach], values)]


async def save(tx: Transaction, qualification: Qualification) -> None:
    """Writes what a decision changed."""
    values = {name: getattr(qualification, name) for name in _SAVED}
    await tx.execute(_SAVE, values | {"of_id": qualification.id})


async def qualifying_standard(
    tx: Transaction, institution_id: UUID, project_code: str, day: date
) -> Standard | None:
    """The newest standard effective on ``day`` by which the institution may run the project (T03, T07).

    The qualification is locked against change until the transaction ends.
    """
    values = {"institution_id": institution_id, "project_code": project_code, "day": day}
    row = await tx.row(_QUALIFYING, values)
    return standard_of(row) if row else None


def _qualification(row: Row) -> Qualification:
    return Qualification(
        id=row["id"],
        institution_id=row["institution_id"],
        credit_code=row["credit_code"],
        project=ProjectRef(code=row["project_code"], name=row["project_name"], stage=row["stage"]),
        standard_version=row["standard_version"],
        district=row["district"],
        state=State(row["state"]),
        submitted_at=row["submitted_at"],
        version=row["version"],
        decided_on=row["decided_on"],
        decided_at=row["decided_at"],
        decided_by=row["decided_by"],
        reason=row["reason"],
    )
