"""REST of assignments: the city draws and replaces, an assessor scores the own ones."""

from typing import Annotated, Any
from uuid import UUID

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

from brand_svc.access import CityCentre, CityReader
from brand_svc.applications import repository as applications
from brand_svc.assessments import repository as assessments
from brand_svc.assignments import repository, use_cases
from brand_svc.assignments.assignment import Assignment
from brand_svc.assignments.lifecycle import State
from brand_svc.assignments.schemas import (
    AssignmentExport,
    AssignmentPage,
    AssignmentView,
    DrawnView,
    MyAssignmentPage,
    MyAssignmentView,
    Reason,
    ScoreBody,
    TaskView,
)
from brand_svc.rubrics import repository as rubrics
from brand_svc.scorings import repository as scorings
from brand_svc.scorings.scoring import Scoring
from brand_svc.service import Service, of

Evaluator = Annotated[Principal, Allow(Role.EVALUATOR)]

_COLUMNS: tuple[Column[AssignmentView], ...] = (
    Column(Text("机构名称", "Institution"), lambda one: one.institution_name),
    Column(Text("统一社会信用代码", "Credit code"), lambda one: one.credit_code),
    Column(Text("区", "District"), lambda one: one.district),
    Column(Text("席位", "Place"), lambda one: one.place),
    Column(Text("评审专家", "Assessor"), lambda one: one.masked_name),
    Column(Text("状态", "State"), lambda one: one.state.zh),
    Column(Text("截止日", "Due on"), lambda one: one.due_on),
    Column(Text("已逾期", "Late"), lambda one: one.late),
    Column(Text("终止原因", "Why it ended"), lambda one: one.end_reason),
)

router = APIRouter(prefix="/brand/v1", tags=["评审任务 · assignments"])


@router.post(
    "/rounds/{round_id}/draw", status_code=201, response_model=DrawnView, summary="抽取专家 · Draw assessors"
)
async def draw(
    request: Request, round_id: UUID, principal: CityCentre, idempotency_key: IdempotencyKey
) -> Response:
    """Fills every free place of the round's scorings: two assessors each, a third where it is wanted (B04).

    Nobody with a tie to the institution is drawn; the least busy come first.
    """
    service = of(request)

    async def act(tx: Transaction) -> DrawnView | Refusal:
        drawn = await use_cases.draw_round(tx, service, principal, round_id)
        if isinstance(drawn, Refusal):
            return drawn
        return DrawnView(assigned=len(drawn.places), vacant=len(drawn.vacant))

    return await once(service.database, request, principal, idempotency_key, None, act)


@router.get("/assignments", summary="列出评审任务 · List the assignments")
async def listed(
    request: Request, principal: CityReader, query: Annotated[AssignmentPage, Query()]
) -> Page[AssignmentView]:
    """Who scores what, for the city alone: nobody else learns who has a place (B04)."""
    service = of(request)
    asked = repository.LIST.asked(query)
    return await repository.LIST.page(service.database, asked, query, lambda row: _view(service, row))


@router.get(
    "/assignments/export", summary="导出评审任务 · Export the assignments", responses=EXPORT_RESPONSES
)
async def exported(
    request: Request, principal: CityReader, query: Annotated[AssignmentExport, Query()]
) -> Response:
    """The assignments as a file (B04)."""
    service = of(request)
    rows = repository.LIST.all_rows(service.database, repository.LIST.asked(query))
    views = (_view(service, row) async for row in rows)
    return await export(request, "assignments", _COLUMNS, views, query.format)


@router.post(
    "/assignments/{assignment_id}/replace",
    response_model=MyAssignmentView,
    summary="更换专家 · Replace an assessor",
)
async def replace(
    request: Request, assignment_id: UUID, body: Reason, principal: CityCentre, if_match: IfMatch = None
) -> Response:
    """Takes the place from one who has not scored, as one who is late; the next draw fills it (B04)."""
    ended = await done(request, if_match, principal, use_cases.replace, assignment_id, body.reason)
    return reply(await _mine(request, ended))


