"""What the API takes and shows of public notices."""

from datetime import date
from enum import StrEnum
from typing import Literal
from uuid import UUID

from chuangpei.database import Row
from chuangpei.export import ExportQuery
from chuangpei.fields import DistrictCode
from chuangpei.paging import ListQuery, PageQuery
from pydantic import BaseModel, ConfigDict, Field

from subsidy_svc.notices.repository import period_of
from subsidy_svc.notices.tables import Standing


class NoticeState(StrEnum):
    """Where a notice stands on a day: open (公示中), held by an objection (异议核查中), closed (公示结束)."""

    OPEN = "open"
    HELD = "held"
    CLOSED = "closed"


class NoticeFilters(ListQuery):
    """What the public notices may be narrowed to, and their order."""

    district: DistrictCode | None = None
    standing: Standing | None = Field(
        default=None, description="公示中（含核查中）或已结束 · running or held, or ended"
    )
    published_since: date | None = Field(default=None, description="起始日不早于 · first day from")
    published_until: date | None = Field(default=None, description="起始日不晚于 · first day until")
    sort: Literal["id", "-id"] = "-id"


class NoticePage(NoticeFilters, PageQuery):
    """A page of public notices."""


class NoticeExport(NoticeFilters, ExportQuery):
    """Public notices as a file."""


class NoticeView(BaseModel):
    """A public notice (公示): frozen; only the family name is readable (D13). Both days count (D04).

    While ``last_day_provisional``, the holidays of a year it reaches into are not published: the last day may
    move to a later one, never to an earlier one, and the notice stays open meanwhile.
    """

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
    state = NoticeState.CLOSED
    if row["claim_state"] == "held":
        state = NoticeState.HELD
    elif row["claim_state"] == "noticed" and not period_of(row).is_over(today):
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
