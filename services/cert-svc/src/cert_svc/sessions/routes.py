"""Evaluation sessions over HTTP."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from cert_svc.service import Service, of
from cert_svc.sessions import repository, use_cases
from cert_svc.sessions.schemas import (
    Cancelling,
    Closing,
    NewSession,
    SessionAmendment,
    SessionDetail,
    SessionExport,
    SessionFilters,
    SessionPage,
    SessionView,
)
from cert_svc.sessions.session import EvaluationSession

Planner = Annotated[Principal, Allow(Role.EVALUATOR, Role.CITY_CENTRE)]
Reader = Annotated[
    Principal,
    Allow(
        Role.CITIZEN,
        Role.EVALUATOR,
        Role.DISTRICT_OFFICER,
        Role.CITY_CENTRE,
        Role.CITY_BUREAU,
        Role.AUDITOR,
    ),
]
Office = Annotated[
    Principal, Allow(Role.EVALUATOR, Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)
]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("场次编号", "Session"), lambda row: str(row["id"])),
    Column(Text("评价机构编号", "Body"), lambda row: str(row["body_id"])),
    Column(Text("项目编码", "Project"), lambda row: row["project_code"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("地点", "Place"), lambda row: row["place"]),
    Column(Text("开始时间", "Starts at"), lambda row: row["starts_at"]),
    Column(Text("结束时间", "Ends at"), lambda row: row["ends_at"]),
    Column(Text("容量", "Capacity"), lambda row: row["capacity"]),
    Column(Text("考生数", "Candidates"), lambda row: row["candidates"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("取消原因", "Cancel reason"), lambda row: row["cancel_reason"]),
)

router = APIRouter(prefix="/cert/v1/sessions", tags=["评价场次 · evaluation sessions"])


@router.post("", status_code=201, response_model=SessionDetail, summary="安排评价场次 · Plan a session")
async def plan_session(
    request: Request, body: NewSession, idempotency_key: IdempotencyKey, principal: Planner
) -> Response:
    """By an evaluator of the body, or the city centre; nobody evaluates at two at once (T06, C04)."""
    service = of(request)

    async def act(tx: Transaction) -> SessionDetail | Refusal:
        planned = await use_cases.plan(tx, service, principal, body)
        return planned if isinstance(planned, Refusal) else await _detail(tx, service, planned)

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.get("", summary="列出评价场次 · List the sessions")
async def list_sessions(
    request: Request, principal: Reader, query: Annotated[SessionPage, Query()]
) -> Page[SessionView]:
    """A trainee sees their own, an evaluator their body's, a district its own, others all (T06, C05)."""
    service = of(request)
    return await repository.LIST.page(
        service.database,
        _asked(service, principal, query),
        query,
        lambda row: SessionView.of(repository.session_of(row), service.clock.now()),
    )


@router.get("/export", summary="导出评价场次 · Export the sessions", responses=EXPORT_RESPONSES)
async def export_sessions(
    request: Request, principal: Reader, query: Annotated[SessionExport, Query()]
) -> Response:
    """The sessions one may see as a file (T06, C05)."""
    service = of(request)
    rows = repository.LIST.all_rows(service.database, _asked(service, principal, query))
    return await export(request, "evaluation-sessions", _COLUMNS, rows, query.format)


@router.get("/{session_id}", response_model=SessionDetail, summary="查看评价场次 · Read a session")
async def read_session(request: Request, session_id: UUID, principal: Reader) -> Response:
    """Where and when; who evaluates is not shown to its candidates (T06, C04)."""
    service, session = of(request), await seen(request, session_id, principal)
    if principal.role is Role.CITIZEN:
        return reply(SessionDetail.of(session, service.clock.now()))
    evaluators = await repository.evaluators_of(service.database, session_id)
    return reply(SessionDetail.with_evaluators(session, service.clock.now(), evaluators))


@router.post("/{session_id}/amend", response_model=SessionDetail, summary="变更评价场次 · Amend a session")
async def amend_session(
    request: Request, session_id: UUID, body: SessionAmendment, principal: Planner, if_match: IfMatch = None
) -> Response:
    """Another place, time, capacity or evaluators before it begins, with a reason (T06, C04)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        amended = accepted(await use_cases.amend(tx, service, principal, session_id, version, body))
        detail = await _detail(tx, service, amended)
    return reply(detail)


@router.get("/{session_id}/amendments", summary="评价场次变更记录 · Amendments of a session")
async def list_session_amendments(
    request: Request, session_id: UUID, principal: Office, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (T06)."""
    await seen(request, session_id, principal)
    return await history(of(request).database, "evaluation_session", session_id, query)


@router.post("/{session_id}/cancel", response_model=SessionDetail, summary="取消评价场次 · Cancel a session")
async def cancel_session(
    request: Request, session_id: UUID, body: Cancelling, principal: Planner, if_match: IfMatch = None
) -> Response:
    """With a reason, as long as nobody on it was scored; its candidates wait for another (T06)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        cancelled = accepted(await use_cases.cancel(tx, service, principal, session_id, version, body.reason))
        detail = await _detail(tx, service, cancelled)
    return reply(detail)


@router.post("/{session_id}/close", response_model=SessionDetail, summary="结束评价场次 · Close a session")
async def close_session(
    request: Request, session_id: UUID, body: Closing, principal: Planner, if_match: IfMatch = None
) -> Response:
    """After its end, once it is recorded of each candidate whether they came (T06, C04)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        closed = accepted(await use_cases.close(tx, service, principal, session_id, version, body))
        detail = await _detail(tx, service, closed)
    return reply(detail)


async def seen(request: Request, session_id: UUID, principal: Principal) -> EvaluationSession:
    """The session where the principal sees it; else 404."""
    service = of(request)
    session = await repository.one(service.database, session_id, principal, service.clock.today())
    if session is None:
        raise Refused(Refusal(NOT_FOUND))
    return session


def _asked(service: Service, principal: Principal, query: SessionFilters) -> Asked:
    reach, scope = repository.reach_of(principal)
    return repository.LIST.asked(query, reach=reach, scope=scope, given={"today": service.clock.today()})


async def _detail(tx: Transaction, service: Service, session: EvaluationSession) -> SessionDetail:
    evaluators = await repository.evaluators_of(tx, session.id)
    return SessionDetail.with_evaluators(session, service.clock.now(), evaluators)
