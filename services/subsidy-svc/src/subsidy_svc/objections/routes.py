"""Routes by which the district handles objections (S09)."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Database, Row, Transaction
from chuangpei.errors import Refused, accepted
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
from subsidy_svc.attachments.schemas import AttachmentView
from subsidy_svc.attachments.transfer import FILE_RESPONSES, download, shown
from subsidy_svc.objections import repository, use_cases
from subsidy_svc.objections.evidence import home_of
from subsidy_svc.objections.lifecycle import Action
from subsidy_svc.objections.schemas import (
    NewNote,
    NoteExport,
    NotePage,
    NoteView,
    ObjectionExport,
    ObjectionFilters,
    ObjectionPage,
    ObjectionView,
    Ruling,
    RulingAmendment,
    Unmasked,
    Unmasking,
    note_view,
    objection_view,
)
from subsidy_svc.service import Service, of
from subsidy_svc.settings import JSON_BODY_BYTES

router = APIRouter(prefix="/subsidy/v1/objections", tags=["异议 · objections"])
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
Reader = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_COLUMNS: tuple[Column[ObjectionView], ...] = (
    Column(Text("异议编号", "Objection"), lambda one: str(one.id)),
    Column(Text("区", "District"), lambda one: one.district),
    Column(Text("申领编号", "Claim"), lambda one: str(one.claim_id)),
    Column(Text("收到时间", "Received at"), lambda one: one.received_at),
    Column(Text("异议人", "Objector"), lambda one: one.name),
    Column(Text("内容", "Text"), lambda one: one.text),
    Column(Text("状态", "State"), lambda one: one.state),
    Column(Text("期限", "Due on"), lambda one: one.due_on),
    Column(Text("逾期", "Overdue"), lambda one: one.overdue),
    Column(Text("核查人", "Investigator"), lambda one: one.investigator),
    Column(Text("决定时间", "Decided at"), lambda one: one.decided_at),
    Column(Text("决定理由", "Reason"), lambda one: one.decision_reason),
    Column(Text("依据", "Article"), lambda one: one.decision_article),
)
_NOTE_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("记录时间", "Noted at"), lambda row: row["noted_at"]),
    Column(Text("核查人", "Investigator"), lambda row: row["noted_by"]),
    Column(Text("核查记录", "Note"), lambda row: row["text"]),
)


@router.get("", summary="异议列表 · Objections")
async def list_objections(
    request: Request, principal: Reader, query: Annotated[ObjectionPage, Query()]
) -> Page[ObjectionView]:
    """Objections, the newest first: those of an officer's district, or all for the city (S09)."""
    service = of(request)
    today = service.clock.today()
    return await repository.LIST.page(
        service.database,
        _asked(service, principal, query),
        query,
        lambda row: objection_view(row, today),
    )


@router.get("/export", summary="导出异议 · Export the objections", responses=EXPORT_RESPONSES)
async def export_objections(
    request: Request, principal: Reader, query: Annotated[ObjectionExport, Query()]
) -> Response:
    """The objections as a file, names masked (S09)."""
    service = of(request)
    today = service.clock.today()
    rows = repository.LIST.all_rows(service.database, _asked(service, principal, query))
    views = (objection_view(row, today) async for row in rows)
    return await export(request, "objections", _COLUMNS, views, query.format)


@router.get("/{objection_id}", summary="一项异议 · One objection", response_model=ObjectionView)
async def get_objection(request: Request, principal: Reader, objection_id: UUID) -> Response:
    """An objection with where it stands and what was decided (S09)."""
    service = of(request)
    row = await _visible(service.database, principal, objection_id)
    return reply(objection_view(row, service.clock.today()))


@router.post("/{objection_id}/accept", summary="受理异议 · Take it up", response_model=ObjectionView)
async def accept(
    request: Request, officer: Officer, objection_id: UUID, if_match: IfMatch = None
) -> Response:
    """The district takes the objection up; the claim stays held (S09, D05)."""
    return reply(await done(request, if_match, officer, use_cases.accept, objection_id))


@router.post("/{objection_id}/investigate", summary="核查异议 · Investigate", response_model=ObjectionView)
async def investigate(
    request: Request, officer: Officer, objection_id: UUID, if_match: IfMatch = None
) -> Response:
    """The officer investigates it, or takes it over from a colleague (S09, D05)."""
    return reply(await done(request, if_match, officer, use_cases.investigate, objection_id))


@router.post(
    "/{objection_id}/not-accept",
    summary="不予受理异议 · Do not take it up",
    response_model=ObjectionView,
    max_body_size=JSON_BODY_BYTES,
)
async def not_accept(
    request: Request, officer: Officer, objection_id: UUID, body: Ruling, if_match: IfMatch = None
) -> Response:
    """Not by who approved the claim; without another objection the claim goes on (S09, D05)."""
    return await _decided(request, officer, objection_id, if_match, Action.NOT_ACCEPT, body)


@router.post(
    "/{objection_id}/uphold",
    summary="异议成立 · Uphold the objection",
    response_model=ObjectionView,
    max_body_size=JSON_BODY_BYTES,
)
async def uphold(
    request: Request, officer: Officer, objection_id: UUID, body: Ruling, if_match: IfMatch = None
) -> Response:
    """Another person than who investigated: the claim stops, its place is free again (S09, D03, D05)."""
    return await _decided(request, officer, objection_id, if_match, Action.UPHOLD, body)


