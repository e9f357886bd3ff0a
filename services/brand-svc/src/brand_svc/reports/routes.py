"""REST of reports: anybody and agencies report, the district looks at it."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.rate_limit import TOO_OFTEN
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Path, Query, Request, Response

from brand_svc.access import DistrictOfficer, Official, asked_by
from brand_svc.reports import repository, use_cases
from brand_svc.reports.report import Channel, Report
from brand_svc.reports.repository import report_of
from brand_svc.reports.schemas import (
    Acceptance,
    Declining,
    DisclosedReport,
    Disclosure,
    NewReport,
    ReceiptView,
    Reopening,
    ReportExport,
    ReportPage,
    ReportView,
)
from brand_svc.service import Service, of

router = APIRouter(prefix="/brand/v1/reports", tags=["举报 · reports"])

AgencyOrOfficer = Annotated[Principal, Allow(Role.AGENCY, Role.DISTRICT_OFFICER, Role.CITY_CENTRE)]
Receipt = Annotated[str, Path(pattern="^[0-9a-f]{20}$", description="受理回执 · the receipt")]

ANYBODY = Principal("public", Role.CITIZEN)
"""Who reports without signing in."""

_COLUMNS: tuple[Column[ReportView], ...] = (
    Column(Text("回执", "Receipt"), lambda one: one.receipt),
    Column(Text("渠道", "Channel"), lambda one: one.channel),
    Column(Text("统一社会信用代码", "Credit code"), lambda one: one.credit_code),
    Column(Text("机构名称", "Institution"), lambda one: one.institution_name),
    Column(Text("区", "District"), lambda one: one.district),
    Column(Text("举报人", "Reporter"), lambda one: one.reporter_name),
    Column(Text("状态", "State"), lambda one: one.state),
    Column(Text("收到日期", "Received on"), lambda one: one.received_on),
    Column(Text("退出情形", "Ground"), lambda one: one.ground),
    Column(Text("处理意见", "Outcome"), lambda one: one.outcome),
    Column(Text("处理日期", "Decided on"), lambda one: one.decided_on),
)


@router.post("", status_code=201, response_model=ReceiptView, summary="举报 · Report", responses=TOO_OFTEN)
async def report_publicly(request: Request, body: NewReport, key: IdempotencyKey) -> Response:
    """Anybody reports an institution, named or anonymous, and gets a receipt; not too often (B10)."""
    service = of(request)
    allowance = service.reporting.ask(request)
    if not allowance.granted:
        return allowance.refused(request)
    return await once(
        service.database, request, ANYBODY, key, body, _receiving(service, ANYBODY, "public", body)
    )


@router.post(
    "/transferred", status_code=201, response_model=ReceiptView, summary="移送线索 · Transfer a report"
)
async def report_officially(
    request: Request, body: NewReport, key: IdempotencyKey, principal: AgencyOrOfficer
) -> Response:
    """Another agency passes on what it found, or an officer takes down what somebody reports (B10)."""
    service = of(request)
    channel: Channel = "agency" if principal.role is Role.AGENCY else "transferred"
    return await once(
        service.database, request, principal, key, body, _receiving(service, principal, channel, body)
    )


@router.get(
    "/receipts/{receipt}",
    response_model=ReceiptView,
    summary="查询举报处理 · What came of a report",
    responses=TOO_OFTEN,
)
async def follow(request: Request, receipt: Receipt) -> Response:
    """Whoever has the receipt sees whether the report was accepted, and no more; not too often (B10)."""
    service = of(request)
    allowance = service.reporting.ask(request)
    if not allowance.granted:
        return allowance.refused(request)
    report = await repository.by_receipt(service.database, receipt)
    if report is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(ReceiptView.of(report))


@router.get("", summary="举报列表 · List the reports")
async def listed(
    request: Request, principal: Official, query: Annotated[ReportPage, Query()]
) -> Page[ReportView]:
    """Reports, the reporter masked; districts see their own (B10)."""
    asked = asked_by(principal, repository.LIST, query)
    return await repository.LIST.page(
        of(request).database, asked, query, lambda row: ReportView.of(report_of(row))
    )


@router.get("/export", summary="导出举报 · Export the reports", responses=EXPORT_RESPONSES)
async def exported(
    request: Request, principal: Official, query: Annotated[ReportExport, Query()]
) -> Response:
    """The reports as a file, without what they say (B10)."""
    rows = repository.LIST.all_rows(of(request).database, asked_by(principal, repository.LIST, query))
    views = (ReportView.of(report_of(row)) async for row in rows)
    return await export(request, "reports", _COLUMNS, views, query.format)


@router.get("/{report_id}", response_model=ReportView, summary="查看举报 · Read a report")
async def read(request: Request, report_id: UUID, principal: Official) -> Response:
    """One report, the reporter masked; another district gets 404 (B10)."""
    return reply(ReportView.of(await _seen(of(request), principal, report_id)))


@router.get("/{report_id}/amendments", summary="举报的更正记录 · A report's amendments")
async def amendments(
    request: Request, report_id: UUID, principal: Official, query: AmendmentQuery
) -> Page[AmendmentView]:
    """Why it was declined before (B10)."""
    await _seen(of(request), principal, report_id)
    return await history(of(request).database, Report.OBJECT_TYPE, report_id, query)


@router.post("/{report_id}/disclose", response_model=DisclosedReport, summary="查看举报原文 · Open a report")
async def disclose(
    request: Request, report_id: UUID, body: Disclosure, principal: DistrictOfficer
) -> Response:
    """What was said and by whom, to the district that looks into it; each look is audited (B10)."""
    service = of(request)
    async with service.database.transaction() as tx:
        report = accepted(await use_cases.disclose(tx, service, principal, report_id, body.reason))
    content, name, phone = report.opened(service.privacy)
    view = DisclosedReport(id=report.id, content=content, reporter_name=name, reporter_phone=phone)
    return reply(view)


@router.post("/{report_id}/accept", response_model=ReportView, summary="受理举报 · Accept a report")
async def accept(
    request: Request, report_id: UUID, body: Acceptance, principal: DistrictOfficer, if_match: IfMatch = None
) -> Response:
    """It is a signal from now on, and opens or joins the case of a holder (B10, B11, D09)."""
    report = await done(request, if_match, principal, use_cases.accept, report_id, body.ground, body.outcome)
    return reply(ReportView.of(report))


@router.post("/{report_id}/decline", response_model=ReportView, summary="不予受理 · Decline a report")
async def decline(
    request: Request, report_id: UUID, body: Declining, principal: DistrictOfficer, if_match: IfMatch = None
) -> Response:
    """The district does not look into it, and says why (B10)."""
    report = await done(request, if_match, principal, use_cases.decline, report_id, body.outcome)
    return reply(ReportView.of(report))


@router.post("/{report_id}/reopen", response_model=ReportView, summary="重新审查举报 · Reopen a report")
async def reopen(
    request: Request, report_id: UUID, body: Reopening, principal: DistrictOfficer, if_match: IfMatch = None
) -> Response:
    """A report declined by mistake is looked at anew; the first decision is kept (B10)."""
    report = await done(request, if_match, principal, use_cases.reopen, report_id, body.reason)
    return reply(ReportView.of(report))


def _receiving(
    service: Service, principal: Principal, channel: Channel, body: NewReport
) -> Callable[[Transaction], Awaitable[ReceiptView | Refusal]]:
    async def act(tx: Transaction) -> ReceiptView | Refusal:
        report = await use_cases.receive(
            tx, service, principal, channel, body.credit_code, body.content, body.who
        )
        return report if isinstance(report, Refusal) else ReceiptView.of(report)

    return act


async def _seen(service: Service, principal: Principal, report_id: UUID) -> Report:
    report = await repository.find(service.database, report_id)
    if report is None or not use_cases.in_reach(principal, report):
        raise Refused(Refusal(NOT_FOUND))
    return report
