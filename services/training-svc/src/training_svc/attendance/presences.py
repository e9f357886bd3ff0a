"""Presences as they are sent, and whether they are taken: what recording, correcting, scanning share."""

from datetime import datetime

from chuangpei.kernel.masking import mask_account
from chuangpei.kernel.refusals import FieldError, Refusal, Text

from training_svc.attendance.attendance import Attendee, HeldSession
from training_svc.attendance.schemas import NewAttendance, NewCorrection, PhotoReference
from training_svc.enrolments.lifecycle import State
from training_svc.policy.attendance import Card, Photo, Presence, presence_errors
from training_svc.policy.parameters import parameters_on
from training_svc.problems import ATTENDANCE_REFUSED
from training_svc.service import Service

_COMPLETED = Text("该学员已结业，考勤不再变动", "The trainee has completed; the attendance stands")
SESSION_CANCELLED = Text("课次已取消，不记考勤", "The session was cancelled; nobody attends it")
_NOT_ENROLLED = Text("该学员不在读，不能记录考勤", "The trainee is not in the class")


def standing_error(attendee: Attendee) -> FieldError | None:
    """The error of an enrolment whose attendance is no longer, or not, taken (T06)."""
    match attendee.state:
        case State.ENROLLED:
            return None
        case State.COMPLETED:
            return FieldError("/enrolment_id", "completed", _COMPLETED)
        case _:
            return FieldError("/enrolment_id", "not_enrolled", _NOT_ENROLLED)


def presence_refusal(
    service: Service, session: HeldSession, attendee: Attendee, presence: Presence, now: datetime
) -> Refusal | None:
    """The refusal of one presence with everything that is wrong with it, or None (T06)."""
    errors = errors_of(service, session, attendee, presence, now)
    return Refusal(ATTENDANCE_REFUSED, errors=errors) if errors else None


def errors_of(
    service: Service, session: HeldSession, attendee: Attendee | None, presence: Presence, now: datetime
) -> tuple[FieldError, ...]:
    """Everything that is wrong with a presence by the law of the class's first day (T06)."""
    parameters = parameters_on(service.law, session.class_starts_on)
    admitted_at = (attendee and attendee.admitted_at) or presence.recorded_at
    return tuple(presence_errors(presence, session.hours, parameters, admitted_at, now))


def presence_of(service: Service, one: NewAttendance) -> Presence:
    """The presence as it was sent, the number of a card sealed."""
    return Presence(
        one.method,
        one.recorded_at,
        one.device,
        one.reason,
        _card(service, one.card_number),
        _photo(one.photo),
    )


def corrected(service: Service, old: Presence, body: NewCorrection) -> Presence:
    """The presence as corrected: what is not given stays, but for the proof of another method."""
    method = body.method or old.method
    card, photo = (old.card, old.photo) if method is old.method else (None, None)
    return Presence(
        method=method,
        recorded_at=body.recorded_at or old.recorded_at,
        device=body.device or old.device,
        reason=body.reason,
        card=_card(service, body.card_number) or card,
        photo=_photo(body.photo) or photo,
    )


def _card(service: Service, number: str | None) -> Card | None:
    if number is None:
        return None
    return Card(mask_account(number), service.privacy.at_rest.encrypt(number, "attendance.card"))


def _photo(reference: PhotoReference | None) -> Photo | None:
    return None if reference is None else Photo(reference.id, reference.sha256)