@router.post(
    "/{objection_id}/dismiss",
    summary="异议不成立 · Dismiss the objection",
    response_model=ObjectionView,
    max_body_size=JSON_BODY_BYTES,
)
async def dismiss(
    request: Request, officer: Officer, objection_id: UUID, body: Ruling, if_match: IfMatch = None
) -> Response:
    """Another person than who investigated: the claim goes on, cleared if its notice is over (S09, D05)."""
    return await _decided(request, officer, objection_id, if_match, Action.DISMISS, body)


@router.post(
    "/{objection_id}/amend",
    summary="更正决定 · Amend the decision",
    response_model=ObjectionView,
    max_body_size=JSON_BODY_BYTES,
)
async def amend(
    request: Request, officer: Officer, objection_id: UUID, body: RulingAmendment, if_match: IfMatch = None
) -> Response:
    """The reason or article of a decision is put right; what was decided stays (S09)."""
    return reply(await done(request, if_match, officer, use_cases.amend, objection_id, body))


@router.get("/{objection_id}/amendments", summary="更正记录 · An objection's amendments")
async def list_amendments(
    request: Request, principal: Reader, objection_id: UUID, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (S09)."""
    async with of(request).database.transaction() as tx:
        await _visible(tx, principal, objection_id)
        return await history(tx, "objection", objection_id, query)


@router.post(
    "/{objection_id}/unmask",
    summary="查看异议人 · See who objected",
    response_model=Unmasked,
    max_body_size=JSON_BODY_BYTES,
)
async def unmask(request: Request, officer: Officer, objection_id: UUID, body: Unmasking) -> Response:
    """Name and contact in clear, with a reason that is kept; never for the claimant or who approved (S09)."""
    service = of(request)
    async with service.database.transaction() as tx:
        shown = accepted(await use_cases.unmask(tx, service, officer, objection_id, body.reason))
    return reply(shown)


@router.post(
    "/{objection_id}/notes",
    status_code=201,
    summary="核查记录 · Note what was found",
    response_model=NoteView,
    max_body_size=JSON_BODY_BYTES,
)
async def add_note(
    request: Request, officer: Officer, objection_id: UUID, key: IdempotencyKey, body: NewNote
) -> Response:
    """By who investigates; a note is never changed (S09)."""
    service = of(request)
    return await once(
        service.database,
        request,
        officer,
        key,
        body,
        lambda tx: use_cases.note(tx, service, officer, objection_id, body),
    )


@router.get("/{objection_id}/notes", summary="核查记录列表 · What was found")
async def list_notes(
    request: Request, principal: Reader, objection_id: UUID, query: Annotated[NotePage, Query()]
) -> Page[NoteView]:
    """The notes of the investigation, the first one first (S09)."""
    database = of(request).database
    await _visible(database, principal, objection_id)
    asked = repository.NOTES.asked(query, objection_id=objection_id)
    return await repository.NOTES.page(database, asked, query, note_view)


@router.get(
    "/{objection_id}/notes/export", summary="导出核查记录 · Export the notes", responses=EXPORT_RESPONSES
)
async def export_notes(
    request: Request, principal: Reader, objection_id: UUID, query: Annotated[NoteExport, Query()]
) -> Response:
    """The notes of the investigation as a file (S09)."""
    database = of(request).database
    await _visible(database, principal, objection_id)
    asked = repository.NOTES.asked(query, objection_id=objection_id)
    return await export(
        request, "objection-notes", _NOTE_COLUMNS, repository.NOTES.all_rows(database, asked), query.format
    )


@router.get("/{objection_id}/evidence", summary="证据列表 · Its evidence")
async def list_evidence(request: Request, principal: Reader, objection_id: UUID) -> list[AttachmentView]:
    """The files that came with an objection, at most as many as the law takes (S09)."""
    service = of(request)
    await _visible(service.database, principal, objection_id)
    return await shown(service, home_of(objection_id))


@router.get(
    "/{objection_id}/evidence/{evidence_id}",
    summary="下载证据 · Download a file",
    responses=FILE_RESPONSES,
)
async def download_evidence(
    request: Request, principal: Reader, objection_id: UUID, evidence_id: UUID
) -> Response:
    """The file as it came, to be saved and never shown in the page; the look is kept (S09)."""
    await _visible(of(request).database, principal, objection_id)
    return await download(request, principal, home_of(objection_id), evidence_id)


async def _decided(
    request: Request,
    officer: Principal,
    objection_id: UUID,
    if_match: str | None,
    action: Action,
    body: Ruling,
) -> Response:
    return reply(await done(request, if_match, officer, use_cases.decide, objection_id, action, body))


async def _visible(source: Database | Transaction, principal: Principal, objection_id: UUID) -> Row:
    row = await repository.one(source, objection_id, scope_of(principal))
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return row


def _asked(service: Service, principal: Principal, query: ObjectionFilters) -> Asked:
    return asked_by(principal, repository.LIST, query, given={"today": service.clock.today()})
