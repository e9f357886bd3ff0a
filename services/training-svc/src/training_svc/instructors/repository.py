"""The queries on the pool of instructors."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from training_svc.institutions.tables import institutions
from training_svc.instructors.instructor import Employment, Instructor
from training_svc.instructors.lifecycle import State
from training_svc.instructors.tables import instructor_certificates, instructor_projects, instructors
from training_svc.persons import SealedPerson
from training_svc.visibility import Scope, scoped

_OWN = tuple(column.name for column in instructors.columns)
_SAVED = tuple(name for name in _OWN if name not in ("id", "person_key"))
_INSERT = Statement(
    insert(instructors)
    .values({name: bindparam(name, type_=instructors.c[name].type) for name in _OWN})
    .on_conflict_do_nothing(index_elements=["person_key"])
    .returning(instructors.c.id)
)
_SAVE = Statement(
    instructors.update()
    .where(instructors.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=instructors.c[name].type) for name in _SAVED})
)
_PROJECTS = (
    sa.select(instructor_projects.c.project_code)
    .where(instructor_projects.c.instructor_id == instructors.c.id)
    .order_by(instructor_projects.c.project_code)
    .scalar_subquery()
)
SELECT = sa.select(
    instructors,
    institutions.c.credit_code,
    institutions.c.name.label("institution_name"),
    func.array(_PROJECTS, type_=sa.ARRAY(sa.Text)).label("projects"),
).outerjoin(institutions, institutions.c.id == instructors.c.institution_id)
"""Instructors with their institution and projects, for :func:`instructor_of`."""
SCOPE = {"credit_code": institutions.c.credit_code, "district": instructors.c.district}
"""The columns by which instructors, and what hangs on them, are seen."""
_ONE = scoped(SELECT.where(instructors.c.id == bindparam("id")), **SCOPE)
_FOR_UPDATE = scoped(
    SELECT.where(instructors.c.id == bindparam("id")).with_for_update(key_share=True, of=instructors), **SCOPE
)
_PERSON = SELECT.where(instructors.c.person_key == bindparam("person_key"))
_OF_PERSON = Statement(_PERSON)
_OF_PERSON_FOR_UPDATE = Statement(_PERSON.with_for_update(key_share=True, of=instructors))
_MEMBERS = Statement(
    SELECT.where(
        sa.or_(
            instructors.c.person_key == sa.any_(bindparam("person_keys", type_=sa.ARRAY(sa.Text))),
            instructors.c.id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))),
        )
    )
    .order_by(instructors.c.id)
    .with_for_update(read=True, of=instructors)
)
_DUE = Statement(
    SELECT.where(
        instructors.c.state == sa.literal_column("'active'"),
        sa.not_(instructors.c.due_told),
        instructors.c.appraisal_due_on <= bindparam("today", type_=sa.Date),
    )
    .order_by(instructors.c.appraisal_due_on)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(key_share=True, of=instructors, skip_locked=True)
)
_DROP_PROJECTS = Statement(
    instructor_projects.delete().where(instructor_projects.c.instructor_id == bindparam("instructor_id"))
)
_ADD_PROJECTS = Statement(
    instructor_projects.insert().from_select(
        ["instructor_id", "project_code"],
        sa.select(
            bindparam("instructor_id", type_=sa.Uuid),
            func.unnest(bindparam("projects", type_=sa.ARRAY(sa.Text))),
        ),
    )
)
_ADD_CERTIFICATE = Statement(
    insert(instructor_certificates)
    .values({one.name: bindparam(one.name, type_=one.type) for one in instructor_certificates.columns})
    .on_conflict_do_nothing(index_elements=["instructor_id", "name", "number"])
    .returning(instructor_certificates.c.id)
)
_CERTIFICATE_FIELDS = ("name", "number", "issued_by", "issued_on", "expires_on")
_AMEND_CERTIFICATE = Statement(
    instructor_certificates.update()
    .where(instructor_certificates.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({one: bindparam(one, type_=instructor_certificates.c[one].type) for one in _CERTIFICATE_FIELDS})
)
_CERTIFICATES = Statement(
    sa.select(instructor_certificates)
    .where(instructor_certificates.c.instructor_id == bindparam("instructor_id"))
    .order_by(instructor_certificates.c.issued_on, instructor_certificates.c.id)
)


async def insert_new(tx: Transaction, instructor: Instructor) -> bool:
    """Adds a person with the projects applied for; False if the person is there already, as waited for."""
    if await tx.row(_INSERT, _values(instructor)) is None:
        return False
    await _add_projects(tx, instructor)
    return True


async def one(source: Database | Transaction, instructor_id: UUID, scope: Scope) -> Instructor | None:
    """An instructor that the scope sees."""
    row = await source.row(_ONE[scope.reach], {"id": instructor_id, "scope": scope.value})
    return instructor_of(row) if row else None


async def load_for_update(tx: Transaction, instructor_id: UUID, scope: Scope) -> Instructor | None:
    """An instructor that the scope sees, locked: no class is filed with them meanwhile."""
    row = await tx.row(_FOR_UPDATE[scope.reach], {"id": instructor_id, "scope": scope.value})
    return instructor_of(row) if row else None


async def of_person(source: Database | Transaction, person_key: str) -> Instructor | None:
    """A person's own entry."""
    row = await source.row(_OF_PERSON, {"person_key": person_key})
    return instructor_of(row) if row else None


