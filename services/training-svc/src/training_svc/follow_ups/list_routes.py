"""The lists, the queue and the figures of follow-up over HTTP, and each as a file."""

from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Annotated, TypeVar

from chuangpei.auth import Allow, Principal
from chuangpei.database import Row
from chuangpei.export import EXPORT_RESPONSES, export
from chuangpei.listing import Asked
from chuangpei.paging import Page
from fastapi import APIRouter, Query, Request, Response

from training_svc.follow_ups import lists, views
from training_svc.follow_ups.schemas import (
    DueExport,
    DueFilters,
    DuePage,
    DueView,
    FiguresView,
    FollowUpExport,
    FollowUpPage,
    FollowUpSummary,
    StatisticsExport,
    StatisticsQuery,
    StatisticsView,
    TargetsView,
)
from training_svc.follow_ups.statistics import figures
from training_svc.policy.follow_up import FollowUpParameters, follow_up_parameters
from training_svc.service import Service, of
from training_svc.visibility import READERS, asked_by, scope_of

T = TypeVar("T")
Reader = Annotated[Principal, Allow(*READERS)]

router = APIRouter(prefix="/training/v1/follow-ups", tags=["跟踪服务 · follow-up"])


@router.get("", summary="跟踪服务列表 · List the follow-ups")
async def list_follow_ups(
    request: Request, principal: Reader, query: Annotated[FollowUpPage, Query()]
) -> Page[FollowUpSummary]:
    """The follow-ups one may see, masked (T11)."""
    return await lists.FOLLOW_UPS.page(
        of(request).database, asked_by(principal, lists.FOLLOW_UPS, query), query, views.summary
    )


@router.get("/export", summary="导出跟踪服务 · Export the follow-ups", responses=EXPORT_RESPONSES)
async def export_follow_ups(
    request: Request, principal: Reader, query: Annotated[FollowUpExport, Query()]
) -> Response:
    """The follow-ups one may see, masked, as a file (T11)."""
    rows = lists.FOLLOW_UPS.all_rows(of(request).database, asked_by(principal, lists.FOLLOW_UPS, query))
    shown = _each(rows, views.summary)
    return await export(request, "follow-ups", views.FOLLOW_UP_COLUMNS, shown, query.format)


@router.get("/due", summary="待跟踪队列 · List the checks due")
async def list_due(request: Request, principal: Reader, query: Annotated[DuePage, Query()]) -> Page[DueView]:
    """The checks due by a day, today if none is named, of one's district or institution (T11)."""
    service = of(request)
    return await lists.DUE.page(service.database, _due(service, principal, query), query, views.due)


@router.get("/due/export", summary="导出待跟踪队列 · Export the checks due", responses=EXPORT_RESPONSES)
async def export_due(request: Request, principal: Reader, query: Annotated[DueExport, Query()]) -> Response:
    """The queue as a file (T11)."""
    service = of(request)
    rows = lists.DUE.all_rows(service.database, _due(service, principal, query))
    return await export(request, "follow-ups-due", views.DUE_COLUMNS, _each(rows, views.due), query.format)


@router.get("/statistics", summary="跟踪统计 · Figures of follow-up")
async def read_statistics(
    request: Request, principal: Reader, query: Annotated[StatisticsQuery, Query()]
) -> StatisticsView:
    """Opened within half a year, still trading, jobs an opening, beside the targets (T11, S12, O30)."""
    return await _statistics(of(request), principal, query)


@router.get("/statistics/export", summary="导出跟踪统计 · Export the figures", responses=EXPORT_RESPONSES)
async def export_statistics(
    request: Request, principal: Reader, query: Annotated[StatisticsExport, Query()]
) -> Response:
    """The figures as a file (T11, S12, O30)."""
    service = of(request)
    shown = await _statistics(service, principal, query)
    months = _parameters(service).trading_months

    async def rows() -> AsyncIterator[FiguresView]:
        for one in shown.items:
            yield one

    columns = views.figure_columns(months)
    return await export(request, "follow-up-statistics", columns, rows(), query.format)


async def _statistics(service: Service, principal: Principal, query: StatisticsQuery) -> StatisticsView:
    today, parameters = service.clock.today(), _parameters(service)
    first = query.completed_since or date(today.year, 1, 1)
    last = query.completed_until or today
    found = await figures(
        service.database,
        scope_of(principal),
        query.by,
        first=first,
        last=last,
        opening_months=parameters.opening_months,
        today=today,
    )
    return StatisticsView(
        completed_since=first,
        completed_until=last,
        by=query.by,
        items=[views.figures(one) for one in found],
        targets=TargetsView(
            opened_percent=parameters.opened_percent,
            jobs_per_opened=parameters.jobs_per_opened,
            stable_percent=parameters.stable_percent,
            stable_months=parameters.stable_months,
        ),
    )


def _parameters(service: Service) -> FollowUpParameters:
    law, today = service.law, service.clock.today()
    # The figures of the law's last classes are still told after it has ended.
    return follow_up_parameters(law, today if law.in_force.covers(today) else law.in_force.last or today)


def _due(service: Service, principal: Principal, query: DueFilters) -> Asked:
    until = query.due_until or service.clock.today()
    return asked_by(principal, lists.DUE, query, due_until=until)


async def _each(rows: AsyncIterator[Row], shown: Callable[[Row], T]) -> AsyncIterator[T]:
    async for row in rows:
        yield shown(row)
