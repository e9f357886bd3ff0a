"""Routes of supplements."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.errors import Refused
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Request, Response

from subsidy_svc.access import may_see_claim
from subsidy_svc.claims import repository as claims
from subsidy_svc.claims.schemas import ClaimView
from subsidy_svc.service import of
from subsidy_svc.settings import JSON_BODY_BYTES
from subsidy_svc.supplements import use_cases
from subsidy_svc.supplements.schemas import SupplementGiven, SupplementRequest, SupplementView

router = APIRouter(prefix="/subsidy/v1/claims", tags=["补正 · supplements"])
Holder = Annotated[Principal, Allow(Role.CITIZEN)]
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
Reader = Annotated[
    Principal,
    Allow(Role.CITIZEN, Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR),
]


@router.post(
    "/{claim_id}/ask-supplement",
    summary="要求补正 · Ask for a supplement",
    response_model=ClaimView,
    max_body_size=JSON_BODY_BYTES,
)
async def ask_supplement(
    request: Request, officer: Officer, claim_id: UUID, body: SupplementRequest, if_match: IfMatch = None
) -> Response:
    """Before acceptance: everything that is missing, told at once, with a last day to give it (S07)."""
    return reply(await done(request, if_match, officer, use_cases.ask, claim_id, body.missing))


@router.post(
    "/{claim_id}/give-supplement",
    summary="提交补正 · Give the supplement",
    response_model=ClaimView,
    max_body_size=JSON_BODY_BYTES,
)
async def give_supplement(
    request: Request, person: Holder, claim_id: UUID, body: SupplementGiven, if_match: IfMatch = None
) -> Response:
    """The person answers each thing that was asked for; the district goes on with the review (S07).

    A late one is taken too, as long as the district has not decided.
    """
    return reply(await done(request, if_match, person, use_cases.give, claim_id, body.answers))


@router.get("/{claim_id}/supplements", summary="补正记录 · A claim's supplements")
async def list_supplements(request: Request, principal: Reader, claim_id: UUID) -> list[SupplementView]:
    """What was asked for, by when, and what was given; overdue ones say so (S07)."""
    service = of(request)
    claim = await claims.owner(service.database, claim_id)
    if claim is None or not may_see_claim(principal, claim["person_key"], claim["district"]):
        raise Refused(Refusal(NOT_FOUND))
    return await use_cases.of_claim(service, claim_id)