async def load_person_for_update(tx: Transaction, person_key: str) -> Instructor | None:
    """A person's entry, locked."""
    row = await tx.row(_OF_PERSON_FOR_UPDATE, {"person_key": person_key})
    return instructor_of(row) if row else None


async def members(tx: Transaction, person_keys: Sequence[str], ids: Sequence[UUID]) -> list[Instructor]:
    """The entries of persons named by key or id; none of them changes until the transaction ends."""
    rows = await tx.rows(_MEMBERS, {"person_keys": list(person_keys), "ids": list(ids)})
    return [instructor_of(row) for row in rows]


async def due_to_be_told(tx: Transaction, today: date, most: int) -> list[Instructor]:
    """Instructors whose appraisal is due and not told yet, locked; those locked by others are left."""
    return [instructor_of(row) for row in await tx.rows(_DUE, {"today": today, "most": most})]


async def save(tx: Transaction, instructor: Instructor) -> None:
    """Writes what changed, but for the projects."""
    await tx.execute(_SAVE, _values(instructor) | {"of_id": instructor.id})


async def save_with_projects(tx: Transaction, instructor: Instructor) -> None:
    """Writes what changed, and the projects."""
    await save(tx, instructor)
    await tx.execute(_DROP_PROJECTS, {"instructor_id": instructor.id})
    await _add_projects(tx, instructor)


async def add_certificate(tx: Transaction, values: Mapping[str, Any]) -> bool:
    """Records a certificate; False if the person has it recorded."""
    return await tx.row(_ADD_CERTIFICATE, values) is not None


async def amend_certificate(tx: Transaction, certificate_id: UUID, values: Mapping[str, Any]) -> None:
    """Writes a certificate as it should stand. Raises :class:`asyncpg.UniqueViolationError` if recorded."""
    await tx.execute(
        _AMEND_CERTIFICATE, {one: values[one] for one in _CERTIFICATE_FIELDS} | {"of_id": certificate_id}
    )


async def certificates(source: Database | Transaction, instructor_id: UUID) -> list[Row]:
    """A person's certificates by the day of issue."""
    return await source.rows(_CERTIFICATES, {"instructor_id": instructor_id})


async def _add_projects(tx: Transaction, instructor: Instructor) -> None:
    await tx.execute(_ADD_PROJECTS, {"instructor_id": instructor.id, "projects": list(instructor.projects)})


def _values(one: Instructor) -> dict[str, Any]:
    person = one.person
    return {
        "id": one.id,
        "person_key": person.person_key,
        "masked_name": person.masked_name,
        "masked_id_number": person.masked_id_number,
        "masked_phone": one.masked_phone,
        "name_encrypted": person.name_encrypted,
        "id_number_encrypted": person.id_number_encrypted,
        "phone_encrypted": one.phone_encrypted,
        "employment": one.employment,
        "institution_id": one.institution_id,
        "district": one.district,
        "fields": list(one.fields),
        "state": one.state,
        "applied_at": one.applied_at,
        "admitted_on": one.admitted_on,
        "appraisal_due_on": one.appraisal_due_on,
        "due_told": one.due_told,
        "exits_on": one.exits_on,
        "may_return_on": one.may_return_on,
        "reason": one.reason,
        "version": one.version,
    }


def instructor_of(row: Row) -> Instructor:
    """The instructor in a row of :data:`SELECT`."""
    return Instructor(
        id=row["id"],
        person=SealedPerson(
            person_key=row["person_key"],
            masked_name=row["masked_name"],
            masked_id_number=row["masked_id_number"],
            name_encrypted=row["name_encrypted"],
            id_number_encrypted=row["id_number_encrypted"],
        ),
        masked_phone=row["masked_phone"],
        phone_encrypted=row["phone_encrypted"],
        employment=Employment(row["employment"]) if row["employment"] else None,
        institution_id=row["institution_id"],
        credit_code=row["credit_code"],
        institution_name=row["institution_name"],
        district=row["district"],
        fields=tuple(row["fields"]),
        projects=tuple(row["projects"]),
        state=State(row["state"]),
        applied_at=row["applied_at"],
        version=row["version"],
        admitted_on=row["admitted_on"],
        appraisal_due_on=row["appraisal_due_on"],
        due_told=row["due_told"],
        exits_on=row["exits_on"],
        may_return_on=row["may_return_on"],
        reason=row["reason"],
    )
