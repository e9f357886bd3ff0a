"""REST of exit cases."""

from typing import Annotated
from uuid import UUID

from chuangpei.database import Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Cursor, Limit, Page, after_id, page_of
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from brand_svc.access import CityBureau, DistrictOfficer, Official, may_see, visible_district
from brand_svc.exit_cases import repository, use_cases
from brand_svc.exit_cases.exit_case import ExitCase
from brand_svc.exit_cases.lifecycle import State
from brand_svc.exit_cases.repository import Filters
from brand_svc.exit_cases.schemas import CityDecision, ExitCaseSummary, ExitCaseView, Verification
from brand_svc.fields import CreditCodeFilter
from brand_svc.service import of
from brand_svc.signals import repository as signals

router = APIRouter(prefix="/brand/v1/exit-cases", tags=["退出核查 · exit cases"])

StateFilter = Annotated[State | None, Query(description="状态 · state")]


@router.get("", response_model=Page[ExitCaseSummary], summary="列出退出核查 · List exit cases")
async def listed(
    request: Request,
    principal: Official,
    state: StateFilter = None,
    credit_code: CreditCodeFilter = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Exit cases in the order in which they were opened; districts see their own (B11)."""
    filters = Filters(visible_district(principal), state, credit_code)
    after = after_id(cursor)
    rows = await repository.listed(of(request).database, filters, after, limit + 1)
    return reply(page_of([ExitCaseSummary.of(row) for row in rows], limit, lambda view: (view.id,)))


@router.get("/{case_id}", response_model=ExitCaseView, summary="查看退出核查 · Read an exit case")
async def read(request: Request, case_id: UUID, principal: Official) -> Response:
    """One case with its signals; other districts get 404 (B11)."""
    async with of(request).database.transaction() as tx:
        case = await repository.find(tx, case_id)
        if case is None or not may_see(principal, district=case.district, credit_code=case.credit_code):
            raise Refused(Refusal(NOT_FOUND))
        return reply(await _view(tx, case))


@router.post("/{case_id}/verify", response_model=ExitCaseView, summary="区核实 · Verify")
async def verify(
    request: Request,
    case_id: UUID,
    body: Verification,
    principal: DistrictOfficer,
    if_match: IfMatch = None,
) -> Response:
    """The holder's district verifies: founded is reported to the city, unfounded is closed (B10, B11)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        case = accepted(
            await use_cases.verify(
                tx, service, principal, case_id, version, founded=body.founded, statement=body.statement
            )
        )
        view = await _view(tx, case)
    return reply(view)


@router.post("/{case_id}/revoke", response_model=ExitCaseView, summary="撤销品牌认定 · Revoke the brand")
async def revoke(
    request: Request, case_id: UUID, body: CityDecision, principal: CityBureau, if_match: IfMatch = None
) -> Response:
    """The city bureau revokes the brand: off the public list at once, and banned (B11, B12, D07)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        case = accepted(await use_cases.revoke(tx, service, principal, case_id, version, body.reason))
        view = await _view(tx, case)
    return reply(view)


@router.post("/{case_id}/dismiss", response_model=ExitCaseView, summary="不予撤销 · Dismiss the case")
async def dismiss(
    request: Request, case_id: UUID, body: CityDecision, principal: CityBureau, if_match: IfMatch = None
) -> Response:
    """The city bureau leaves the brand as it is (B11)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        case = accepted(await use_cases.dismiss(tx, service, principal, case_id, version, body.reason))
        view = await _view(tx, case)
    return reply(view)


async def _view(tx: Transaction, case: ExitCase) -> ExitCaseView:
    return ExitCaseView.with_signals(case, await signals.of_case(tx, case.id))
