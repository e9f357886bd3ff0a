"""A file over HTTP (附件收发): taken within its limit, listed, given to be saved."""

from datetime import date
from typing import Any
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.database import Transaction
from chuangpei.errors import accepted
from chuangpei.idempotency import once, stored_answer
from chuangpei.kernel.refusals import Refusal
from chuangpei.web import as_attachment
from fastapi import Request, Response

from subsidy_svc.attachments import repository, use_cases
from subsidy_svc.attachments.content import MEDIA_TYPES, read_within
from subsidy_svc.attachments.repository import Home
from subsidy_svc.attachments.schemas import AttachmentView, FileQuery
from subsidy_svc.law.published import law_of
from subsidy_svc.service import Service, of

_FILE = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES}
FILE_BODY: dict[str, Any] = {"requestBody": {"required": True, "content": _FILE}}
FILE_RESPONSES: dict[int | str, dict[str, Any]] = {200: {"description": "文件 · the file", "content": _FILE}}


async def attach(
    request: Request, principal: Principal, key: str, query: FileQuery, home: Home, issued_on: date
) -> Response:
    """Takes the body as a file, within the size of the law of the certificate's day ``issued_on``."""
    service = of(request)
    most = (await law_of(service.database, service, issued_on)).attachments.max_bytes
    content = accepted(await read_within(request.stream(), most))
    return await keep(request, principal, key, query, home, content)


async def keep(
    request: Request, principal: Principal, key: str, query: FileQuery, home: Home, content: bytes
) -> Response:
    """Stores a file once, however often it is sent under the same key."""
    service = of(request)
    answer = await stored_answer(service.database, request, principal, key, content)
    if answer is not None:
        return answer
    attachment_id = accepted(await use_cases.upload(service, principal, home, query, content))

    async def act(tx: Transaction) -> AttachmentView | Refusal:
        return await use_cases.finish(tx, service, principal, home, attachment_id)

    return await once(service.database, request, principal, key, content, act)


async def shown(service: Service, home: Home) -> list[AttachmentView]:
    """The files of a claim, a draft or an objection."""
    return [use_cases.view(service, row) for row in await repository.listed(service.database, home)]


async def download(request: Request, principal: Principal, home: Home, attachment_id: UUID) -> Response:
    """The file as it came, to be saved and never shown in the page."""
    view, content = accepted(await use_cases.read(of(request), principal, home, attachment_id))
    headers = {"x-content-type-options": "nosniff", "cache-control": "no-store"}
    return Response(content, headers=as_attachment(view.name) | headers, media_type=view.media_type)
