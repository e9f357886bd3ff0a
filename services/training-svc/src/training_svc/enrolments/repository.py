"""The queries on enrolments."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from training_svc.attendance.tables import attendance
from training_svc.classes.tables import classes, sessions
from training_svc.enrolments.enrolment import Enrolment, Tally
from training_svc.enrolments.lifecycle import State
from training_svc.enrolments.tables import enrolments
from training_svc.institutions.tables import institutions
from training_svc.persons import SealedPerson
from training_svc.projects.tables import projects
from training_svc.standards.tables import standards
from training_svc.visibility import Scope, scoped

_NEW = (
    "id",
    "class_id",
    "person_key",
    "masked_name",
    "masked_id_number",
    "masked_phone",
    "name_encrypted",
    "id_number_encrypted",
    "phone_encrypted",
    "state",
    "enrolled_at",
    "enrolled_by",
    "version",
)
_INSERT = Statement(
    insert(enrolments)
    .values({name: bindparam(name, type_=enrolments.c[name].type) for name in _NEW})
    .on_conflict_do_nothing(index_elements=["class_id", "person_key"])
    .returning(enrolments.c.id)
)
_TAKE_PLACE = Statement(
    classes.update()
    .where(classes.c.id == bindparam("class_id", type_=sa.Uuid), classes.c.enrolled < classes.c.capacity)
    .values(enrolled=classes.c.enrolled + 1)
    .returning(classes.c.enrolled)
)
_SELECT = (
    sa.select(enrolments)
    .join(classes, classes.c.id == enrolments.c.class_id)
    .join(institutions, institutions.c.id == classes.c.institution_id)
)
_SCOPE = {"credit_code": institutions.c.credit_code, "district": classes.c.district}
_ONE = scoped(_SELECT.where(enrolments.c.id == bindparam("id")), **_SCOPE)
_FOR_UPDATE = scoped(
    _SELECT.where(enrolments.c.id == bindparam("id")).with_for_update(key_share=True, of=enrolments),
    **_SCOPE,
)
_LIST = scoped(
    _SELECT.where(enrolments.c.class_id == bindparam("class_id"), enrolments.c.id > bindparam("after"))
    .order_by(enrolments.c.id)
    .limit(bindparam("most", type_=sa.Integer)),
    **_SCOPE,
)
_ENROLLED_OF_CLASS = Statement(
    sa.select(enrolments)
    .where(enrolments.c.class_id == bindparam("class_id", type_=sa.Uuid), enrolments.c.state == "enrolled")
    .order_by(enrolments.c.id)
    .with_for_update(key_share=True)
)
_SAVED = ("state", "completed_at", "completed_on", "sessions_attended", "sessions_held", "version")
_SAVE = Statement(
    enrolments.update()
    .where(enrolments.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=enrolments.c[name].type) for name in _SAVED})
)
_ATTENDED = Statement(
    sa.select(attendance.c.enrolment_id, func.count().label("sessions_attended"))
    .where(
        attendance.c.enrolment_id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))), attendance.c.present
    )
    .group_by(attendance.c.enrolment_id)
)
_HELD = Statement(
    sa.select(
        func.count().label("sessions_held"),
        func.max(sessions.c.ends_at).label("last_session_ends_at"),
        sa.select(standards.c.attendance_percent)
        .join(
            classes,
            sa.and_(
                classes.c.project_code == standards.c.project_code,
                classes.c.standard_version == standards.c.version,
            ),
        )
        .where(classes.c.id == bindparam("class_id", type_=sa.Uuid))
        .scalar_subquery()
        .label("attendance_percent"),
    ).where(sessions.c.class_id == bindparam("class_id", type_=sa.Uuid))
)
_ENROLLED_OF = Statement(
    sa.select(enrolments.c.person_key).where(
        enrolments.c.class_id == bindparam("class_id", type_=sa.Uuid),
        enrolments.c.person_key == sa.any_(bindparam("person_keys", type_=sa.ARRAY(sa.Text))),
    )
)
_OF_PERSON = Statement(
    sa.select(
        enrolments.c.id,
        enrolments.c.class_id,
        classes.c.name.label("class_name"),
        institutions.c.name.label("institution_name"),
        projects.c.code.label("project_code"),
        projects.c.name.label("project_name"),
        projects.c.stage,
        classes.c.district,
        classes.c.starts_on,
        classes.c.ends_on,
        enrolments.c.state,
        enrolments.c.completed_on,
        enrolments.c.sessions_attended,
        enrolments.c.sessions_held,
    )
    .join(classes, classes.c.id == enrolments.c.class_id)
    .join(institutions, institutions.c.id == classes.c.institution_id)
    .join(projects, projects.c.code == classes.c.project_code)
    .where(enrolments.c.person_key == bindparam("person_key"), enrolments.c.id > bindparam("after"))
    .order_by(enrolments.c.id)
    .limit(bindparam("most", type_=sa.Integer))
)


async def insert_new(tx: Transaction, enrolment: Enrolment, phone_encrypted: str, by: str) -> bool:
    """Adds an enrolment; False if the person has one in the class."""
    person = enrolment.person
    values = {
        "id": enrolment.id,
        "class_id": enrolment.class_id,
        "person_key": person.person_key,
        "masked_name": person.masked_name,
        "masked_id_number": person.masked_id_number,
        "masked_phone": enrolment.masked_phone,
        "name_encrypted": person.name_encrypted,
        "id_number_encrypted": person.id_number_encrypted,
        "phone_encrypted": phone_encrypted,
        "state": enrolment.state,
        "enrolled_at": enrolment.enrolled_at,
        "enrolled_by": by,
        "version": enrolment.version,
    }
    return await tx.row(_INSERT, values) is not None


async def take_place(tx: Transaction, class_id: UUID) -> bool:
    """Takes one of the class's places, which locks the class's row; False if there is none left."""
    return await tx.row(_TAKE_PLACE, {"class_id": class_id}) is not None


async def one(tx: Transaction, enrolment_id: UUID, scope: Scope) -> Enrolment | None:
    """An enrolment that the scope sees."""
    row = await tx.row(_ONE[scope.reach], {"id": enrolment_id, "scope": scope.value})
    return _enrolment(row) if row else None


async def load_for_update(tx: Transaction, enrolment_id: UUID, scope: Scope) -> Enrolment | None:
    """An enrolment that the scope sees, locked: no attendance of it is recorded or corrected meanwhile."""
    row = await tx.row(_FOR_UPDATE[scope.reach], {"id": enrolment_id, "scope": scope.value})
    return _enrolment(row) if row else None


async def load_enrolled(tx: Transaction, class_id: UUID) -> list[Enrolment]:
    """The enrolments of a class that have not completed, locked as :func:`load_for_update` does."""
    return [_enrolment(row) for row in await tx.rows(_ENROLLED_OF_CLASS, {"class_id": class_id})]


async def listed(
    database: Database, scope: Scope, *, class_id: UUID, after: UUID, most: int
) -> list[Enrolment]:
    """The enrolments of a class that the scope sees, by id."""
    values = {"class_id": class_id, "after": after, "most": most, "scope": scope.value}
    return [_enrolment(row) for row in await database.rows(_LIST[scope.reach], values)]


async def of_person(database: Database, person_key: str, *, after: UUID, most: int) -> list[Row]:
    """A person's enrolments, by id, with what the person may know of the class."""
    return await database.rows(_OF_PERSON, {"person_key": person_key, "after": after, "most": most})


