"""REST of exit cases for officials: the district verifies, the city bureau decides."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Principal
from chuangpei.database import Row
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from brand_svc.access import CityBureau, DistrictOfficer, DistrictOrBureau, Official, asked_by
from brand_svc.evidence import as_kept
from brand_svc.exit_cases import decisions, repository, use_cases
from brand_svc.exit_cases.exit_case import ExitCase
from brand_svc.exit_cases.repository import case_of
from brand_svc.exit_cases.schemas import (
    Because,
    CityDecision,
    Correction,
    ExitCaseExport,
    ExitCaseFilters,
    ExitCasePage,
    ExitCaseSummary,
    ExitCaseView,
    Notice,
    Verification,
)
from brand_svc.exit_cases.steps import in_reach
from brand_svc.service import Service, of
from brand_svc.signals import repository as signals

router = APIRouter(prefix="/brand/v1/exit-cases", tags=["退出核查 · exit cases"])

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("机构名称", "Institution"), lambda row: row["institution_name"]),
    Column(Text("区", "District"), lambda row: row["district"]),
    Column(Text("退出情形", "Ground"), lambda row: row["ground"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("立案日期", "Opened on"), lambda row: row["opened_on"]),
    Column(Text("办理期限", "Due on"), lambda row: row["due_on"]),
    Column(Text("告知日期", "Noticed on"), lambda row: row["noticed_on"]),
    Column(Text("陈述申辩期限", "Answer by"), lambda row: row["answer_by"]),
    Column(Text("答复日期", "Answered on"), lambda row: row["answered_on"]),
    Column(Text("核实日期", "Verified on"), lambda row: row["verified_on"]),
    Column(Text("核实情况", "Statement"), lambda row: row["statement"]),
    Column(Text("处理日期", "Decided on"), lambda row: row["decided_on"]),
    Column(Text("处理理由", "Reason"), lambda row: row["reason"]),
)


@router.get("", summary="列出退出核查 · List exit cases")
async def listed(
    request: Request, principal: Official, query: Annotated[ExitCasePage, Query()]
) -> Page[ExitCaseSummary]:
    """Exit cases; districts see their own. ``overdue`` shows the city those nobody acted on in time (B11)."""
    service = of(request)
    today = service.clock.today()
    return await repository.LIST.page(
        service.database,
        _asked(service, principal, query),
        query,
        lambda row: ExitCaseSummary.on(case_of(row), today),
    )


@router.get("/export", summary="导出退出核查 · Export the exit cases", responses=EXPORT_RESPONSES)
async def exported(
    request: Request, principal: Official, query: Annotated[ExitCaseExport, Query()]
) -> Response:
    """The exit cases as a file (B11)."""
    service = of(request)
    rows = repository.LIST.all_rows(service.database, _asked(service, principal, query))
    return await export(request, "exit-cases", _COLUMNS, rows, query.format)


@router.get("/{case_id}", response_model=ExitCaseView, summary="查看退出核查 · Read an exit case")
async def read(request: Request, case_id: UUID, principal: Official) -> Response:
    """One case with its signals; other districts get 404 (B11)."""
    service = of(request)
    return reply(await _view(service, await _seen(service, principal, case_id)))


@router.get("/{case_id}/amendments", summary="退出核查的更正记录 · What was replaced in a case")
async def amendments(
    request: Request, case_id: UUID, principal: Official, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was said before in a case: earlier notices, answers, findings, decisions taken back (B11)."""
    service = of(request)
    await _seen(service, principal, case_id)
    return await history(service.database, ExitCase.OBJECT_TYPE, case_id, query)


@router.post("/{case_id}/notify", response_model=ExitCaseView, summary="告知机构 · Notify the institution")
async def notify(
    request: Request, case_id: UUID, body: Notice, principal: DistrictOfficer, if_match: IfMatch = None
) -> Response:
    """The district tells the institution what it is about to find; it may answer until ``answer_by`` (B11).

    Given again where more was found, the institution answers anew.
    """
    case = await done(
        request, if_match, principal, use_cases.notify, case_id, body.notice, as_kept(body.evidence)
    )
    return reply(await _view(of(request), case))


