"""The queries on attendance."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.listing import Listing, Order, equal
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import insert

from training_svc.attendance.attendance import (
    Attendance,
    Attendee,
    Correction,
    HeldSession,
)
from training_svc.attendance.tables import attendance, corrections
from training_svc.classes.tables import classes, sessions
from training_svc.enrolments.lifecycle import STANDING, State
from training_svc.enrolments.tables import enrolments, state_among
from training_svc.institutions.tables import institutions
from training_svc.policy.attendance import Card, Method, Photo, Presence
from training_svc.policy.facts import Hours
from training_svc.visibility import Scope, reaches, scoped

_SCOPE = {"credit_code": institutions.c.credit_code, "district": classes.c.district}
_SESSION = scoped(
    sa.select(sessions, classes.c.starts_on.label("class_starts_on"))
    .join(classes, classes.c.id == sessions.c.class_id)
    .join(institutions, institutions.c.id == classes.c.institution_id)
    .where(sessions.c.id == bindparam("id")),
    **_SCOPE,
)
_LOCK_ENROLMENTS = Statement(
    sa.select(enrolments.c.id, enrolments.c.state, enrolments.c.admitted_at)
    .where(
        enrolments.c.class_id == bindparam("class_id"),
        enrolments.c.id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.Uuid))),
    )
    .order_by(enrolments.c.id)
    .with_for_update(read=True)
)
_LOCK_PERSON = Statement(
    sa.select(enrolments.c.id, enrolments.c.state, enrolments.c.admitted_at)
    .where(
        state_among(STANDING),
        enrolments.c.class_id == bindparam("class_id", type_=sa.Uuid),
        enrolments.c.person_key == bindparam("person_key", type_=sa.Text),
    )
    .with_for_update(read=True)
)
_NEW = [column.name for column in attendance.columns]
_INSERT = Statement(
    insert(attendance)
    .from_select(
        _NEW,
        sa.select(
            *(
                func.unnest(bindparam(name, type_=sa.ARRAY(attendance.c[name].type))).label(name)
                for name in _NEW
            )
        ),
    )
    .on_conflict_do_nothing(index_elements=["session_id", "enrolment_id"])
    .returning(attendance.c.enrolment_id)
)
_SELECT = (
    sa.select(attendance)
    .join(classes, classes.c.id == attendance.c.class_id)
    .join(institutions, institutions.c.id == classes.c.institution_id)
)
_ONE = scoped(_SELECT.where(attendance.c.id == bindparam("id")), **_SCOPE)
_FOR_UPDATE = scoped(
    _SELECT.where(attendance.c.id == bindparam("id")).with_for_update(key_share=True, of=attendance),
    **_SCOPE,
)
LIST = Listing(
    sa.select(
        attendance,
        enrolments.c.masked_name,
        sessions.c.starts_at,
        sessions.c.room,
        classes.c.name.label("class_name"),
    )
    .join(sessions, sessions.c.id == attendance.c.session_id)
    .join(enrolments, enrolments.c.id == attendance.c.enrolment_id)
    .join(classes, classes.c.id == attendance.c.class_id)
    .join(institutions, institutions.c.id == classes.c.institution_id),
    key=Order(attendance.c.id, UUID),
    orders={"recorded_at": Order(attendance.c.recorded_at, datetime)},
    filters={
        "session_id": equal(attendance.c.session_id),
        "enrolment_id": equal(attendance.c.enrolment_id),
        "present": equal(attendance.c.present),
        "method": equal(attendance.c.method),
        "by_trainee": equal(attendance.c.by_trainee),
    },
    reaches=reaches(**_SCOPE),
)
_SAVED = ("present", "method", "recorded_at", "device", "reason", "proof", "version")
_SAVE = Statement(
    attendance.update()
    .where(attendance.c.id == bindparam("of_id", type_=sa.Uuid))
    .values({name: bindparam(name, type_=attendance.c[name].type) for name in _SAVED})
)
_INSERT_CORRECTION = Statement(
    corrections.insert().values(
        {column.name: bindparam(column.name, type_=column.type) for column in corrections.columns}
    )
)
_CORRECTIONS = Statement(
    sa.select(corrections)
    .where(corrections.c.attendance_id == bindparam("attendance_id"))
    .order_by(corrections.c.id)
)


async def session(source: Database | Transaction, session_id: UUID, scope: Scope) -> HeldSession | None:
    """A session that the scope sees."""
    row = await source.row(_SESSION[scope.reach], {"id": session_id, "scope": scope.value})
    if row is None:
        return None
    hours = Hours(row["starts_at"], row["ends_at"])
    cancelled = row["cancelled_at"] is not None
    return HeldSession(row["id"], row["class_id"], hours, row["class_starts_on"], cancelled)


async def lock_enrolments(tx: Transaction, class_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Attendee]:
    """Those of the ids that are enrolments of the class; none of them completes meanwhile."""
    rows = await tx.rows(_LOCK_ENROLMENTS, {"class_id": class_id, "ids": list(ids)})
    return {row["id"]: Attendee(State(row["state"]), row["admitted_at"]) for row in rows}


async def lock_enrolment_of(tx: Transaction, class_id: UUID, person_key: str) -> tuple[UUID, Attendee] | None:
    """The person's enrolment in the class that counts; it does not complete meanwhile."""
    row = await tx.row(_LOCK_PERSON, {"class_id": class_id, "person_key": person_key})
    return (row["id"], Attendee(State(row["state"]), row["admitted_at"])) if row else None


