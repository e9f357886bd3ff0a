"""The assessors' opinions on courses over HTTP: given by the city centre, read by the city's roles."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.courses import repository, use_cases
from training_svc.courses.schemas import (
    AssessmentAmendment,
    AssessmentExport,
    AssessmentFilters,
    AssessmentPage,
    AssessmentView,
    NewAssessment,
)
from training_svc.service import of
from training_svc.visibility import EVERYTHING

Assessor = Annotated[Principal, Allow(Role.CITY_CENTRE)]
City = Annotated[Principal, Allow(Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("评分", "Score"), lambda row: row["score"]),
    Column(Text("评估意见", "Opinion"), lambda row: row["opinion"]),
    Column(Text("评估人", "Assessed by"), lambda row: row["assessed_by"]),
    Column(Text("评估时间", "Assessed at"), lambda row: row["assessed_at"]),
)

router = APIRouter(prefix="/training/v1/courses/{course_id}/assessments", tags=["精品课程评估 · assessments"])


@router.post("", status_code=201, response_model=AssessmentView, summary="评估课程 · Assess a course")
async def assess_course(
    request: Request, course_id: UUID, body: NewAssessment, key: IdempotencyKey, principal: Assessor
) -> Response:
    """An assessor gives a score and an opinion, once for each course; who assesses does not decide (T09)."""
    service = of(request)

    async def act(tx: Transaction) -> AssessmentView | Refusal:
        given = await use_cases.assess(tx, service, principal, course_id, body)
        return given if isinstance(given, Refusal) else AssessmentView.model_validate(given)

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="课程评估列表 · List a course's assessments")
async def list_assessments(
    request: Request, course_id: UUID, principal: City, query: Annotated[AssessmentPage, Query()]
) -> Page[AssessmentView]:
    """What the assessors gave (T09)."""
    asked = await _asked(request, course_id, query)
    return await repository.ASSESSMENTS.page(
        of(request).database, asked, query, lambda row: AssessmentView.model_validate(dict(row))
    )


@router.get("/export", summary="导出课程评估 · Export a course's assessments", responses=EXPORT_RESPONSES)
async def export_assessments(
    request: Request, course_id: UUID, principal: City, query: Annotated[AssessmentExport, Query()]
) -> Response:
    """What the assessors gave, as a file (T09)."""
    asked = await _asked(request, course_id, query)
    rows = repository.ASSESSMENTS.all_rows(of(request).database, asked)
    return await export(request, "course-assessments", _COLUMNS, rows, query.format)


@router.post(
    "/{assessment_id}/amend", response_model=AssessmentView, summary="更正评估 · Amend an assessment"
)
async def amend_assessment(
    request: Request,
    course_id: UUID,
    assessment_id: UUID,
    body: AssessmentAmendment,
    principal: Assessor,
    if_match: IfMatch = None,
) -> Response:
    """The assessor corrects a score or an opinion with the reason, while nobody has decided (T09)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        amended = await use_cases.amend_assessment(
            tx, service, principal, course_id, assessment_id, version, body
        )
        view = AssessmentView.model_validate(accepted(amended))
    return reply(view)


@router.get("/{assessment_id}/amendments", summary="评估更正记录 · List an assessment's amendments")
async def list_assessment_amendments(
    request: Request, course_id: UUID, assessment_id: UUID, principal: City, query: AmendmentQuery
) -> Page[AmendmentView]:
    """Each amendment of an assessment, the first one first (T09)."""
    async with of(request).database.transaction() as tx:
        if await repository.assessment(tx, course_id, assessment_id) is None:
            raise Refused(Refusal(NOT_FOUND))
        return await history(tx, "course_assessment", assessment_id, query)


async def _asked(request: Request, course_id: UUID, query: AssessmentFilters) -> Asked:
    if await repository.one(of(request).database, course_id, EVERYTHING) is None:
        raise Refused(Refusal(NOT_FOUND))
    return repository.ASSESSMENTS.asked(query, course_id=course_id)
