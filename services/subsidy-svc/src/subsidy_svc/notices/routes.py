"""Routes of public notices: they take no principal (S08)."""

from typing import Annotated
from uuid import UUID

from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.rate_limit import TOO_OFTEN
from chuangpei.web import reply
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.notices import repository
from subsidy_svc.notices.schemas import NoticeExport, NoticeFilters, NoticePage, NoticeView, notice_view
from subsidy_svc.service import Service, of

router = APIRouter(prefix="/subsidy/v1/notices", tags=["公示 · public notices"])

_COLUMNS: tuple[Column[NoticeView], ...] = (
    Column(Text("区", "District"), lambda notice: notice.district),
    Column(Text("姓名", "Name"), lambda notice: notice.name),
    Column(Text("培训机构", "Institution"), lambda notice: notice.institution_name),
    Column(Text("项目", "Project"), lambda notice: notice.project_name),
    Column(Text("金额（分）", "Amount (fen)"), lambda notice: notice.amount_fen),
    Column(Text("起始日", "First day"), lambda notice: notice.first_day),
    Column(Text("截止日", "Last day"), lambda notice: notice.last_day),
    Column(Text("截止日暂定", "Last day provisional"), lambda notice: notice.last_day_provisional),
    Column(Text("状态", "State"), lambda notice: notice.state),
)


@router.get("", summary="公示列表 · Public notices")
async def list_notices(request: Request, query: Annotated[NoticePage, Query()]) -> Page[NoticeView]:
    """Public notices, the newest first (S08, D13)."""
    service = of(request)
    today = service.clock.today()
    return await repository.LIST.page(
        service.database, asked(service, query), query, lambda row: notice_view(row, today)
    )


@router.get("/export", summary="导出公示 · Export the notices", responses=EXPORT_RESPONSES | TOO_OFTEN)
async def export_notices(request: Request, query: Annotated[NoticeExport, Query()]) -> Response:
    """The public notices as a file, with what the notice itself shows and no more (S08, D13)."""
    service = of(request)
    allowance = service.public.ask(request)
    if not allowance.granted:
        return allowance.refused(request)
    today = service.clock.today()
    rows = repository.LIST.all_rows(service.database, asked(service, query))
    views = (notice_view(row, today) async for row in rows)
    return await export(request, "notices", _COLUMNS, views, query.format)


@router.get("/{notice_id}", summary="一则公示 · One public notice", response_model=NoticeView)
async def get_notice(request: Request, notice_id: UUID) -> Response:
    """A public notice with its first and last day (S08, D04, D13)."""
    service = of(request)
    row = await repository.one(service.database, notice_id)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(notice_view(row, service.clock.today()))


def asked(service: Service, query: NoticeFilters) -> Asked:
    """What is asked of the notices as they stand today."""
    filters = query.model_copy(update={"standing": None})
    return repository.LIST.asked(filters, reach=query.standing, given={"today": service.clock.today()})
