"""What the API takes and shows of public notices and objections."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from chuangpei.database import Row
from chuangpei.web import Body
from pydantic import BaseModel, ConfigDict, Field


class NoticeState(StrEnum):
    """Where a notice stands on a day: open (公示中), held by an objection (异议核查中), closed (公示结束)."""

    OPEN = "open"
    HELD = "held"
    CLOSED = "closed"


class NoticeView(BaseModel):
    """A public notice (公示): frozen; only the family name is readable (D13). Both days count (D04)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0199f4d2-7c1e-7b30-9a55-1f6a54f0c003",
                    "district": "310115",
                    "name": "张*",
                    "institution_name": "申城创业培训学校",
                    "project_name": "改善企业管理",
                    "amount_fen": 180000,
                    "first_day": "2026-09-24",
                    "last_day": "2026-10-08",
                    "last_day_provisional": False,
                    "state": "open",
                }
            ]
        }
    )

    id: UUID
    district: str
    name: str
    institution_name: str
    project_name: str
    amount_fen: int
    first_day: date
    last_day: date
    last_day_provisional: bool
    state: NoticeState


def notice_view(row: Row, today: date) -> NoticeView:
    """The notice as anyone may read it on ``today``."""
    claim_state, is_over = row["claim_state"], row["last_day"] < today
    state = NoticeState.CLOSED
    if claim_state == "held":
        state = NoticeState.HELD
    elif claim_state == "noticed" and not is_over:
        state = NoticeState.OPEN
    return NoticeView(
        id=row["id"],
        district=row["district"],
        name=row["masked_name"],
        institution_name=row["institution_name"],
        project_name=row["project_name"],
        amount_fen=row["amount_fen"],
        first_day=row["first_day"],
        last_day=row["last_day"],
        last_day_provisional=row["last_day_provisional"],
        state=state,
    )


class ObjectionBody(Body):
    """An objection (异议), named or anonymous."""

    text: str = Field(min_length=5, max_length=2000, examples=["该人员并非所述企业的合伙人，请核实。"])
    name: str | None = Field(default=None, min_length=2, max_length=80, examples=["李四"])
    contact: str | None = Field(default=None, min_length=5, max_length=120, examples=["13800000000"])


class ObjectionReceipt(BaseModel):
    """What the objector gets back: that it was received, and nothing a reader of the notice could not see."""

    id: UUID
    notice_id: UUID
    received_at: datetime


class ObjectionView(BaseModel):
    """An objection as the district's officers see it; name and contact are masked."""

    id: UUID
    notice_id: UUID
    claim_id: UUID
    district: str
    text: str
    name: str | None
    has_contact: bool
    received_at: datetime
    state: str
    decision_reason: str | None
    decided_at: datetime | None
    version: int


def objection_view(row: Row | dict[str, Any]) -> ObjectionView:
    """The objection in a row."""
    return ObjectionView(
        id=row["id"],
        notice_id=row["notice_id"],
        claim_id=row["claim_id"],
        district=row["district"],
        text=row["text"],
        name=row["masked_name"],
        has_contact=row["contact_encrypted"] is not None,
        received_at=row["received_at"],
        state=row["state"],
        decision_reason=row["decision_reason"],
        decided_at=row["decided_at"],
        version=row["version"],
    )
