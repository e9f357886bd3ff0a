"""The queries that gather what the rules of anomalies look at: sets, each along an index.

They start from the presences that a sweep took, so they cost what is new, however much there is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Row, Statement, Transaction
from sqlalchemy import bindparam, func

from training_svc.anomalies.anomaly import Place
from training_svc.anomalies.tables import unswept
from training_svc.attendance.tables import attendance, corrections
from training_svc.classes.tables import classes, sessions
from training_svc.enrolments.tables import enrolments
from training_svc.institutions.tables import institutions
from training_svc.policy.facts import Hours


@dataclass(frozen=True, slots=True)
class Sighting:
    """One presence with what the rules need to know of its session and class."""

    id: UUID
    session_id: UUID
    enrolment_id: UUID
    recorded_at: datetime
    received_at: datetime
    hours: Hours
    class_starts_on: date
    place: Place
    credit_code: str


class Pair(NamedTuple):
    """A presence that a sweep took, and another that a rule may find not to go with it."""

    of: UUID
    other: Sighting


_ids = bindparam("ids", type_=sa.ARRAY(sa.Uuid))
# In a CTE, which is read once: as a subquery PostgreSQL may read it again and take more than the limit.
_next = (
    sa.select(unswept.c.id)
    .order_by(unswept.c.id)
    .limit(bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
    .cte("next")
)
_TAKE = Statement(unswept.delete().where(unswept.c.id == _next.c.id).returning(unswept.c.attendance_id))
_SIGHTING = (
    attendance.c.id,
    attendance.c.session_id,
    attendance.c.enrolment_id,
    attendance.c.recorded_at,
    attendance.c.received_at,
    sessions.c.starts_at,
    sessions.c.ends_at,
    classes.c.id.label("class_id"),
    classes.c.starts_on,
    classes.c.institution_id,
    classes.c.district,
    institutions.c.credit_code,
)
_JOINED = (
    attendance.join(sessions, sessions.c.id == attendance.c.session_id)
    .join(classes, classes.c.id == attendance.c.class_id)
    .join(institutions, institutions.c.id == classes.c.institution_id)
)
# One by one (OFFSET 0 keeps it so): joined all at once, PostgreSQL reads all classes for two hundred of them.
_chosen = func.unnest(_ids).table_valued(sa.column("id", sa.Uuid), name="chosen").render_derived()
_sighted = (
    sa.select(*_SIGHTING)
    .select_from(_JOINED)
    .where(attendance.c.id == _chosen.c.id, attendance.c.present)
    .offset(sa.literal_column("0"))
    .lateral("sighted")
)
_SIGHTINGS = Statement(sa.select(_sighted).select_from(_chosen.join(_sighted, sa.true())))

_taken = attendance.alias("taken")
_taken_session = sessions.alias("taken_session")
_taken_enrolment = enrolments.alias("taken_enrolment")
_near = (
    func.unnest(_ids, bindparam("minutes", type_=sa.ARRAY(sa.Integer)))
    .table_valued(sa.column("id", sa.Uuid), sa.column("minutes", sa.Integer), name="near")
    .render_derived()
)
_within = func.make_interval(0, 0, 0, 0, 0, _near.c.minutes)
_is_near = attendance.c.recorded_at.between(_taken.c.recorded_at - _within, _taken.c.recorded_at + _within)
_ELSEWHERE = Statement(
    sa.select(_taken.c.id.label("of"), *_SIGHTING)
    .select_from(_near)
    .join(_taken, _taken.c.id == _near.c.id)
    .join(_taken_session, _taken_session.c.id == _taken.c.session_id)
    .join(_taken_enrolment, _taken_enrolment.c.id == _taken.c.enrolment_id)
    .join(
        enrolments,
        sa.and_(
            enrolments.c.person_key == _taken_enrolment.c.person_key, enrolments.c.id != _taken_enrolment.c.id
        ),
    )
    .join(attendance, attendance.c.enrolment_id == enrolments.c.id)
    .join(sessions, sessions.c.id == attendance.c.session_id)
    .join(classes, classes.c.id == attendance.c.class_id)
    .join(institutions, institutions.c.id == classes.c.institution_id)
    .where(
        _taken.c.present,
        attendance.c.present,
        sa.or_(
            sa.and_(
                sessions.c.starts_at < _taken_session.c.ends_at,
                _taken_session.c.starts_at < sessions.c.ends_at,
            ),
            _is_near,
        ),
    )
)
_SAME_DEVICE = Statement(
    sa.select(_taken.c.id.label("of"), *_SIGHTING)
    .select_from(_near)
    .join(_taken, sa.and_(_taken.c.id == _near.c.id, _taken.c.by_trainee, _taken.c.present))
    .join(_taken_enrolment, _taken_enrolment.c.id == _taken.c.enrolment_id)
    .join(
        attendance,
        sa.and_(
            attendance.c.by_trainee, attendance.c.present, attendance.c.device == _taken.c.device, _is_near
        ),
    )
    .join(
        enrolments,
        sa.and_(
            enrolments.c.id == attendance.c.enrolment_id,
            enrolments.c.person_key != _taken_enrolment.c.person_key,
        ),
    )
    .join(sessions, sessions.c.id == attendance.c.session_id)
    .join(classes, classes.c.id == attendance.c.class_id)
    .join(institutions, institutions.c.id == classes.c.institution_id)
)
_minute = func.date_trunc("minute", attendance.c.recorded_at).label("minute")
_MINUTES = Statement(
    sa.select(attendance.c.session_id, _minute, attendance.c.device, func.count().label("records"))
    .where(attendance.c.session_id == sa.any_(_ids), attendance.c.present, ~attendance.c.by_trainee)
    .group_by(attendance.c.session_id, _minute, attendance.c.device)
    .having(func.count() > 1)
)
_edited = (
    sa.select(
        corrections.c.id,
        corrections.c.corrected_at.label("edited_at"),
        *_SIGHTING[1:],
        attendance.c.id.label("of"),
    )
    .select_from(corrections.join(_JOINED, corrections.c.attendance_id == attendance.c.id))
    .where(corrections.c.attendance_id == _chosen.c.id, corrections.c.after_completion)
    .offset(sa.literal_column("0"))
    .lateral("edited")
)
_EDITS = Statement(sa.select(_edited).select_from(_chosen.join(_edited, sa.true())))
# Class by class: joined all at once, PostgreSQL takes the sessions of a hundred classes for most of them.
_wanted = func.unnest(_ids).table_valued(sa.column("class_id", sa.Uuid), name="wanted").render_derived()
_counted = (
    sa.select(
        func.count().label("records"),
        func.count().filter(attendance.c.method == "manual").label("manual"),
    )
    .select_from(sessions.join(attendance, attendance.c.session_id == sessions.c.id))
    .where(sessions.c.class_id == _wanted.c.class_id, attendance.c.present)
    .lateral("counted")
)
_SHARES = Statement(
    sa.select(_wanted.c.class_id, _counted.c.records, _counted.c.manual).select_from(
        _wanted.join(_counted, sa.true())
    )
)


async def take(tx: Transaction, most: int) -> list[UUID]:
    """Takes presences that no sweep has looked at, the oldest first; they are back if it does not commit."""
    return [row["attendance_id"] for row in await tx.rows(_TAKE, {"most": most})]


async def sightings(tx: Transaction, ids: Sequence[UUID]) -> list[Sighting]:
    """The presences among the ids; those that were corrected to an absence are left out."""
    return [_sighting(row) for row in await tx.rows(_SIGHTINGS, {"ids": list(ids)})]


async def elsewhere(tx: Transaction, minutes: Mapping[UUID, int]) -> list[Pair]:
    """Presences of the same persons in other classes: in overlapping sessions, or within minutes."""
    return await _pairs(tx, _ELSEWHERE, minutes)


async def same_device(tx: Transaction, minutes: Mapping[UUID, int]) -> list[Pair]:
    """Presences of other persons by the same trainee's device, recorded within minutes."""
    return await _pairs(tx, _SAME_DEVICE, minutes)


