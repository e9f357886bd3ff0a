"""Signing in by code, as the API takes and shows it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from chuangpei.paging import ListQuery
from chuangpei.web import Body
from pydantic import BaseModel, Field

from training_svc.attendance.schemas import Device


class CodeQuery(ListQuery):
    """The form in which the screen wants the code."""

    format: Literal["json", "svg", "png"] = Field(default="json", description="形式 · data, or a QR picture")


class CodeView(BaseModel):
    """The code (签到码) to show now; the next one takes its place at ``changes_at``."""

    session_id: UUID
    code: str = Field(examples=["eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0.eyJzdWIiOiIwMTk1In0.c2ln"])
    shown_from: datetime
    changes_at: datetime
    good_until: datetime


class NewCheckIn(Body):
    """What a trainee's device sends after scanning (扫码签到): the code, and the device's own id."""

    code: str = Field(
        min_length=1, max_length=1_000, examples=["eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0.e30.c2ln"]
    )
    device: Device
