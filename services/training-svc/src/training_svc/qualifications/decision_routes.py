"""What a district does with qualifications, over HTTP."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.steps import done
from chuangpei.web import IfMatch
from fastapi import APIRouter, Request, Response

from training_svc.qualifications import decisions
from training_svc.qualifications.qualification import Qualification
from training_svc.qualifications.routes import answer
from training_svc.qualifications.schemas import (
    Approval,
    QualificationAmendment,
    QualificationView,
    Rejection,
    StandingChange,
)

Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]

router = APIRouter(
    prefix="/training/v1/qualifications/{qualification_id}", tags=["机构资质 · qualifications"]
)


@router.post("/approve", response_model=QualificationView, summary="批准资质 · Approve a qualification")
async def approve_qualification(
    request: Request, qualification_id: UUID, body: Approval, principal: Officer, if_match: IfMatch = None
) -> Response:
    """The institution's district approves, strictly by the standard and the figures it found (T05, T07)."""
    return answer(
        request, await done(request, if_match, principal, decisions.approve, qualification_id, body)
    )


@router.post("/reject", response_model=QualificationView, summary="驳回资质 · Reject a qualification")
async def reject_qualification(
    request: Request, qualification_id: UUID, body: Rejection, principal: Officer, if_match: IfMatch = None
) -> Response:
    """The institution's district rejects, saying why, with the findings (T07)."""
    return answer(request, await done(request, if_match, principal, decisions.reject, qualification_id, body))


@router.post("/suspend", response_model=QualificationView, summary="暂停资质 · Suspend a qualification")
async def suspend_qualification(
    request: Request,
    qualification_id: UUID,
    body: StandingChange,
    principal: Officer,
    if_match: IfMatch = None,
) -> Response:
    """Nobody files a class by it until it is resumed; classes that run go on, flagged (T07, T08)."""
    return await _change(request, if_match, principal, qualification_id, "suspend", body)


@router.post("/resume", response_model=QualificationView, summary="恢复资质 · Resume a qualification")
async def resume_qualification(
    request: Request,
    qualification_id: UUID,
    body: StandingChange,
    principal: Officer,
    if_match: IfMatch = None,
) -> Response:
    """The district lifts a suspension (T07)."""
    return await _change(request, if_match, principal, qualification_id, "resume", body)


@router.post("/revoke", response_model=QualificationView, summary="撤销资质 · Revoke a qualification")
async def revoke_qualification(
    request: Request,
    qualification_id: UUID,
    body: StandingChange,
    principal: Officer,
    if_match: IfMatch = None,
) -> Response:
    """The district revokes it for good; classes that run go on, flagged (T07, T08)."""
    return await _change(request, if_match, principal, qualification_id, "revoke", body)


@router.post("/amend", response_model=QualificationView, summary="更正资质决定 · Amend a decision")
async def amend_qualification(
    request: Request,
    qualification_id: UUID,
    body: QualificationAmendment,
    principal: Officer,
    if_match: IfMatch = None,
) -> Response:
    """The district amends what it recorded at its decision, or takes a rejection or revocation back (T07)."""
    return answer(request, await done(request, if_match, principal, decisions.amend, qualification_id, body))


_CHANGES: dict[str, decisions.StandingChange] = {
    "suspend": Qualification.suspend,
    "resume": Qualification.resume,
    "revoke": Qualification.revoke,
}


async def _change(
    request: Request,
    if_match: str | None,
    principal: Principal,
    qualification_id: UUID,
    deed: str,
    body: StandingChange,
) -> Response:
    return answer(
        request,
        await done(
            request,
            if_match,
            principal,
            decisions.change_standing,
            qualification_id,
            deed,
            _CHANGES[deed],
            body.reason,
        ),
    )
