"""Routes of claims."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.errors import Refused, accepted
from chuangpei.idempotency import IdempotencyKey, answer_row, stored_answer
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Cursor, Limit, Page, before_id, page_of
from chuangpei.problems import FOUR_EYES, NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.access import may_see_claim
from subsidy_svc.claims import accounts, repository, use_cases
from subsidy_svc.claims.lifecycle import State
from subsidy_svc.claims.schemas import (
    AccountBody,
    ClaimBody,
    ClaimDetail,
    ClaimView,
    CounterBody,
    Reason,
    claim_detail,
    claim_view,
)
from subsidy_svc.claims.submit import Prepared, prepare, submit
from subsidy_svc.service import of
from subsidy_svc.settings import JSON_BODY_BYTES
from subsidy_svc.windows import repository as windows

router = APIRouter(prefix="/subsidy/v1/claims", tags=["补贴申领 · claims"])
Holder = Annotated[Principal, Allow(Role.CITIZEN)]
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
Reader = Annotated[
    Principal,
    Allow(Role.CITIZEN, Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR),
]


@router.post(
    "",
    status_code=201,
    summary="申请补贴 · Claim the subsidy",
    response_model=ClaimView,
    max_body_size=JSON_BODY_BYTES,
)
async def submit_claim(request: Request, principal: Holder, key: IdempotencyKey, body: ClaimBody) -> Response:
    """The holder of a stage-3 合格证书 applies (S01–S06, S11, D01–D03, D10).

    A refusal carries every finding with its rule, the fact used and the value required. 503 while a registry
    is away: nothing was written, and the same key may be sent again.
    """
    assert principal.person_key is not None, "a citizen has a person"
    return await _applied(request, principal, key, body, principal.person_key, body.certificate_id)


@router.post(
    "/counter",
    status_code=201,
    summary="窗口代为申请 · Claim at a counter",
    response_model=ClaimView,
    max_body_size=JSON_BODY_BYTES,
)
async def submit_at_counter(
    request: Request, officer: Officer, key: IdempotencyKey, body: CounterBody
) -> Response:
    """An officer of any district's counter applies for a person who is there (S06), as the audit says.

    The review stays with the institution's district (S07). The rules and refusals are those of an online
    application; 404 where the certificate is not that person's.
    """
    service = of(request)
    person = service.privacy.person_key(body.id_number)
    if person == officer.person_key:
        raise Refused(Refusal(FOUR_EYES))
    certificate_id = await windows.certificate_of(service.database, person, body.certificate_number)
    if certificate_id is None:
        raise Refused(Refusal(NOT_FOUND))
    return await _applied(request, officer, key, body, person, certificate_id)


async def _applied(
    request: Request,
    principal: Principal,
    key: str,
    body: ClaimBody | CounterBody,
    person_key: str,
    certificate_id: UUID,
) -> Response:
    service = of(request)
    outcome: ClaimView | Refusal | Prepared = await prepare(
        service, person_key, certificate_id, body.enterprise_credit_code, body.chosen_account()
    )
    if isinstance(outcome, Prepared):
        outcome = await submit(
            service, principal, outcome, lambda view: answer_row(request, principal, key, body, view)
        )
    if isinstance(outcome, ClaimView):
        return reply(outcome, 201)
    # Sent again, an application that was taken is answered as it was, whatever holds by now.
    answer = await stored_answer(service.database, request, principal, key, body)
    if answer is None:
        raise Refused(outcome)
    return answer


@router.get("", summary="申领列表 · Claims", response_model=Page[ClaimView])
async def list_claims(
    request: Request,
    principal: Reader,
    state: Annotated[State | None, Query(description="状态 · state")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Claims, the newest first: a person's own, those of an officer's district (S07), or all for the city."""
    scope, value = _scope_of(principal)
    rows = await repository.listed(of(request).database, scope, value, state, before_id(cursor), limit + 1)
    page = page_of(rows, limit, lambda row: (str(row["id"]),))
    views = [claim_view(repository.claim_from(row), row) for row in page.items]
    return reply(Page[ClaimView](items=views, next_cursor=page.next_cursor))


def _scope_of(principal: Principal) -> tuple[str, str | None]:
    if principal.role is Role.CITIZEN:
        return "person", principal.person_key
    if principal.role is Role.DISTRICT_OFFICER:
        return "district", principal.district
    return "all", None


@router.get("/{claim_id}", summary="一笔申领 · One claim", response_model=ClaimDetail)
async def get_claim(request: Request, principal: Reader, claim_id: UUID) -> Response:
    """A claim with every finding, its notice, its payment and what was done to it (S01–S11)."""
    database = of(request).database
    row = await repository.detail(database, claim_id)
    if row is None or not may_see_claim(principal, row["person_key"], row["district"]):
        raise Refused(Refusal(NOT_FOUND))
    return reply(claim_detail(repository.claim_from(row), row, await repository.timeline(database, claim_id)))


@router.post("/{claim_id}/accept", summary="受理 · Accept for review", response_model=ClaimView)
async def accept_claim(
    request: Request, officer: Officer, claim_id: UUID, if_match: IfMatch = None
) -> Response:
    """The institution's district takes the claim up (S07)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        view = accepted(await use_cases.accept(tx, service, officer, claim_id, version))
    return reply(view)


@router.post("/{claim_id}/approve", summary="审核通过并公示 · Approve and notice", response_model=ClaimView)
async def approve_claim(
    request: Request, officer: Officer, claim_id: UUID, if_match: IfMatch = None
) -> Response:
    """Another person than who accepted approves; the notice of 5 working days begins (S07, S08, D04, D05)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        view = accepted(await use_cases.approve(tx, service, officer, claim_id, version))
    return reply(view)


@router.post(
    "/{claim_id}/reject",
    summary="审核不通过 · Reject",
    response_model=ClaimView,
    max_body_size=JSON_BODY_BYTES,
)
async def reject_claim(
    request: Request, officer: Officer, claim_id: UUID, body: Reason, if_match: IfMatch = None
) -> Response:
    """The district does not approve and says why; the person's place is free again (S07, D03)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        view = accepted(await use_cases.reject(tx, service, officer, claim_id, version, body.reason))
    return reply(view)


@router.post("/{claim_id}/withdraw", summary="撤回 · Withdraw", response_model=ClaimView)
async def withdraw_claim(
    request: Request, person: Holder, claim_id: UUID, if_match: IfMatch = None
) -> Response:
    """The person takes the claim back, unless it is cleared or paid; the place is free again (D03)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        view = accepted(await use_cases.withdraw(tx, service, person, claim_id, version))
    return reply(view)


@router.post(
    "/{claim_id}/account",
    summary="更正收款账户 · Name another account",
    response_model=ClaimView,
    max_body_size=JSON_BODY_BYTES,
)
async def change_account(
    request: Request, person: Holder, claim_id: UUID, body: AccountBody, if_match: IfMatch = None
) -> Response:
    """After the bank refused the payment: the claim is paid to this account in the next batch (S10, S11)."""
    service, version = of(request), expected_version(if_match)
    found = accepted(await accounts.find_account(service, person, claim_id, body.chosen_account()))
    async with service.database.transaction() as tx:
        view = accepted(await accounts.change_account(tx, service, person, claim_id, version, found))
    return reply(view)
