"""REST of applications."""

from typing import Annotated
from uuid import UUID

from chuangpei.database import Transaction
from chuangpei.errors import Refused
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Cursor, Limit, Page, after_id, page_of
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from brand_svc.access import (
    DistrictOfficer,
    Institution,
    OfficialOrInstitution,
    may_see,
    visible_credit_code,
    visible_district,
)
from brand_svc.applications import repository, use_cases
from brand_svc.applications.lifecycle import State
from brand_svc.applications.repository import Filters
from brand_svc.applications.schemas import ApplicationView, Review, Submission
from brand_svc.service import of
from brand_svc.steps import done

router = APIRouter(prefix="/brand/v1", tags=["申报 · applications"])

RoundFilter = Annotated[UUID | None, Query(description="遴选轮次 · round")]
StateFilter = Annotated[State | None, Query(description="状态 · state")]


@router.post(
    "/rounds/{round_id}/applications",
    status_code=201,
    response_model=ApplicationView,
    summary="申报品牌 · Apply for a brand",
)
async def submit(
    request: Request,
    round_id: UUID,
    body: Submission,
    principal: Institution,
    idempotency_key: IdempotencyKey,
) -> Response:
    """The institution of the token applies to its own district (B07), once a round.

    Refused with every finding: a ban names the day it ends (B12, D07), so do bars (B02, B13); there is no
    direct application for the city tier (B08).
    """
    service = of(request)

    async def act(tx: Transaction) -> ApplicationView | Refusal:
        made = await use_cases.submit(tx, service, principal, round_id, body.tier, body.statement)
        return made if isinstance(made, Refusal) else ApplicationView.of(made)

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.get("/applications", response_model=Page[ApplicationView], summary="列出申报 · List applications")
async def listed(
    request: Request,
    principal: OfficialOrInstitution,
    round_id: RoundFilter = None,
    state: StateFilter = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Institutions see their own, districts theirs, the city all (B07, B08)."""
    filters = Filters(round_id, state, visible_district(principal), visible_credit_code(principal))
    after = after_id(cursor)
    rows = await repository.listed(of(request).database, filters, after, limit + 1)
    return reply(page_of([ApplicationView.of(row) for row in rows], limit, lambda view: (view.id,)))


@router.get(
    "/applications/{application_id}", response_model=ApplicationView, summary="查看申报 · Read an application"
)
async def read(request: Request, application_id: UUID, principal: OfficialOrInstitution) -> Response:
    """One application with its findings; other districts and institutions get 404 (B07)."""
    found = await repository.find(of(request).database, application_id)
    if found is None or not may_see(principal, district=found.district, credit_code=found.credit_code):
        raise Refused(Refusal(NOT_FOUND))
    return reply(ApplicationView.of(found))


@router.post(
    "/applications/{application_id}/recommend",
    response_model=ApplicationView,
    summary="区推荐 · Recommend an application",
)
async def recommend(
    request: Request,
    application_id: UUID,
    body: Review,
    principal: DistrictOfficer,
    if_match: IfMatch = None,
) -> Response:
    """The institution's own district recommends it to the city (B07)."""
    reviewed = await done(request, if_match, principal, use_cases.recommend, application_id, body.comment)
    return reply(ApplicationView.of(reviewed))


@router.post(
    "/applications/{application_id}/decline",
    response_model=ApplicationView,
    summary="区不推荐 · Decline an application",
)
async def decline(
    request: Request,
    application_id: UUID,
    body: Review,
    principal: DistrictOfficer,
    if_match: IfMatch = None,
) -> Response:
    """The institution's own district does not recommend it (B07)."""
    reviewed = await done(request, if_match, principal, use_cases.decline, application_id, body.comment)
    return reply(ApplicationView.of(reviewed))
