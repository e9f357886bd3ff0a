"""Routes of explanations, as JSON and as PDF, and of the link to their page."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.documents import PDF_RESPONSES
from chuangpei.errors import accepted
from chuangpei.web import reply
from fastapi import APIRouter, Request, Response

from subsidy_svc.explanations.paper import paper
from subsidy_svc.explanations.schemas import Explanation, ExplanationLink
from subsidy_svc.explanations.use_cases import explain, link
from subsidy_svc.service import of

router = APIRouter(prefix="/subsidy/v1/claims", tags=["办理说明 · explanations"])
Holder = Annotated[Principal, Allow(Role.CITIZEN)]
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


@router.post(
    "/{claim_id}/explanation-link",
    status_code=201,
    summary="生成办理说明链接 · Make a link to the page",
    response_model=ExplanationLink,
)
async def link_to_explanation(request: Request, person: Holder, claim_id: UUID) -> Response:
    """A path below the platform's origin at which a browser shows the person's own claim, for minutes.

    Whoever has the link reads that one page, names and accounts masked. Nothing is stored, so each call makes
    a link and none needs a key (S01–S11, D01–D06).
    """
    service = of(request)
    async with service.database.transaction() as tx:
        made = accepted(await link(tx, service, person, claim_id))
    answer = reply(made, 201)
    answer.headers["cache-control"] = "no-store"
    return answer
