"""Attendance as the API takes and shows it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from chuangpei.fields import Instant, Note
from chuangpei.web import Body
from pydantic import BaseModel, Field

from training_svc.policy.attendance import Method

Device = Annotated[
    str, Field(min_length=1, max_length=100, examples=["gate-2"], description="签到设备 · the device")
]


class NewAttendance(Body):
    """That one trainee was there (签到): a manual record needs its reason, any other its device."""

    enrolment_id: UUID
    method: Method = Field(examples=["qr"])
    recorded_at: Instant = Field(examples=["2026-03-02T09:01:00+08:00"])
    device: Device | None = None
    reason: Note | None = None


class NewRecords(Body):
    """Records of one session: all are taken, or none."""

    records: list[NewAttendance] = Field(min_length=1, max_length=500)


class NewCorrection(Body):
    """A correction (更正): what is not given stays as it was; the old value is kept."""

    present: bool
    method: Method | None = None
    recorded_at: Instant | None = None
    device: Device | None = None
    reason: Note = Field(examples=["刷卡机故障，误记为出勤"])


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
    received_at: datetime
    version: int


class CorrectionView(BaseModel):
    """What a correction replaced, and who corrected when and why."""

    old_present: bool
    old_method: Method
    old_recorded_at: datetime
    old_device: str | None
    old_reason: str | None
    corrected_at: datetime
    corrected_by: str
    reason: str


class CorrectedAttendanceView(AttendanceView):
    """A record with every correction of it, oldest first."""

    corrections: list[CorrectionView]


class RecordsView(BaseModel):
    """The records that were taken, in the order in which they were sent."""

    items: list[AttendanceView]
