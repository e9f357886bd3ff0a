"""What is done with attendance: record, correct, and after completion amend."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED
from chuangpei.audit import record
from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND

from training_svc.attendance import repository
from training_svc.attendance.attendance import Attendance, Attendee, Correction, HeldSession
from training_svc.attendance.presences import (
    SESSION_CANCELLED,
    corrected,
    errors_of,
    presence_of,
    presence_refusal,
    standing_error,
)
from training_svc.attendance.schemas import NewAttendance, NewCorrection, NewRecords
from training_svc.completions.use_cases import judge_again
from training_svc.enrolments import repository as enrolments
from training_svc.enrolments.lifecycle import State
from training_svc.problems import ATTENDANCE_EXISTS, ATTENDANCE_REFUSED
from training_svc.service import Service
from training_svc.versions import as_read
from training_svc.visibility import EVERYTHING, Scope, scope_of

_UNKNOWN = Text("本班没有此报名", "The class has no such enrolment")
_NOT_JUDGED = Text(
    "学员未结业，由机构更正", "The trainee has not completed: the institution corrects the record"
)
_TWICE = Text("同一学员重复", "The trainee is named twice")
_RECORDED = Text("该学员本课次考勤已记录", "The trainee's attendance of this session is recorded already")

Corrected = tuple[Attendance, list[Correction]]


async def record_session(
    tx: Transaction, service: Service, principal: Principal, session_id: UUID, body: NewRecords
) -> list[Attendance] | Refusal:
    """Records who was at a session (T06): all records, or none with every error of each."""
    session = await repository.session(tx, session_id, scope_of(principal))
    if session is None:
        return Refusal(NOT_FOUND)
    if session.cancelled:
        return Refusal(NOT_ALLOWED_NOW, detail=SESSION_CANCELLED)
    ids = [one.enrolment_id for one in body.records]
    attendees = await repository.lock_enrolments(tx, session.class_id, ids)
    now = service.clock.now()
    if errors := tuple(_errors(service, session, attendees, body, now)):
        return Refusal(ATTENDANCE_REFUSED, errors=errors)
    records = [_attendance(service, session, one, now, principal.subject) for one in body.records]
    added = await repository.insert_new(tx, records)
    if len(added) < len(records):
        again = [number for number, one in enumerate(ids) if one not in added]
        return Refusal(ATTENDANCE_EXISTS, errors=tuple(_at(number, _recorded()) for number in again))
    await record_taken(tx, principal, session_id, records)
    return records


async def correct(
    tx: Transaction,
    service: Service,
    principal: Principal,
    attendance_id: UUID,
    version: int,
    body: NewCorrection,
) -> Corrected | Refusal:
    """Corrects a record, keeping the old value, who and why (T06); not after the trainee completed."""
    found = await _changeable(tx, principal, attendance_id, version)
    if isinstance(found, Refusal):
        return found
    attendees = await repository.lock_enrolments(tx, found.class_id, [found.enrolment_id])
    attendee = attendees[found.enrolment_id]
    if error := standing_error(attendee):
        return Refusal(NOT_ALLOWED_NOW, detail=error.text)
    return await _correct(tx, service, principal, found, attendee, body)


async def amend(
    tx: Transaction,
    service: Service,
    principal: Principal,
    attendance_id: UUID,
    version: int,
    body: NewCorrection,
) -> Corrected | Refusal:
    """The district corrects a record after completion, and the completion is judged again (T06, C01–C03)."""
    found = await _changeable(tx, principal, attendance_id, version)
    if isinstance(found, Refusal):
        return found
    enrolment = await enrolments.load_for_update(tx, found.enrolment_id, EVERYTHING)
    assert enrolment is not None, "a record has its enrolment"
    if enrolment.state not in (State.COMPLETED, State.COMPLETION_REVOKED):
        return Refusal(NOT_ALLOWED_NOW, detail=_NOT_JUDGED)
    attendee = Attendee(enrolment.state, enrolment.admitted_at)
    done = await _correct(tx, service, principal, found, attendee, body)
    if not isinstance(done, Refusal):
        await judge_again(tx, service, principal, enrolment, body.reason)
    return done


async def explain(tx: Transaction, attendance_id: UUID, scope: Scope) -> Corrected | Refusal:
    """A record with every correction of it."""
    found = await repository.one(tx, attendance_id, scope)
    if found is None:
        return Refusal(NOT_FOUND)
    return found, await repository.corrections_of(tx, attendance_id)


async def _changeable(
    tx: Transaction, principal: Principal, attendance_id: UUID, version: int
) -> Attendance | Refusal:
    return as_read(await repository.load_for_update(tx, attendance_id, scope_of(principal)), version)


async def _correct(
    tx: Transaction,
    service: Service,
    principal: Principal,
    found: Attendance,
    attendee: Attendee,
    body: NewCorrection,
) -> Corrected | Refusal:
    presence, now = corrected(service, found.presence, body), service.clock.now()
    if (body.present, replace(presence, reason=found.presence.reason)) == (found.present, found.presence):
        return Refusal(NOTHING_AMENDED)
    session = await repository.session(tx, found.session_id, EVERYTHING)
    assert session is not None, "a record has its session"
    refusal = presence_refusal(service, session, attendee, presence, now) if body.present else None
    if refusal:
        return refusal
    correction = found.correct(
        body.present,
        presence,
        at=now,
        by=principal.subject,
        reason=body.reason,
        after_completion=attendee.state is not State.ENROLLED,
    )
    await repository.save(tx, found, correction)
    await _record_correction(tx, principal, found, correction)
    return found, await repository.corrections_of(tx, found.id)


def _errors(
    service: Service,
    session: HeldSession,
    attendees: dict[UUID, Attendee],
    body: NewRecords,
    now: datetime,
) -> Iterator[FieldError]:
    seen: set[UUID] = set()
    for number, one in enumerate(body.records):
        attendee = attendees.get(one.enrolment_id)
        if one.enrolment_id in seen:
            yield _at(number, FieldError("/enrolment_id", "named_twice", _TWICE))
        elif attendee is None:
            yield _at(number, FieldError("/enrolment_id", "unknown_enrolment", _UNKNOWN))
        elif error := standing_error(attendee):
            yield _at(number, error)
        seen.add(one.enrolment_id)
        for error in errors_of(service, session, attendee, presence_of(service, one), now):
            yield _at(number, error)


def _at(number: int, error: FieldError) -> FieldError:
    return replace(error, pointer=f"/records/{number}{error.pointer}")


def _recorded() -> FieldError:
    return FieldError("/enrolment_id", "already_recorded", _RECORDED)


def _attendance(
    service: Service, session: HeldSession, one: NewAttendance, now: datetime, by: str
) -> Attendance:
    return Attendance(
        id=new_id(),
        class_id=session.class_id,
        session_id=session.id,
        enrolment_id=one.enrolment_id,
        present=True,
        presence=presence_of(service, one),
        received_at=now,
        received_from=by,
        by_trainee=False,
        version=1,
    )


async def record_taken(
    tx: Transaction, principal: Principal, session_id: UUID, records: list[Attendance]
) -> None:
    """Writes the audit row of presences taken at a session."""
    await record(
        tx,
        principal,
        at=records[0].received_at,
        action="record_attendance",
        object_type="session",
        object_id=session_id,
        details={"records": len(records)},
    )


async def _record_correction(
    tx: Transaction, principal: Principal, found: Attendance, correction: Correction
) -> None:
    await record(
        tx,
        principal,
        at=correction.corrected_at,
        action="correct_attendance",
        object_type="attendance",
        object_id=found.id,
        reason=correction.reason,
        details={
            "old": {"present": correction.old_present, "method": correction.old.method},
            "new": {"present": found.present, "method": found.presence.method},
        },
    )
