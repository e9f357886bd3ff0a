"""Routes of findings about payment lines whose result the bank could not tell."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row
from chuangpei.errors import accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Path, Query, Request, Response

from subsidy_svc.access import asked_by
from subsidy_svc.payments import finding_repository as repository
from subsidy_svc.payments import findings
from subsidy_svc.payments.schemas import (
    EndReason,
    FindingExport,
    FindingFilters,
    FindingPage,
    FindingView,
    NewFinding,
    finding_view,
)
from subsidy_svc.service import of
from subsidy_svc.settings import JSON_BODY_BYTES

router = APIRouter(prefix="/subsidy/v1/batches/{batch_id}", tags=["不明款项核实 · findings about lines"])
City = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]
LineNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("序号", "Line"), lambda row: row["line_no"]),
    Column(Text("核实结果", "Result"), lambda row: row["result"]),
    Column(Text("银行代码", "Bank code"), lambda row: row["bank_code"]),
    Column(Text("核实依据", "Evidence"), lambda row: row["evidence"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("核实人", "Found by"), lambda row: row["found_by"]),
    Column(Text("核实时间", "Found at"), lambda row: row["found_at"]),
    Column(Text("复核人", "Decided by"), lambda row: row["decided_by"]),
    Column(Text("复核时间", "Decided at"), lambda row: row["decided_at"]),
)


@router.post(
    "/lines/{line_no}/findings",
    status_code=201,
    summary="登记核实结果 · Say what a line's result was",
    response_model=FindingView,
    max_body_size=JSON_BODY_BYTES,
)
async def propose_finding(
    request: Request, city: City, batch_id: UUID, line_no: LineNumber, key: IdempotencyKey, body: NewFinding
) -> Response:
    """An unknown line's result, with the evidence; it counts once another person confirms (S10, D05)."""
    service = of(request)
    return await once(
        service.database,
        request,
        city,
        key,
        body,
        lambda tx: findings.propose(tx, service, city, batch_id, line_no, body),
    )


@router.get("/findings", summary="核实结果列表 · Findings about a batch")
async def list_findings(
    request: Request, principal: Reader, batch_id: UUID, query: Annotated[FindingPage, Query()]
) -> Page[FindingView]:
    """Findings about lines of the batch, the newest first (S10)."""
    asked = _asked(principal, batch_id, query)
    return await repository.LIST.page(of(request).database, asked, query, finding_view)


@router.get("/findings/export", summary="导出核实结果 · Export the findings", responses=EXPORT_RESPONSES)
async def export_findings(
    request: Request, principal: Reader, batch_id: UUID, query: Annotated[FindingExport, Query()]
) -> Response:
    """Findings about lines of the batch as a file (S10)."""
    rows = repository.LIST.all_rows(of(request).database, _asked(principal, batch_id, query))
    return await export(request, "line-findings", _COLUMNS, rows, query.format)


@router.post(
    "/findings/{finding_id}/confirm", summary="复核确认 · Confirm a finding", response_model=FindingView
)
async def confirm_finding(
    request: Request, city: City, batch_id: UUID, finding_id: UUID, if_match: IfMatch = None
) -> Response:
    """Another person confirms: the line is settled or failed, as if the bank had told it (S10, D05, O04)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        view = accepted(await findings.confirm(tx, service, city, batch_id, finding_id, version))
    return reply(view)


@router.post(
    "/findings/{finding_id}/refuse",
    summary="复核不予确认 · Refuse a finding",
    response_model=FindingView,
    max_body_size=JSON_BODY_BYTES,
)
async def refuse_finding(
    request: Request,
    city: City,
    batch_id: UUID,
    finding_id: UUID,
    body: EndReason,
    if_match: IfMatch = None,
) -> Response:
    """The finding is not right, or its finder takes it back: the line stays unknown (S10)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        view = accepted(await findings.refuse(tx, service, city, batch_id, finding_id, version, body.reason))
    return reply(view)


def _asked(principal: Principal, batch_id: UUID, query: FindingFilters) -> Asked:
    return asked_by(principal, repository.LIST, query, batch_id=batch_id)
