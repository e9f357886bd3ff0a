"""Signing in by code (扫码签到): the organiser's screen shows one, the trainee sends it back (T06)."""

from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.passes import Pass
from chuangpei.problems import NOT_ALLOWED_NOW, NOT_FOUND

from training_svc.attendance import repository
from training_svc.attendance.attendance import Attendance
from training_svc.attendance.presences import SESSION_CANCELLED, presence_refusal, standing_error
from training_svc.attendance.use_cases import record_taken
from training_svc.policy.attendance import (
    CodePeriod,
    Method,
    Presence,
    code_period,
    is_recordable,
    outside_hours,
)
from training_svc.policy.parameters import parameters_on
from training_svc.problems import (
    ATTENDANCE_EXISTS,
    CODE_EXPIRED,
    CODE_INVALID,
    CODE_NOT_SHOWN,
    NOT_IN_THE_CLASS,
)
from training_svc.service import Service
from training_svc.visibility import EVERYTHING, scope_of


async def show_code(
    tx: Transaction, service: Service, principal: Principal, session_id: UUID
) -> tuple[str, CodePeriod] | Refusal:
    """The code that the screen shows now, in the hours in which presences are recorded (T06)."""
    session = await repository.session(tx, session_id, scope_of(principal))
    if session is None:
        return Refusal(NOT_FOUND)
    if session.cancelled:
        return Refusal(CODE_NOT_SHOWN, detail=SESSION_CANCELLED)
    now, parameters = service.clock.now(), parameters_on(service.law, session.class_starts_on)
    if not is_recordable(now, session.hours, parameters):
        return Refusal(CODE_NOT_SHOWN, detail=outside_hours(parameters))
    period = code_period(now, parameters)
    return service.codes.sign(Pass(session_id, period.shown_from, period.good_until)), period


async def check_in(
    tx: Transaction, service: Service, principal: Principal, text: str, device: str
) -> Attendance | Refusal:
    """A trainee signs in with the code on the screen, at the time of the server's clock (T06).

    A forged code and one of any other kind get the same answer, and nothing is looked up for them.
    """
    code, now = service.codes.read(text), service.clock.now()
    if code is None:
        return Refusal(CODE_INVALID)
    if not code.good_at(now):
        return Refusal(CODE_EXPIRED)
    session = await repository.session(tx, code.of, EVERYTHING)
    if session is None:
        return Refusal(CODE_INVALID)
    if session.cancelled:
        return Refusal(NOT_ALLOWED_NOW, detail=SESSION_CANCELLED)
    found = await repository.lock_enrolment_of(tx, session.class_id, principal.person_key or "")
    if found is None:
        return Refusal(NOT_IN_THE_CLASS)
    enrolment_id, attendee = found
    if error := standing_error(attendee):
        return Refusal(NOT_ALLOWED_NOW, detail=error.text)
    presence = Presence(Method.QR, now, device, reason=None)
    if refusal := presence_refusal(service, session, attendee, presence, now):
        return refusal
    taken = Attendance(
        id=new_id(),
        class_id=session.class_id,
        session_id=session.id,
        enrolment_id=enrolment_id,
        present=True,
        presence=presence,
        received_at=now,
        received_from=principal.subject,
        by_trainee=True,
        version=1,
    )
    if not await repository.insert_new(tx, [taken]):
        return Refusal(ATTENDANCE_EXISTS)
    await record_taken(tx, principal, session.id, [taken])
    return taken
