"""REST of assessments."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Principal
from chuangpei.database import Row
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from brand_svc.access import DistrictOfficer, Institution, OfficialOrInstitution, asked_by, may_see
from brand_svc.assessments import repository, use_cases
from brand_svc.assessments.assessment import Assessment
from brand_svc.assessments.schemas import (
    AssessmentAmendment,
    AssessmentExport,
    AssessmentPage,
    AssessmentView,
    ResultBody,
)
from brand_svc.materials import Materials
from brand_svc.service import of

router = APIRouter(prefix="/brand/v1/assessments", tags=["既有品牌评估 · assessments"])

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("机构名称", "Institution"), lambda row: row["institution_name"]),
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("层级", "Tier"), lambda row: row["tier"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("参评日期", "Entered on"), lambda row: row["entered_on"]),
    Column(Text("评估意见", "Comment"), lambda row: row["comment"]),
    Column(Text("评估日期", "Assessed on"), lambda row: row["assessed_on"]),
)


@router.get("", summary="列出既有品牌评估 · List assessments")
async def listed(
    request: Request, principal: OfficialOrInstitution, query: Annotated[AssessmentPage, Query()]
) -> Page[AssessmentView]:
    """Institutions see their own, districts theirs, the city all (B06, B08)."""
    asked = asked_by(principal, repository.LIST, query)
    return await repository.LIST.page(
        of(request).database,
        asked,
        query,
        lambda row: AssessmentView.of(repository.assessment_of(row)),
    )


@router.get("/export", summary="导出既有品牌评估 · Export assessments", responses=EXPORT_RESPONSES)
async def exported(
    request: Request, principal: OfficialOrInstitution, query: Annotated[AssessmentExport, Query()]
) -> Response:
    """The assessments one may see, as a file: what a district sends to the city (B06, B08)."""
    rows = repository.LIST.all_rows(of(request).database, asked_by(principal, repository.LIST, query))
    return await export(request, "assessments", _COLUMNS, rows, query.format)


@router.get("/{assessment_id}", response_model=AssessmentView, summary="查看评估 · Read an assessment")
async def read(request: Request, assessment_id: UUID, principal: OfficialOrInstitution) -> Response:
    """One assessment; other districts and institutions get 404 (B06)."""
    return reply(AssessmentView.of(await _visible(request, assessment_id, principal)))


@router.post("/{assessment_id}/enter", response_model=AssessmentView, summary="参加评估 · Take part")
async def enter(
    request: Request,
    assessment_id: UUID,
    body: Materials,
    principal: Institution,
    if_match: IfMatch = None,
) -> Response:
    """The holder hands in what it is assessed on, until the applications close (B06)."""
    entered = await done(request, if_match, principal, use_cases.enter, assessment_id, body)
    return reply(AssessmentView.of(entered))


@router.post("/{assessment_id}/assess", response_model=AssessmentView, summary="区评估 · Assess a brand")
async def assess(
    request: Request,
    assessment_id: UUID,
    body: ResultBody,
    principal: DistrictOfficer,
    if_match: IfMatch = None,
) -> Response:
    """The holder's own district says that it passed, failed, or did not take part (B06).

    Nobody with an interest in the institution assesses it; who is barred does not pass (B02, B12, B13).
    """
    assessed = await done(request, if_match, principal, use_cases.record_result, assessment_id, body)
    return reply(AssessmentView.of(assessed))


@router.post(
    "/{assessment_id}/amend", response_model=AssessmentView, summary="更正评估 · Amend an assessment"
)
async def amend(
    request: Request,
    assessment_id: UUID,
    body: AssessmentAmendment,
    principal: DistrictOfficer,
    if_match: IfMatch = None,
) -> Response:
    """The district corrects what it found, saying why, until the list is published (B06)."""
    amended = await done(request, if_match, principal, use_cases.amend, assessment_id, body)
    return reply(AssessmentView.of(amended))


@router.get("/{assessment_id}/amendments", summary="评估更正记录 · An assessment's amendments")
async def amendments(
    request: Request, assessment_id: UUID, principal: OfficialOrInstitution, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (B06)."""
    await _visible(request, assessment_id, principal)
    return await history(of(request).database, Assessment.OBJECT_TYPE, assessment_id, query)


async def _visible(request: Request, assessment_id: UUID, principal: Principal) -> Assessment:
    found = await repository.find(of(request).database, assessment_id)
    if found is None or not may_see(principal, district=found.district, credit_code=found.credit_code):
        raise Refused(Refusal(NOT_FOUND))
    return found
