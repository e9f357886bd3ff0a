"""What anybody may do without an account: object, add evidence, read what became of it (S09)."""

from typing import Annotated
from uuid import UUID

from chuangpei.errors import Refused, accepted
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND
from chuangpei.rate_limit import TOO_OFTEN
from chuangpei.web import reply
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.attachments.content import read_within
from subsidy_svc.attachments.schemas import AttachmentView, FileQuery
from subsidy_svc.attachments.transfer import FILE_BODY, keep
from subsidy_svc.objections import evidence, filing, repository
from subsidy_svc.objections.receipt import digest_of, receipt_of
from subsidy_svc.objections.schemas import (
    ObjectionBody,
    ObjectionFiled,
    ObjectionReceipt,
    ObjectionStatus,
    Receipt,
)
from subsidy_svc.service import Service, of
from subsidy_svc.settings import JSON_BODY_BYTES

router = APIRouter(prefix="/subsidy/v1", tags=["异议 · objections"])


@router.post(
    "/notices/{notice_id}/objections",
    status_code=201,
    summary="提出异议 · Object",
    response_model=ObjectionReceipt,
    responses=TOO_OFTEN,
    max_body_size=JSON_BODY_BYTES,
)
async def object_to_notice(
    request: Request, notice_id: UUID, key: IdempotencyKey, body: ObjectionBody
) -> Response:
    """Anyone may object, named or anonymous, while the notice runs; the claim alone is held (S09, D04).

    The receipt in the answer is told once more only to the same request sent again.
    """
    service = of(request)
    allowance = service.public.ask(request)
    if not allowance.granted:
        return allowance.refused(request)
    answer = await once(
        service.database,
        request,
        filing.PUBLIC,
        key,
        body,
        lambda tx: filing.object_to(tx, service, notice_id, body),
    )
    receipt = with_receipt(service, answer)
    return Response(receipt.model_dump_json(), 201, _replayed(answer), media_type="application/json")


@router.get(
    "/objections/by-receipt",
    summary="凭回执查询 · What became of it",
    responses=TOO_OFTEN,
    response_model=ObjectionStatus,
)
async def read_by_receipt(request: Request, receipt: Receipt) -> Response:
    """Where the objection of a receipt stands, and what was decided and why (S09)."""
    service = of(request)
    allowance = service.public.ask(request)
    if not allowance.granted:
        return allowance.refused(request)
    return reply(accepted(await filing.status(service, receipt)))


@router.post(
    "/objections/by-receipt/evidence",
    status_code=201,
    summary="凭回执补充证据 · Add evidence",
    response_model=AttachmentView,
    responses=TOO_OFTEN,
    openapi_extra=FILE_BODY,
)
async def add_evidence(
    request: Request, receipt: Receipt, key: IdempotencyKey, query: Annotated[FileQuery, Query()]
) -> Response:
    """The file itself is the body: PDF, JPEG or PNG by its content, within the law's size and number (S09).

    While nobody has decided the objection. It is kept encrypted, with its SHA-256.
    """
    service = of(request)
    allowance = service.public.ask(request)
    if not allowance.granted:
        return allowance.refused(request)
    objection = await repository.by_receipt(service.database, digest_of(receipt))
    if objection is None:
        raise Refused(Refusal(NOT_FOUND))
    most = await evidence.max_bytes(service, objection)
    content = accepted(await read_within(request.stream(), most))
    giver, home = evidence.objector(objection["id"]), evidence.home_of(objection["id"])
    return await keep(request, giver, key, query, home, content)


def with_receipt(service: Service, answer: Response) -> ObjectionReceipt:
    """The answer with its receipt, which is kept with no stored answer."""
    filed = ObjectionFiled.model_validate_json(bytes(answer.body))
    return ObjectionReceipt(**filed.model_dump(), receipt=receipt_of(service.privacy, filed.id))


def _replayed(answer: Response) -> dict[str, str]:
    name = "idempotency-replayed"
    return {name: answer.headers[name]} if name in answer.headers else {}
