"""Published evaluation norms over HTTP: amendable until a class first cites them."""

from typing import Annotated, Any
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
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

from training_svc.norms.repository import NORMS
from training_svc.norms.schemas import NewNorm, NormAmendment, NormView
from training_svc.norms.use_cases import NORM
from training_svc.published import use_cases
from training_svc.published.schemas import DocumentExport, DocumentPage, Withdrawal
from training_svc.service import of
from training_svc.visibility import ANYONE, READERS

Publisher = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(*ANYONE)]
Official = Annotated[Principal, Allow(*READERS)]


def _parts(row: Row) -> str:
    return "；".join(f"{one['name']} {one['weight']}%{_own_mark(one)}" for one in row["parts"])


def _own_mark(part: dict[str, Any]) -> str:
    return f" ≥ {part['pass_mark']}" if part.get("pass_mark") else ""


_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("项目编码", "Project"), lambda row: row["project_code"]),
    Column(Text("版本", "Version"), lambda row: row["version"]),
    Column(Text("名称", "Name"), lambda row: row["name"]),
    Column(Text("生效日期", "Effective from"), lambda row: row["effective_from"]),
    Column(Text("合格分", "Pass mark"), lambda row: row["pass_mark"]),
    Column(Text("评价部分", "Parts"), _parts),
    Column(Text("补考次数", "Retakes"), lambda row: row["most_retakes"]),
    Column(Text("补考月数", "Months to retake"), lambda row: row["retake_months"]),
    Column(Text("盲评最大分差", "Most difference"), lambda row: row["most_difference"]),
    Column(Text("复核申请天数", "Days to dispute"), lambda row: row["dispute_days"]),
    Column(Text("撤回日期", "Withdrawn on"), lambda row: row["withdrawn_on"]),
)

router = APIRouter(prefix="/training/v1/evaluation-norms", tags=["评价规范 · evaluation norms"])


@router.post("", status_code=201, response_model=NormView, summary="发布评价规范 · Publish a norm")
async def publish_norm(
    request: Request, body: NewNorm, key: IdempotencyKey, principal: Publisher
) -> Response:
    """Publishes a version of a project's evaluation norm; classes and evaluations cite it (T05)."""
    service = of(request)

    async def act(tx: Transaction) -> NormView | Refusal:
        return await use_cases.publish(tx, service, principal, NORM, body)

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="评价规范列表 · List the norms")
async def list_norms(
    request: Request, principal: Reader, query: Annotated[DocumentPage, Query()]
) -> Page[NormView]:
    """The published versions; everyone signed in may read them (T05)."""
    listing = NORMS.list
    return await listing.page(of(request).database, listing.asked(query), query, NORM.shown)


@router.get("/export", summary="导出评价规范 · Export the norms", responses=EXPORT_RESPONSES)
async def export_norms(
    request: Request, principal: Reader, query: Annotated[DocumentExport, Query()]
) -> Response:
    """The published versions as a file (T05)."""
    rows = NORMS.list.all_rows(of(request).database, NORMS.list.asked(query))
    return await export(request, "evaluation-norms", _COLUMNS, rows, query.format)


@router.get("/{norm_id}", response_model=NormView, summary="查询评价规范 · Read a norm")
async def read_norm(request: Request, norm_id: UUID, principal: Reader) -> Response:
    """One published version (T05)."""
    return reply(await _found(request, norm_id))


@router.post("/{norm_id}/amend", response_model=NormView, summary="更正评价规范 · Amend a norm")
async def amend_norm(
    request: Request,
    norm_id: UUID,
    body: NormAmendment,
    principal: Publisher,
    if_match: IfMatch = None,
) -> Response:
    """Amends a version, with a reason, until something cites it (T05)."""
    return reply(await done(request, if_match, principal, use_cases.amend, norm_id, NORM, body))


@router.get("/{norm_id}/amendments", summary="评价规范更正记录 · Amendments of a norm")
async def list_norm_amendments(
    request: Request, norm_id: UUID, principal: Official, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (T05)."""
    await _found(request, norm_id)
    return await history(of(request).database, NORM.name, norm_id, query)


@router.post("/{norm_id}/withdraw", response_model=NormView, summary="撤回评价规范 · Withdraw a norm")
async def withdraw_norm(
    request: Request, norm_id: UUID, body: Withdrawal, principal: Publisher, if_match: IfMatch = None
) -> Response:
    """Withdraws a version that nothing cites yet (T05)."""
    return reply(await done(request, if_match, principal, use_cases.withdraw, norm_id, NORM, body.reason))


async def _found(request: Request, norm_id: UUID) -> NormView:
    row = await NORMS.one(of(request).database, norm_id)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return NORM.shown(row)
