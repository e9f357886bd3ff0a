"""Qualifications over HTTP."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Cursor, Limit, Page, after_id, page_of
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Request, Response

from training_svc.qualifications import repository, use_cases
from training_svc.qualifications.lifecycle import State
from training_svc.qualifications.qualification import Qualification
from training_svc.qualifications.schemas import Approval, NewQualification, QualificationView, Rejection
from training_svc.service import of
from training_svc.visibility import READERS, scope_of

Applicant = Annotated[Principal, Allow(Role.INSTITUTION)]
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
Reader = Annotated[Principal, Allow(*READERS)]

router = APIRouter(prefix="/training/v1", tags=["机构资质 · qualifications"])


@router.post(
    "/institutions/{institution_id}/qualifications",
    status_code=201,
    response_model=QualificationView,
    summary="申请项目资质 · Apply for a qualification",
)
async def submit_qualification(
    request: Request,
    institution_id: UUID,
    body: NewQualification,
    key: IdempotencyKey,
    principal: Applicant,
) -> Response:
    """An institution applies for a stage-3 project, citing the standard in force (T03, T05, T07)."""
    service = of(request)

    async def act(tx: Transaction) -> QualificationView | Refusal:
        return _shown(await use_cases.submit(tx, service, principal, institution_id, body))

    return await once(service.database, request, principal, key, body, act)


@router.get("/qualifications", summary="资质列表 · List the qualifications")
async def list_qualifications(
    request: Request,
    principal: Reader,
    limit: Limit = 50,
    cursor: Cursor = None,
    state: State | None = None,
) -> Page[QualificationView]:
    """The qualifications one may see, by id (T07)."""
    found = await repository.listed(
        of(request).database, scope_of(principal), after=after_id(cursor), most=limit + 1, state=state
    )
    return page_of([_view(one) for one in found], limit, lambda view: (view.id,))


@router.get(
    "/qualifications/{qualification_id}",
    response_model=QualificationView,
    summary="查询资质 · Read a qualification",
)
async def read_qualification(request: Request, qualification_id: UUID, principal: Reader) -> Response:
    """One qualification (T07)."""
    found = await repository.one(of(request).database, qualification_id, scope_of(principal))
    if found is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(_view(found))


@router.post(
    "/qualifications/{qualification_id}/approve",
    response_model=QualificationView,
    summary="批准资质 · Approve a qualification",
)
async def approve_qualification(
    request: Request,
    qualification_id: UUID,
    principal: Officer,
    if_match: IfMatch = None,
    body: Approval | None = None,
) -> Response:
    """The institution's district approves by the cited standard (T07)."""
    service, version = of(request), expected_version(if_match)
    comment = body.comment if body else None
    async with service.database.transaction() as tx:
        approved = accepted(
            await use_cases.approve(tx, service, principal, qualification_id, version, comment)
        )
    return reply(_view(approved))


@router.post(
    "/qualifications/{qualification_id}/reject",
    response_model=QualificationView,
    summary="驳回资质 · Reject a qualification",
)
async def reject_qualification(
    request: Request,
    qualification_id: UUID,
    body: Rejection,
    principal: Officer,
    if_match: IfMatch = None,
) -> Response:
    """The institution's district rejects, saying why (T07)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        rejected = accepted(
            await use_cases.reject(tx, service, principal, qualification_id, version, body.reason)
        )
    return reply(_view(rejected))


def _shown(result: Qualification | Refusal) -> QualificationView | Refusal:
    return result if isinstance(result, Refusal) else _view(result)


def _view(one: Qualification) -> QualificationView:
    return QualificationView(
        id=one.id,
        institution_id=one.institution_id,
        credit_code=one.credit_code,
        project_code=one.project.code,
        stage=one.project.stage,
        standard_version=one.standard_version,
        district=one.district,
        state=one.state,
        submitted_at=one.submitted_at,
        decided_on=one.decided_on,
        reason=one.reason,
        version=one.version,
    )
