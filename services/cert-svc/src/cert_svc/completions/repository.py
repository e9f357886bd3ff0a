"""Queries on completed trainings."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from chuangpei.events.base import InstitutionRef, ProjectRef
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from cert_svc.certificates.tables import certificate_editions, certificates
from cert_svc.completions.completion import Completion
from cert_svc.completions.tables import completions
from cert_svc.people import StoredPerson

_columns = completions.c
_REVOCATION = ("revoked_on", "revocation_ground")
_COUNTED_AGAIN = (
    "class_ended_on",
    "completed_on",
    "sessions_attended",
    "sessions_held",
    "instructor_keys",
    "recorded_at",
)
_ADD = Statement(
    insert(completions)
    .values(
        {one.name: bindparam(one.name, type_=one.type) for one in _columns if one.name not in _REVOCATION}
    )
    .on_conflict_do_nothing()
    .returning(completions.c.enrolment_id)
)

_COMPLETE_AGAIN = Statement(
    completions.update()
    .where(
        _columns.enrolment_id == bindparam("of_enrolment", type_=sa.Uuid),
        _columns.revoked_on <= bindparam("completed_on", type_=sa.Date),
    )
    .values({name: bindparam(name, type_=_columns[name].type) for name in _COUNTED_AGAIN})
    .values(dict.fromkeys(_REVOCATION))
    .returning(_columns.enrolment_id)
)
_FOR_UPDATE = Statement(
    sa.select(completions)
    .where(_columns.enrolment_id == bindparam("enrolment_id"))
    # Whoever inserts what refers to it holds its key, and is not to be waited for.
    .with_for_update(key_share=True)
)
_HOLD = Statement(
    sa.select(_columns.enrolment_id)
    .join(certificates, certificates.c.enrolment_id == _columns.enrolment_id)
    .join(certificate_editions, certificate_editions.c.certificate_id == certificates.c.id)
    .where(certificate_editions.c.number == bindparam("number"))
    .with_for_update(of=completions, key_share=True)
)
_RENAME = Statement(
    completions.update()
    .where(_columns.enrolment_id == bindparam("of_enrolment", type_=sa.Uuid))
    .values({name: bindparam(name, type_=_columns[name].type) for name in ("masked_name", "name_encrypted")})
)
_REVOKE = Statement(
    completions.update()
    .where(_columns.enrolment_id == bindparam("of_enrolment", type_=sa.Uuid))
    .values({name: bindparam(name, type_=_columns[name].type) for name in _REVOCATION})
)


async def add(tx: Transaction, completion: Completion, at: datetime) -> bool:
    """Records the completion; False when the enrolment has one already. A concurrent twin is waited for."""
    return await tx.row(_ADD, _values(completion, at)) is not None


async def complete_again(tx: Transaction, completion: Completion, at: datetime) -> bool:
    """Records that a training taken back was completed again; False where it was not taken back before."""
    values = _values(completion, at)
    given = {name: values[name] for name in _COUNTED_AGAIN}
    return await tx.row(_COMPLETE_AGAIN, {"of_enrolment": completion.enrolment_id, **given}) is not None


async def load_for_update(tx: Transaction, enrolment_id: UUID) -> Row | None:
    """The completion of an enrolment, its row locked."""
    return await tx.row(_FOR_UPDATE, {"enrolment_id": enrolment_id})


async def revoke(tx: Transaction, enrolment_id: UUID, revoked_on: date, ground: str) -> None:
    """Marks a completion as taken back."""
    values = {"of_enrolment": enrolment_id, "revoked_on": revoked_on, "revocation_ground": ground}
    await tx.execute(_REVOKE, values)


async def hold(tx: Transaction, number: str) -> None:
    """Locks the completion that the certificate of a number rests on: completions before certificates."""
    await tx.execute(_HOLD, {"number": number})


async def rename(tx: Transaction, enrolment_id: UUID, person: StoredPerson) -> None:
    """Writes the corrected name, so that what is issued next bears it too."""
    values = {"masked_name": person.masked_name, "name_encrypted": person.name_encrypted}
    await tx.execute(_RENAME, {"of_enrolment": enrolment_id, **values})


def completion_of(row: Row) -> Completion:
    """The completion in a row that carries all its columns."""
    return Completion(
        enrolment_id=row["enrolment_id"],
        class_id=row["class_id"],
        institution=InstitutionRef(
            credit_code=row["credit_code"], name=row["institution_name"], district=row["district"]
        ),
        project=ProjectRef(code=row["project_code"], name=row["project_name"], stage=row["stage"]),
        person=StoredPerson(
            row["person_key"], row["masked_name"], row["name_encrypted"], row["id_number_encrypted"]
        ),
        standard_version=row["standard_version"],
        class_started_on=row["class_started_on"],
        class_ended_on=row["class_ended_on"],
        completed_on=row["completed_on"],
        sessions_attended=row["sessions_attended"],
        sessions_held=row["sessions_held"],
        instructor_keys=tuple(row["instructor_keys"]),
    )


def _values(completion: Completion, at: datetime) -> dict[str, Any]:
    return {
        "enrolment_id": completion.enrolment_id,
        "class_id": completion.class_id,
        "credit_code": completion.institution.credit_code,
        "institution_name": completion.institution.name,
        "district": completion.institution.district,
        "project_code": completion.project.code,
        "project_name": completion.project.name,
        "stage": completion.project.stage,
        "person_key": completion.person.person_key,
        "masked_name": completion.person.masked_name,
        "name_encrypted": completion.person.name_encrypted,
        "id_number_encrypted": completion.person.id_number_encrypted,
        "standard_version": completion.standard_version,
        "class_started_on": completion.class_started_on,
        "class_ended_on": completion.class_ended_on,
        "completed_on": completion.completed_on,
        "sessions_attended": completion.sessions_attended,
        "sessions_held": completion.sessions_held,
        "instructor_keys": list(completion.instructor_keys),
        "recorded_at": at,
    }
