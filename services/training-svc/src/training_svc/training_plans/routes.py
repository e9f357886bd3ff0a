"""Training plans over HTTP: submitted by the districts, accepted by the city centre."""

from collections.abc import AsyncIterator
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

from training_svc.service import of
from training_svc.training_plans import progress, repository, use_cases
from training_svc.training_plans.plan import Plan
from training_svc.training_plans.schemas import (
    NewPlan,
    NewPlanLine,
    PlanAmendment,
    PlanExport,
    PlanPage,
    PlanResubmission,
    PlanReturn,
    PlanSummary,
    PlanView,
    Progress,
    ProgressExport,
    ProgressQuery,
    ProgressRow,
)
from training_svc.visibility import OFFICES, asked_by, scope_of

District = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
Centre = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(*OFFICES)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("区", "District"), lambda row: row["district"]),
    Column(Text("年度", "Year"), lambda row: row["year"]),
    Column(Text("计划人数", "Planned people"), lambda row: row["people"]),
    Column(Text("计划班次", "Planned classes"), lambda row: row["classes"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("提交日期", "Submitted on"), lambda row: row["submitted_on"]),
    Column(Text("办理日期", "Decided on"), lambda row: row["decided_on"]),
    Column(Text("退回原因", "Returned because"), lambda row: row["reason"]),
)
_PROGRESS_COLUMNS: tuple[Column[ProgressRow], ...] = (
    Column(Text("区", "District"), lambda row: row.district),
    Column(Text("阶段", "Stage"), lambda row: row.stage),
    Column(Text("培训对象", "Target group"), lambda row: row.target_group),
    Column(Text("计划班次", "Planned classes"), lambda row: row.planned_classes),
    Column(Text("开班数", "Classes"), lambda row: row.classes),
    Column(Text("计划人数", "Planned people"), lambda row: row.planned_people),
    Column(Text("报名人数", "Enrolled"), lambda row: row.enrolled),
    Column(Text("结业人数", "Completed"), lambda row: row.completed),
    Column(Text("完成率（%）", "Completed (percent)"), lambda row: row.completed_percent),
)

router = APIRouter(prefix="/training/v1/training-plans", tags=["培训计划 · training plans"])


@router.post(
    "", status_code=201, response_model=PlanView, summary="提交年度培训计划 · Submit a training plan"
)
async def submit_plan(request: Request, body: NewPlan, key: IdempotencyKey, principal: District) -> Response:
    """A district submits its plan for a year by stage and target group, the only one (O02)."""
    service = of(request)

    async def act(tx: Transaction) -> PlanView | Refusal:
        submitted = await use_cases.submit(tx, service, principal, body)
        return submitted if isinstance(submitted, Refusal) else _view(submitted)

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="培训计划列表 · List the training plans")
async def list_plans(
    request: Request, principal: Reader, query: Annotated[PlanPage, Query()]
) -> Page[PlanSummary]:
    """The plans of the districts one may see (O02)."""
    return await repository.LIST.page(
        of(request).database, asked_by(principal, repository.LIST, query), query, _summary
    )


@router.get("/export", summary="导出培训计划 · Export the training plans", responses=EXPORT_RESPONSES)
async def export_plans(
    request: Request, principal: Reader, query: Annotated[PlanExport, Query()]
) -> Response:
    """The plans of the districts one may see, as a file (O02)."""
    rows = repository.LIST.all_rows(of(request).database, asked_by(principal, repository.LIST, query))
    return await export(request, "training-plans", _COLUMNS, rows, query.format)


@router.get("/progress", summary="计划完成情况 · Planned against done")
async def read_progress(
    request: Request, principal: Reader, query: Annotated[ProgressQuery, Query()]
) -> Progress:
    """Accepted plans against classes, enrolments and completions, by stage or target group (O02, T02, T04).

    It comes whole: at most four stages a district, of seven target groups each.
    """
    return Progress(year=query.year, rows=await _progress(request, principal, query))