async def enrolled_of(tx: Transaction, class_id: UUID, person_keys: Sequence[str]) -> frozenset[str]:
    """Which of the persons are enrolled in the class."""
    rows = await tx.rows(_ENROLLED_OF, {"class_id": class_id, "person_keys": list(person_keys)})
    return frozenset(row["person_key"] for row in rows)


async def tally(tx: Transaction, enrolment: Enrolment) -> Tally:
    """The sessions of the class and those attended, as the database has them now."""
    return (await tallies(tx, enrolment.class_id, [enrolment.id]))[enrolment.id]


async def tallies(tx: Transaction, class_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Tally]:
    """The tally of each of the enrolments of a class, as the database has them now."""
    attended = {
        row["enrolment_id"]: row["sessions_attended"] for row in await tx.rows(_ATTENDED, {"ids": list(ids)})
    }
    held = await tx.row(_HELD, {"class_id": class_id})
    assert held is not None
    return {
        one: Tally(
            sessions_attended=attended.get(one, 0),
            sessions_held=held["sessions_held"],
            last_session_ends_at=held["last_session_ends_at"],
            attendance_percent=held["attendance_percent"],
        )
        for one in ids
    }


async def save(tx: Transaction, *changed: Enrolment) -> None:
    """Writes what completions changed."""
    await tx.execute_many(
        _SAVE, [{name: getattr(one, name) for name in _SAVED} | {"of_id": one.id} for one in changed]
    )


def _enrolment(row: Row) -> Enrolment:
    return Enrolment(
        id=row["id"],
        class_id=row["class_id"],
        person=SealedPerson(
            person_key=row["person_key"],
            masked_name=row["masked_name"],
            masked_id_number=row["masked_id_number"],
            name_encrypted=row["name_encrypted"],
            id_number_encrypted=row["id_number_encrypted"],
        ),
        masked_phone=row["masked_phone"],
        state=State(row["state"]),
        enrolled_at=row["enrolled_at"],
        version=row["version"],
        completed_at=row["completed_at"],
        completed_on=row["completed_on"],
        sessions_attended=row["sessions_attended"],
        sessions_held=row["sessions_held"],
    )
