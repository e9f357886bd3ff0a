"""Agencies over HTTP."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from webhook_svc.access import Agency, CityCentre, Operator, own_agency
from webhook_svc.agencies import repository, use_cases
from webhook_svc.agencies.lifecycle import Action
from webhook_svc.agencies.schemas import (
    AgencyAmendment,
    AgencyExport,
    AgencyPage,
    AgencyView,
    NewAgency,
    StepReason,
)
from webhook_svc.service import of

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("客户端", "Client"), lambda row: row["client_id"]),
    Column(Text("单位名称", "Agency"), lambda row: row["name"]),
    Column(Text("事件类型", "Event types"), lambda row: " ".join(row["event_types"])),
    Column(Text("区", "Districts"), lambda row: " ".join(row["districts"] or ())),
    Column(Text("完整内容", "Full payload"), lambda row: row["full_payload"]),
    Column(Text("共享依据", "Basis"), lambda row: row["basis"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
)

router = APIRouter(prefix="/webhook/v1", tags=["接入单位 · agencies"])


@router.post(
    "/agencies", status_code=201, response_model=AgencyView, summary="授权接入 · Grant an agency access"
)
async def grant_agency(
    request: Request, body: NewAgency, key: IdempotencyKey, principal: CityCentre
) -> Response:
    """The city centre grants another public body event types, districts and whether in full (数据共享)."""
    service = of(request)

    async def act(tx: Transaction) -> AgencyView | Refusal:
        granted = await use_cases.grant(tx, service, principal, body)
        return granted if isinstance(granted, Refusal) else _view(granted)

    return await once(service.database, request, principal, key, body, act)


@router.get("/agencies", summary="接入单位列表 · List the agencies")
async def list_agencies(
    request: Request, _: Operator, query: Annotated[AgencyPage, Query()]
) -> Page[AgencyView]:
    """Every agency and what it is granted."""
    return await repository.LIST.page(of(request).database, repository.LIST.asked(query), query, _view)


@router.get("/agencies/export", summary="导出接入单位 · Export the agencies", responses=EXPORT_RESPONSES)
async def export_agencies(request: Request, _: Operator, query: Annotated[AgencyExport, Query()]) -> Response:
    """Every agency and what it is granted, as a file."""
    rows = repository.LIST.all_rows(of(request).database, repository.LIST.asked(query))
    return await export(request, "agencies", _COLUMNS, rows, query.format)


@router.get("/agency", response_model=AgencyView, summary="本单位的授权 · What one's own agency is granted")
async def read_own_agency(request: Request, principal: Agency) -> Response:
    """The agency that the token stands for."""
    return reply(_view(await own_agency(of(request).database, principal)))


@router.get("/agencies/{agency_id}", response_model=AgencyView, summary="查看接入单位 · Read an agency")
async def read_agency(request: Request, agency_id: UUID, _: Operator) -> Response:
    """One agency and what it is granted."""
    return reply(_view(await _found(request, agency_id)))


@router.post("/agencies/{agency_id}/amend", response_model=AgencyView, summary="变更授权 · Amend a grant")
async def amend_agency(
    request: Request, agency_id: UUID, body: AgencyAmendment, principal: CityCentre, if_match: IfMatch = None
) -> Response:
    """Grants more or less, with a reason; its history is kept."""
    return reply(_view(await done(request, if_match, principal, use_cases.amend, agency_id, body)))


@router.get("/agencies/{agency_id}/amendments", summary="授权变更记录 · A grant's amendments")
async def list_agency_amendments(
    request: Request, agency_id: UUID, _: Operator, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why."""
    await _found(request, agency_id)
    return await history(of(request).database, "agency", agency_id, query)


@router.post(
    "/agencies/{agency_id}/suspend", response_model=AgencyView, summary="暂停接入 · Suspend an agency"
)
async def suspend_agency(
    request: Request, agency_id: UUID, body: StepReason, principal: CityCentre, if_match: IfMatch = None
) -> Response:
    """Nothing is delivered and nothing answered while suspended; what it is owed is kept."""
    return await _step(request, agency_id, body, principal, if_match, Action.SUSPEND)


@router.post("/agencies/{agency_id}/resume", response_model=AgencyView, summary="恢复接入 · Resume an agency")
async def resume_agency(
    request: Request, agency_id: UUID, body: StepReason, principal: CityCentre, if_match: IfMatch = None
) -> Response:
    """Delivers again, what was kept first."""
    return await _step(request, agency_id, body, principal, if_match, Action.RESUME)


async def _step(
    request: Request,
    agency_id: UUID,
    body: StepReason,
    principal: Principal,
    if_match: str | None,
    action: Action,
) -> Response:
    row = await done(request, if_match, principal, use_cases.step, agency_id, action, body.reason)
    return reply(_view(row))


async def _found(request: Request, agency_id: UUID) -> Row:
    row = await repository.one(of(request).database, agency_id)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return row


def _view(row: Row) -> AgencyView:
    return AgencyView.model_validate({name: row[name] for name in AgencyView.model_fields})