@router.get("/my/assignments", summary="我的评审任务 · My assignments")
async def my_assignments(
    request: Request, principal: Evaluator, query: Annotated[MyAssignmentPage, Query()]
) -> Page[MyAssignmentView]:
    """What the assessor of the token has to score, and has scored (B04)."""
    service = of(request)
    asked = repository.LIST.asked(query, person_key=principal.person_key or "")
    return await repository.LIST.page(service.database, asked, query, lambda row: _own(service, row))


@router.get("/my/assignments/{assignment_id}", response_model=TaskView, summary="查看评审任务 · Read a task")
async def my_task(request: Request, assignment_id: UUID, principal: Evaluator) -> Response:
    """What is to be scored, with the statement and the rubric; never what another assessor gave (B04)."""
    service = of(request)
    async with service.database.transaction() as tx:
        found = await use_cases.own(tx, principal, assignment_id)
        if found is None:
            raise Refused(Refusal(NOT_FOUND))
        scoring = await scorings.find(tx, found.scoring_id)
        assert scoring is not None, "an assignment has its scoring"
        rubric = await rubrics.find(tx, scoring.rubric_id)
        assert rubric is not None, "a scoring has its rubric"
        subject = await applications.find(tx, scoring.subject_id) or await assessments.find(
            tx, scoring.subject_id
        )
    view = TaskView(
        **_fields(service, found, scoring),
        materials=subject.materials if subject else None,
        sections=rubric.content["sections"],
    )
    return reply(view)


@router.post("/my/assignments/{assignment_id}/score", response_model=MyAssignmentView, summary="评分 · Score")
async def score(
    request: Request, assignment_id: UUID, body: ScoreBody, principal: Evaluator, if_match: IfMatch = None
) -> Response:
    """A mark and its basis for every judged indicator, once (B04).

    Neither of two sees what the other gave before both are in.
    """
    scored = await done(request, if_match, principal, use_cases.score, assignment_id, body.given())
    return reply(await _mine(request, scored))


@router.post(
    "/my/assignments/{assignment_id}/withdraw", response_model=MyAssignmentView, summary="回避 · Withdraw"
)
async def withdraw(
    request: Request, assignment_id: UUID, body: Reason, principal: Evaluator, if_match: IfMatch = None
) -> Response:
    """The assessor does not score this subject, and says why; the next draw fills the place (B04)."""
    ended = await done(request, if_match, principal, use_cases.withdraw, assignment_id, body.reason)
    return reply(await _mine(request, ended))


async def _mine(request: Request, one: Assignment) -> MyAssignmentView:
    service = of(request)
    scoring = await scorings.find(service.database, one.scoring_id)
    assert scoring is not None, "an assignment has its scoring"
    return MyAssignmentView(**_fields(service, one, scoring))


def _fields(service: Service, one: Assignment, scoring: Scoring) -> dict[str, Any]:
    return {
        "id": one.id,
        "scoring_id": one.scoring_id,
        "round_id": one.round_id,
        "credit_code": one.credit_code,
        "institution_name": scoring.institution_name,
        "state": one.state,
        "due_on": one.due_on,
        "late": _late(service, one.state, one.due_on),
        "version": one.version,
    }


def _late(service: Service, state: str, due_on: Any) -> bool:
    return bool(state == State.ASSIGNED and due_on < service.clock.today())


def _own(service: Service, row: Row) -> MyAssignmentView:
    return MyAssignmentView(**_shown(service, row, MyAssignmentView))


def _view(service: Service, row: Row) -> AssignmentView:
    return AssignmentView(**_shown(service, row, AssignmentView))


def _shown(service: Service, row: Row, view: type[MyAssignmentView]) -> dict[str, Any]:
    known = {name: row[name] for name in view.model_fields if name != "late"}
    return known | {"late": _late(service, row["state"], row["due_on"])}
