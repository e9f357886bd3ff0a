"""Inspections over HTTP: one at a time, a route a step. The list is in ``list_routes.py``."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Request, Response

from training_svc.inspections import repository, use_cases
from training_svc.inspections.schemas import (
    AmendedInspection,
    Answers,
    Closing,
    Deadline,
    Findings,
    InspectionView,
    SentBack,
    Visit,
)
from training_svc.inspections.views import view
from training_svc.service import Service, of
from training_svc.visibility import EVERYTHING, READERS, Scope, scope_of

Supervisor = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE)]
Inspected = Annotated[Principal, Allow(Role.INSTITUTION)]
Reader = Annotated[Principal, Allow(*READERS)]

router = APIRouter(prefix="/training/v1/inspections/{inspection_id}", tags=["督导检查 · inspections"])


@router.get("", response_model=InspectionView, summary="查询督导检查 · Read an inspection")
async def read_inspection(request: Request, inspection_id: UUID, principal: Reader) -> Response:
    """One inspection; the institution sees its own once findings are recorded (C05, O03)."""
    service = of(request)
    async with service.database.transaction() as tx:
        return reply(await _read(tx, service, inspection_id, scope_of(principal)))


@router.post("/visit", response_model=InspectionView, summary="登记检查 · Record a visit")
async def visit(
    request: Request, inspection_id: UUID, body: Visit, principal: Supervisor, if_match: IfMatch = None
) -> Response:
    """Who inspected on which day, by real name; who has an interest in the institution does not (C05)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        accepted(await use_cases.visit(tx, service, principal, inspection_id, version, body))
        return reply(await _read(tx, service, inspection_id, EVERYTHING))


@router.post("/find", response_model=InspectionView, summary="出具检查意见 · Record the findings")
async def find(
    request: Request, inspection_id: UUID, body: Findings, principal: Supervisor, if_match: IfMatch = None
) -> Response:
    """What was found; from now on the institution sees it (C05, O03)."""
    findings = use_cases.numbered(body.findings)
    return await _done(
        request, principal, inspection_id, if_match, "find", lambda one: one.find(findings, principal.subject)
    )


@router.post("/ask", response_model=InspectionView, summary="责令整改 · Ask for rectification")
async def ask(
    request: Request, inspection_id: UUID, body: Deadline, principal: Supervisor, if_match: IfMatch = None
) -> Response:
    """The institution is to put it right by a day (C05, O03)."""
    today = of(request).clock.today()
    return await _done(
        request, principal, inspection_id, if_match, "ask", lambda one: one.ask(body.deadline, today)
    )


@router.post("/answer", response_model=InspectionView, summary="提交整改情况 · Answer the findings")
async def answer(
    request: Request, inspection_id: UUID, body: Answers, principal: Inspected, if_match: IfMatch = None
) -> Response:
    """The institution tells of each finding how it was put right (C05, O03)."""
    answers = {one.number: one.text for one in body.answers}
    return await _done(request, principal, inspection_id, if_match, "answer", lambda one: one.answer(answers))


@router.post("/verify", response_model=InspectionView, summary="核实整改 · Verify the rectification")
async def verify(
    request: Request, inspection_id: UUID, principal: Supervisor, if_match: IfMatch = None
) -> Response:
    """It was put right (C05, O03)."""
    return await _done(
        request, principal, inspection_id, if_match, "verify", lambda one: one.verify(principal.subject)
    )


@router.post("/return", response_model=InspectionView, summary="退回整改 · Send the rectification back")
async def send_back(
    request: Request, inspection_id: UUID, body: SentBack, principal: Supervisor, if_match: IfMatch = None
) -> Response:
    """It was not put right; the institution has until another day (C05, O03)."""
    today = of(request).clock.today()
    return await _done(
        request,
        principal,
        inspection_id,
        if_match,
        "return",
        lambda one: one.send_back(body.deadline, today, body.remark),
    )


@router.post("/close", response_model=InspectionView, summary="结案 · Close an inspection")
async def close(
    request: Request,
    inspection_id: UUID,
    principal: Supervisor,
    if_match: IfMatch = None,
    body: Closing | None = None,
) -> Response:
    """Ends it; with a serious finding another person closes than found or verified (C05, O03, D05)."""
    today, remark = of(request).clock.today(), body.remark if body else None
    return await _done(
        request,
        principal,
        inspection_id,
        if_match,
        "close",
        lambda one: one.close(principal.subject, today, remark),
    )


@router.post("/amend", response_model=InspectionView, summary="更正督导检查 · Amend an inspection")
async def amend(
    request: Request,
    inspection_id: UUID,
    body: AmendedInspection,
    principal: Supervisor,
    if_match: IfMatch = None,
) -> Response:
    """Corrects the findings or the deadline, with the reason; the old values are kept (C05)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        accepted(await use_cases.amend(tx, service, principal, inspection_id, version, body))
        return reply(await _read(tx, service, inspection_id, EVERYTHING))


@router.get("/amendments", summary="督导检查更正记录 · Amendments of an inspection")
async def list_inspection_amendments(
    request: Request, inspection_id: UUID, principal: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """Every amendment with the values before and after (C05)."""
    service = of(request)
    async with service.database.transaction() as tx:
        await _read(tx, service, inspection_id, scope_of(principal))
        return await history(tx, use_cases.OBJECT_TYPE, inspection_id, query)


async def _done(
    request: Request,
    principal: Principal,
    inspection_id: UUID,
    if_match: str | None,
    action: str,
    act: use_cases.Step,
) -> Response:
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        accepted(await use_cases.step(tx, service, principal, inspection_id, version, action, act))
        return reply(await _read(tx, service, inspection_id, EVERYTHING))


async def _read(tx: Transaction, service: Service, inspection_id: UUID, scope: Scope) -> InspectionView:
    row = await repository.one(tx, inspection_id, scope)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return view(row, await repository.inspectors_of(tx, inspection_id), service.clock.today())
