"""Evaluation bodies over HTTP."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from cert_svc.evaluation_bodies import repository, use_cases
from cert_svc.evaluation_bodies.body import Body
from cert_svc.evaluation_bodies.schemas import (
    BodyAmendment,
    BodyExport,
    BodyPage,
    BodyView,
    Ending,
    NewBody,
)
from cert_svc.service import Service, of

Centre = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[
    Principal, Allow(Role.EVALUATOR, Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)
]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("机构名称", "Name"), lambda row: row["name"]),
    Column(Text("评价范围", "Scope"), lambda row: "; ".join(row["project_codes"])),
    Column(Text("任期首日", "First day"), lambda row: row["first_day"]),
    Column(Text("任期末日", "Last day"), lambda row: row["last_day"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("终止日期", "Ended on"), lambda row: row["ended_on"]),
    Column(Text("终止原因", "End reason"), lambda row: row["end_reason"]),
)

router = APIRouter(prefix="/cert/v1/evaluation-bodies", tags=["评价机构 · evaluation bodies"])


@router.post("", status_code=201, response_model=BodyView, summary="选定评价机构 · Choose an evaluation body")
async def choose_body(
    request: Request, body: NewBody, idempotency_key: IdempotencyKey, principal: Centre
) -> Response:
    """The city centre chooses who evaluates, for which projects and how long (T06, C04)."""
    service = of(request)

    async def act(tx: Transaction) -> BodyView | Refusal:
        chosen = await use_cases.choose(tx, service, principal, body)
        return chosen if isinstance(chosen, Refusal) else _view(service, chosen)

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.get("", summary="列出评价机构 · List the evaluation bodies")
async def list_bodies(
    request: Request, principal: Reader, query: Annotated[BodyPage, Query()]
) -> Page[BodyView]:
    """Who evaluates what, and until when (T06, C04)."""
    service, listing = of(request), repository.LIST
    return await listing.page(
        service.database,
        listing.asked(query),
        query,
        lambda row: _view(service, repository.body_of(row)),
    )


@router.get("/export", summary="导出评价机构 · Export the evaluation bodies", responses=EXPORT_RESPONSES)
async def export_bodies(
    request: Request, principal: Reader, query: Annotated[BodyExport, Query()]
) -> Response:
    """The evaluation bodies as a file (T06)."""
    rows = repository.LIST.all_rows(of(request).database, repository.LIST.asked(query))
    return await export(request, "evaluation-bodies", _COLUMNS, rows, query.format)


@router.get("/{body_id}", response_model=BodyView, summary="查看评价机构 · Read an evaluation body")
async def read_body(request: Request, body_id: UUID, principal: Reader) -> Response:
    """One evaluation body (T06)."""
    return reply(_view(of(request), await _found(request, body_id)))


@router.post("/{body_id}/amend", response_model=BodyView, summary="变更评价机构 · Amend an evaluation body")
async def amend_body(
    request: Request, body_id: UUID, body: BodyAmendment, principal: Centre, if_match: IfMatch = None
) -> Response:
    """Changes its name, scope or last day, with a reason (T06)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        amended = accepted(await use_cases.amend(tx, service, principal, body_id, version, body))
    return reply(_view(service, amended))


@router.get("/{body_id}/amendments", summary="评价机构变更记录 · Amendments of an evaluation body")
async def list_body_amendments(
    request: Request, body_id: UUID, principal: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (T06)."""
    await _found(request, body_id)
    return await history(of(request).database, "evaluation_body", body_id, query)


@router.post("/{body_id}/end", response_model=BodyView, summary="提前终止评价机构 · End an evaluation body")
async def end_body(
    request: Request, body_id: UUID, body: Ending, principal: Centre, if_match: IfMatch = None
) -> Response:
    """Ends it before its term, at once, with a reason (T06)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        ended = accepted(await use_cases.end(tx, service, principal, body_id, version, body.reason))
    return reply(_view(service, ended))


async def _found(request: Request, body_id: UUID) -> Body:
    body = await repository.one(of(request).database, body_id)
    if body is None:
        raise Refused(Refusal(NOT_FOUND))
    return body


def _view(service: Service, body: Body) -> BodyView:
    return BodyView.of(body, service.clock.today())
