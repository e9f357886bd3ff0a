"""What the API shows of claim windows."""

from datetime import date
from typing import Literal
from uuid import UUID

from chuangpei.export import ExportQuery
from chuangpei.paging import ListQuery, PageQuery
from pydantic import BaseModel, ConfigDict, Field

from subsidy_svc.windows.window import State, Window


class WindowFilters(ListQuery):
    """What the list of windows may be narrowed to, and its orders."""

    state: State | None = Field(default=None, description="今日是否在申领期内 · open today or not")
    project_code: str | None = Field(default=None, min_length=1, max_length=40, examples=["GYB"])
    last_day_from: date | None = Field(default=None, description="末日不早于 · last day on or after")
    last_day_until: date | None = Field(default=None, description="末日不晚于 · last day on or before")
    sort: Literal["certificate_id", "-certificate_id", "issued_on", "-issued_on", "last_day", "-last_day"] = (
        "certificate_id"
    )


class WindowPage(WindowFilters, PageQuery):
    """A page of the windows."""


class WindowExport(WindowFilters, ExportQuery):
    """The windows as a file."""


class WindowView(BaseModel):
    """A claim window (申领期). ``last_day`` is its last whole day; provisional while its calendar lacks."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "certificate_id": "0199f4d2-7c1e-7b30-9a55-1f6a54f0c001",
                    "certificate_number": "CP2026-7H2K-9QXM",
                    "holder": "张*",
                    "institution_name": "申城创业培训学校",
                    "district": "310115",
                    "project_code": "GYB",
                    "project_name": "改善企业管理",
                    "issued_on": "2026-05-10",
                    "last_day": "2027-05-10",
                    "last_day_provisional": True,
                    "state": "open",
                    "days_left": 364,
                }
            ]
        }
    )

    certificate_id: UUID
    certificate_number: str
    holder: str
    institution_name: str
    district: str
    project_code: str
    project_name: str
    issued_on: date
    last_day: date
    last_day_provisional: bool
    state: State
    days_left: int
    revoked_on: date | None


def window_view(window: Window, today: date) -> WindowView:
    """The window as it stands on ``today``; ``days_left`` counts today."""
    return WindowView(
        certificate_id=window.certificate_id,
        certificate_number=window.certificate_number,
        holder=window.masked_name,
        institution_name=window.institution_name,
        district=window.district,
        project_code=window.project_code,
        project_name=window.project_name,
        issued_on=window.issued_on,
        last_day=window.last_day,
        last_day_provisional=window.last_day_provisional,
        state=window.state_on(today),
        days_left=window.days_left(today),
        revoked_on=window.revoked_on,
    )
