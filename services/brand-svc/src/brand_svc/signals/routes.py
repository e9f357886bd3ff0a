"""REST of signals: for officials."""

from chuangpei.paging import Cursor, Limit, Page, after_id, page_of
from chuangpei.web import reply
from fastapi import APIRouter, Request, Response

from brand_svc.access import Official, visible_district
from brand_svc.fields import CreditCodeFilter
from brand_svc.service import of
from brand_svc.signals import repository
from brand_svc.signals.schemas import SignalView

router = APIRouter(prefix="/brand/v1/signals", tags=["退出线索 · signals"])


@router.get("", response_model=Page[SignalView], summary="列出线索 · List signals")
async def listed(
    request: Request,
    principal: Official,
    credit_code: CreditCodeFilter = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Every signal on an exit ground, also of those who hold no brand; districts see their own (B10, D09)."""
    after = after_id(cursor)
    district = visible_district(principal)
    rows = await repository.listed(of(request).database, credit_code, district, after, limit + 1)
    return reply(page_of([SignalView.of(row) for row in rows], limit, lambda view: (view.event_id,)))