@router.get(
    "/progress/export", summary="导出计划完成情况 · Export planned against done", responses=EXPORT_RESPONSES
)
async def export_progress(
    request: Request, principal: Reader, query: Annotated[ProgressExport, Query()]
) -> Response:
    """Accepted plans against what was done, as a file (O02)."""
    found = await _progress(request, principal, query)

    async def rows() -> AsyncIterator[ProgressRow]:
        for row in found:
            yield row

    return await export(request, f"training-progress-{query.year}", _PROGRESS_COLUMNS, rows(), query.format)


@router.get("/{plan_id}", response_model=PlanView, summary="查询培训计划 · Read a training plan")
async def read_plan(request: Request, plan_id: UUID, principal: Reader) -> Response:
    """One plan with its lines (O02)."""
    return reply(_view(await _seen(request, plan_id, principal)))


@router.get("/{plan_id}/amendments", summary="培训计划调整记录 · List a plan's amendments")
async def list_plan_amendments(
    request: Request, plan_id: UUID, principal: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """Each amendment with the lines before and after (O02)."""
    await _seen(request, plan_id, principal)
    return await history(of(request).database, "training_plan", plan_id, query)


@router.post("/{plan_id}/resubmit", response_model=PlanView, summary="重新提交培训计划 · Resubmit a plan")
async def resubmit_plan(
    request: Request, plan_id: UUID, body: PlanResubmission, principal: District, if_match: IfMatch = None
) -> Response:
    """The district submits a returned plan anew (O02)."""
    plan = await done(request, if_match, principal, use_cases.resubmit, plan_id, body.lines)
    return reply(_view(plan))


@router.post("/{plan_id}/accept", response_model=PlanView, summary="通过培训计划 · Accept a plan")
async def accept_plan(
    request: Request, plan_id: UUID, principal: Centre, if_match: IfMatch = None
) -> Response:
    """The city centre accepts the plan; from now on it is measured against (O02)."""
    plan = await done(request, if_match, principal, use_cases.accept, plan_id)
    return reply(_view(plan))


@router.post("/{plan_id}/return", response_model=PlanView, summary="退回培训计划 · Return a plan")
async def return_plan(
    request: Request, plan_id: UUID, body: PlanReturn, principal: Centre, if_match: IfMatch = None
) -> Response:
    """The city centre returns the plan with the reason (O02)."""
    plan = await done(request, if_match, principal, use_cases.send_back, plan_id, body.reason)
    return reply(_view(plan))


@router.post("/{plan_id}/amend", response_model=PlanView, summary="调整培训计划 · Amend a plan")
async def amend_plan(
    request: Request, plan_id: UUID, body: PlanAmendment, principal: Centre, if_match: IfMatch = None
) -> Response:
    """The city centre adjusts an accepted plan with the reason; what stood before is kept (O02)."""
    plan = await done(request, if_match, principal, use_cases.amend, plan_id, body)
    return reply(_view(plan))


async def _progress(request: Request, principal: Principal, query: ProgressQuery) -> list[ProgressRow]:
    own = principal.district if principal.role is Role.DISTRICT_OFFICER else None
    if own and query.district not in (None, own):
        return []
    district = own or query.district
    rows = await progress.of_year(of(request).database, query.year, query.by, district, query.stage)
    return [ProgressRow(**row, completed_percent=_percent(row)) for row in rows]


def _percent(row: Row) -> int | None:
    planned: int = row["planned_people"]
    return int(row["completed"]) * 100 // planned if planned else None


async def _seen(request: Request, plan_id: UUID, principal: Principal) -> Plan:
    async with of(request).database.transaction() as tx:
        found = await repository.one(tx, plan_id, scope_of(principal))
    if found is None:
        raise Refused(Refusal(NOT_FOUND))
    return found


def _summary(row: Row) -> PlanSummary:
    return PlanSummary.model_validate(dict(row))


def _view(plan: Plan) -> PlanView:
    return PlanView(
        id=plan.id,
        district=plan.district,
        year=plan.year,
        people=sum(one.people for one in plan.lines),
        classes=sum(one.classes for one in plan.lines),
        lines=[NewPlanLine.model_validate(one) for one in plan.lines],
        state=plan.state,
        submitted_at=plan.submitted_at,
        submitted_on=plan.submitted_on,
        decided_on=plan.decided_on,
        reason=plan.reason,
        version=plan.version,
    )
