"""REST of the pool of assessors and of their ties: for the city alone."""

from typing import Annotated
from uuid import UUID

from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from brand_svc.access import CityCentre, CityReader
from brand_svc.assessors import repository, use_cases
from brand_svc.assessors.schemas import (
    AssessorExport,
    AssessorPage,
    AssessorView,
    NewAssessor,
    NewTie,
    Removal,
    TieEnd,
    TiePage,
    TieView,
)
from brand_svc.assessors.use_cases import Tie
from brand_svc.service import of

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("评审专家", "Assessor"), lambda row: row["masked_name"]),
    Column(Text("专业领域", "Field"), lambda row: row["field"]),
    Column(Text("入库时间", "Added at"), lambda row: row["added_at"]),
    Column(Text("移出时间", "Removed at"), lambda row: row["removed_at"]),
    Column(Text("移出原因", "Remove reason"), lambda row: row["remove_reason"]),
)

router = APIRouter(prefix="/brand/v1/assessors", tags=["评审专家 · assessors"])


@router.post("", status_code=201, response_model=AssessorView, summary="增加评审专家 · Add an assessor")
async def add(
    request: Request, body: NewAssessor, principal: CityCentre, idempotency_key: IdempotencyKey
) -> Response:
    """Takes a person, by real name, into the pool (B04)."""
    service = of(request)

    async def act(tx: Transaction) -> AssessorView | Refusal:
        row = await use_cases.add(tx, service, principal, body.name, body.id_number, body.field)
        return row if isinstance(row, Refusal) else _view(row)

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.get("", summary="列出评审专家 · List the assessors")
async def listed(
    request: Request, principal: CityReader, query: Annotated[AssessorPage, Query()]
) -> Page[AssessorView]:
    """The pool, removed ones too, names masked (B04)."""
    asked = repository.POOL.asked(query)
    return await repository.POOL.page(of(request).database, asked, query, _view)


@router.get("/export", summary="导出评审专家 · Export the assessors", responses=EXPORT_RESPONSES)
async def exported(
    request: Request, principal: CityReader, query: Annotated[AssessorExport, Query()]
) -> Response:
    """The pool as a file, names masked (B04)."""
    rows = repository.POOL.all_rows(of(request).database, repository.POOL.asked(query))
    return await export(request, "assessors", _COLUMNS, rows, query.format)


@router.post(
    "/{assessor_id}/remove", response_model=AssessorView, summary="移出评审专家 · Remove an assessor"
)
async def remove(
    request: Request, assessor_id: UUID, body: Removal, principal: CityCentre, if_match: IfMatch = None
) -> Response:
    """At once, with a reason: what is scored stands, what is not is for another (B04)."""
    row = await done(request, if_match, principal, use_cases.remove, assessor_id, body.reason)
    return reply(_view(row))


@router.post(
    "/{assessor_id}/ties", status_code=201, response_model=TieView, summary="登记利害关系 · Declare a tie"
)
async def declare(
    request: Request,
    assessor_id: UUID,
    body: NewTie,
    principal: CityCentre,
    idempotency_key: IdempotencyKey,
) -> Response:
    """Keeps a tie to an institution: the assessor scores nothing of it from then on (回避; B04).

    What is not published yet and was given to the assessor there is set aside, scores too.
    """
    service = of(request)
    tie = Tie(body.credit_code, body.kind, body.until, body.note)

    async def act(tx: Transaction) -> TieView | Refusal:
        kept = await use_cases.declare(tx, service, principal, assessor_id, tie)
        if isinstance(kept, Refusal):
            return kept
        row = await repository.load_tie(tx, kept)
        assert row is not None, "it was kept just now"
        return _tie(row)

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.get("/{assessor_id}/ties", summary="列出利害关系 · List the ties")
async def ties(
    request: Request, assessor_id: UUID, principal: CityReader, query: Annotated[TiePage, Query()]
) -> Page[TieView]:
    """The ties of an assessor, declared and told by training-svc (授课), also those that are over (B04)."""
    service = of(request)
    if await repository.one(service.database, assessor_id) is None:
        raise Refused(Refusal(NOT_FOUND))
    asked = repository.TIES.asked(query, assessor_id=assessor_id)
    return await repository.TIES.page(service.database, asked, query, _tie)


@router.post("/{assessor_id}/ties/{tie_id}/end", response_model=TieView, summary="终止利害关系 · End a tie")
async def end(
    request: Request,
    assessor_id: UUID,
    tie_id: UUID,
    body: TieEnd,
    principal: CityCentre,
    if_match: IfMatch = None,
) -> Response:
    """Says since when a tie is over; it bars for some years more (B04)."""
    row = await done(
        request, if_match, principal, use_cases.end, (assessor_id, tie_id), body.until, body.reason
    )
    return reply(_tie(row))


def _view(row: Row) -> AssessorView:
    return AssessorView(**{name: row[name] for name in AssessorView.model_fields})


def _tie(row: Row) -> TieView:
    return TieView(**{name: row[name] for name in TieView.model_fields})
