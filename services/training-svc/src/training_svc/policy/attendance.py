"""When a presence may be recorded (T06 培训过程可追溯): pure checks of one record against its session."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from chuangpei.kernel.refusals import FieldError, Text

from training_svc.policy.facts import Hours
from training_svc.policy.parameters import Parameters


class Method(StrEnum):
    """How a presence was taken (签到方式): 扫码, 刷卡, 照片, 人工."""

    QR = "qr"
    CARD = "card"
    PHOTO = "photo"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Card:
    """The card (卡) that a terminal read: its number masked to show, and sealed to keep."""

    masked_number: str
    number_encrypted: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A stored photo (照片): an opaque id where it is kept, and the SHA-256 by which it proves unchanged."""

    id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Presence:
    """That one trainee was there: how, when, by which device or proof, and why where it was taken by hand."""

    method: Method
    recorded_at: datetime
    device: str | None
    reason: str | None
    card: Card | None = None
    photo: Photo | None = None


@dataclass(frozen=True, slots=True)
class CodePeriod:
    """When a code (签到码) is shown, when the next one takes its place, and until when it is still taken."""

    shown_from: datetime
    changes_at: datetime
    good_until: datetime


def code_period(now: datetime, parameters: Parameters) -> CodePeriod:
    """The step of time whose code is shown at ``now``: steps count from 1970, alike in every process."""
    seconds = parameters.attendance_code_seconds
    begin = int(now.timestamp()) // seconds * seconds
    shown_from = datetime.fromtimestamp(begin, UTC)
    changes_at = shown_from + timedelta(seconds=seconds)
    grace = timedelta(seconds=parameters.attendance_code_grace_seconds)
    return CodePeriod(shown_from, changes_at, changes_at + grace)


def is_recordable(at: datetime, session: Hours, parameters: Parameters) -> bool:
    """Whether a presence at the session may be dated ``at``: the minutes before and after it included."""
    before = timedelta(minutes=parameters.attendance_minutes_before)
    after = timedelta(minutes=parameters.attendance_minutes_after)
    return session.starts_at - before <= at <= session.ends_at + after


def presence_errors(
    presence: Presence, session: Hours, parameters: Parameters, enrolled_at: datetime, now: datetime
) -> Iterator[FieldError]:
    """Everything that is wrong with a record, with pointers relative to it.

    A device knows nobody who is not enrolled yet; by hand, and so with a reason, an earlier presence is told.
    """
    yield from _time_errors(presence, session, parameters, now)
    if presence.method is not Method.MANUAL and presence.recorded_at < enrolled_at:
        text = Text("设备签到时间早于报名时间", "A device recorded it before the trainee enrolled")
        yield FieldError("/recorded_at", "before_enrolment", text)
    yield from _proof_errors(presence)


def outside_hours(parameters: Parameters) -> Text:
    """The sentence that says within which minutes around a session presences are recorded."""
    before, after = parameters.attendance_minutes_before, parameters.attendance_minutes_after
    return Text(
        f"签到时间须在课前{before}分钟至课后{after}分钟之内",
        f"The time must lie between {before} minutes before the session and {after} minutes after it",
    )


def _time_errors(
    presence: Presence, session: Hours, parameters: Parameters, now: datetime
) -> Iterator[FieldError]:
    if not is_recordable(presence.recorded_at, session, parameters):
        yield FieldError("/recorded_at", "outside_session_hours", outside_hours(parameters))
    if presence.recorded_at > now:
        yield FieldError(
            "/recorded_at", "in_the_future", Text("签到时间不能晚于当前时间", "The time lies in the future")
        )


def _proof_errors(presence: Presence) -> Iterator[FieldError]:
    method = presence.method
    if method is Method.MANUAL and not presence.reason:
        yield FieldError(
            "/reason", "reason_required", Text("人工签到须写明原因", "A manual record needs its reason")
        )
    if method is not Method.MANUAL and not presence.device:
        yield FieldError(
            "/device", "device_required", Text("须写明签到设备", "The device that took it must be named")
        )
    for name, proof, its_method in (
        ("card_number", presence.card, Method.CARD),
        ("photo", presence.photo, Method.PHOTO),
    ):
        if method is its_method and proof is None:
            text = Text("该签到方式须提供此项", "This way of recording needs it")
            yield FieldError(f"/{name}", f"{name}_required", text)
        if method is not its_method and proof is not None:
            text = Text("该签到方式没有此项", "This way of recording has none")
            yield FieldError(f"/{name}", "not_of_this_method", text)
