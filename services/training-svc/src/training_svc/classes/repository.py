"""The queries on classes, their sessions and instructors."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.events.base import InstitutionRef, ProjectRef
from chuangpei.listing import Filter, Listing, Order, equal
from sqlalchemy import bindparam, func

from training_svc.classes.tables import class_instructors, classes, session_instructors, sessions
from training_svc.classes.training_class import Licence, Session, TrainingClass
from training_svc.institutions.tables import institutions
from training_svc.instructors.lifecycle import BARRED, State, state_on
from training_svc.instructors.tables import instructors
from training_svc.persons import SealedPerson
from training_svc.policy.facts import Hours
from training_svc.projects.tables import projects
from training_svc.qualifications import lifecycle as qualification
from training_svc.qualifications.tables import qualifications
from training_svc.visibility import Scope, reaches, scoped


def _insert(table: sa.Table) -> Statement:
    return Statement(
        table.insert().values(
            {column.name: bindparam(column.name, type_=column.type) for column in table.columns}
        )
    )


_INSERT_CLASS = _insert(classes)
_INSERT_SESSION = _insert(sessions)
_INSERT_INSTRUCTOR = _insert(class_instructors)
_INSERT_SESSION_INSTRUCTOR = _insert(session_instructors)

_SELECT = (
    sa.select(
        classes,
        institutions.c.credit_code,
        institutions.c.name.label("institution_name"),
        projects.c.name.label("project_name"),
        projects.c.stage,
        qualifications.c.state.label("qualification_state"),
        qualifications.c.valid_until.label("qualification_valid_until"),
    )
    .join(institutions, institutions.c.id == classes.c.institution_id)
    .join(projects, projects.c.code == classes.c.project_code)
    .outerjoin(qualifications, qualifications.c.id == classes.c.qualification_id)
)
_SCOPE = {"credit_code": institutions.c.credit_code, "district": classes.c.district}
_ONE = scoped(_SELECT.where(classes.c.id == bindparam("id")), **_SCOPE)
_BARRED = sa.and_(
    class_instructors.c.person_key == instructors.c.person_key,
    instructors.c.state.in_([sa.literal_column(f"'{state}'") for state in BARRED]),
)
_FLAGGED = sa.select(class_instructors.c.class_id).join(instructors, _BARRED)
LIST = Listing(
    _SELECT,
    key=Order(classes.c.id, UUID),
    orders={"starts_on": Order(classes.c.starts_on, date)},
    filters={
        "project_code": equal(classes.c.project_code),
        "flagged_on": Filter(
            sa.Date(), lambda day: sa.and_(classes.c.ends_on >= day, classes.c.id.in_(_FLAGGED))
        ),
        "unflagged_on": Filter(
            sa.Date(), lambda day: sa.or_(classes.c.ends_on < day, classes.c.id.not_in(_FLAGGED))
        ),
    },
    reaches=reaches(**_SCOPE),
)
_FLAGS = Statement(
    sa.select(instructors)
    .select_from(class_instructors)
    .join(instructors, _BARRED)
    .where(class_instructors.c.class_id == bindparam("class_id"))
)
_SESSIONS = Statement(
    sa.select(sessions).where(sessions.c.class_id == bindparam("class_id")).order_by(sessions.c.starts_at)
)
_INSTRUCTORS = Statement(
    sa.select(class_instructors)
    .where(class_instructors.c.class_id == bindparam("class_id"))
    .order_by(class_instructors.c.person_key)
)
_TEACHES = Statement(
    sa.select(
        sa.exists().where(
            class_instructors.c.class_id == bindparam("class_id", type_=sa.Uuid),
            class_instructors.c.person_key == bindparam("person_key", type_=sa.Text),
        )
    )
)

_wanted = (
    func.unnest(
        bindparam("rooms", type_=sa.ARRAY(sa.Text)),
        bindparam("starts", type_=sa.ARRAY(sa.DateTime(timezone=True))),
        bindparam("ends", type_=sa.ARRAY(sa.DateTime(timezone=True))),
    )
    .table_valued(
        sa.column("room", sa.Text),
        sa.column("starts_at", sa.DateTime(timezone=True)),
        sa.column("ends_at", sa.DateTime(timezone=True)),
        name="wanted",
    )
    .render_derived()
)
_wanted_time = func.tstzrange(_wanted.c.starts_at, _wanted.c.ends_at)
_TAKEN_ROOMS = Statement(
    sa.select(_wanted.c.room, _wanted.c.starts_at)
    .distinct()
    .join(
        sessions,
        sa.and_(
            sessions.c.institution_id == bindparam("institution_id", type_=sa.Uuid),
            sessions.c.room == _wanted.c.room,
            func.tstzrange(sessions.c.starts_at, sessions.c.ends_at).op("&&")(_wanted_time),
        ),
    )
    .order_by(_wanted.c.starts_at)
)
_TAKEN_INSTRUCTORS = Statement(
    sa.select(session_instructors.c.person_key, _wanted.c.starts_at)
    .distinct()
    .join(
        session_instructors,
        sa.and_(
            session_instructors.c.person_key == sa.any_(bindparam("person_keys", type_=sa.ARRAY(sa.Text))),
            func.tstzrange(session_instructors.c.starts_at, session_instructors.c.ends_at).op("&&")(
                _wanted_time
            ),
        ),
    )
    .order_by(_wanted.c.starts_at, session_instructors.c.person_key)
)


async def insert_new(tx: Transaction, training_class: TrainingClass, filed_by: str) -> None:
    """Adds a class with its sessions and instructors.

    Raises :class:`asyncpg.ExclusionViolationError` where a room or an instructor is taken at the time. The
    rows go in by time, so that two classes that clash wait for each other in one order and never deadlock.
    """
    await tx.execute(_INSERT_CLASS, _class_values(training_class, filed_by))
    in_time = sorted(training_class.sessions, key=lambda one: one.hours.starts_at)
    by_key = sorted(training_class.instructors, key=lambda one: one.person_key)
    await tx.execute_many(_INSERT_SESSION, [_session_values(training_class, one) for one in in_time])
    await tx.execute_many(
        _INSERT_INSTRUCTOR, [_instructor_values(training_class.id, person) for person in by_key]
    )
    await tx.execute_many(
        _INSERT_SESSION_INSTRUCTOR,
        [
            {
                "session_id": one.id,
                "person_key": person.person_key,
                "starts_at": one.hours.starts_at,
                "ends_at": one.hours.ends_at,
            }
            for one in in_time
            for person in by_key
        ],
    )


async def taken_rooms(tx: Transaction, institution_id: UUID, wanted: Sequence[Session]) -> list[Row]:
    """The wanted rooms and times at which the institution has another session there."""
    return await tx.rows(_TAKEN_ROOMS, _times(wanted) | {"institution_id": institution_id})


async def taken_instructors(
    tx: Transaction, person_keys: Sequence[str], wanted: Sequence[Session]
) -> list[Row]:
    """The instructors and wanted times at which they teach elsewhere, at any institution."""
    return await tx.rows(_TAKEN_INSTRUCTORS, _times(wanted) | {"person_keys": list(person_keys)})


async def one(tx: Transaction, class_id: UUID, scope: Scope) -> TrainingClass | None:
    """A class that the scope sees, with its sessions and instructors."""
    row = await tx.row(_ONE[scope.reach], {"id": class_id, "scope": scope.value})
    if row is None:
        return None
    found = await tx.rows(_SESSIONS, {"class_id": class_id})
    people = await tx.rows(_INSTRUCTORS, {"class_id": class_id})
    return class_of(row, tuple(map(_session, found)), tuple(map(_instructor, people)))


async def summary(source: Database | Transaction, class_id: UUID, scope: Scope) -> TrainingClass | None:
    """A class that the scope sees, without its sessions and instructors."""
    row = await source.row(_ONE[scope.reach], {"id": class_id, "scope": scope.value})
    return class_of(row) if row else None


async def teaches(tx: Transaction, class_id: UUID, person_key: str) -> bool:
    """Whether the person is an instructor of the class."""
    return bool(await tx.value(_TEACHES, {"class_id": class_id, "person_key": person_key}))


async def flags(tx: Transaction, training_class: TrainingClass, today: date) -> dict[str, State]:
    """Who teaches the class, by person key, though suspended or leaving the pool; none once it has ended."""
    if training_class.ends_on < today:
        return {}
    return {
        row["person_key"]: state_on(
            State(row["state"]), today, appraisal_due_on=row["appraisal_due_on"], exits_on=row["exits_on"]
        )
        for row in await tx.rows(_FLAGS, {"class_id": training_class.id})
    }


def _times(wanted: Sequence[Session]) -> dict[str, object]:
    return {
        "rooms": [one.room for one in wanted],
        "starts": [one.hours.starts_at for one in wanted],
        "ends": [one.hours.ends_at for one in wanted],
    }


def _class_values(one: TrainingClass, filed_by: str) -> dict[str, object]:
    return {
        "id": one.id,
        "institution_id": one.institution_id,
        "project_code": one.project.code,
        "standard_version": one.standard_version,
        "district": one.institution.district,
        "name": one.name,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "capacity": one.capacity,
        "enrolled": one.enrolled,
        "filed_at": one.filed_at,
        "filed_by": filed_by,
        "version": one.version,
        "norm_version": one.norm_version,
        "qualification_id": one.licence.qualification_id if one.licence else None,
    }


def _session_values(training_class: TrainingClass, one: Session) -> dict[str, object]:
    return {
        "id": one.id,
        "class_id": training_class.id,
        "institution_id": training_class.institution_id,
        "room": one.room,
        "starts_at": one.hours.starts_at,
        "ends_at": one.hours.ends_at,
    }


def _instructor_values(class_id: UUID, person: SealedPerson) -> dict[str, object]:
    return {
        "class_id": class_id,
        "person_key": person.person_key,
        "masked_name": person.masked_name,
        "masked_id_number": person.masked_id_number,
        "name_encrypted": person.name_encrypted,
        "id_number_encrypted": person.id_number_encrypted,
    }


def class_of(
    row: Row, found: tuple[Session, ...] = (), people: tuple[SealedPerson, ...] = ()
) -> TrainingClass:
    """The class in a row of :data:`LIST`."""
    return TrainingClass(
        id=row["id"],
        institution_id=row["institution_id"],
        institution=InstitutionRef(
            credit_code=row["credit_code"], name=row["institution_name"], district=row["district"]
        ),
        project=ProjectRef(code=row["project_code"], name=row["project_name"], stage=row["stage"]),
        standard_version=row["standard_version"],
        name=row["name"],
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        capacity=row["capacity"],
        enrolled=row["enrolled"],
        filed_at=row["filed_at"],
        version=row["version"],
        norm_version=row["norm_version"],
        licence=_licence(row),
        sessions=found,
        instructors=people,
    )


def _licence(row: Row) -> Licence | None:
    if row["qualification_id"] is None:
        return None
    state = qualification.State(row["qualification_state"])
    return Licence(row["qualification_id"], state, row["qualification_valid_until"])


def _session(row: Row) -> Session:
    return Session(row["id"], row["room"], Hours(row["starts_at"], row["ends_at"]))


def _instructor(row: Row) -> SealedPerson:
    return SealedPerson(
        person_key=row["person_key"],
        masked_name=row["masked_name"],
        masked_id_number=row["masked_id_number"],
        name_encrypted=row["name_encrypted"],
        id_number_encrypted=row["id_number_encrypted"],
    )
