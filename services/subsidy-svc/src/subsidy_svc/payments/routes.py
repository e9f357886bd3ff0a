"""Routes of payment batches."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.errors import Refused, accepted
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Cursor, Limit, Page, before_id, page_of
from chuangpei.problems import NOT_FOUND
from chuangpei.web import Body, IfMatch, expected_version, reply
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from subsidy_svc.access import district_of, may_see_district
from subsidy_svc.payments import repository, settlement, use_cases
from subsidy_svc.payments.export import bank_file
from subsidy_svc.payments.schemas import BankResultView, BatchDetail, BatchView, batch_detail, batch_view
from subsidy_svc.service import of
from subsidy_svc.settings import JSON_BODY_BYTES

router = APIRouter(prefix="/subsidy/v1/batches", tags=["支付批次 · payment batches"])
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
City = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]


class NewBatch(Body):
    """Nothing to give: the batch takes every cleared claim of the officer's district."""


@router.post(
    "",
    status_code=201,
    summary="起草支付批次 · Draft a batch",
    response_model=BatchView,
    max_body_size=JSON_BODY_BYTES,
)
async def draft_batch(request: Request, officer: Officer, key: IdempotencyKey, body: NewBatch) -> Response:
    """Takes every cleared claim of the district that is in no batch (S09, S10)."""
    service = of(request)
    return await once(
        service.database,
        request,
        officer,
        key,
        body,
        lambda tx: use_cases.draft(tx, service, officer),
    )


@router.get("", summary="支付批次列表 · Batches", response_model=Page[BatchView])
async def list_batches(
    request: Request, principal: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """Batches, the newest first: those of an officer's district, or all for the city (S10)."""
    database = of(request).database
    found = await repository.listed(database, district_of(principal), before_id(cursor), limit + 1)
    page = page_of(found, limit, lambda batch: (str(batch.id),))
    return reply(
        Page[BatchView](items=[batch_view(batch) for batch in page.items], next_cursor=page.next_cursor)
    )


@router.get("/{batch_id}", summary="一个支付批次 · One batch", response_model=BatchDetail)
async def get_batch(request: Request, principal: Reader, batch_id: UUID) -> Response:
    """A batch with its control totals and what became of its lines (S10, D06)."""
    database = of(request).database
    batch = await repository.one(database, batch_id)
    if batch is None or not may_see_district(principal, batch.district):
        raise Refused(Refusal(NOT_FOUND))
    return reply(batch_detail(batch, await repository.by_status(database, batch_id)))


@router.post("/{batch_id}/seal", summary="封存 · Seal", response_model=BatchView)
async def seal_batch(
    request: Request, officer: Officer, batch_id: UUID, if_match: IfMatch = None
) -> Response:
    """Fixes the content with count, sum and SHA-256; not by who approved one of its claims (S10, D05).

    More than the budget of a year has left is refused, with the figures (O04).
    """
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        view = accepted(await use_cases.seal(tx, service, officer, batch_id, version))
    return reply(view)


@router.post("/{batch_id}/hand-over", summary="上报市级 · Hand over to the city", response_model=BatchView)
async def hand_over_batch(
    request: Request, officer: Officer, batch_id: UUID, if_match: IfMatch = None
) -> Response:
    """The district hands the sealed batch to the city; not by who approved one of its claims (S10, D05)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        view = accepted(await use_cases.hand_over(tx, service, officer, batch_id, version))
    return reply(view)


@router.post("/{batch_id}/receive", summary="市级接收 · Receive", response_model=BatchView)
async def receive_batch(request: Request, city: City, batch_id: UUID, if_match: IfMatch = None) -> Response:
    """The city takes the batch (S10)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        view = accepted(await use_cases.receive(tx, service, city, batch_id, version))
    return reply(view)


@router.get(
    "/{batch_id}/export.csv",
    summary="导出代发文件 · Export the file for the bank",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {}}}},
)
async def export_batch(request: Request, city: City, batch_id: UUID) -> Response:
    """The file for the bank, with account numbers in clear (S10, S11): UTF-8 with a byte order mark.

    It may be fetched again and is the same; each time is kept in the audit log.
    """
    service = of(request)
    async with service.database.transaction() as tx:
        batch = accepted(await use_cases.export(tx, service, city, batch_id))
    name = f"{batch.number}.csv"
    return StreamingResponse(
        bank_file(service.database, service.privacy, batch),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
    )


@router.post(
    "/{batch_id}/bank-results",
    status_code=201,
    summary="导入银行回盘文件 · Import the bank's result file",
    response_model=BankResultView,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "text/csv": {
                    "schema": {"type": "string"},
                    "example": "line_no,claim_id,holder_name,account_number,amount_fen,result,bank_code\r\n"
                    "1,0199f4d2-7c1e-7b30-9a55-1f6a54f0c002,张三丰,6222021001122334455,180000,settled,\r\n",
                }
            },
        }
    },
)
async def import_bank_results(request: Request, city: City, batch_id: UUID, key: IdempotencyKey) -> Response:
    """The exported columns with ``result`` (settled or failed) and ``bank_code``, for each answered line.

    A repeated, foreign or altered line, or one with a missing column, refuses the whole file with line
    numbers and changes nothing. The same file sent again answers the same and has no second effect (S10,
    S11).
    """
    service = of(request)
    content = await request.body()
    return await once(
        service.database,
        request,
        city,
        key,
        content,
        lambda tx: settlement.import_results(tx, service, city, batch_id, content),
    )
