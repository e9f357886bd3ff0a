"""REST of the automatic indicators of an institution, and of the facts behind them."""

from typing import Annotated

from chuangpei.auth import Principal
from chuangpei.database import Row
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import reply
from fastapi import APIRouter, Query, Request, Response

from brand_svc.access import OfficialOrInstitution, may_see
from brand_svc.fields import CreditCodePath
from brand_svc.indicators import repository
from brand_svc.indicators.schemas import (
    FactExport,
    FactPage,
    FactView,
    IndicatorsView,
    MeasuredView,
    Years,
)
from brand_svc.institutions import repository as institutions
from brand_svc.policy.indicators import FactKind, formulas_of
from brand_svc.policy.parameters import parameters_on
from brand_svc.service import of

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("类别", "Kind"), lambda row: FactKind(row["kind"]).zh),
    Column(Text("日期", "Day"), lambda row: row["day"]),
    Column(Text("数量", "Amount"), lambda row: row["amount"]),
    Column(Text("计入", "Counts"), lambda row: row["counts"]),
    Column(Text("来源事件", "Source"), lambda row: row["source"]),
    Column(Text("来源编号", "Reference"), lambda row: str(row["reference"])),
    Column(Text("告知时间", "Told at"), lambda row: row["told_at"]),
)

router = APIRouter(prefix="/brand/v1/institutions/{credit_code}", tags=["自动指标 · indicators"])


@router.get("/indicators", response_model=IndicatorsView, summary="查看自动指标 · Read the indicators")
async def read(
    request: Request,
    credit_code: CreditCodePath,
    principal: OfficialOrInstitution,
    query: Annotated[Years, Query()],
) -> Response:
    """Every measure of an institution in some years, with formula and figures, as the facts stand now (B04).

    An institution sees its own, a district those in it.
    """
    await _seen(request, principal, credit_code)
    service = of(request)
    law = parameters_on(service.law, service.clock.today())
    found = await repository.figures_of(service.database, [credit_code], query.first_year, query.last_year)
    view = IndicatorsView(
        credit_code=credit_code,
        first_year=query.first_year,
        last_year=query.last_year,
        formulas_since=law.indicator_formulas.since,
        article=law.indicator_formulas.article,
        items=[
            MeasuredView.reckoned(measure, formula, found[credit_code])
            for measure, formula in formulas_of(law).items()
        ],
    )
    return reply(view)


@router.get("/facts", response_model=Page[FactView], summary="列出计数事实 · List the facts")
async def listed(
    request: Request,
    credit_code: CreditCodePath,
    principal: OfficialOrInstitution,
    query: Annotated[FactPage, Query()],
) -> Page[FactView]:
    """The facts behind the figures, each with the event that told it last; also those taken back (B04)."""
    await _seen(request, principal, credit_code)
    asked = repository.FACTS.asked(query, credit_code=credit_code)
    return await repository.FACTS.page(of(request).database, asked, query, _view)


@router.get("/facts/export", summary="导出计数事实 · Export the facts", responses=EXPORT_RESPONSES)
async def exported(
    request: Request,
    credit_code: CreditCodePath,
    principal: OfficialOrInstitution,
    query: Annotated[FactExport, Query()],
) -> Response:
    """The facts behind the figures as a file (B04)."""
    await _seen(request, principal, credit_code)
    asked = repository.FACTS.asked(query, credit_code=credit_code)
    rows = repository.FACTS.all_rows(of(request).database, asked)
    return await export(request, "facts", _COLUMNS, rows, query.format)


async def _seen(request: Request, principal: Principal, credit_code: str) -> None:
    found = await institutions.find(of(request).database, credit_code)
    if found is None or not may_see(principal, district=found.district, credit_code=credit_code):
        raise Refused(Refusal(NOT_FOUND))


def _view(row: Row) -> FactView:
    return FactView(**{name: row[name] for name in FactView.model_fields})
