"""Complaints over HTTP."""

from typing import Annotated, Any
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
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.complaints import repository, use_cases
from training_svc.complaints.complaint import Complaint
from training_svc.complaints.lifecycle import Action
from training_svc.complaints.schemas import (
    ComplaintExport,
    ComplaintPage,
    ComplaintView,
    DisclosedView,
    Disclosure,
    MyComplaintExport,
    MyComplaintFilters,
    MyComplaintPage,
    MyComplaintView,
    NewComplaint,
    Outcome,
    Reversal,
)
from training_svc.service import of
from training_svc.visibility import EVERYTHING, asked_by, scope_of

Complaining = Annotated[Principal, Allow(Role.CITIZEN, Role.DISTRICT_OFFICER, Role.CITY_CENTRE)]
Citizen = Annotated[Principal, Allow(Role.CITIZEN)]
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
# Not the institution: who complains about it is to be safe from it.
Reader = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("投诉日期", "Filed on"), lambda row: row["filed_on"]),
    Column(Text("机构名称", "Institution"), lambda row: row["institution_name"]),
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("渠道", "Channel"), lambda row: row["channel"]),
    Column(Text("事项", "Subject"), lambda row: row["subject"]),
    Column(Text("投诉人", "Complainant"), lambda row: row["masked_name"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("认定日期", "Decided on"), lambda row: row["decided_on"]),
    Column(Text("调查结论", "Outcome"), lambda row: row["outcome"]),
)

_OWN_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("投诉日期", "Filed on"), lambda row: row["filed_on"]),
    Column(Text("机构名称", "Institution"), lambda row: row["institution_name"]),
    Column(Text("事项", "Subject"), lambda row: row["subject"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("认定日期", "Decided on"), lambda row: row["decided_on"]),
    Column(Text("调查结论", "Outcome"), lambda row: row["outcome"]),
)

router = APIRouter(prefix="/training/v1", tags=["投诉 · complaints"])


@router.post(
    "/complaints", status_code=201, response_model=MyComplaintView, summary="提出投诉 · File a complaint"
)
async def file_complaint(
    request: Request, body: NewComplaint, key: IdempotencyKey, principal: Complaining
) -> Response:
    """A citizen complains, or an officer records a complaint that came by another channel (T06, T08)."""
    service = of(request)

    async def act(tx: Transaction) -> MyComplaintView | Refusal:
        filed = await use_cases.file(tx, service, principal, body)
        return filed if isinstance(filed, Refusal) else MyComplaintView(**_own(filed))

    return await once(service.database, request, principal, key, body, act)


@router.get("/complaints", summary="投诉列表 · List the complaints")
async def list_complaints(
    request: Request, principal: Reader, query: Annotated[ComplaintPage, Query()]
) -> Page[ComplaintView]:
    """The complaints one may see, the complainants masked (T06)."""
    return await repository.LIST.page(
        of(request).database,
        asked_by(principal, repository.LIST, query),
        query,
        lambda row: _view(repository.complaint_of(row)),
    )


@router.get("/complaints/export", summary="导出投诉 · Export the complaints", responses=EXPORT_RESPONSES)
async def export_complaints(
    request: Request, principal: Reader, query: Annotated[ComplaintExport, Query()]
) -> Response:
    """The complaints one may see, as a file, the complainants masked (T06)."""
    rows = repository.LIST.all_rows(of(request).database, asked_by(principal, repository.LIST, query))
    return await export(request, "complaints", _COLUMNS, rows, query.format)


@router.get("/my/complaints", summary="我的投诉 · My complaints")
async def list_my_complaints(
    request: Request, principal: Citizen, query: Annotated[MyComplaintPage, Query()]
) -> Page[MyComplaintView]:
    """What became of the citizen's own complaints (T06)."""
    return await repository.LIST.page(
        of(request).database,
        _asked_of_own(principal, query),
        query,
        lambda row: MyComplaintView(**_own(repository.complaint_of(row))),
    )


@router.get(
    "/my/complaints/export", summary="导出我的投诉 · Export my complaints", responses=EXPORT_RESPONSES
)
async def export_my_complaints(
    request: Request, principal: Citizen, query: Annotated[MyComplaintExport, Query()]
) -> Response:
    """What became of the citizen's own complaints, as a file (T06)."""
    rows = repository.LIST.all_rows(of(request).database, _asked_of_own(principal, query))
    return await export(request, "my-complaints", _OWN_COLUMNS, rows, query.format)


