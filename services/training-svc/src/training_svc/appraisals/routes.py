"""Appraisals over HTTP."""

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

from training_svc.appraisals import repository, use_cases
from training_svc.appraisals.schemas import (
    AppraisalAmendment,
    AppraisalExport,
    AppraisalPage,
    AppraisalView,
    NewAppraisal,
)
from training_svc.appraisals.views import view
from training_svc.service import of
from training_svc.visibility import EVERYTHING, READERS, asked_by, scope_of

Keeper = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[AppraisalView], ...] = (
    Column(Text("姓名", "Name"), lambda one: one.name),
    Column(Text("所在区", "District"), lambda one: one.district),
    Column(Text("考核日期", "Held on"), lambda one: one.held_on),
    Column(Text("各部分得分", "Points by part"), lambda one: _written(one.scores)),
    Column(Text("总分", "Total"), lambda one: one.total),
    Column(Text("合格线", "Pass mark"), lambda one: one.pass_mark),
    Column(Text("结果", "Outcome"), lambda one: one.outcome),
    Column(Text("评语", "Comment"), lambda one: one.comment),
)

router = APIRouter(prefix="/training/v1", tags=["师资考核 · appraisals"])


@router.post(
    "/instructors/{instructor_id}/appraisals",
    status_code=201,
    response_model=AppraisalView,
    summary="登记考核 · Record an appraisal",
)
async def appraise_instructor(
    request: Request, instructor_id: UUID, body: NewAppraisal, key: IdempotencyKey, principal: Keeper
) -> Response:
    """Points by part against the day's pass mark: passed, due again later; failed, notice of exit (T10)."""
    service = of(request)

    async def act(tx: Transaction) -> AppraisalView | Refusal:
        held = await use_cases.appraise(tx, service, principal, instructor_id, body)
        return held if isinstance(held, Refusal) else await _read(tx, held.id)

    return await once(service.database, request, principal, key, body, act)


@router.get("/appraisals", summary="考核列表 · List the appraisals")
async def list_appraisals(
    request: Request, principal: Reader, query: Annotated[AppraisalPage, Query()]
) -> Page[AppraisalView]:
    """The appraisals of instructors one may see (T10)."""
    return await repository.LIST.page(
        of(request).database, asked_by(principal, repository.LIST, query), query, view
    )


@router.get("/appraisals/export", summary="导出考核 · Export the appraisals", responses=EXPORT_RESPONSES)
async def export_appraisals(
    request: Request, principal: Reader, query: Annotated[AppraisalExport, Query()]
) -> Response:
    """The appraisals of instructors one may see, as a file (T10)."""
    rows = repository.LIST.all_rows(of(request).database, asked_by(principal, repository.LIST, query))
    return await export(request, "appraisals", _COLUMNS, (view(row) async for row in rows), query.format)


@router.get(
    "/appraisals/{appraisal_id}", response_model=AppraisalView, summary="查询考核 · Read an appraisal"
)
async def read_appraisal(request: Request, appraisal_id: UUID, principal: Reader) -> Response:
    """One appraisal and what the rule found (T10)."""
    return reply(view(await _found(request, appraisal_id, principal)))


@router.post(
    "/appraisals/{appraisal_id}/amend", response_model=AppraisalView, summary="更正考核 · Amend an appraisal"
)
async def amend_appraisal(
    request: Request,
    appraisal_id: UUID,
    body: AppraisalAmendment,
    principal: Keeper,
    if_match: IfMatch = None,
) -> Response:
    """Amends day, points or comment; the outcome is judged anew, and an exit may be undone (T10)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        accepted(await use_cases.amend(tx, service, principal, appraisal_id, version, body))
        shown = await _read(tx, appraisal_id)
    return reply(shown)


@router.get("/appraisals/{appraisal_id}/amendments", summary="考核更正记录 · Amendments of an appraisal")
async def read_amendments(
    request: Request, appraisal_id: UUID, principal: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (T10)."""
    await _found(request, appraisal_id, principal)
    return await history(of(request).database, "appraisal", appraisal_id, query)


async def _found(request: Request, appraisal_id: UUID, principal: Principal) -> Row:
    row = await repository.one(of(request).database, appraisal_id, scope_of(principal))
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return row


async def _read(tx: Transaction, appraisal_id: UUID) -> AppraisalView:
    row = await repository.one(tx, appraisal_id, EVERYTHING)
    assert row is not None, "it was written in this transaction"
    return view(row)


def _written(scores: dict[str, int]) -> str:
    return " ".join(f"{part}={points}" for part, points in scores.items())
