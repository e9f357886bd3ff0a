"""Routes of the files of claims."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.errors import Refused
from chuangpei.idempotency import IdempotencyKey
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.access import may_see_claim
from subsidy_svc.attachments import use_cases
from subsidy_svc.attachments.repository import Home
from subsidy_svc.attachments.schemas import AttachmentView, FileQuery
from subsidy_svc.attachments.transfer import FILE_BODY, FILE_RESPONSES, attach, download, shown
from subsidy_svc.claims import repository as claims
from subsidy_svc.service import of

router = APIRouter(prefix="/subsidy/v1/claims", tags=["附件 · attachments"])
Giver = Annotated[Principal, Allow(Role.CITIZEN, Role.DISTRICT_OFFICER)]
Reader = Annotated[
    Principal,
    Allow(Role.CITIZEN, Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR),
]


@router.post(
    "/{claim_id}/attachments",
    status_code=201,
    summary="上传附件 · Attach a file",
    response_model=AttachmentView,
    openapi_extra=FILE_BODY,
)
async def attach_file(
    request: Request,
    principal: Giver,
    claim_id: UUID,
    key: IdempotencyKey,
    query: Annotated[FileQuery, Query()],
) -> Response:
    """The file itself is the body: PDF, JPEG or PNG by its content, within the law's size (S06, S07).

    While the claim is in review: by the person, by an officer of its district, or by the officer who took it
    at a counter of any district, for the person who is there. It is kept encrypted, with its SHA-256.
    """
    claim = await claims.owner(of(request).database, claim_id)
    if claim is None or not use_cases.may_attach(principal, claim):
        raise Refused(Refusal(NOT_FOUND))
    return await attach(request, principal, key, query, Home(claim_id=claim_id), claim["issued_on"])


@router.get("/{claim_id}/attachments", summary="附件列表 · A claim's files")
async def list_attachments(request: Request, principal: Reader, claim_id: UUID) -> list[AttachmentView]:
    """The files of a claim one may see, those of the draft that it was among them (S07)."""
    return await shown(of(request), await _visible(request, principal, claim_id))


@router.get(
    "/{claim_id}/attachments/{attachment_id}",
    summary="下载附件 · Download a file",
    responses=FILE_RESPONSES,
)
async def download_attachment(
    request: Request, principal: Reader, claim_id: UUID, attachment_id: UUID
) -> Response:
    """The file as it came, to be saved and never shown in the page; its SHA-256 is checked (S07)."""
    return await download(request, principal, await _visible(request, principal, claim_id), attachment_id)


async def _visible(request: Request, principal: Principal, claim_id: UUID) -> Home:
    claim = await claims.owner(of(request).database, claim_id)
    if claim is None or not may_see_claim(principal, claim["person_key"], claim["district"]):
        raise Refused(Refusal(NOT_FOUND))
    return Home(claim_id=claim_id)
