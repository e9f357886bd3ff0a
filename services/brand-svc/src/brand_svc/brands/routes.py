"""REST of brands: public."""

from typing import Annotated

from chuangpei.errors import Refused
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Cursor, Limit, Page, after_text, page_of
from chuangpei.problems import NOT_FOUND
from chuangpei.web import reply
from fastapi import APIRouter, Query, Request, Response

from brand_svc.brands import repository
from brand_svc.brands.lifecycle import State
from brand_svc.brands.schemas import BrandView, HistoryView
from brand_svc.fields import CreditCodePath, DistrictFilter
from brand_svc.policy.facts import Tier
from brand_svc.service import of

router = APIRouter(prefix="/brand/v1/brands", tags=["品牌名单 · brands"])

TierFilter = Annotated[Tier | None, Query(description="层级 · tier")]


@router.get("", response_model=Page[BrandView], summary="现行品牌名单 · The brands in force")
async def listed(
    request: Request,
    district: DistrictFilter = None,
    tier: TierFilter = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """The brands of the last published list that were not revoked since; public (B03, B09, D08)."""
    after = after_text(cursor)
    rows = await repository.public_list(of(request).database, district, tier, after, limit + 1)
    return reply(page_of([BrandView.of(row) for row in rows], limit, lambda view: (view.credit_code,)))


@router.get(
    "/{credit_code}", response_model=HistoryView, summary="一家机构的品牌历史 · An institution's brands"
)
async def history(request: Request, credit_code: CreditCodePath) -> Response:
    """Every brand the institution held, how each ended, and whether one is in force; public (B09, B11)."""
    rows = await repository.history(of(request).database, credit_code)
    if not rows:
        raise Refused(Refusal(NOT_FOUND))
    view = HistoryView(
        credit_code=credit_code,
        institution_name=rows[0].brand.institution_name,
        holds_brand=rows[0].brand.state is State.ACTIVE,
        brands=[BrandView.of(row) for row in rows],
    )
    return reply(view)
