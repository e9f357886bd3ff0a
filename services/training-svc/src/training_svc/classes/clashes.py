"""What stands in the way of a timetable: a room, an instructor or a trainee that is taken (T06, T10)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Statement, Transaction
from chuangpei.kernel.refusals import Finding, Text
from sqlalchemy import bindparam, func

from training_svc.classes.tables import classes, session_instructors, sessions
from training_svc.classes.training_class import Session, TrainingClass
from training_svc.enrolments.lifecycle import STANDING
from training_svc.enrolments.tables import enrolment_hours, enrolments, state_among
from training_svc.persons import SealedPerson
from training_svc.policy.findings import finding, local

_ROOM_TAKEN = Text("教室在该时间已有课次", "The room has another session at that time")
_INSTRUCTOR_TAKEN = Text("讲师在该时间另有课次", "The instructor teaches elsewhere at that time")
_INSTRUCTOR_SITS = Text("讲师在该时间是其他班级的学员", "The instructor sits in a class at that time")
_TRAINEE_TAKEN = Text("学员在该时间另有班级课次", "The trainee sits in another class at that time")
_TRAINEE_TEACHES = Text("学员在该时间为其他班级授课", "The trainee teaches a class at that time")
_MOST_TOLD = 50

_instant = sa.DateTime(timezone=True)
_wanted = (
    func.unnest(
        bindparam("rooms", type_=sa.ARRAY(sa.Text)),
        bindparam("starts", type_=sa.ARRAY(_instant)),
        bindparam("ends", type_=sa.ARRAY(_instant)),
    )
    .table_valued(
        sa.column("room", sa.Text),
        sa.column("starts_at", _instant),
        sa.column("ends_at", _instant),
        name="wanted",
    )
    .render_derived()
)
_wanted_time = func.tstzrange(_wanted.c.starts_at, _wanted.c.ends_at)
_not_itself = sessions.c.id != sa.all_(bindparam("own", type_=sa.ARRAY(sa.Uuid)))
_TAKEN_ROOMS = Statement(
    sa.select(_wanted.c.room, _wanted.c.starts_at)
    .distinct()
    .join(
        sessions,
        sa.and_(
            sessions.c.institution_id == bindparam("institution_id", type_=sa.Uuid),
            sessions.c.room == _wanted.c.room,
            sessions.c.cancelled_at.is_(None),
            sa.not_(sessions.c.online),
            func.tstzrange(sessions.c.starts_at, sessions.c.ends_at).op("&&")(_wanted_time),
            _not_itself,
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
            session_instructors.c.session_id != sa.all_(bindparam("own", type_=sa.ARRAY(sa.Uuid))),
        ),
    )
    .order_by(_wanted.c.starts_at, session_instructors.c.person_key)
)
_class_id = bindparam("class_id", type_=sa.Uuid)
_TAKEN_TRAINEES = Statement(
    sa.select(
        enrolments.c.masked_name,
        classes.c.name.label("class_name"),
        func.min(sessions.c.starts_at).label("starts_at"),
    )
    .select_from(enrolment_hours)
    .join(enrolments, enrolments.c.id == enrolment_hours.c.enrolment_id)
    .join(classes, classes.c.id == enrolments.c.class_id)
    .join(sessions, sa.and_(sessions.c.class_id == classes.c.id, sessions.c.cancelled_at.is_(None)))
    .join(_wanted, func.tstzrange(sessions.c.starts_at, sessions.c.ends_at).op("&&")(_wanted_time))
    .where(
        enrolment_hours.c.person_key == sa.any_(bindparam("person_keys", type_=sa.ARRAY(sa.Text))),
        enrolments.c.class_id.is_distinct_from(_class_id),
    )
    .group_by(enrolments.c.id, classes.c.id)
    .order_by(func.min(sessions.c.starts_at), enrolments.c.id)
    .limit(_MOST_TOLD)
)
_TRAINEES = Statement(
    sa.select(enrolments.c.person_key, enrolments.c.masked_name).where(
        enrolments.c.class_id == _class_id, state_among(STANDING)
    )
)


async def rooms(
    tx: Transaction, institution_id: UUID, wanted: Sequence[Session], own: Sequence[UUID] = ()
) -> list[Finding]:
    """T06: the wanted rooms and times at which the institution has another session than its ``own`` ones."""
    in_rooms = [one for one in wanted if not one.online]
    values = _times(in_rooms) | {"institution_id": institution_id, "own": list(own)}
    return [
        finding("T06", False, f"{row['room']} {local(row['starts_at'])}", "—", _ROOM_TAKEN)
        for row in await tx.rows(_TAKEN_ROOMS, values)
    ]


async def instructors(
    tx: Transaction, people: Sequence[SealedPerson], wanted: Sequence[Session], own: Sequence[UUID] = ()
) -> list[Finding]:
    """T10: the people and wanted times at which they teach elsewhere or sit in a class, anywhere."""
    names = {one.person_key: one.masked_name for one in people}
    return [
        *await _teaching(tx, names, wanted, own, "T10", _INSTRUCTOR_TAKEN),
        *await _sitting(tx, None, names, wanted, "T10", _INSTRUCTOR_SITS),
    ]


async def trainees(
    tx: Transaction, class_id: UUID, names: Mapping[str, str], wanted: Sequence[Session]
) -> list[Finding]:
    """T06: the wanted times at which people sit in another class, or teach one; at most fifty are told.

    ``names`` are the masked names of the people by their keys.
    """
    return [
        *await _sitting(tx, class_id, names, wanted, "T06", _TRAINEE_TAKEN),
        *await _teaching(tx, names, wanted, (), "T06", _TRAINEE_TEACHES),
    ]


async def of_all_trainees(tx: Transaction, class_id: UUID, wanted: Sequence[Session]) -> list[Finding]:
    """T06: as :func:`trainees`, of everybody who is enrolled in the class or waits for a place."""
    rows = await tx.rows(_TRAINEES, {"class_id": class_id})
    return await trainees(tx, class_id, {row["person_key"]: row["masked_name"] for row in rows}, wanted)


async def of_new_class(tx: Transaction, training_class: TrainingClass) -> tuple[Finding, ...]:
    """What stands in the way of a class that is to be filed."""
    wanted = training_class.sessions
    return (
        *await rooms(tx, training_class.institution_id, wanted),
        *await instructors(tx, training_class.instructors, wanted),
    )


async def _teaching(
    tx: Transaction,
    names: Mapping[str, str],
    wanted: Sequence[Session],
    own: Sequence[UUID],
    rule: str,
    text: Text,
) -> list[Finding]:
    """The wanted times at which people teach a session other than those of ``own``."""
    values = _times(wanted) | {"person_keys": list(names), "own": list(own)}
    return [
        finding(rule, False, f"{names[row['person_key']]} {local(row['starts_at'])}", "—", text)
        for row in await tx.rows(_TAKEN_INSTRUCTORS, values)
    ]


async def _sitting(
    tx: Transaction,
    class_id: UUID | None,
    names: Mapping[str, str],
    wanted: Sequence[Session],
    rule: str,
    text: Text,
) -> list[Finding]:
    """The classes other than ``class_id`` in whose sessions people sit at the wanted times."""
    values = _times(wanted) | {"class_id": class_id, "person_keys": list(names)}
    return [
        finding(rule, False, f"{row['masked_name']} {row['class_name']} {local(row['starts_at'])}", "—", text)
        for row in await tx.rows(_TAKEN_TRAINEES, values)
    ]


def _times(wanted: Sequence[Session]) -> dict[str, object]:
    return {
        "rooms": [one.room for one in wanted],
        "starts": [one.hours.starts_at for one in wanted],
        "ends": [one.hours.ends_at for one in wanted],
    }
