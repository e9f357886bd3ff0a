"""Routes of the files of drafts: the claim has them once the draft is submitted."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row
from chuangpei.errors import Refused
from chuangpei.idempotency import IdempotencyKey
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.attachments.repository import Home
from subsidy_svc.attachments.schemas import AttachmentView, FileQuery
from subsidy_svc.attachments.transfer import FILE_BODY, FILE_RESPONSES, attach, download, shown
from subsidy_svc.drafts import repository as drafts
from subsidy_svc.service import of

router = APIRouter(prefix="/subsidy/v1/claim-drafts", tags=["附件 · attachments"])
Holder = Annotated[Principal, Allow(Role.CITIZEN)]


@router.post(
    "/{draft_id}/attachments",
    status_code=201,
    summary="草稿上传附件 · Attach a file to a draft",
    response_model=AttachmentView,
    openapi_extra=FILE_BODY,
)
async def attach_to_draft(
    request: Request,
    person: Holder,
    draft_id: UUID,
    key: IdempotencyKey,
    query: Annotated[FileQuery, Query()],
) -> Response:
    """The file itself is the body, as for a claim; it goes with the draft, and is erased with it (S06)."""
    draft = await _own(request, person, draft_id)
    return await attach(request, person, key, query, Home(draft_id=draft_id), draft["issued_on"])


@router.get("/{draft_id}/attachments", summary="草稿附件列表 · A draft's files")
async def list_files_of_draft(request: Request, person: Holder, draft_id: UUID) -> list[AttachmentView]:
    """The files of the person's own draft (S06)."""
    await _own(request, person, draft_id)
    return await shown(of(request), Home(draft_id=draft_id))


@router.get(
    "/{draft_id}/attachments/{attachment_id}",
    summary="下载草稿附件 · Download a draft's file",
    responses=FILE_RESPONSES,
)
async def download_from_draft(
    request: Request, person: Holder, draft_id: UUID, attachment_id: UUID
) -> Response:
    """The file as it came, to be saved and never shown in the page; its SHA-256 is checked (S06)."""
    await _own(request, person, draft_id)
    return await download(request, person, Home(draft_id=draft_id), attachment_id)


async def _own(request: Request, person: Principal, draft_id: UUID) -> Row:
    row = await drafts.one(of(request).database, draft_id, person.person_key or "")
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return row
