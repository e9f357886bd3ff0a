"""Routes of payment batches."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, XLSX_TYPE, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import Body, IfMatch, reply
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from subsidy_svc.access import asked_by, may_see_district
from subsidy_svc.payments import repository, settlement, use_cases
from subsidy_svc.payments.batch import Batch
from subsidy_svc.payments.export import BANK_COLUMNS, bank_file, bank_rows
from subsidy_svc.payments.result_rows import result_rows
from subsidy_svc.payments.schemas import (
    BankResultView,
    BatchDetail,
    BatchExport,
    BatchFilters,
    BatchPage,
    BatchView,
    EndReason,
    LineExport,
    LinePage,
    LineView,
    batch_detail,
    batch_view,
    line_view,
)
from subsidy_svc.service import of
from subsidy_svc.settings import JSON_BODY_BYTES

router = APIRouter(prefix="/subsidy/v1/batches", tags=["支付批次 · payment batches"])
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
City = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("批次号", "Number"), lambda row: row["number"]),
    Column(Text("区", "District"), lambda row: row["district"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("笔数", "Lines"), lambda row: row["lines"]),
    Column(Text("金额（分）", "Fen"), lambda row: row["total_fen"]),
    Column(Text("校验值", "SHA-256"), lambda row: row["sha256"]),
    Column(Text("起草时间", "Drafted at"), lambda row: row["drafted_at"]),
    Column(Text("封存时间", "Sealed at"), lambda row: row["sealed_at"]),
    Column(Text("导出时间", "Exported at"), lambda row: row["exported_at"]),
    Column(Text("作废或退回原因", "Why it ended"), lambda row: row["end_reason"]),
)
_LINE_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("序号", "Line"), lambda row: row["line_no"]),
    Column(Text("申领", "Claim"), lambda row: str(row["claim_id"])),
    Column(Text("申领人", "Holder"), lambda row: row["masked_name"]),
    Column(Text("账户", "Account"), lambda row: row["account_masked"]),
    Column(Text("金额（分）", "Fen"), lambda row: row["amount_fen"]),
    Column(Text("资金年度", "Fund year"), lambda row: row["fund_year"]),
    Column(Text("状态", "Status"), lambda row: row["status"]),
    Column(Text("银行代码", "Bank code"), lambda row: row["bank_code"]),
)


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


@router.get("", summary="支付批次列表 · Batches")
async def list_batches(
    request: Request, principal: Reader, query: Annotated[BatchPage, Query()]
) -> Page[BatchView]:
    """Batches, the newest first: those of an officer's district, or all for the city (S10)."""
    return await repository.LIST.page(of(request).database, _asked(principal, query), query, _view)


@router.get("/export", summary="导出支付批次列表 · Export the batches", responses=EXPORT_RESPONSES)
async def export_batches(
    request: Request, principal: Reader, query: Annotated[BatchExport, Query()]
) -> Response:
    """The list of batches as a file (S10)."""
    rows = repository.LIST.all_rows(of(request).database, _asked(principal, query))
    return await export(request, "payment-batches", _COLUMNS, rows, query.format)


@router.get("/{batch_id}", summary="一个支付批次 · One batch", response_model=BatchDetail)
async def get_batch(request: Request, principal: Reader, batch_id: UUID) -> Response:
    """A batch with its control totals and what became of its lines (S10, D06)."""
    batch = await _seen(request, principal, batch_id)
    return reply(batch_detail(batch, await repository.by_status(of(request).database, batch_id)))


@router.post(
    "/{batch_id}/discard",
    summary="作废草稿 · Discard a draft",
    response_model=BatchView,
    max_body_size=JSON_BODY_BYTES,
)
async def discard_batch(
    request: Request, officer: Officer, batch_id: UUID, body: EndReason, if_match: IfMatch = None
) -> Response:
    """Gives a draft up and says why: its claims are free for another batch (S10)."""
    return reply(await done(request, if_match, officer, use_cases.discard, batch_id, body.reason))


@router.post("/{batch_id}/seal", summary="封存 · Seal", response_model=BatchView)
async def seal_batch(
    request: Request, officer: Officer, batch_id: UUID, if_match: IfMatch = None
) -> Response:
    """Fixes the content with count, sum and SHA-256; not by who approved one of its claims (S10, D05).

    More than the budget of a year has left is refused, with the figures (O04).
    """
    return reply(await done(request, if_match, officer, use_cases.seal, batch_id))


