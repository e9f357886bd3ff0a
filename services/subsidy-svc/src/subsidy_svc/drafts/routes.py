"""Routes of drafts."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, answer_row, once, stored_answer
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.claims.schemas import ClaimView
from subsidy_svc.claims.submission import OfDraft
from subsidy_svc.claims.submit import Prepared, prepare, submit
from subsidy_svc.drafts import repository, use_cases
from subsidy_svc.drafts.schemas import (
    DraftContent,
    DraftExport,
    DraftFilters,
    DraftPage,
    DraftView,
    NewDraft,
    draft_view,
)
from subsidy_svc.service import of
from subsidy_svc.settings import JSON_BODY_BYTES

router = APIRouter(prefix="/subsidy/v1/claim-drafts", tags=["申领草稿 · drafts"])
Holder = Annotated[Principal, Allow(Role.CITIZEN)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("保存时间", "Saved"), lambda row: row["saved_at"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("证书编号", "Certificate"), lambda row: row["certificate_number"]),
    Column(Text("项目", "Project"), lambda row: row["project_name"]),
    Column(Text("申领截止日", "Last day"), lambda row: row["last_day"]),
    Column(Text("企业信用代码", "Credit code"), lambda row: row["enterprise_credit_code"]),
    Column(Text("收款账户", "Account"), lambda row: row["account_masked"]),
    Column(Text("联系电话", "Phone"), lambda row: row["phone_masked"]),
    Column(Text("申请渠道", "Channel"), lambda row: row["channel"]),
    Column(Text("办件编号", "Case number"), lambda row: row["case_number"]),
)


@router.post(
    "",
    status_code=201,
    summary="新建草稿 · Begin a draft",
    response_model=DraftView,
    max_body_size=JSON_BODY_BYTES,
)
async def begin_draft(request: Request, person: Holder, key: IdempotencyKey, body: NewDraft) -> Response:
    """An application kept for later: it takes no place and stops no window; one live draft a certificate.

    S05, S06.
    """
    service = of(request)

    async def act(tx: Transaction) -> DraftView | Refusal:
        return await use_cases.begin(tx, service, person, body)

    return await once(service.database, request, person, key, body, act)


@router.get("", summary="草稿列表 · My drafts")
async def list_drafts(
    request: Request, person: Holder, query: Annotated[DraftPage, Query()]
) -> Page[DraftView]:
    """The person's own drafts, those submitted and discarded too, the newest first (S06)."""
    return await repository.LIST.page(of(request).database, _asked(person, query), query, draft_view)


@router.get("/export", summary="导出草稿 · Export my drafts", responses=EXPORT_RESPONSES)
async def export_drafts(request: Request, person: Holder, query: Annotated[DraftExport, Query()]) -> Response:
    """The person's own drafts as a file, accounts masked (S06)."""
    rows = repository.LIST.all_rows(of(request).database, _asked(person, query))
    return await export(request, "claim-drafts", _COLUMNS, rows, query.format)


@router.get("/{draft_id}", summary="一份草稿 · One draft", response_model=DraftView)
async def read_draft(request: Request, person: Holder, draft_id: UUID) -> Response:
    """A draft of the person's own; the account is masked (S06)."""
    return reply(draft_view(await _own(request, person, draft_id)))


@router.post(
    "/{draft_id}/save",
    summary="保存草稿 · Save a draft",
    response_model=DraftView,
    max_body_size=JSON_BODY_BYTES,
)
async def save_draft(
    request: Request, person: Holder, draft_id: UUID, body: DraftContent, if_match: IfMatch = None
) -> Response:
    """The content as it is now, whole: what is left out is empty (S06)."""
    return reply(await done(request, if_match, person, use_cases.save, draft_id, body))


@router.post("/{draft_id}/discard", summary="放弃草稿 · Discard a draft", response_model=DraftView)
async def discard_draft(
    request: Request, person: Holder, draft_id: UUID, if_match: IfMatch = None
) -> Response:
    """The draft is given up and its files erased; it can still be read, and another may be begun (S06)."""
    version = expected_version(if_match)
    async with of(request).database.transaction() as tx:
        view = accepted(await use_cases.discard(tx, person, draft_id, version))
    return reply(view)


@router.post(
    "/{draft_id}/submit", status_code=201, summary="提交草稿 · Submit a draft", response_model=ClaimView
)
async def submit_draft(
    request: Request, person: Holder, draft_id: UUID, key: IdempotencyKey, if_match: IfMatch = None
) -> Response:
    """The draft becomes a claim as any application does (S01–S06, S11, D01–D03, D10).

    A refusal names every finding and leaves the draft as it is. While a registry is away the claim is made
    all the same, and waits for the answer.
    """
    service, version = of(request), expected_version(if_match)
    draft = await _own(request, person, draft_id)
    outcome: ClaimView | Refusal | Prepared
    ready = use_cases.complete(service, draft, version)
    if isinstance(ready, Refusal):
        outcome = ready
    else:
        outcome = await prepare(
            service, draft["person_key"], ready.certificate_id, ready.enterprise_credit_code, ready.account
        )
    if isinstance(outcome, Prepared):
        outcome = await submit(
            service,
            person,
            outcome,
            use_cases.origin_of(service, draft),
            lambda view: answer_row(request, person, key, None, view),
            draft=OfDraft(draft_id, version),
        )
    if isinstance(outcome, ClaimView):
        return reply(outcome, 201)
    answer = await stored_answer(service.database, request, person, key, None)
    if answer is None:
        raise Refused(outcome)
    return answer


async def _own(request: Request, person: Principal, draft_id: UUID) -> Row:
    row = await repository.one(of(request).database, draft_id, person.person_key or "")
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return row


def _asked(person: Principal, query: DraftFilters) -> Asked:
    return repository.LIST.asked(query, given={"person_key": person.person_key or ""})
