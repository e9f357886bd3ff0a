"""REST of the risk board: for officials."""

from typing import Annotated

from chuangpei.auth import Principal
from chuangpei.database import Row
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.web import reply
from fastapi import APIRouter, Query, Request, Response

from brand_svc.access import Official, asked_by
from brand_svc.policy.parameters import Parameters, parameters_on
from brand_svc.policy.risk import Formula
from brand_svc.risk import repository
from brand_svc.risk.schemas import FormulaView, RiskExport, RiskFilters, RiskPage, RiskView, risk_view
from brand_svc.service import Service, of

router = APIRouter(prefix="/brand/v1/risk-board", tags=["风险榜 · risk board"])

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("机构名称", "Institution"), lambda row: row["institution_name"]),
    Column(Text("区", "District"), lambda row: row["district"]),
    Column(Text("层级", "Tier"), lambda row: row["tier"]),
    Column(Text("风险分", "Score"), lambda row: row["score"]),
    Column(Text("线索数", "Signals"), lambda row: row["signals"]),
    Column(Text("最近月份", "Latest month"), lambda row: row["latest_month"]),
    Column(Text("有未结核查", "Undecided case"), lambda row: row["open_case"]),
)


@router.get("", summary="风险榜 · The risk board")
async def board(request: Request, principal: Official, query: Annotated[RiskPage, Query()]) -> Page[RiskView]:
    """Every holder with its signals of the last three years, the greatest risk first (B10, X1 to X5).

    Districts see their own. Each line of a holder says what it adds; the signals are at ``/signals``.
    """
    service = of(request)
    asked = _asked(service, principal, query)
    page = await repository.LIST.page(service.database, asked, query, risk_view)
    today, formula = service.clock.today(), Formula.of(_law(service))
    codes = [one.credit_code for one in page.items]
    tallies = await repository.tallies_of(service.database, codes, today, formula)
    items = [one.reckoned(tallies[one.credit_code], today, formula) for one in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


@router.get("/export", summary="导出风险榜 · Export the risk board", responses=EXPORT_RESPONSES)
async def exported(request: Request, principal: Official, query: Annotated[RiskExport, Query()]) -> Response:
    """The risk board as a file (B10)."""
    service = of(request)
    rows = repository.LIST.all_rows(service.database, _asked(service, principal, query))
    return await export(request, "risk-board", _COLUMNS, rows, query.format)


@router.get("/formula", response_model=FormulaView, summary="风险分公式 · The formula of the score")
async def formula(request: Request, principal: Official) -> Response:
    """The points and percents in force today, with the day they hold from (B10)."""
    law = _law(of(request))
    made = Formula.of(law)
    view = FormulaView(
        weights=made.weights,
        percents=list(made.percents),
        since=max(law.risk_weights.since, law.risk_percents.since),
        article=law.risk_weights.article,
        version=law.version,
    )
    return reply(view)


def _law(service: Service) -> Parameters:
    return parameters_on(service.law, service.clock.today())


def _asked(service: Service, principal: Principal, query: RiskFilters) -> Asked:
    values = repository.given(service.clock.today(), Formula.of(_law(service)))
    return asked_by(principal, repository.LIST, query, given=values)
