"""Trainings and contests of instructors over HTTP."""

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

from training_svc.activities import repository, use_cases
from training_svc.activities.schemas import (
    ActivityAmendment,
    ActivityExport,
    ActivityPage,
    ActivityView,
    NewActivity,
)
from training_svc.service import of
from training_svc.visibility import READERS

Keeper = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[ActivityView], ...] = (
    Column(Text("类型", "Kind"), lambda one: one.kind),
    Column(Text("名称", "Name"), lambda one: one.name),
    Column(Text("所在区", "District"), lambda one: one.district),
    Column(Text("主办单位", "Organiser"), lambda one: one.organiser),
    Column(Text("开始日期", "Begins on"), lambda one: one.begins_on),
    Column(Text("结束日期", "Ends on"), lambda one: one.ends_on),
    Column(Text("课时", "Hours"), lambda one: one.hours),
    Column(Text("人数", "Participants"), lambda one: len(one.results)),
    Column(Text("结果", "Results"), lambda one: "; ".join(f"{r.name} {r.result}" for r in one.results)),
)

router = APIRouter(prefix="/training/v1/instructor-activities", tags=["师资活动 · instructor activities"])


@router.post(
    "",
    status_code=201,
    response_model=ActivityView,
    summary="登记师资活动 · Record a training or contest",
)
async def record_activity(
    request: Request, body: NewActivity, key: IdempotencyKey, principal: Keeper
) -> Response:
    """A training or contest of instructors, with what each participant achieved (T10)."""
    service = of(request)

    async def act(tx: Transaction) -> ActivityView | Refusal:
        recorded = await use_cases.record_activity(tx, service, principal, body)
        return recorded if isinstance(recorded, Refusal) else _view(recorded)

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="师资培训与大赛列表 · List the trainings and contests")
async def list_activities(
    request: Request, _: Reader, query: Annotated[ActivityPage, Query()]
) -> Page[ActivityView]:
    """All trainings and contests; those of other districts are no secret (T10)."""
    return await repository.LIST.page(of(request).database, repository.LIST.asked(query), query, _view)


@router.get(
    "/export", summary="导出师资培训与大赛 · Export the trainings and contests", responses=EXPORT_RESPONSES
)
async def export_activities(
    request: Request, _: Reader, query: Annotated[ActivityExport, Query()]
) -> Response:
    """The trainings and contests as a file (T10)."""
    rows = repository.LIST.all_rows(of(request).database, repository.LIST.asked(query))
    views = (_view(row) async for row in rows)
    return await export(request, "instructor-activities", _COLUMNS, views, query.format)


@router.get(
    "/{activity_id}", response_model=ActivityView, summary="查询师资培训或大赛 · Read a training or contest"
)
async def read_activity(request: Request, activity_id: UUID, _: Reader) -> Response:
    """One training or contest with its results, masked (T10)."""
    return reply(_view(await _found(request, activity_id)))


@router.post(
    "/{activity_id}/amend",
    response_model=ActivityView,
    summary="更正师资培训或大赛 · Amend a training or contest",
)
async def amend_activity(
    request: Request, activity_id: UUID, body: ActivityAmendment, principal: Keeper, if_match: IfMatch = None
) -> Response:
    """Amends what was recorded, its results too, with a reason (T10)."""
    row = await done(request, if_match, principal, use_cases.amend, activity_id, body)
    return reply(_view(row))


@router.get("/{activity_id}/amendments", summary="更正记录 · Amendments of a training or contest")
async def read_amendments(
    request: Request, activity_id: UUID, _: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (T10)."""
    await _found(request, activity_id)
    return await history(of(request).database, "instructor_activity", activity_id, query)


async def _found(request: Request, activity_id: UUID) -> Row:
    row = await repository.one(of(request).database, activity_id)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return row


def _view(row: Row) -> ActivityView:
    return ActivityView.model_validate({name: row[name] for name in ActivityView.model_fields})