async def minutes(tx: Transaction, session_ids: Sequence[UUID]) -> list[Row]:
    """How many presences each device, or by hand, recorded in each minute of the sessions, from two on."""
    return await tx.rows(_MINUTES, {"ids": list(session_ids)})


async def edits(tx: Transaction, ids: Sequence[UUID]) -> list[Row]:
    """The corrections of the presences that were made after completion."""
    return await tx.rows(_EDITS, {"ids": list(ids)})


async def shares(tx: Transaction, class_ids: Sequence[UUID]) -> list[Row]:
    """How many presences each class has, and how many of them were recorded by hand."""
    return await tx.rows(_SHARES, {"ids": list(class_ids)})


def place_of(row: Row) -> Place:
    """Where a row with a class's columns belongs."""
    return Place(row["class_id"], row["institution_id"], row["district"])


async def _pairs(tx: Transaction, statement: Statement, near: Mapping[UUID, int]) -> list[Pair]:
    values: dict[str, Any] = {"ids": list(near), "minutes": list(near.values())}
    return [Pair(row["of"], _sighting(row)) for row in await tx.rows(statement, values)]


def _sighting(row: Row) -> Sighting:
    return Sighting(
        id=row["id"],
        session_id=row["session_id"],
        enrolment_id=row["enrolment_id"],
        recorded_at=row["recorded_at"],
        received_at=row["received_at"],
        hours=Hours(row["starts_at"], row["ends_at"]),
        class_starts_on=row["starts_on"],
        place=place_of(row),
        credit_code=row["credit_code"],
    )
