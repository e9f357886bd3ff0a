"""Routes of claim windows."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import reply
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.service import Service, of
from subsidy_svc.windows import repository
from subsidy_svc.windows.schemas import (
    WindowExport,
    WindowFilters,
    WindowPage,
    WindowView,
    window_view,
)

router = APIRouter(prefix="/subsidy/v1/windows", tags=["申领期 · claim windows"])
Holder = Annotated[Principal, Allow(Role.CITIZEN)]

_COLUMNS: tuple[Column[WindowView], ...] = (
    Column(Text("证书编号", "Certificate"), lambda one: one.certificate_number),
    Column(Text("持证人", "Holder"), lambda one: one.holder),
    Column(Text("培训机构", "Institution"), lambda one: one.institution_name),
    Column(Text("审核区", "District"), lambda one: one.district),
    Column(Text("项目", "Project"), lambda one: one.project_name),
    Column(Text("发证日期", "Issued on"), lambda one: one.issued_on),
    Column(Text("申领截止日", "Last day"), lambda one: one.last_day),
    Column(Text("截止日待定", "Last day provisional"), lambda one: one.last_day_provisional),
    Column(Text("状态", "State"), lambda one: one.state),
    Column(Text("剩余天数", "Days left"), lambda one: one.days_left),
    Column(Text("撤销日期", "Revoked on"), lambda one: one.revoked_on),
)


@router.get("", summary="我的申领期 · My claim windows")
async def list_windows(
    request: Request, principal: Holder, query: Annotated[WindowPage, Query()]
) -> Page[WindowView]:
    """The person's own windows, with the days left (S05, D01)."""
    service = of(request)
    asked = _asked(service, principal, query)
    return await repository.LIST.page(service.database, asked, query, _view_of(service))


@router.get("/export", summary="导出我的申领期 · Export my claim windows", responses=EXPORT_RESPONSES)
async def export_windows(
    request: Request, principal: Holder, query: Annotated[WindowExport, Query()]
) -> Response:
    """The person's own windows as a file (S05, D01)."""
    service, view = of(request), _view_of(of(request))
    rows = repository.LIST.all_rows(service.database, _asked(service, principal, query))
    return await export(request, "claim-windows", _COLUMNS, (view(row) async for row in rows), query.format)


@router.get("/{certificate_id}", summary="一个申领期 · One claim window", response_model=WindowView)
async def get_window(request: Request, principal: Holder, certificate_id: UUID) -> Response:
    """One of the person's own windows; another person's is not found (S05, D01)."""
    service = of(request)
    assert principal.person_key is not None, "a citizen has a person"
    window = await repository.one_of_person(service.database, certificate_id, principal.person_key)
    if window is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(window_view(window, service.clock.today()))


def _asked(service: Service, principal: Principal, query: WindowFilters) -> Asked:
    given = {"person_key": principal.person_key or "", "today": service.clock.today()}
    return repository.LIST.asked(query, given=given)


def _view_of(service: Service) -> Callable[[Row], WindowView]:
    today = service.clock.today()
    return lambda row: window_view(repository.window_from(row), today)
