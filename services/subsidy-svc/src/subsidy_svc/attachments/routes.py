"""Routes of attachments."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.idempotency import IdempotencyKey, once, stored_answer
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND
from chuangpei.web import as_attachment
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.access import may_see_claim
from subsidy_svc.attachments import repository, use_cases
from subsidy_svc.attachments.content import MEDIA_TYPES, read_within
from subsidy_svc.attachments.schemas import AttachmentView, FileQuery
from subsidy_svc.claims import repository as claims
from subsidy_svc.law.published import law_of
from subsidy_svc.service import Service, of

router = APIRouter(prefix="/subsidy/v1/claims", tags=["附件 · attachments"])
Giver = Annotated[Principal, Allow(Role.CITIZEN, Role.DISTRICT_OFFICER)]
Reader = Annotated[
    Principal,
    Allow(Role.CITIZEN, Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR),
]
_FILE = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES}


@router.post(
    "/{claim_id}/attachments",
    status_code=201,
    summary="上传附件 · Attach a file",
    response_model=AttachmentView,
    openapi_extra={"requestBody": {"required": True, "content": _FILE}},
)
async def attach_file(
    request: Request,
    principal: Giver,
    claim_id: UUID,
    key: IdempotencyKey,
    query: Annotated[FileQuery, Query()],
) -> Response:
    """The file itself is the body: PDF, JPEG or PNG by its content, within the law's size (S06, S07).

    While the claim is in review: by the person, or by an officer of its district for them. It is kept
    encrypted, with its SHA-256.
    """
    service = of(request)
    claim = await _visible(service, principal, claim_id)
    most = (await law_of(service.database, service, claim["issued_on"])).attachments.max_bytes
    content = accepted(await read_within(request.stream(), most))
    answer = await stored_answer(service.database, request, principal, key, content)
    if answer is not None:
        return answer
    attachment_id = accepted(await use_cases.upload(service, principal, claim_id, query, content))

    async def act(tx: Transaction) -> AttachmentView | Refusal:
        return await use_cases.finish(tx, service, principal, claim_id, attachment_id)

    return await once(service.database, request, principal, key, content, act)


@router.get("/{claim_id}/attachments", summary="附件列表 · A claim's files")
async def list_attachments(request: Request, principal: Reader, claim_id: UUID) -> list[AttachmentView]:
    """The files of a claim one may see (S07)."""
    service = of(request)
    await _visible(service, principal, claim_id)
    return [use_cases.view(service, row) for row in await repository.of_claim(service.database, claim_id)]


@router.get(
    "/{claim_id}/attachments/{attachment_id}",
    summary="下载附件 · Download a file",
    responses={200: {"description": "文件 · the file", "content": _FILE}},
)
async def download_attachment(
    request: Request, principal: Reader, claim_id: UUID, attachment_id: UUID
) -> Response:
    """The file as it came, to be saved and never shown in the page; its SHA-256 is checked (S07)."""
    view, content = accepted(await use_cases.read(of(request), principal, claim_id, attachment_id))
    headers = {"x-content-type-options": "nosniff", "cache-control": "no-store"}
    return Response(content, headers=as_attachment(view.name) | headers, media_type=view.media_type)


async def _visible(service: Service, principal: Principal, claim_id: UUID) -> Row:
    claim = await claims.owner(service.database, claim_id)
    if claim is None or not may_see_claim(principal, claim["person_key"], claim["district"]):
        raise Refused(Refusal(NOT_FOUND))
    return claim
