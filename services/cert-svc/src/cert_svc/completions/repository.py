"""Queries on completed trainings."""

from datetime import datetime
from typing import Any

from chuangpei.database import Row, Statement, Transaction
from chuangpei.events.base import InstitutionRef, ProjectRef
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert

from cert_svc.completions.completion import Completion
from cert_svc.completions.tables import completions
from cert_svc.people import StoredPerson

_ADD = Statement(
    insert(completions)
    .values({column.name: bindparam(column.name, type_=column.type) for column in completions.columns})
    .on_conflict_do_nothing()
    .returning(completions.c.enrolment_id)
)


async def add(tx: Transaction, completion: Completion, at: datetime) -> bool:
    """Records the completion; False when the enrolment has one already. A concurrent twin is waited for."""
    return await tx.row(_ADD, _values(completion, at)) is not None


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
