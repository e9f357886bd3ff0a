"""Attendance as the API takes and shows it."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.fields import Instant, Note
from chuangpei.paging import ListQuery, PageQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

from training_svc.attendance.attendance import Attendance
from training_svc.policy.attendance import Method, Presence

Device = Annotated[
    str, Field(min_length=1, max_length=100, examples=["gate-2"], description="签到设备 · the device")
]


CardNumber = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9]{4,40}$",
        examples=["3101158800001234"],
        description="刷卡卡号，加密保存 · the number of the card, kept encrypted",
    ),
]


class PhotoReference(Body):
    """A stored photo (照片): its opaque id where it is kept, and its SHA-256; the file is not sent here."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$", examples=["2026/03/02/7f3a"])
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", examples=["9f86d081884c7d659a2feaa0c55ad015" * 2])


class NewAttendance(Body):
    """That one trainee was there (签到): by hand it needs its reason, else its device.

    A card needs its number, a photo its reference.
    """

    enrolment_id: UUID
    method: Method = Field(examples=["qr"])
    recorded_at: Instant = Field(examples=["2026-03-02T09:01:00+08:00"])
    device: Device | None = None
    reason: Note | None = None
    card_number: CardNumber | None = None
    photo: PhotoReference | None = None


class NewRecords(Body):
    """Records of one session: all are taken, or none."""

    records: list[NewAttendance] = Field(min_length=1, max_length=500)


class NewCorrection(Body):
    """A correction (更正): what is not given stays as it was; the old value is kept."""

    present: bool
    method: Method | None = None
    recorded_at: Instant | None = None
    device: Device | None = None
    card_number: CardNumber | None = None
    photo: PhotoReference | None = None
    reason: Note = Field(examples=["刷卡机故障，误记为出勤"])


class AttendanceFilters(ListQuery):
    """What a list of attendance may be narrowed to, and its orders."""

    present: bool | None = None
    method: Method | None = None
    by_trainee: bool | None = None
    sort: Literal["id", "-id", "recorded_at", "-recorded_at"] = "id"


class AttendancePage(AttendanceFilters, PageQuery):
    """A page of attendance."""


class AttendanceExport(AttendanceFilters, ExportQuery):
    """Attendance as a file."""


class SheetQuery(ExportQuery):
    """The form in which the sheet is wanted."""

    format: Literal["csv", "xlsx"] = Field(default="xlsx", description="文件格式 · file format")


class AttendanceView(BaseModel):
    """One record of attendance."""

    id: UUID
    session_id: UUID
    enrolment_id: UUID
    present: bool
    method: Method
    recorded_at: datetime
    device: str | None
    reason: str | None
    card_number: str | None = Field(examples=["************1234"])
    photo: PhotoReference | None
    by_trainee: bool
    received_at: datetime
    version: int


def attendance_fields(one: Attendance) -> dict[str, Any]:
    """A record as :class:`AttendanceView` shows it: of a card no more than its last digits."""
    return {
        "id": one.id,
        "session_id": one.session_id,
        "enrolment_id": one.enrolment_id,
        "present": one.present,
        "method": one.presence.method,
        "recorded_at": one.presence.recorded_at,
        "device": one.presence.device,
        "reason": one.presence.reason,
        "card_number": card_number(one.presence),
        "photo": photo(one.presence),
        "by_trainee": one.by_trainee,
        "received_at": one.received_at,
        "version": one.version,
    }


def card_number(presence: Presence) -> str | None:
    """The masked number of the card that was read."""
    return presence.card.masked_number if presence.card else None


def photo(presence: Presence) -> PhotoReference | None:
    """The reference to the photo that was taken."""
    return PhotoReference(id=presence.photo.id, sha256=presence.photo.sha256) if presence.photo else None


class CorrectionView(BaseModel):
    """What a correction replaced, and who corrected when and why."""

    old_present: bool
    old_method: Method
    old_recorded_at: datetime
    old_device: str | None
    old_reason: str | None
    old_card_number: str | None
    old_photo: PhotoReference | None
    corrected_at: datetime
    corrected_by: str
    reason: str
    after_completion: bool


class CorrectedAttendanceView(AttendanceView):
    """A record with every correction of it, oldest first."""

    corrections: list[CorrectionView]


class RecordsView(BaseModel):
    """The records that were taken, in the order in which they were sent."""

    items: list[AttendanceView]
