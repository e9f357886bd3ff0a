"""Routes of explanations, as JSON and as PDF."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.documents import PDF_RESPONSES
from chuangpei.errors import accepted
from fastapi import APIRouter, Request, Response

from subsidy_svc.explanations.paper import paper
from subsidy_svc.explanations.schemas import Explanation
from subsidy_svc.explanations.use_cases import explain
from subsidy_svc.service import of

router = APIRouter(prefix="/subsidy/v1/claims", tags=["办理说明 · explanations"])
Reader = Annotated[
    Principal,
    Allow(Role.CITIZEN, Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR),
]


@router.get("/{claim_id}/explanation", summary="办理说明 · A claim explained")
async def explain_claim(request: Request, principal: Reader, claim_id: UUID) -> Explanation:
    """What was decided, by which article, what to do next and until when, plainly (S01–S11, D01–D06)."""
    return accepted(await explain(of(request), principal, claim_id))


@router.get(
    "/{claim_id}/explanation.pdf",
    summary="办理说明 PDF · A claim explained, as PDF",
    response_class=Response,
    responses=PDF_RESPONSES,
)
async def print_explanation(request: Request, principal: Reader, claim_id: UUID) -> Response:
    """The same on paper (S01–S11, D01–D06)."""
    service = of(request)
    return await paper(service, accepted(await explain(service, principal, claim_id)))
