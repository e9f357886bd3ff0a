"""Routes of budgets."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.access import asked_by, scope_of
from subsidy_svc.budgets import repository, use_cases
from subsidy_svc.budgets.schemas import (
    BudgetAmendment,
    BudgetExport,
    BudgetFilters,
    BudgetPage,
    BudgetView,
    NewBudget,
    budget_view,
)
from subsidy_svc.service import of
from subsidy_svc.settings import JSON_BODY_BYTES

router = APIRouter(prefix="/subsidy/v1/budgets", tags=["预算 · budgets"])
City = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("区", "District"), lambda row: row["district"]),
    Column(Text("资金科目", "Fund line"), lambda row: row["fund_line"]),
    Column(Text("资金年度", "Fund year"), lambda row: row["fund_year"]),
    Column(Text("预算（分）", "Budget, fen"), lambda row: row["amount_fen"]),
    Column(Text("已承诺（分）", "Committed, fen"), lambda row: row["committed_fen"]),
    Column(Text("应付（分）", "Payable, fen"), lambda row: row["payable_fen"]),
    Column(Text("已付（分）", "Paid, fen"), lambda row: row["paid_fen"]),
    Column(Text("余额（分）", "Left, fen"), lambda row: row["amount_fen"] - row["drawn_fen"]),
    Column(Text("文号", "Document number"), lambda row: row["document_number"]),
    Column(Text("下达或调整时间", "Set at"), lambda row: row["set_at"]),
)


@router.post(
    "",
    status_code=201,
    summary="下达预算 · Set a budget",
    response_model=BudgetView,
    max_body_size=JSON_BODY_BYTES,
)
async def set_budget(request: Request, city: City, key: IdempotencyKey, body: NewBudget) -> Response:
    """What a district may pay of a fund line in a year (O04). A fund has one budget; it is then amended."""
    service = of(request)
    return await once(
        service.database,
        request,
        city,
        key,
        body,
        lambda tx: use_cases.set_budget(tx, service, city, body),
    )


@router.get("", summary="预算列表 · Budgets")
async def list_budgets(
    request: Request, principal: Reader, query: Annotated[BudgetPage, Query()]
) -> Page[BudgetView]:
    """Budgets beside what is committed, payable, paid and left (O04): of an officer's district, or all."""
    return await repository.LIST.page(of(request).database, _asked(principal, query), query, budget_view)


@router.get("/export", summary="导出预算 · Export the budgets", responses=EXPORT_RESPONSES)
async def export_budgets(
    request: Request, principal: Reader, query: Annotated[BudgetExport, Query()]
) -> Response:
    """The budgets as a file (O04)."""
    rows = repository.LIST.all_rows(of(request).database, _asked(principal, query))
    return await export(request, "budgets", _COLUMNS, rows, query.format)


@router.get("/{budget_id}", summary="一项预算 · One budget", response_model=BudgetView)
async def get_budget(request: Request, principal: Reader, budget_id: UUID) -> Response:
    """A budget beside what is committed, payable, paid and left (O04)."""
    row = await repository.one(of(request).database, budget_id, scope_of(principal))
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(budget_view(row))


@router.post(
    "/{budget_id}/amend",
    summary="调整预算 · Amend a budget",
    response_model=BudgetView,
    max_body_size=JSON_BODY_BYTES,
)
async def amend_budget(
    request: Request, city: City, budget_id: UUID, body: BudgetAmendment, if_match: IfMatch = None
) -> Response:
    """Raises or cuts a budget with its document and reason; not below what is payable or paid (O04)."""
    return reply(await done(request, if_match, city, use_cases.amend, budget_id, body))


@router.get("/{budget_id}/amendments", summary="预算调整记录 · A budget's amendments")
async def list_budget_amendments(
    request: Request, principal: Reader, budget_id: UUID, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (O04)."""
    async with of(request).database.transaction() as tx:
        if await repository.one(tx, budget_id, scope_of(principal)) is None:
            raise Refused(Refusal(NOT_FOUND))
        return await history(tx, "budget", budget_id, query)


def _asked(principal: Principal, query: BudgetFilters) -> Asked:
    return asked_by(principal, repository.LIST, query)
