"""Routes of recoveries."""

from datetime import date
from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row
from chuangpei.paging import Cursor, Limit, Page, before_id, page_of
from chuangpei.web import reply
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from subsidy_svc.access import district_of
from subsidy_svc.recoveries import repository
from subsidy_svc.service import of

router = APIRouter(prefix="/subsidy/v1/recoveries", tags=["追回 · recoveries"])
Reader = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]


class RecoveryView(BaseModel):
    """A recovery (追回): a paid claim whose certificate was revoked. Money is integer fen."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0199f4d2-7c1e-7b30-9a55-1f6a54f0c011",
                    "claim_id": "0199f4d2-7c1e-7b30-9a55-1f6a54f0c002",
                    "certificate_id": "0199f4d2-7c1e-7b30-9a55-1f6a54f0c001",
                    "holder": "张*",
                    "district": "310115",
                    "amount_fen": 180000,
                    "cause": "certificate_revoked",
                    "opened_on": "2026-11-02",
                    "state": "open",
                }
            ]
        }
    )

    id: UUID
    claim_id: UUID
    certificate_id: UUID
    holder: str
    district: str
    amount_fen: int
    cause: str
    opened_on: date
    state: str


@router.get("", summary="追回列表 · Recoveries", response_model=Page[RecoveryView])
async def list_recoveries(
    request: Request, principal: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """Recoveries, the newest first: those of an officer's district, or all for the city (D06)."""
    database = of(request).database
    rows = await repository.listed(database, district_of(principal), before_id(cursor), limit + 1)
    page = page_of(rows, limit, lambda row: (str(row["id"]),))
    views = [_view(row) for row in page.items]
    return reply(Page[RecoveryView](items=views, next_cursor=page.next_cursor))


def _view(row: Row) -> RecoveryView:
    shown = {name: row[name] for name in RecoveryView.model_fields if name != "holder"}
    return RecoveryView(holder=row["masked_name"], **shown)
