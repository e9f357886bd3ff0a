"""Courses over HTTP: submitted by developers, assessed and decided by the city centre."""

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

from training_svc.courses import repository, use_cases
from training_svc.courses.course import Course
from training_svc.courses.schemas import (
    CourseAmendment,
    CourseExport,
    CoursePage,
    CourseView,
    NewCourse,
    Recognition,
    Rejection,
    Retirement,
)
from training_svc.service import of
from training_svc.visibility import READERS, asked_by, scope_of

Developer = Annotated[Principal, Allow(Role.INSTITUTION)]
Centre = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("课程名称", "Name"), lambda row: row["name"]),
    Column(Text("开发机构", "Developer"), lambda row: row["institution_name"]),
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("培训项目", "Project"), lambda row: row["project_code"]),
    Column(Text("阶段", "Stage"), lambda row: row["stage"]),
    Column(Text("课时", "Hours"), lambda row: row["hours"]),
    Column(Text("线上比例（%）", "Online (percent)"), lambda row: row["online_percent"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("申报日期", "Submitted on"), lambda row: row["submitted_on"]),
    Column(Text("认定日期", "Decided on"), lambda row: row["decided_on"]),
    Column(Text("资助金额（分）", "Grant (fen)"), lambda row: row["grant_fen"]),
)

router = APIRouter(prefix="/training/v1/courses", tags=["精品课程 · courses"])


@router.post("", status_code=201, response_model=CourseView, summary="申报精品课程 · Submit a course")
async def submit_course(
    request: Request, body: NewCourse, key: IdempotencyKey, principal: Developer
) -> Response:
    """A developer submits a course; its online share keeps within the project's standard (T09, T05)."""
    service = of(request)

    async def act(tx: Transaction) -> CourseView | Refusal:
        submitted = await use_cases.submit(tx, service, principal, body)
        return submitted if isinstance(submitted, Refusal) else _view(submitted)

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="精品课程列表 · List the courses")
async def list_courses(
    request: Request, principal: Reader, query: Annotated[CoursePage, Query()]
) -> Page[CourseView]:
    """The courses one may see, in whatever state (T09)."""
    return await repository.LIST.page(
        of(request).database, asked_by(principal, repository.LIST, query), query, _listed
    )


@router.get("/export", summary="导出精品课程 · Export the courses", responses=EXPORT_RESPONSES)
async def export_courses(
    request: Request, principal: Reader, query: Annotated[CourseExport, Query()]
) -> Response:
    """The courses one may see, as a file (T09)."""
    rows = repository.LIST.all_rows(of(request).database, asked_by(principal, repository.LIST, query))
    return await export(request, "courses", _COLUMNS, rows, query.format)


@router.get("/{course_id}", response_model=CourseView, summary="查询精品课程 · Read a course")
async def read_course(request: Request, course_id: UUID, principal: Reader) -> Response:
    """One course and where it stands (T09)."""
    return reply(_view(await _seen(request, course_id, principal)))


@router.get("/{course_id}/amendments", summary="课程更正记录 · List a course's amendments")
async def list_course_amendments(
    request: Request, course_id: UUID, principal: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """Each amendment with the values before and after, the first one first (T09)."""
    await _seen(request, course_id, principal)
    return await history(of(request).database, "course", course_id, query)


@router.post("/{course_id}/recognise", response_model=CourseView, summary="认定精品课程 · Recognise a course")
async def recognise_course(
    request: Request, course_id: UUID, body: Recognition, principal: Centre, if_match: IfMatch = None
) -> Response:
    """Somebody who did not assess it recognises the course, with a grant of at most 100,000 yuan (T09)."""
    course = await done(request, if_match, principal, use_cases.recognise, course_id, body.grant_fen)
    return reply(_view(course))


@router.post("/{course_id}/reject", response_model=CourseView, summary="不予认定 · Reject a course")
async def reject_course(
    request: Request, course_id: UUID, body: Rejection, principal: Centre, if_match: IfMatch = None
) -> Response:
    """Somebody who did not assess it rejects the course with what was found (T09)."""
    course = await done(request, if_match, principal, use_cases.reject, course_id, body.findings)
    return reply(_view(course))


@router.post(
    "/{course_id}/admit", response_model=CourseView, summary="纳入课程体系 · Admit to the course system"
)
async def admit_course(
    request: Request, course_id: UUID, principal: Centre, if_match: IfMatch = None
) -> Response:
    """A recognised course with a released material joins the city's course system (T09)."""
    course = await done(request, if_match, principal, use_cases.admit, course_id)
    return reply(_view(course))


@router.post("/{course_id}/retire", response_model=CourseView, summary="课程退出 · Retire a course")
async def retire_course(
    request: Request, course_id: UUID, body: Retirement, principal: Centre, if_match: IfMatch = None
) -> Response:
    """A course leaves the course system (T09)."""
    course = await done(request, if_match, principal, use_cases.retire, course_id, body.reason)
    return reply(_view(course))


@router.post("/{course_id}/amend", response_model=CourseView, summary="更正课程 · Amend a course")
async def amend_course(
    request: Request, course_id: UUID, body: CourseAmendment, principal: Centre, if_match: IfMatch = None
) -> Response:
    """Corrects a recognised course or its retirement, or takes that back; the grant keeps its cap (T09)."""
    course = await done(request, if_match, principal, use_cases.amend, course_id, body)
    return reply(_view(course))


async def _seen(request: Request, course_id: UUID, principal: Principal) -> Course:
    found = await repository.one(of(request).database, course_id, scope_of(principal))
    if found is None:
        raise Refused(Refusal(NOT_FOUND))
    return found


def _view(course: Course) -> CourseView:
    return CourseView.model_validate(course)


def _listed(row: Row) -> CourseView:
    return _view(repository.course_of(row))
