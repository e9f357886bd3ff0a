"""Published standards over HTTP: amendable until they are first cited."""

from typing import Annotated
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

from training_svc.published import use_cases
from training_svc.published.schemas import DocumentExport, DocumentPage, Withdrawal
from training_svc.service import of
from training_svc.standards.repository import STANDARDS
from training_svc.standards.schemas import NewStandard, StandardAmendment, StandardView
from training_svc.standards.use_cases import STANDARD
from training_svc.visibility import ANYONE, READERS

Publisher = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(*ANYONE)]
Official = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("项目编码", "Project"), lambda row: row["project_code"]),
    Column(Text("版本", "Version"), lambda row: row["version"]),
    Column(Text("名称", "Name"), lambda row: row["name"]),
    Column(Text("生效日期", "Effective from"), lambda row: row["effective_from"]),
    Column(Text("最少课时", "Least hours"), lambda row: row["min_hours"]),
    Column(Text("班额上限", "Class size"), lambda row: row["max_class_size"]),
    Column(Text("出勤率（%）", "Attendance (%)"), lambda row: row["attendance_percent"]),
    Column(Text("每名讲师学员数", "Trainees an instructor"), lambda row: row["trainees_per_instructor"]),
    Column(
        Text("每名学员面积（平方分米）", "Square decimetres a trainee"),
        lambda row: row["square_decimetres_per_trainee"],
    ),
    Column(Text("线上占比上限（%）", "Online (%)"), lambda row: row["max_online_percent"]),
    Column(Text("撤回日期", "Withdrawn on"), lambda row: row["withdrawn_on"]),
)

router = APIRouter(prefix="/training/v1/standards", tags=["专业设置标准 · standards"])


@router.post("", status_code=201, response_model=StandardView, summary="发布标准 · Publish a standard")
async def publish_standard(
    request: Request, body: NewStandard, key: IdempotencyKey, principal: Publisher
) -> Response:
    """Publishes a version of a project's standard; approvals and classes cite it (T05)."""
    service = of(request)

    async def act(tx: Transaction) -> StandardView | Refusal:
        return await use_cases.publish(tx, service, principal, STANDARD, body)

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="标准列表 · List the standards")
async def list_standards(
    request: Request, principal: Reader, query: Annotated[DocumentPage, Query()]
) -> Page[StandardView]:
    """The published versions; everyone signed in may read them (T05)."""
    listing = STANDARDS.list
    return await listing.page(of(request).database, listing.asked(query), query, STANDARD.shown)


@router.get("/export", summary="导出标准 · Export the standards", responses=EXPORT_RESPONSES)
async def export_standards(
    request: Request, principal: Reader, query: Annotated[DocumentExport, Query()]
) -> Response:
    """The published versions as a file (T05)."""
    rows = STANDARDS.list.all_rows(of(request).database, STANDARDS.list.asked(query))
    return await export(request, "standards", _COLUMNS, rows, query.format)


@router.get("/{standard_id}", response_model=StandardView, summary="查询标准 · Read a standard")
async def read_standard(request: Request, standard_id: UUID, principal: Reader) -> Response:
    """One published version (T05)."""
    return reply(await _found(request, standard_id))


@router.post("/{standard_id}/amend", response_model=StandardView, summary="更正标准 · Amend a standard")
async def amend_standard(
    request: Request,
    standard_id: UUID,
    body: StandardAmendment,
    principal: Publisher,
    if_match: IfMatch = None,
) -> Response:
    """Amends a version, with a reason, until something cites it (T05)."""
    return reply(await done(request, if_match, principal, use_cases.amend, standard_id, STANDARD, body))


@router.get("/{standard_id}/amendments", summary="标准更正记录 · Amendments of a standard")
async def list_standard_amendments(
    request: Request, standard_id: UUID, principal: Official, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (T05)."""
    await _found(request, standard_id)
    return await history(of(request).database, STANDARD.name, standard_id, query)


@router.post("/{standard_id}/withdraw", response_model=StandardView, summary="撤回标准 · Withdraw a standard")
async def withdraw_standard(
    request: Request, standard_id: UUID, body: Withdrawal, principal: Publisher, if_match: IfMatch = None
) -> Response:
    """Withdraws a version that nothing cites yet (T05)."""
    return reply(
        await done(request, if_match, principal, use_cases.withdraw, standard_id, STANDARD, body.reason)
    )


async def _found(request: Request, standard_id: UUID) -> StandardView:
    row = await STANDARDS.one(of(request).database, standard_id)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return STANDARD.shown(row)