@router.post("/{batch_id}/hand-over", summary="上报市级 · Hand over to the city", response_model=BatchView)
async def hand_over_batch(
    request: Request, officer: Officer, batch_id: UUID, if_match: IfMatch = None
) -> Response:
    """The district hands the sealed batch to the city; not by who approved one of its claims (S10, D05)."""
    return reply(await done(request, if_match, officer, use_cases.hand_over, batch_id))


@router.post("/{batch_id}/receive", summary="市级接收 · Receive", response_model=BatchView)
async def receive_batch(request: Request, city: City, batch_id: UUID, if_match: IfMatch = None) -> Response:
    """The city takes the batch (S10)."""
    return reply(await done(request, if_match, city, use_cases.receive, batch_id))


@router.post(
    "/{batch_id}/return",
    summary="市级退回 · Give back to the district",
    response_model=BatchView,
    max_body_size=JSON_BODY_BYTES,
)
async def return_batch(
    request: Request, city: City, batch_id: UUID, body: EndReason, if_match: IfMatch = None
) -> Response:
    """The city does not take the batch and says why: its claims are free to be drafted again (S10, O04).

    What was sealed stays readable and never changes.
    """
    return reply(await done(request, if_match, city, use_cases.give_back, batch_id, body.reason))


@router.get(
    "/{batch_id}/export.csv",
    summary="导出代发文件 CSV · Export the file for the bank, CSV",
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


@router.get(
    "/{batch_id}/export.xlsx",
    summary="导出代发文件 XLSX · Export the file for the bank, XLSX",
    responses=EXPORT_RESPONSES,
)
async def export_batch_sheet(request: Request, city: City, batch_id: UUID) -> Response:
    """The same lines as ``export.csv``, as a sheet with account numbers as text (S10, S11)."""
    service = of(request)
    async with service.database.transaction() as tx:
        batch = accepted(await use_cases.export(tx, service, city, batch_id))
    rows = bank_rows(service.database, service.privacy, batch)
    answer = await export(request, batch.number, BANK_COLUMNS, rows, "xlsx")
    answer.headers["cache-control"] = "no-store"
    return answer


@router.get("/{batch_id}/lines", summary="支付明细 · Lines of a batch")
async def list_lines(
    request: Request, principal: Reader, batch_id: UUID, query: Annotated[LinePage, Query()]
) -> Page[LineView]:
    """The lines of a batch and what became of each, holder and account masked (S10, D06)."""
    database = of(request).database
    await _seen(request, principal, batch_id)
    asked = repository.LINES.asked(query, batch_id=batch_id)
    return await repository.LINES.page(database, asked, query, line_view)


@router.get("/{batch_id}/lines/export", summary="导出支付明细 · Export the lines", responses=EXPORT_RESPONSES)
async def export_lines(
    request: Request, principal: Reader, batch_id: UUID, query: Annotated[LineExport, Query()]
) -> Response:
    """The lines of a batch as a file, holder and account masked (S10, D06)."""
    batch = await _seen(request, principal, batch_id)
    rows = repository.LINES.all_rows(of(request).database, repository.LINES.asked(query, batch_id=batch_id))
    return await export(request, f"{batch.number}-lines", _LINE_COLUMNS, rows, query.format)


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
                },
                XLSX_TYPE: {"schema": {"type": "string", "format": "binary"}},
            },
        }
    },
)
async def import_bank_results(request: Request, city: City, batch_id: UUID, key: IdempotencyKey) -> Response:
    """The exported columns with ``result`` and ``bank_code``, for each answered line.

    ``result`` is settled, failed or unknown. An unknown line may have been paid: nothing pays it again before
    a later file, or two people, have decided.

    CSV in UTF-8, or a sheet (XLSX) of at most 20,000 lines: what it is shows by its content. A formula is
    never evaluated; an account number that a spreadsheet made a number of has lost its end and is refused.

    A repeated, foreign or altered line, or one with a missing column, refuses the whole file with lines and
    columns and changes nothing. The same file sent again answers the same and has no second effect (S10,
    S11).
    """
    service = of(request)
    content = await request.body()
    rows = await result_rows(content)
    return await once(
        service.database,
        request,
        city,
        key,
        content,
        lambda tx: settlement.import_results(tx, service, city, batch_id, content, rows),
    )


async def _seen(request: Request, principal: Principal, batch_id: UUID) -> Batch:
    """The batch, if the principal may see it; raises :class:`Refused` (404)."""
    batch = await repository.one(of(request).database, batch_id)
    if batch is None or not may_see_district(principal, batch.district):
        raise Refused(Refusal(NOT_FOUND))
    return batch


def _view(row: Row) -> BatchView:
    return batch_view(repository.batch_from(row))


def _asked(principal: Principal, query: BatchFilters) -> Asked:
    return asked_by(principal, repository.LIST, query)