async def insert_new(tx: Transaction, records: Sequence[Attendance]) -> set[UUID]:
    """Adds records; returns the enrolments whose record was added, the others had one for the session."""
    # In one order, so that two batches of one session wait for each other and never deadlock.
    rows = [_values(one) for one in sorted(records, key=lambda one: one.enrolment_id)]
    added = await tx.rows(_INSERT, {name: [row[name] for row in rows] for name in _NEW})
    return {row["enrolment_id"] for row in added}


async def one(tx: Transaction, attendance_id: UUID, scope: Scope) -> Attendance | None:
    """A record that the scope sees."""
    row = await tx.row(_ONE[scope.reach], {"id": attendance_id, "scope": scope.value})
    return attendance_of(row) if row else None


async def load_for_update(tx: Transaction, attendance_id: UUID, scope: Scope) -> Attendance | None:
    """A record that the scope sees, locked."""
    row = await tx.row(_FOR_UPDATE[scope.reach], {"id": attendance_id, "scope": scope.value})
    return attendance_of(row) if row else None


async def save(tx: Transaction, corrected: Attendance, correction: Correction) -> None:
    """Writes a corrected record and keeps what it replaced."""
    values = {name: value for name, value in _values(corrected).items() if name in _SAVED}
    await tx.execute(_SAVE, values | {"of_id": corrected.id})
    await tx.execute(
        _INSERT_CORRECTION,
        {
            "id": correction.id,
            "attendance_id": correction.attendance_id,
            "old_present": correction.old_present,
            "old_method": correction.old.method,
            "old_recorded_at": correction.old.recorded_at,
            "old_device": correction.old.device,
            "old_reason": correction.old.reason,
            "old_proof": _proof(correction.old),
            "corrected_at": correction.corrected_at,
            "corrected_by": correction.corrected_by,
            "reason": correction.reason,
            "after_completion": correction.after_completion,
        },
    )


async def corrections_of(tx: Transaction, attendance_id: UUID) -> list[Correction]:
    """Every correction of a record, oldest first."""
    return [_correction(row) for row in await tx.rows(_CORRECTIONS, {"attendance_id": attendance_id})]


def _values(one: Attendance) -> dict[str, object]:
    return {
        "id": one.id,
        "class_id": one.class_id,
        "session_id": one.session_id,
        "enrolment_id": one.enrolment_id,
        "present": one.present,
        "method": one.presence.method,
        "recorded_at": one.presence.recorded_at,
        "device": one.presence.device,
        "reason": one.presence.reason,
        "proof": _proof(one.presence),
        "received_at": one.received_at,
        "received_from": one.received_from,
        "by_trainee": one.by_trainee,
        "version": one.version,
    }


def attendance_of(row: Row) -> Attendance:
    """The record of a row that has its columns."""
    return Attendance(
        id=row["id"],
        class_id=row["class_id"],
        session_id=row["session_id"],
        enrolment_id=row["enrolment_id"],
        present=row["present"],
        presence=_presence(row),
        received_at=row["received_at"],
        received_from=row["received_from"],
        by_trainee=row["by_trainee"],
        version=row["version"],
    )


def _correction(row: Row) -> Correction:
    return Correction(
        id=row["id"],
        attendance_id=row["attendance_id"],
        old_present=row["old_present"],
        old=_presence(row, "old_"),
        corrected_at=row["corrected_at"],
        corrected_by=row["corrected_by"],
        reason=row["reason"],
        after_completion=row["after_completion"],
    )


def _presence(row: Row, old: str = "") -> Presence:
    proof = row[f"{old}proof"] or {}
    return Presence(
        method=Method(row[f"{old}method"]),
        recorded_at=row[f"{old}recorded_at"],
        device=row[f"{old}device"],
        reason=row[f"{old}reason"],
        card=Card(**proof["card"]) if "card" in proof else None,
        photo=Photo(**proof["photo"]) if "photo" in proof else None,
    )


def _proof(presence: Presence) -> dict[str, Any] | None:
    if presence.card is not None:
        return {"card": asdict(presence.card)}
    return {"photo": asdict(presence.photo)} if presence.photo is not None else None
