"""Qualifications over HTTP: applying, reading, lists."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
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

from training_svc.qualifications import repository, use_cases
from training_svc.qualifications.qualification import Qualification
from training_svc.qualifications.schemas import (
    Draft,
    NewQualification,
    QualificationExport,
    QualificationFilters,
    QualificationPage,
    QualificationView,
)
from training_svc.qualifications.views import view_of
from training_svc.service import Service, of
from training_svc.visibility import READERS, asked_by, scope_of

Applicant = Annotated[Principal, Allow(Role.INSTITUTION)]
Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[QualificationView], ...] = (
    Column(Text("统一社会信用代码", "Credit code"), lambda one: one.credit_code),
    Column(Text("所在区", "District"), lambda one: one.district),
    Column(Text("项目编码", "Project"), lambda one: one.project_code),
    Column(Text("标准版本", "Standard"), lambda one: one.standard_version),
    Column(Text("状态", "State"), lambda one: one.state),
    Column(Text("提交时间", "Submitted at"), lambda one: one.submitted_at),
    Column(Text("审核日期", "Decided on"), lambda one: one.decided_on),
    Column(Text("有效期起", "Valid from"), lambda one: one.valid_from),
    Column(Text("有效期止", "Valid until"), lambda one: one.valid_until),
    Column(Text("审核意见", "Reason"), lambda one: one.reason),
    Column(Text("暂停或撤销原因", "Reason of standing"), lambda one: one.standing_reason),
)

router = APIRouter(prefix="/training/v1", tags=["机构资质 · qualifications"])


@router.post(
    "/institutions/{institution_id}/qualifications",
    status_code=201,
    response_model=QualificationView,
    summary="申请项目资质 · Apply for a qualification",
)
async def apply_for_qualification(
    request: Request,
    institution_id: UUID,
    body: NewQualification,
    key: IdempotencyKey,
    principal: Applicant,
) -> Response:
    """An institution applies for a stage-3 project by the standard in force, or drafts it (T03, T05, T07)."""
    service = of(request)

    async def act(tx: Transaction) -> QualificationView | Refusal:
        applied = await use_cases.apply(tx, service, principal, institution_id, body)
        return applied if isinstance(applied, Refusal) else view_of(applied, service.clock.today())

    return await once(service.database, request, principal, key, body, act)


@router.get("/qualifications", summary="资质列表 · List the qualifications")
async def list_qualifications(
    request: Request, principal: Reader, query: Annotated[QualificationPage, Query()]
) -> Page[QualificationView]:
    """The qualifications one may see (T07)."""
    service = of(request)
    asked = _asked(service, principal, query)
    return await repository.LIST.page(service.database, asked, query, lambda row: _row_view(service, row))


@router.get(
    "/qualifications/export", summary="导出资质 · Export the qualifications", responses=EXPORT_RESPONSES
)
async def export_qualifications(
    request: Request, principal: Reader, query: Annotated[QualificationExport, Query()]
) -> Response:
    """The qualifications one may see, as a file (T07)."""
    service = of(request)
    rows = repository.LIST.all_rows(service.database, _asked(service, principal, query))
    views = (_row_view(service, row) async for row in rows)
    return await export(request, "qualifications", _COLUMNS, views, query.format)


@router.get(
    "/qualifications/{qualification_id}",
    response_model=QualificationView,
    summary="查询资质 · Read a qualification",
)
async def read_qualification(request: Request, qualification_id: UUID, principal: Reader) -> Response:
    """One qualification, its figures and the findings on them (T07)."""
    return reply(view_of(await _seen(request, qualification_id, principal), of(request).clock.today()))


@router.get(
    "/qualifications/{qualification_id}/amendments", summary="资质更正记录 · Amendments of a qualification"
)
async def list_qualification_amendments(
    request: Request, qualification_id: UUID, principal: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What of the decision was amended, when, by whom and why (T07)."""
    await _seen(request, qualification_id, principal)
    return await history(of(request).database, "qualification", qualification_id, query)


@router.post(
    "/qualifications/{qualification_id}/revise",
    response_model=QualificationView,
    summary="修改资质申请草稿 · Revise a draft",
)
async def revise_qualification(
    request: Request, qualification_id: UUID, body: Draft, principal: Applicant, if_match: IfMatch = None
) -> Response:
    """An institution fills its draft anew (T07)."""
    return answer(request, await done(request, if_match, principal, use_cases.revise, qualification_id, body))


@router.post(
    "/qualifications/{qualification_id}/submit",
    response_model=QualificationView,
    summary="提交资质申请 · Submit a draft",
)
async def submit_qualification(
    request: Request, qualification_id: UUID, principal: Applicant, if_match: IfMatch = None
) -> Response:
    """An institution submits its draft, citing the standard in force that day (T03, T05, T07)."""
    return answer(request, await done(request, if_match, principal, use_cases.submit, qualification_id))


@router.post(
    "/qualifications/{qualification_id}/withdraw",
    response_model=QualificationView,
    summary="撤回资质申请 · Withdraw an application",
)
async def withdraw_qualification(
    request: Request, qualification_id: UUID, principal: Applicant, if_match: IfMatch = None
) -> Response:
    """An institution takes its application back before it is decided (T07)."""
    return answer(request, await done(request, if_match, principal, use_cases.withdraw, qualification_id))


def answer(request: Request, after: Qualification) -> Response:
    """What came of a step on a qualification."""
    return reply(view_of(after, of(request).clock.today()))


async def _seen(request: Request, qualification_id: UUID, principal: Principal) -> Qualification:
    found = await repository.one(of(request).database, qualification_id, scope_of(principal))
    if found is None:
        raise Refused(Refusal(NOT_FOUND))
    return found


def _asked(service: Service, principal: Principal, query: QualificationFilters) -> Asked:
    given = {"today": service.clock.today()}
    return asked_by(principal, repository.LIST, query, given=given)


def _row_view(service: Service, row: Row) -> QualificationView:
    return view_of(repository.qualification_of(row), service.clock.today())