@router.get("/complaints/{complaint_id}", response_model=ComplaintView, summary="查询投诉 · Read a complaint")
async def read_complaint(request: Request, complaint_id: UUID, principal: Reader) -> Response:
    """One complaint, the complainant masked (T06)."""
    async with of(request).database.transaction() as tx:
        found = await repository.one(tx, complaint_id, scope_of(principal))
    if found is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(_view(found))


@router.post(
    "/complaints/{complaint_id}/disclose",
    response_model=DisclosedView,
    summary="查看投诉原文 · Open a complaint's content",
)
async def disclose_complaint(
    request: Request, complaint_id: UUID, body: Disclosure, principal: Officer
) -> Response:
    """The clear content and complainant for the officer who investigates; audited with the reason (T06)."""
    service = of(request)
    async with service.database.transaction() as tx:
        complaint, content, contact = accepted(
            await use_cases.disclose(tx, service, principal, complaint_id, body.reason)
        )
    name, phone = contact or (None, None)
    return reply(
        DisclosedView(id=complaint.id, content=content, complainant_name=name, complainant_phone=phone)
    )


@router.post(
    "/complaints/{complaint_id}/investigate",
    response_model=ComplaintView,
    summary="调查投诉 · Investigate a complaint",
)
async def investigate_complaint(
    request: Request, complaint_id: UUID, principal: Officer, if_match: IfMatch = None
) -> Response:
    """The institution's district takes a complaint up (T06)."""
    taken = await done(request, if_match, principal, use_cases.investigate, complaint_id)
    return reply(_view(taken))


@router.post(
    "/complaints/{complaint_id}/uphold", response_model=ComplaintView, summary="投诉属实 · Uphold a complaint"
)
async def uphold_complaint(
    request: Request, complaint_id: UUID, body: Outcome, principal: Officer, if_match: IfMatch = None
) -> Response:
    """The district finds it true; it counts in the institution's ranking (T08)."""
    return await _decided(request, complaint_id, body, principal, if_match, Action.UPHOLD)


@router.post(
    "/complaints/{complaint_id}/dismiss",
    response_model=ComplaintView,
    summary="投诉不属实 · Dismiss a complaint",
)
async def dismiss_complaint(
    request: Request, complaint_id: UUID, body: Outcome, principal: Officer, if_match: IfMatch = None
) -> Response:
    """The district finds it not to be true (T08)."""
    return await _decided(request, complaint_id, body, principal, if_match, Action.DISMISS)


@router.post(
    "/complaints/{complaint_id}/amend",
    response_model=ComplaintView,
    summary="更正投诉认定 · Reverse a complaint's finding",
)
async def reverse_complaint(
    request: Request, complaint_id: UUID, body: Reversal, principal: Officer, if_match: IfMatch = None
) -> Response:
    """Amends upheld to dismissed or the other way, with a reason; the first finding is kept (T08)."""
    reversed_ = await done(
        request, if_match, principal, use_cases.reverse, complaint_id, body.outcome, body.reason
    )
    return reply(_view(reversed_))


@router.get("/complaints/{complaint_id}/amendments", summary="投诉更正记录 · A complaint's amendments")
async def list_complaint_amendments(
    request: Request, complaint_id: UUID, principal: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (T08)."""
    async with of(request).database.transaction() as tx:
        if await repository.one(tx, complaint_id, scope_of(principal)) is None:
            raise Refused(Refusal(NOT_FOUND))
        return await history(tx, "complaint", complaint_id, query)


async def _decided(
    request: Request,
    complaint_id: UUID,
    body: Outcome,
    principal: Principal,
    if_match: str | None,
    action: Action,
) -> Response:
    decided = await done(request, if_match, principal, use_cases.decide, complaint_id, action, body.outcome)
    return reply(_view(decided))


def _asked_of_own(principal: Principal, query: MyComplaintFilters) -> Asked:
    return repository.LIST.asked(query, reach=EVERYTHING.reach, person_key=principal.person_key or "")


def _own(one: Complaint) -> dict[str, Any]:
    return {name: getattr(one, name) for name in MyComplaintView.model_fields}


def _view(one: Complaint) -> ComplaintView:
    who = one.complainant
    return ComplaintView(
        **_own(one),
        institution_id=one.institution_id,
        district=one.district,
        channel=one.channel,
        complainant_name=who.masked_name if who else None,
        complainant_phone=who.masked_phone if who else None,
        filed_at=one.filed_at,
        decided_by=one.decided_by,
        version=one.version,
    )
