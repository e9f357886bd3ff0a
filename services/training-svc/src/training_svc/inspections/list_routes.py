"""The list of inspections over HTTP, and as a file."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from chuangpei.auth import Allow, Principal
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from fastapi import APIRouter, Query, Request, Response

from training_svc.inspections import repository
from training_svc.inspections.schemas import (
    InspectionExport,
    InspectionFilters,
    InspectionPage,
    InspectionSummary,
)
from training_svc.inspections.views import summary
from training_svc.service import Service, of
from training_svc.visibility import READERS, asked_by

Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[InspectionSummary], ...] = (
    Column(Text("督导主体", "Authority"), lambda one: one.authority),
    Column(Text("对象类别", "Kind"), lambda one: one.object_kind),
    Column(Text("对象", "Object"), lambda one: one.object_name),
    Column(Text("机构", "Institution"), lambda one: one.institution_name),
    Column(Text("区", "District"), lambda one: one.district),
    Column(Text("状态", "State"), lambda one: one.state),
    Column(Text("检查日期", "Visited on"), lambda one: one.visited_on),
    Column(Text("整改期限", "Deadline"), lambda one: one.deadline),
    Column(Text("是否逾期", "Overdue"), lambda one: one.overdue),
    Column(Text("结案日期", "Closed on"), lambda one: one.closed_on),
)

router = APIRouter(prefix="/training/v1/inspections", tags=["督导检查 · inspections"])


@router.get("", summary="督导检查列表 · List the inspections")
async def list_inspections(
    request: Request, principal: Reader, query: Annotated[InspectionPage, Query()]
) -> Page[InspectionSummary]:
    """The inspections one may see; an institution its own, once findings are recorded (C05, O03)."""
    service = of(request)
    today = service.clock.today()
    return await repository.LIST.page(
        service.database, _asked(service, principal, query), query, lambda row: summary(row, today)
    )


@router.get("/export", summary="导出督导检查 · Export the inspections", responses=EXPORT_RESPONSES)
async def export_inspections(
    request: Request, principal: Reader, query: Annotated[InspectionExport, Query()]
) -> Response:
    """The inspections one may see, as a file (C05, O03)."""
    service = of(request)

    async def shown() -> AsyncIterator[InspectionSummary]:
        async for row in repository.LIST.all_rows(service.database, _asked(service, principal, query)):
            yield summary(row, service.clock.today())

    return await export(request, "inspections", _COLUMNS, shown(), query.format)


def _asked(service: Service, principal: Principal, query: InspectionFilters) -> Asked:
    today = service.clock.today()
    overdue: dict[str, Any] = {}
    if query.overdue is not None:
        overdue["overdue_on" if query.overdue else "in_time_on"] = today
    wanted = query.model_copy(update={"overdue": None})
    return asked_by(principal, repository.LIST, wanted, **overdue)
