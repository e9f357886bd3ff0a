"""Follow-ups over HTTP: one at a time. Lists and figures are in ``list_routes.py``."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Request, Response

from training_svc.follow_ups import amending, repository, use_cases
from training_svc.follow_ups.schemas import (
    Amendment,
    CheckAnswer,
    Closing,
    FollowUpView,
    MyFollowUps,
    NewBusiness,
    NewService,
    ServiceView,
)
from training_svc.follow_ups.views import my_view, view
from training_svc.service import of
from training_svc.visibility import READERS, Scope, scope_of

Keeper = Annotated[Principal, Allow(Role.INSTITUTION, Role.DISTRICT_OFFICER)]
Reader = Annotated[Principal, Allow(*READERS)]
Trainee = Annotated[Principal, Allow(Role.CITIZEN)]

router = APIRouter(prefix="/training/v1", tags=["跟踪服务 · follow-up"])


@router.get(
    "/follow-ups/{follow_up_id}", response_model=FollowUpView, summary="查询跟踪服务 · Read a follow-up"
)
async def read_follow_up(request: Request, follow_up_id: UUID, principal: Reader) -> Response:
    """One trainee's follow-up: businesses, checks, services received (T11, S12)."""
    async with of(request).database.transaction() as tx:
        return reply(await _read(tx, follow_up_id, scope_of(principal)))


@router.post(
    "/follow-ups/{follow_up_id}/open-business",
    response_model=FollowUpView,
    summary="登记开业 · Record a business opened",
)
async def open_business(
    request: Request, follow_up_id: UUID, body: NewBusiness, principal: Keeper, if_match: IfMatch = None
) -> Response:
    """The trainee opened a business, or started again; its checks are planned from that day (T11, S12)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        accepted(await use_cases.open_business(tx, service, principal, follow_up_id, version, body))
        return reply(await _read(tx, follow_up_id, scope_of(principal)))


@router.post(
    "/follow-ups/{follow_up_id}/close-business",
    response_model=FollowUpView,
    summary="登记停业 · Record a business closed",
)
async def close_business(
    request: Request, follow_up_id: UUID, body: Closing, principal: Keeper, if_match: IfMatch = None
) -> Response:
    """The business closed: its open checks are answered, help to start again may be asked (T11, O14)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        accepted(await use_cases.close_business(tx, service, principal, follow_up_id, version, body))
        return reply(await _read(tx, follow_up_id, scope_of(principal)))


@router.post(
    "/follow-ups/{follow_up_id}/checks/{check_id}/record",
    response_model=FollowUpView,
    summary="记录核查结果 · Record a check",
)
async def record_check(
    request: Request,
    follow_up_id: UUID,
    check_id: UUID,
    body: CheckAnswer,
    principal: Keeper,
    if_match: IfMatch = None,
) -> Response:
    """Still trading, with its jobs; or nothing opened yet (T11). What opened or closed is told elsewhere."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        accepted(await use_cases.record_check(tx, service, principal, follow_up_id, check_id, version, body))
        return reply(await _read(tx, follow_up_id, scope_of(principal)))


@router.post(
    "/follow-ups/{follow_up_id}/services",
    status_code=201,
    response_model=ServiceView,
    summary="记录后续服务 · Record a service received",
)
async def add_service(
    request: Request, follow_up_id: UUID, body: NewService, key: IdempotencyKey, principal: Keeper
) -> Response:
    """A service the trainee received; help to start again answers the wish for it (T11, O14)."""
    service = of(request)

    async def act(tx: Transaction) -> ServiceView | Refusal:
        added = await use_cases.add_service(tx, service, principal, follow_up_id, body)
        return (
            added if isinstance(added, Refusal) else ServiceView.model_validate(added, from_attributes=True)
        )

    return await once(service.database, request, principal, key, body, act)


@router.post(
    "/follow-ups/{follow_up_id}/amend",
    response_model=FollowUpView,
    summary="更正跟踪服务 · Amend a follow-up",
)
async def amend_follow_up(
    request: Request, follow_up_id: UUID, body: Amendment, principal: Keeper, if_match: IfMatch = None
) -> Response:
    """Amends the business, a check's jobs or a service, with the reason; the old values are kept (T11)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        accepted(await amending.amend(tx, service, principal, follow_up_id, version, body))
        return reply(await _read(tx, follow_up_id, scope_of(principal)))


@router.get("/follow-ups/{follow_up_id}/amendments", summary="跟踪服务更正记录 · Amendments of a follow-up")
async def list_follow_up_amendments(
    request: Request, follow_up_id: UUID, principal: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """Every amendment with the values before and after (T11)."""
    async with of(request).database.transaction() as tx:
        await _read(tx, follow_up_id, scope_of(principal))
        return await history(tx, amending.OBJECT_TYPE, follow_up_id, query)


@router.get("/my/follow-up", summary="我的跟踪服务 · My follow-up")
async def read_my_follow_up(request: Request, principal: Trainee) -> MyFollowUps:
    """The citizen's own follow-ups, found by the real name of the token (T11)."""
    async with of(request).database.transaction() as tx:
        found = await repository.of_person(tx, principal.person_key or "")
    return MyFollowUps(items=[my_view(one) for one in found])


async def _read(tx: Transaction, follow_up_id: UUID, scope: Scope) -> FollowUpView:
    found = await repository.one(tx, follow_up_id, scope)
    if found is None:
        raise Refused(Refusal(NOT_FOUND))
    return view(found)
