"""Routes of pushes to the city's platform."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.platform_pushes import repository, use_cases
from subsidy_svc.platform_pushes.schemas import PushExport, PushPage, PushView, Resent, Why, push_view
from subsidy_svc.service import of
from subsidy_svc.settings import JSON_BODY_BYTES

router = APIRouter(prefix="/subsidy/v1/platform-pushes", tags=["一网通办推送 · platform pushes"])
Operator = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("消息编号", "Message"), lambda row: str(row["id"])),
    Column(Text("办件编号", "Case number"), lambda row: row["case_number"]),
    Column(Text("申领编号", "Claim"), lambda row: str(row["claim_id"])),
    Column(Text("序号", "Number"), lambda row: row["number"]),
    Column(Text("申领状态", "State told"), lambda row: row["claim_state"]),
    Column(Text("变更时间", "Changed at"), lambda row: row["changed_at"]),
    Column(Text("推送状态", "State"), lambda row: row["state"]),
    Column(Text("次数", "Tries"), lambda row: row["attempts"]),
    Column(Text("下次推送", "Next try"), lambda row: row["next_try_at"]),
    Column(Text("最近错误", "Last error"), lambda row: row["last_error"]),
    Column(Text("送达时间", "Delivered at"), lambda row: row["delivered_at"]),
)


@router.get("", summary="推送列表 · Pushes")
async def list_pushes(
    request: Request, reader: Reader, query: Annotated[PushPage, Query()]
) -> Page[PushView]:
    """What the platform was told and what it still has to be told, the newest change first (S06)."""
    return await repository.LIST.page(of(request).database, repository.LIST.asked(query), query, push_view)


@router.get("/export", summary="导出推送 · Export the pushes", responses=EXPORT_RESPONSES)
async def export_pushes(request: Request, reader: Reader, query: Annotated[PushExport, Query()]) -> Response:
    """The pushes as a file; nothing of the person but the case number is in it (S06)."""
    rows = repository.LIST.all_rows(of(request).database, repository.LIST.asked(query))
    return await export(request, "platform-pushes", _COLUMNS, rows, query.format)


@router.post(
    "/resend",
    summary="全部重新推送 · Resend all that was given up",
    response_model=Resent,
    max_body_size=JSON_BODY_BYTES,
)
async def resend_given_up(request: Request, city: Operator, body: Why) -> Resent:
    """As after a long outage: every push that was given up is due now, each with its old message id (S06)."""
    service = of(request)
    async with service.database.transaction() as tx:
        return await use_cases.resend_given_up(tx, service, city, body.reason)


@router.get("/{push_id}", summary="一次推送 · One push", response_model=PushView)
async def read_push(request: Request, reader: Reader, push_id: UUID) -> Response:
    """What is told, how often it was tried, and what the platform answered last (S06)."""
    row = await repository.one(of(request).database, push_id)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(push_view(row))


@router.post(
    "/{push_id}/resend",
    summary="重新推送 · Resend",
    response_model=PushView,
    max_body_size=JSON_BODY_BYTES,
)
async def resend_push(
    request: Request, city: Operator, push_id: UUID, body: Why, if_match: IfMatch = None
) -> Response:
    """One that waits or was given up is due now, with the same message id (S06)."""
    return reply(await done(request, if_match, city, use_cases.resend, push_id, body.reason))


@router.post(
    "/{push_id}/skip",
    summary="跳过 · Skip",
    response_model=PushView,
    max_body_size=JSON_BODY_BYTES,
)
async def skip_push(
    request: Request, city: Operator, push_id: UUID, body: Why, if_match: IfMatch = None
) -> Response:
    """One that was given up is not sent any more, and the later ones of its claim go on (S06)."""
    return reply(await done(request, if_match, city, use_cases.skip, push_id, body.reason))
