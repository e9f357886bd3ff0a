"""When a presence may be recorded (T06 培训过程可追溯): pure checks of one record against its session."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
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
class Presence:
    """That one trainee was there: how, when, by which device, and why where it was taken by hand."""

    method: Method
    recorded_at: datetime
    device: str | None
    reason: str | None


def presence_errors(
    presence: Presence, session: Hours, parameters: Parameters, enrolled_at: datetime, now: datetime
) -> Iterator[FieldError]:
    """Everything that is wrong with a record, with pointers relative to it.

    A device knows nobody who is not enrolled yet; by hand, and so with a reason, an earlier presence is told.
    """
    before = timedelta(minutes=parameters.attendance_minutes_before)
    after = timedelta(minutes=parameters.attendance_minutes_after)
    if not session.starts_at - before <= presence.recorded_at <= session.ends_at + after:
        text = Text(
            f"签到时间须在课前{parameters.attendance_minutes_before}分钟"
            f"至课后{parameters.attendance_minutes_after}分钟之内",
            f"The time must lie between {parameters.attendance_minutes_before} minutes before the session"
            f" and {parameters.attendance_minutes_after} minutes after it",
        )
        yield FieldError("/recorded_at", "outside_session_hours", text)
    if presence.recorded_at > now:
        yield FieldError(
            "/recorded_at", "in_the_future", Text("签到时间不能晚于当前时间", "The time lies in the future")
        )
    if presence.method is not Method.MANUAL and presence.recorded_at < enrolled_at:
        text = Text("设备签到时间早于报名时间", "A device recorded it before the trainee enrolled")
        yield FieldError("/recorded_at", "before_enrolment", text)
    if presence.method is Method.MANUAL and not presence.reason:
        yield FieldError(
            "/reason", "reason_required", Text("人工签到须写明原因", "A manual record needs its reason")
        )
    if presence.method is not Method.MANUAL and not presence.device:
        yield FieldError(
            "/device", "device_required", Text("须写明签到设备", "The device that took it must be named")
        )
