"""Routes of the district's decisions on claims."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.errors import Refused, accepted
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Request, Response

from subsidy_svc.access import may_see_claim
from subsidy_svc.claims import decisions, repository
from subsidy_svc.claims.schemas import Amendment, ClaimView, NonAcceptance, Rejection, Undoing
from subsidy_svc.registry_checks import use_cases as registry_checks
from subsidy_svc.service import of
from subsidy_svc.settings import JSON_BODY_BYTES

router = APIRouter(prefix="/subsidy/v1/claims", tags=["补贴审核 · review"])
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
Office = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]


@router.post("/{claim_id}/accept", summary="受理 · Accept for review", response_model=ClaimView)
async def accept_claim(
    request: Request, officer: Officer, claim_id: UUID, if_match: IfMatch = None
) -> Response:
    """The institution's district takes the claim up (S07)."""
    return reply(await done(request, if_match, officer, decisions.accept, claim_id))


@router.post(
    "/{claim_id}/not-accept",
    summary="不予受理 · Do not accept",
    response_model=ClaimView,
    max_body_size=JSON_BODY_BYTES,
)
async def not_accept_claim(
    request: Request, officer: Officer, claim_id: UUID, body: NonAcceptance, if_match: IfMatch = None
) -> Response:
    """The district does not take the claim up, with reason and article; the place is free again (S07, D03).

    While a supplement is awaited only once its last day is over.
    """
    return reply(
        await done(request, if_match, officer, decisions.not_accept, claim_id, body.reason, body.article)
    )


@router.post("/{claim_id}/approve", summary="审核通过并公示 · Approve and notice", response_model=ClaimView)
async def approve_claim(
    request: Request, officer: Officer, claim_id: UUID, if_match: IfMatch = None
) -> Response:
    """Another person than who accepted or filed it approves; the notice of 5 working days begins.

    Where the registries' last answers are too old, they are asked first. Refused while the claim waits for
    one, or where what they answer does not bear it. S01, S07, S08, S11, D04, D05.
    """
    service, version = of(request), expected_version(if_match)
    check = await registry_checks.before_approval(service, officer, claim_id, version)
    async with service.database.transaction() as tx:
        outcome = await decisions.approve(tx, service, officer, claim_id, version, check)
    # Only now: what the registries answered stays, also where it stands in the way.
    return reply(accepted(outcome))


@router.post(
    "/{claim_id}/reject",
    summary="审核不通过 · Reject",
    response_model=ClaimView,
    max_body_size=JSON_BODY_BYTES,
)
async def reject_claim(
    request: Request, officer: Officer, claim_id: UUID, body: Rejection, if_match: IfMatch = None
) -> Response:
    """The district does not approve an accepted claim and says why; the place is free again (S07, D03)."""
    return reply(
        await done(request, if_match, officer, decisions.reject, claim_id, body.reason, body.article)
    )


@router.post(
    "/{claim_id}/undo",
    summary="撤销决定 · Undo a decision",
    response_model=ClaimView,
    max_body_size=JSON_BODY_BYTES,
)
async def undo_decision(
    request: Request, officer: Officer, claim_id: UUID, body: Undoing, if_match: IfMatch = None
) -> Response:
    """Another person undoes an acceptance, a non-acceptance or a rejection on which nothing rests yet.

    A claim that had ended takes its place again; it stays ended where the place is gone.
    S03, S04, S07, D03, D05.
    """
    return reply(await done(request, if_match, officer, decisions.undo, claim_id, body.reason))


@router.post(
    "/{claim_id}/amend",
    summary="更正决定理由 · Amend a refusal's reason",
    response_model=ClaimView,
    max_body_size=JSON_BODY_BYTES,
)
async def amend_decision(
    request: Request, officer: Officer, claim_id: UUID, body: Amendment, if_match: IfMatch = None
) -> Response:
    """The reason and article of a non-acceptance or a rejection are put right; the refusal stays (S07)."""
    return reply(await done(request, if_match, officer, decisions.amend, claim_id, body))


@router.get("/{claim_id}/amendments", summary="申领更正记录 · A claim's amendments")
async def list_claim_amendments(
    request: Request, office: Office, claim_id: UUID, query: AmendmentQuery
) -> Page[AmendmentView]:
    """Which decisions were undone or amended, when, by whom and why (S07)."""
    database = of(request).database
    claim = await repository.owner(database, claim_id)
    if claim is None or not may_see_claim(office, claim["person_key"], claim["district"]):
        raise Refused(Refusal(NOT_FOUND))
    return await history(database, "claim", claim_id, query)
