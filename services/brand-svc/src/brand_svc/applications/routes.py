"""REST of applications."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from brand_svc.access import DistrictOfficer, Institution, OfficialOrInstitution, asked_by, may_see
from brand_svc.applications import repository, reviewing, use_cases
from brand_svc.applications.application import Application
from brand_svc.applications.lifecycle import OWN
from brand_svc.applications.schemas import (
    ApplicationExport,
    ApplicationPage,
    ApplicationView,
    Draft,
    Review,
    ReviewAmendment,
    Withdrawal,
)
from brand_svc.service import of

router = APIRouter(prefix="/brand/v1", tags=["申报 · applications"])

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("机构名称", "Institution"), lambda row: row["institution_name"]),
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("提交日期", "Submitted on"), lambda row: row["submitted_on"]),
    Column(Text("初审意见", "Comment"), lambda row: row["district_comment"]),
    Column(Text("初审日期", "Reviewed on"), lambda row: row["reviewed_on"]),
)


@router.post(
    "/rounds/{round_id}/applications",
    status_code=201,
    response_model=ApplicationView,
    summary="开始申报 · Begin an application",
)
async def begin(
    request: Request, round_id: UUID, body: Draft, principal: Institution, idempotency_key: IdempotencyKey
) -> Response:
    """The institution of the token begins a draft, to its own district (B07), one a round.

    No office sees it until it is submitted. There is no direct application for the city tier (B08).
    """
    service = of(request)

    async def act(tx: Transaction) -> ApplicationView | Refusal:
        begun = await use_cases.begin(tx, service, principal, round_id, body)
        return begun if isinstance(begun, Refusal) else ApplicationView.of(begun)

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.get("/applications", summary="列出申报 · List applications")
async def listed(
    request: Request, principal: OfficialOrInstitution, query: Annotated[ApplicationPage, Query()]
) -> Page[ApplicationView]:
    """Institutions see their own with their drafts, districts theirs, the city all (B07, B08)."""
    asked = asked_by(principal, repository.LIST, query)
    return await repository.LIST.page(
        of(request).database, asked, query, lambda row: ApplicationView.of(repository.application_of(row))
    )


@router.get("/applications/export", summary="导出申报 · Export applications", responses=EXPORT_RESPONSES)
async def exported(
    request: Request, principal: OfficialOrInstitution, query: Annotated[ApplicationExport, Query()]
) -> Response:
    """The applications one may see, as a file: what a district sends to the city (B07, B08)."""
    rows = repository.LIST.all_rows(of(request).database, asked_by(principal, repository.LIST, query))
    return await export(request, "applications", _COLUMNS, rows, query.format)


@router.get(
    "/applications/{application_id}", response_model=ApplicationView, summary="查看申报 · Read an application"
)
async def read(request: Request, application_id: UUID, principal: OfficialOrInstitution) -> Response:
    """One application with its findings; other districts and institutions get 404 (B07)."""
    return reply(ApplicationView.of(await _visible(request, application_id, principal)))


@router.post(
    "/applications/{application_id}/save", response_model=ApplicationView, summary="保存草稿 · Save a draft"
)
async def save(
    request: Request, application_id: UUID, body: Draft, principal: Institution, if_match: IfMatch = None
) -> Response:
    """What the draft holds is replaced, complete or not (B07)."""
    saved = await done(request, if_match, principal, use_cases.save, application_id, body)
    return reply(ApplicationView.of(saved))


@router.post(
    "/applications/{application_id}/discard",
    response_model=ApplicationView,
    summary="弃置草稿 · Discard a draft",
)
async def discard(
    request: Request, application_id: UUID, principal: Institution, if_match: IfMatch = None
) -> Response:
    """The draft is given up; another may be begun (B07)."""
    discarded = await done(request, if_match, principal, use_cases.discard, application_id)
    return reply(ApplicationView.of(discarded))


@router.post(
    "/applications/{application_id}/submit",
    response_model=ApplicationView,
    summary="提交申报 · Submit an application",
)
async def submit(
    request: Request, application_id: UUID, principal: Institution, if_match: IfMatch = None
) -> Response:
    """The complete draft goes to the district, until the applications close (B07).

    Refused with every finding: a ban names the day it ends (B12, D07), so do bars (B02, B13); who holds a
    brand is assessed and does not apply anew (B06).
    """
    submitted = await done(request, if_match, principal, use_cases.submit, application_id)
    return reply(ApplicationView.of(submitted))


@router.post(
    "/applications/{application_id}/withdraw",
    response_model=ApplicationView,
    summary="撤回申报 · Withdraw an application",
)
async def withdraw(
    request: Request, application_id: UUID, body: Withdrawal, principal: Institution, if_match: IfMatch = None
) -> Response:
    """Taken back until the applications close; another may then be begun (B07)."""
    withdrawn = await done(request, if_match, principal, use_cases.withdraw, application_id, body.reason)
    return reply(ApplicationView.of(withdrawn))


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
    """The institution's own district recommends it to the city (B07); nobody barred (B02, B12, B13).

    Nobody with an interest in the institution reviews it.
    """
    reviewed = await done(request, if_match, principal, reviewing.recommend, application_id, body.comment)
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
    reviewed = await done(request, if_match, principal, reviewing.decline, application_id, body.comment)
    return reply(ApplicationView.of(reviewed))


@router.post(
    "/applications/{application_id}/amend",
    response_model=ApplicationView,
    summary="更正初审 · Amend a review",
)
async def amend(
    request: Request,
    application_id: UUID,
    body: ReviewAmendment,
    principal: DistrictOfficer,
    if_match: IfMatch = None,
) -> Response:
    """The district corrects what it said, with the reason, until the list is published (B07)."""
    amended = await done(request, if_match, principal, reviewing.amend, application_id, body)
    return reply(ApplicationView.of(amended))


@router.get("/applications/{application_id}/amendments", summary="初审更正记录 · A review's amendments")
async def amendments(
    request: Request, application_id: UUID, principal: OfficialOrInstitution, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended of the review, when, by whom and why (B07)."""
    await _visible(request, application_id, principal)
    return await history(of(request).database, Application.OBJECT_TYPE, application_id, query)


async def _visible(request: Request, application_id: UUID, principal: Principal) -> Application:
    found = await repository.find(of(request).database, application_id)
    if (
        found is None
        or not may_see(principal, district=found.district, credit_code=found.credit_code)
        or (found.state in OWN and principal.role is not Role.INSTITUTION)
    ):
        raise Refused(Refusal(NOT_FOUND))
    return found