@router.post("/{case_id}/verify", response_model=ExitCaseView, summary="区核实 · Verify")
async def verify(
    request: Request, case_id: UUID, body: Verification, principal: DistrictOfficer, if_match: IfMatch = None
) -> Response:
    """The district verifies: founded is reported to the city, unfounded is closed (B10, B11).

    It reports only what the institution has answered, waived to answer, or let its last day pass.
    """
    case = await done(
        request,
        if_match,
        principal,
        use_cases.verify,
        case_id,
        founded=body.founded,
        statement=body.statement,
        evidence=as_kept(body.evidence),
    )
    return reply(await _view(of(request), case))


@router.post("/{case_id}/amend", response_model=ExitCaseView, summary="更正核实 · Amend the report")
async def amend(
    request: Request, case_id: UUID, body: Correction, principal: DistrictOfficer, if_match: IfMatch = None
) -> Response:
    """The district corrects what it reported, before the city decides; the first is kept (B11)."""
    case = await done(request, if_match, principal, use_cases.amend, case_id, body.changes(), body.reason)
    return reply(await _view(of(request), case))


@router.post("/{case_id}/recuse", response_model=ExitCaseView, summary="回避 · Step aside")
async def recuse(request: Request, case_id: UUID, body: Because, principal: DistrictOrBureau) -> Response:
    """An officer with an interest in the institution steps aside and takes no further part (B11)."""
    service = of(request)
    async with service.database.transaction() as tx:
        case = accepted(await use_cases.recuse(tx, service, principal, case_id, body.reason))
    return reply(await _view(service, case))


@router.post("/{case_id}/return", response_model=ExitCaseView, summary="退回补充核实 · Return the case")
async def send_back(
    request: Request, case_id: UUID, body: CityDecision, principal: CityBureau, if_match: IfMatch = None
) -> Response:
    """The city bureau wants more verified: the district has its whole time again (B11)."""
    case = await done(request, if_match, principal, decisions.send_back, case_id, body.reason)
    return reply(await _view(of(request), case))


@router.post("/{case_id}/revoke", response_model=ExitCaseView, summary="撤销品牌认定 · Revoke the brand")
async def revoke(
    request: Request, case_id: UUID, body: CityDecision, principal: CityBureau, if_match: IfMatch = None
) -> Response:
    """The city bureau revokes the brand: off the public list at once, and banned (B11, B12, D07)."""
    case = await done(request, if_match, principal, decisions.revoke, case_id, body.reason)
    return reply(await _view(of(request), case))


@router.post("/{case_id}/dismiss", response_model=ExitCaseView, summary="不予撤销 · Dismiss the case")
async def dismiss(
    request: Request, case_id: UUID, body: CityDecision, principal: CityBureau, if_match: IfMatch = None
) -> Response:
    """The city bureau leaves the brand as it is (B11)."""
    case = await done(request, if_match, principal, decisions.dismiss, case_id, body.reason)
    return reply(await _view(of(request), case))


@router.post("/{case_id}/reopen", response_model=ExitCaseView, summary="恢复办理 · Reopen the case")
async def reopen(
    request: Request, case_id: UUID, body: Because, principal: DistrictOrBureau, if_match: IfMatch = None
) -> Response:
    """A case closed by mistake goes on: one found unfounded by its district, one dismissed by the city (B11).

    What was decided before is kept.
    """
    case = await done(request, if_match, principal, decisions.reopen, case_id, body.reason)
    return reply(await _view(of(request), case))


def _asked(service: Service, principal: Principal, query: ExitCaseFilters) -> Asked:
    return asked_by(principal, repository.LIST, query, given={"today": service.clock.today()})


async def _seen(service: Service, principal: Principal, case_id: UUID) -> ExitCase:
    case = await repository.find(service.database, case_id)
    if case is None or not in_reach(principal, case):
        raise Refused(Refusal(NOT_FOUND))
    return case


async def _view(service: Service, case: ExitCase) -> ExitCaseView:
    found = await signals.of_case(service.database, case.id)
    return ExitCaseView.with_signals(case, service.clock.today(), found)
