"""Routes of claims."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, answer_row, stored_answer
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import FOUR_EYES, NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.access import asked_by, may_see_claim
from subsidy_svc.claims import accounts, repository, use_cases
from subsidy_svc.claims.schemas import (
    AccountBody,
    ClaimBody,
    ClaimDetail,
    ClaimExport,
    ClaimFilters,
    ClaimPage,
    ClaimView,
    CounterBody,
    Reason,
    claim_detail,
    claim_view,
)
from subsidy_svc.claims.submit import Prepared, prepare, submit
from subsidy_svc.claims.timeline import Step, told
from subsidy_svc.law.published import law_of
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

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("申领编号", "Claim"), lambda row: str(row["id"])),
    Column(Text("提交时间", "Submitted"), lambda row: row["submitted_at"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("申请渠道", "Channel"), lambda row: row["channel"]),
    Column(Text("办件编号", "Case number"), lambda row: row["case_number"]),
    Column(Text("申领人", "Holder"), lambda row: row["masked_name"]),
    Column(Text("联系电话", "Phone"), lambda row: row["phone_masked"]),
    Column(Text("证书编号", "Certificate"), lambda row: row["certificate_number"]),
    Column(Text("培训机构", "Institution"), lambda row: row["institution_name"]),
    Column(Text("项目", "Project"), lambda row: row["project_name"]),
    Column(Text("审核区", "District"), lambda row: row["district"]),
    Column(Text("企业", "Enterprise"), lambda row: row["enterprise_name"]),
    Column(Text("企业信用代码", "Credit code"), lambda row: row["enterprise_credit_code"]),
    Column(Text("收款账户", "Account"), lambda row: row["account_masked"]),
    Column(Text("金额（分）", "Amount (fen)"), lambda row: row["amount_fen"]),
    Column(Text("办理期限", "Due on"), lambda row: row["due_on"]),
    Column(Text("决定理由", "Reason"), lambda row: row["decision_reason"]),
    Column(Text("决定依据", "Article"), lambda row: row["decision_article"]),
)


@router.post(
    "",
    status_code=201,
    summary="申请补贴 · Claim the subsidy",
    response_model=ClaimView,
    max_body_size=JSON_BODY_BYTES,
)
async def submit_claim(request: Request, principal: Holder, key: IdempotencyKey, body: ClaimBody) -> Response:
    """The holder of a stage-3 合格证书 applies (S01–S06, S11, D01–D03, D10).

    A refusal carries every finding with its rule, the fact used and the value required. While a registry is
    away the application is taken all the same, counts from its day, and waits for the answer.
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
            service,
            principal,
            outcome,
            body.origin(),
            lambda view: answer_row(request, principal, key, body, view),
        )
    if isinstance(outcome, ClaimView):
        return reply(outcome, 201)
    # Sent again, an application that was taken is answered as it was, whatever holds by now.
    answer = await stored_answer(service.database, request, principal, key, body)
    if answer is None:
        raise Refused(outcome)
    return answer


@router.get("", summary="申领列表 · Claims")
async def list_claims(
    request: Request, principal: Reader, query: Annotated[ClaimPage, Query()]
) -> Page[ClaimView]:
    """Claims, the newest first: a person's own, those of an officer's district (S07), or all for the city."""
    return await repository.LIST.page(of(request).database, _asked(principal, query), query, _view)


@router.get("/export", summary="导出申领 · Export the claims", responses=EXPORT_RESPONSES)
async def export_claims(
    request: Request, principal: Reader, query: Annotated[ClaimExport, Query()]
) -> Response:
    """The claims one may see, as a file, holders and accounts masked (S07)."""
    rows = repository.LIST.all_rows(of(request).database, _asked(principal, query))
    return await export(request, "claims", _COLUMNS, rows, query.format)


def _asked(principal: Principal, query: ClaimFilters) -> Asked:
    return asked_by(principal, repository.LIST, query)


def _view(row: Row) -> ClaimView:
    return claim_view(repository.claim_from(row), row)


@router.get("/{claim_id}", summary="一笔申领 · One claim", response_model=ClaimDetail)
async def get_claim(request: Request, principal: Reader, claim_id: UUID) -> Response:
    """A claim with every finding, its notice, its payment and what was done to it (S01–S11)."""
    database = of(request).database
    row = await repository.detail(database, claim_id)
    if row is None or not may_see_claim(principal, row["person_key"], row["district"]):
        raise Refused(Refusal(NOT_FOUND))
    return reply(claim_detail(repository.claim_from(row), row, await repository.timeline(database, claim_id)))


@router.get("/{claim_id}/timeline", summary="办理进度 · How a claim went")
async def read_timeline(request: Request, principal: Reader, claim_id: UUID) -> list[Step]:
    """Each step in plain words: what, which office, when, by which article (S07, D03–D06).

    Officers of the reviewing district and the city see which account acted as well.
    """
    service = of(request)
    row = await repository.detail(service.database, claim_id)
    if row is None or not may_see_claim(principal, row["person_key"], row["district"]):
        raise Refused(Refusal(NOT_FOUND))
    done = await repository.timeline(service.database, claim_id)
    law = await law_of(service.database, service, row["issued_on"])
    return told(done, law, with_actors=principal.role is not Role.CITIZEN)


@router.post("/{claim_id}/withdraw", summary="撤回 · Withdraw", response_model=ClaimView)
async def withdraw_claim(
    request: Request, person: Holder, claim_id: UUID, if_match: IfMatch = None
) -> Response:
    """The person takes the claim back, unless it is cleared or paid; the place is free again (D03)."""
    return reply(await done(request, if_match, person, use_cases.withdraw, claim_id))


@router.post(
    "/{claim_id}/account",
    summary="更正收款账户 · Name another account",
    response_model=ClaimView,
    max_body_size=JSON_BODY_BYTES,
)
async def change_account(
    request: Request, person: Holder, claim_id: UUID, body: AccountBody, if_match: IfMatch = None
) -> Response:
    """While the claim is in review, or after the bank refused the payment (S10, S11).

    What the bank refused is paid again once an officer has confirmed the account.
    """
    service, version = of(request), expected_version(if_match)
    found = accepted(await accounts.find_account(service, person, claim_id, body.chosen_account()))
    async with service.database.transaction() as tx:
        view = accepted(await accounts.change_account(tx, service, person, claim_id, version, found))
    return reply(view)


@router.post(
    "/{claim_id}/confirm-account", summary="复核账户 · Confirm the account", response_model=ClaimView
)
async def confirm_account(
    request: Request, officer: Officer, claim_id: UUID, if_match: IfMatch = None
) -> Response:
    """Confirms the account that the person named after a refused payment; then it is paid (S11, D05)."""
    return reply(await done(request, if_match, officer, accounts.confirm_account, claim_id))


@router.post(
    "/{claim_id}/refuse-account",
    summary="账户复核不通过 · Refuse the account",
    response_model=ClaimView,
    max_body_size=JSON_BODY_BYTES,
)
async def refuse_account(
    request: Request, officer: Officer, claim_id: UUID, body: Reason, if_match: IfMatch = None
) -> Response:
    """The account is not right, and why; the person may name another (S11, D05)."""
    return reply(await done(request, if_match, officer, accounts.refuse_account, claim_id, body.reason))
