"""Exits from the pool over HTTP."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.exits import repository, use_cases
from training_svc.exits.lifecycle import State
from training_svc.exits.schemas import ExitExport, ExitFilters, ExitPage, ExitView, NewExit, Withdrawal
from training_svc.exits.views import view
from training_svc.service import of
from training_svc.visibility import EVERYTHING, READERS, asked_by, scope_of

Centre = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[ExitView], ...] = (
    Column(Text("姓名", "Name"), lambda one: one.name),
    Column(Text("所在区", "District"), lambda one: one.district),
    Column(Text("退出事由", "Ground"), lambda one: one.ground),
    Column(Text("原因", "Reason"), lambda one: one.reason),
    Column(Text("状态", "State"), lambda one: one.state),
    Column(Text("通知日期", "Noticed on"), lambda one: one.noticed_on),
    Column(Text("生效日期", "Takes effect on"), lambda one: one.takes_effect_on),
    Column(Text("可再次申请日期", "May return on"), lambda one: one.may_return_on),
    Column(Text("撤回日期", "Withdrawn on"), lambda one: one.withdrawn_on),
    Column(Text("撤回原因", "Withdrawn because"), lambda one: one.withdrawn_because),
)

router = APIRouter(prefix="/training/v1", tags=["师资退出 · instructor exits"])


@router.post(
    "/instructors/{instructor_id}/exits",
    status_code=201,
    response_model=ExitView,
    summary="通知退出师资库 · Give notice of exit",
)
async def give_notice(
    request: Request,
    instructor_id: UUID,
    body: NewExit,
    key: IdempotencyKey,
    principal: Centre,
    if_match: IfMatch = None,
) -> Response:
    """The city centre gives notice: no new class from now on, out of the pool when it is over (T10)."""
    service, version = of(request), expected_version(if_match)

    async def act(tx: Transaction) -> ExitView | Refusal:
        noticed = await use_cases.give_notice(tx, service, principal, instructor_id, version, body)
        if isinstance(noticed, Refusal):
            return noticed
        return await _read(tx, noticed.id, service.clock.today())

    return await once(service.database, request, principal, key, body, act)


@router.get("/instructor-exits", summary="师资退出列表 · List the exits")
async def list_exits(
    request: Request, principal: Reader, query: Annotated[ExitPage, Query()]
) -> Page[ExitView]:
    """The exits one may see; ``state`` is the one of today (T10)."""
    service = of(request)
    today = service.clock.today()
    asked = _asked(principal, query, today)
    return await repository.LIST.page(service.database, asked, query, lambda row: view(row, today))


@router.get("/instructor-exits/export", summary="导出师资退出 · Export the exits", responses=EXPORT_RESPONSES)
async def export_exits(
    request: Request, principal: Reader, query: Annotated[ExitExport, Query()]
) -> Response:
    """The exits one may see, as a file (T10)."""
    service = of(request)
    today = service.clock.today()
    rows = repository.LIST.all_rows(service.database, _asked(principal, query, today))
    return await export(
        request, "instructor-exits", _COLUMNS, (view(row, today) async for row in rows), query.format
    )


@router.get("/instructor-exits/{exit_id}", response_model=ExitView, summary="查询师资退出 · Read an exit")
async def read_exit(request: Request, exit_id: UUID, principal: Reader) -> Response:
    """One exit with its ground, reason and days (T10)."""
    service = of(request)
    row = await repository.one(service.database, exit_id, scope_of(principal))
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(view(row, service.clock.today()))


@router.post(
    "/instructor-exits/{exit_id}/withdraw", response_model=ExitView, summary="撤回退出 · Withdraw an exit"
)
async def withdraw_exit(
    request: Request, exit_id: UUID, body: Withdrawal, principal: Centre, if_match: IfMatch = None
) -> Response:
    """The city centre withdraws an exit whose reason does not hold; the person is active again (T10)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        accepted(await use_cases.withdraw(tx, service, principal, exit_id, version, body.reason))
        shown = await _read(tx, exit_id, service.clock.today())
    return reply(shown)


async def _read(tx: Transaction, exit_id: UUID, today: date) -> ExitView:
    row = await repository.one(tx, exit_id, EVERYTHING)
    assert row is not None, "it was written in this transaction"
    return view(row, today)


def _asked(principal: Principal, query: ExitFilters, today: date) -> Asked:
    by_day = {State.NOTICED: "noticed_still_on", State.EFFECTIVE: "effective_on"}
    state: dict[str, Any] = {}
    if query.state in by_day:
        state = {"state": None, by_day[query.state]: today}
    return asked_by(principal, repository.LIST, query, **state)
