"""The list of brands for people (公开名单页): who holds one, and an institution's history (B03, B09, B11)."""

from pathlib import Path

from chuangpei.kernel.districts import DISTRICTS
from chuangpei.pages import Pages
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from brand_svc.brands import repository
from brand_svc.brands.lifecycle import State
from brand_svc.brands.repository import ListedBrand
from brand_svc.brands.schemas import BrandPage
from brand_svc.policy.facts import Tier
from brand_svc.service import of

PAGES = Pages("brand", Path(__file__).parents[1] / "pages")
PATH = "/brand/list"
_MOST = 100
_TIERS = {Tier.CITY: ("市级品牌", "City tier"), Tier.DISTRICT: ("区级品牌", "District tier")}
_ENDED = {
    State.ACTIVE: ("有效", "In force"),
    State.ENDED: ("终止", "Ended"),
    State.REVOKED: ("撤销认定", "Revoked"),
}

router = APIRouter(tags=["公开名单 · public list"], default_response_class=HTMLResponse)


@router.get(PATH, summary="品牌名单页 · The page of brands in force")
async def page_of_brands(
    request: Request, district: str = "", tier: str = "", cursor: str | None = None
) -> Response:
    """The brands in force, of a district or a tier where one is asked; public (B03, B09, D08)."""
    query = BrandPage(
        district=district if district in DISTRICTS else None,
        tier=Tier(tier) if tier in set(Tier) else None,
        sort="institution_name",
        limit=_MOST,
        cursor=cursor,
    )
    asked = repository.LIST.asked(query)
    page = await repository.LIST.page(of(request).database, asked, query, repository.listed_of)
    return PAGES.answer(
        request,
        "list.html",
        brands=page.items,
        next_cursor=page.next_cursor,
        district=query.district or "",
        tier=query.tier or "",
        districts=DISTRICTS,
        tiers=_TIERS,
    )


@router.get(PATH + "/{credit_code}", summary="机构品牌历史页 · The page of an institution's brands")
async def page_of_history(request: Request, credit_code: str) -> Response:
    """Every brand an institution held and how each ended; one that held none is not found (B09, B11)."""
    held: list[ListedBrand] = []
    if credit_code.isascii() and credit_code.isalnum():
        held = await repository.history(of(request).database, credit_code.upper())
    status = 200 if held else 404
    return PAGES.answer(
        request, "history.html", status, held=held, districts=DISTRICTS, tiers=_TIERS, ended=_ENDED
    )
