"""REST of brands: public."""

from typing import Annotated

from chuangpei.database import Row
from chuangpei.documents import PDF_RESPONSES
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import reply
from fastapi import APIRouter, Query, Request, Response

from brand_svc.brands import repository
from brand_svc.brands.document import list_document
from brand_svc.brands.lifecycle import State
from brand_svc.brands.schemas import BrandExport, BrandPage, BrandView, HistoryView
from brand_svc.fields import CreditCodePath
from brand_svc.service import of

router = APIRouter(prefix="/brand/v1/brands", tags=["品牌名单 · brands"])

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("机构名称", "Institution"), lambda row: row["institution_name"]),
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("层级", "Tier"), lambda row: row["tier"]),
    Column(Text("认定日期", "Recognised on"), lambda row: row["recognised_on"]),
    Column(Text("遴选轮次", "Round"), lambda row: row["round_name"]),
)


@router.get("", summary="现行品牌名单 · The brands in force")
async def listed(request: Request, query: Annotated[BrandPage, Query()]) -> Page[BrandView]:
    """The brands of the last published list that were not revoked since; public (B03, B09, D08)."""
    return await repository.LIST.page(
        of(request).database,
        repository.LIST.asked(query),
        query,
        lambda row: BrandView.of(repository.listed_of(row)),
    )


@router.get("/export", summary="导出品牌名单 · Export the brands in force", responses=EXPORT_RESPONSES)
async def exported(request: Request, query: Annotated[BrandExport, Query()]) -> Response:
    """The brands in force as a file; public (B03, B09)."""
    rows = repository.LIST.all_rows(of(request).database, repository.LIST.asked(query))
    return await export(request, "brands", _COLUMNS, rows, query.format)


@router.get("/list.pdf", summary="品牌名单文书 · The list as a document", responses=PDF_RESPONSES)
async def as_document(request: Request) -> Response:
    """The whole list in force as PDF, city tier first, district by district; public (B03, B08, B09)."""
    return await list_document(of(request))


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
