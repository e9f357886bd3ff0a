"""Routes of findings of fault."""

from typing import Annotated
from uuid import UUID

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
from subsidy_svc.fault_findings import repository, use_cases
from subsidy_svc.fault_findings.schemas import (
    FaultFindingView,
    FindingExport,
    FindingFilters,
    FindingPage,
    NewFaultFinding,
    Refusing,
    finding_view,
)
from subsidy_svc.service import of
from subsidy_svc.settings import JSON_BODY_BYTES

router = APIRouter(prefix="/subsidy/v1/fault-findings", tags=["责任认定 · findings of fault"])
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
City = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("申领", "Claim"), lambda row: str(row["claim_id"])),
    Column(Text("区", "District"), lambda row: row["district"]),
    Column(Text("责任", "Fault"), lambda row: row["fault"]),
    Column(Text("机构参与", "Institution took part"), lambda row: row["institution_took_part"]),
    Column(Text("认定事实", "Statement"), lambda row: row["statement"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("报送时间", "Reported at"), lambda row: row["reported_at"]),
    Column(Text("决定时间", "Decided at"), lambda row: row["decided_at"]),
    Column(Text("不予确认原因", "Why refused"), lambda row: row["reason"]),
)


@router.post(
    "",
    status_code=201,
    summary="报送责任认定 · Report whose fault it was",
    response_model=FaultFindingView,
    max_body_size=JSON_BODY_BYTES,
)
async def report(request: Request, officer: Officer, key: IdempotencyKey, body: NewFaultFinding) -> Response:
    """The district reports whose fault it was that a claim was paid wrongly; the city decides (D03, D05)."""
    service = of(request)
    return await once(
        service.database,
        request,
        officer,
        key,
        body,
        lambda tx: use_cases.report(tx, service, officer, body),
    )


@router.get("", summary="责任认定列表 · Findings of fault")
async def list_findings(
    request: Request, principal: Reader, query: Annotated[FindingPage, Query()]
) -> Page[FaultFindingView]:
    """Findings, the newest first: those of an officer's district, or all for the city (D03)."""
    return await repository.LIST.page(of(request).database, _asked(principal, query), query, finding_view)


@router.get("/export", summary="导出责任认定 · Export the findings of fault", responses=EXPORT_RESPONSES)
async def export_findings(
    request: Request, principal: Reader, query: Annotated[FindingExport, Query()]
) -> Response:
    """The findings as a file (D03)."""
    rows = repository.LIST.all_rows(of(request).database, _asked(principal, query))
    return await export(request, "fault-findings", _COLUMNS, rows, query.format)


@router.get("/{finding_id}", summary="一项责任认定 · One finding of fault", response_model=FaultFindingView)
async def get_finding(request: Request, principal: Reader, finding_id: UUID) -> Response:
    """A finding with its statement and what became of it (D03)."""
    row = await repository.one(of(request).database, finding_id, scope_of(principal))
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(finding_view(row))


@router.post(
    "/{finding_id}/confirm", summary="确认责任 · Confirm the finding", response_model=FaultFindingView
)
async def confirm(request: Request, city: City, finding_id: UUID, if_match: IfMatch = None) -> Response:
    """Another person, of the city, confirms: the money is claimed back (D03, D05, D06).

    After the person's fraud the claim still counts against the caps, and ``subsidy.fraud_confirmed`` starts
    the exit case of an institution that took part (B11). After the office's error the place is free again.
    """
    return reply(await done(request, if_match, city, use_cases.confirm, finding_id))


@router.post(
    "/{finding_id}/refuse",
    summary="不予确认 · Refuse the finding",
    response_model=FaultFindingView,
    max_body_size=JSON_BODY_BYTES,
)
async def refuse(
    request: Request, city: City, finding_id: UUID, body: Refusing, if_match: IfMatch = None
) -> Response:
    """The city does not confirm, and says why: nothing follows (D03, D05)."""
    return reply(await done(request, if_match, city, use_cases.refuse, finding_id, body.reason))


def _asked(principal: Principal, query: FindingFilters) -> Asked:
    return asked_by(principal, repository.LIST, query)
