"""REST of signals: for officials."""

from typing import Annotated

from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Text
from chuangpei.paging import Page
from fastapi import APIRouter, Query, Request, Response

from brand_svc.access import Official, asked_by
from brand_svc.service import of
from brand_svc.signals import repository
from brand_svc.signals.repository import signal_of
from brand_svc.signals.schemas import SignalExport, SignalPage, SignalView

router = APIRouter(prefix="/brand/v1/signals", tags=["退出线索 · signals"])

_COLUMNS: tuple[Column[SignalView], ...] = (
    Column(Text("来源", "Source"), lambda one: one.source),
    Column(Text("编号", "Reference"), lambda one: one.reference),
    Column(Text("统一社会信用代码", "Credit code"), lambda one: one.credit_code),
    Column(Text("机构名称", "Institution"), lambda one: one.institution_name),
    Column(Text("区", "District"), lambda one: one.district),
    Column(Text("退出情形", "Ground"), lambda one: one.ground),
    Column(Text("原因", "Reason"), lambda one: one.reason_code),
    Column(Text("发生日期", "Occurred on"), lambda one: one.occurred_on),
    Column(Text("收到时间", "Received at"), lambda one: one.received_at),
    Column(Text("退出核查", "Exit case"), lambda one: str(one.case_id or "")),
)


@router.get("", summary="列出线索 · List signals")
async def listed(
    request: Request, principal: Official, query: Annotated[SignalPage, Query()]
) -> Page[SignalView]:
    """Every signal, also of those who hold no brand; districts see their own (B10, D09)."""
    asked = asked_by(principal, repository.LIST, query)
    return await repository.LIST.page(
        of(request).database, asked, query, lambda row: SignalView.of(signal_of(row))
    )


@router.get("/export", summary="导出线索 · Export the signals", responses=EXPORT_RESPONSES)
async def exported(
    request: Request, principal: Official, query: Annotated[SignalExport, Query()]
) -> Response:
    """The signals as a file (B10, D09)."""
    rows = repository.LIST.all_rows(of(request).database, asked_by(principal, repository.LIST, query))
    views = (SignalView.of(signal_of(row)) async for row in rows)
    return await export(request, "signals", _COLUMNS, views, query.format)
