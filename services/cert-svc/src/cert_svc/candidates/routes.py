"""The candidates of evaluation sessions over HTTP."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text, failed
from chuangpei.paging import Page
from chuangpei.web import IfMatch, expected_version, finding_view, reply
from fastapi import APIRouter, Query, Request, Response

from cert_svc.candidates import repository, use_cases
from cert_svc.candidates.schemas import (
    CandidateExport,
    CandidatePage,
    CandidateView,
    NewCandidates,
    NotSeated,
    SeatingView,
    TakingOff,
)
from cert_svc.service import of
from cert_svc.sessions.routes import seen
from cert_svc.sessions.schemas import NewPresence

Planner = Annotated[Principal, Allow(Role.EVALUATOR, Role.CITY_CENTRE)]
Office = Annotated[
    Principal, Allow(Role.EVALUATOR, Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)
]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("评价编号", "Evaluation"), lambda row: str(row["evaluation_id"])),
    Column(Text("考生", "Candidate"), lambda row: row["masked_name"]),
    Column(Text("培训机构", "Institution"), lambda row: row["institution_name"]),
    Column(Text("到场", "Present"), lambda row: row["present"]),
    Column(Text("到场说明", "Presence note"), lambda row: row["presence_note"]),
    Column(Text("撤下时间", "Taken off at"), lambda row: row["removed_at"]),
    Column(Text("撤下原因", "Reason"), lambda row: row["remove_reason"]),
)

router = APIRouter(
    prefix="/cert/v1/sessions/{session_id}/candidates", tags=["评价场次 · evaluation sessions"]
)


@router.post(
    "", status_code=201, response_model=SeatingView, summary="安排考生 · Put candidates on a session"
)
async def put_on_session(
    request: Request,
    session_id: UUID,
    body: NewCandidates,
    idempotency_key: IdempotencyKey,
    principal: Planner,
) -> Response:
    """One evaluation, or every open one of a class; who is not put on it has all the reasons (T06, C04)."""
    service = of(request)

    async def act(tx: Transaction) -> SeatingView | Refusal:
        seating = await use_cases.seat(tx, service, principal, session_id, body)
        return seating if isinstance(seating, Refusal) else _seating(seating)

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.get("", summary="列出考生 · List the candidates of a session")
async def list_candidates(
    request: Request, session_id: UUID, principal: Office, query: Annotated[CandidatePage, Query()]
) -> Page[CandidateView]:
    """Who is on it and who was taken off, names masked (T06, C05)."""
    await seen(request, session_id, principal)
    asked = repository.LIST.asked(query, session_id=session_id)
    return await repository.LIST.page(of(request).database, asked, query, CandidateView.of)


@router.get("/export", summary="导出考生 · Export the candidates", responses=EXPORT_RESPONSES)
async def export_candidates(
    request: Request, session_id: UUID, principal: Office, query: Annotated[CandidateExport, Query()]
) -> Response:
    """The candidates of the session as a file, names masked (T06, C05)."""
    await seen(request, session_id, principal)
    rows = repository.LIST.all_rows(of(request).database, repository.LIST.asked(query, session_id=session_id))
    return await export(request, "candidates", _COLUMNS, rows, query.format)


@router.post(
    "/{candidate_id}/take-off", response_model=CandidateView, summary="撤下考生 · Take a candidate off"
)
async def take_off_session(
    request: Request,
    session_id: UUID,
    candidate_id: UUID,
    body: TakingOff,
    principal: Planner,
    if_match: IfMatch = None,
) -> Response:
    """With a reason, before they came and were scored; they wait for another session (T06)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        row = accepted(
            await use_cases.take_off(tx, service, principal, session_id, candidate_id, version, body.reason)
        )
    return reply(CandidateView.of(row))


@router.post("/{candidate_id}/presence", response_model=CandidateView, summary="登记到场 · Record who came")
async def record_presence(
    request: Request,
    session_id: UUID,
    candidate_id: UUID,
    body: NewPresence,
    principal: Planner,
    if_match: IfMatch = None,
) -> Response:
    """From the beginning of the session on; corrected until the candidate is scored (T06)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        row = accepted(
            await use_cases.record_presence(tx, service, principal, session_id, candidate_id, version, body)
        )
    return reply(CandidateView.of(row))


def _seating(seating: use_cases.Seating) -> SeatingView:
    return SeatingView(
        candidates=[CandidateView.of(row) for row in seating.candidates],
        refused=[
            NotSeated(
                evaluation_id=one.examinee.evaluation_id,
                trainee=one.examinee.completion.person.masked_name,
                findings=[finding_view(finding) for finding in failed(one.findings)],
            )
            for one in seating.refused
        ],
    )
