"""The catalogue of the city's course system (本市创业培训课程体系, T09): for everyone signed in."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal
from chuangpei.database import Row
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.course_materials import repository as materials
from training_svc.course_materials.schemas import MATERIAL_COLUMNS, MaterialExport, MaterialPage, MaterialView
from training_svc.courses import repository
from training_svc.courses.schemas import CatalogueExport, CataloguePage, CatalogueView
from training_svc.service import of
from training_svc.visibility import ANYONE

Reader = Annotated[Principal, Allow(*ANYONE)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("课程名称", "Name"), lambda row: row["name"]),
    Column(Text("课程简介", "Summary"), lambda row: row["summary"]),
    Column(Text("开发机构", "Developer"), lambda row: row["institution_name"]),
    Column(Text("培训项目", "Project"), lambda row: row["project_name"]),
    Column(Text("阶段", "Stage"), lambda row: row["stage"]),
    Column(Text("课时", "Hours"), lambda row: row["hours"]),
    Column(Text("线上比例（%）", "Online (percent)"), lambda row: row["online_percent"]),
    Column(Text("纳入日期", "In the system since"), lambda row: row["admitted_on"]),
)

router = APIRouter(prefix="/training/v1/course-catalogue", tags=["课程体系 · course catalogue"])


@router.get("", summary="课程体系目录 · List the course system")
async def list_catalogue(
    request: Request, principal: Reader, query: Annotated[CataloguePage, Query()]
) -> Page[CatalogueView]:
    """The courses of the city's course system (T09)."""
    asked = repository.CATALOGUE.asked(query)
    return await repository.CATALOGUE.page(of(request).database, asked, query, _view)


@router.get("/export", summary="导出课程体系目录 · Export the course system", responses=EXPORT_RESPONSES)
async def export_catalogue(
    request: Request, principal: Reader, query: Annotated[CatalogueExport, Query()]
) -> Response:
    """The courses of the city's course system, as a file (T09)."""
    rows = repository.CATALOGUE.all_rows(of(request).database, repository.CATALOGUE.asked(query))
    return await export(request, "course-catalogue", _COLUMNS, rows, query.format)


@router.get(
    "/{course_id}", response_model=CatalogueView, summary="查询体系内课程 · Read a course of the system"
)
async def read_catalogue_course(request: Request, course_id: UUID, principal: Reader) -> Response:
    """One course of the system (T09)."""
    return reply(_view(await _in_system(request, course_id)))


@router.get("/{course_id}/materials", summary="体系内课程课件 · List the materials of a course of the system")
async def list_catalogue_materials(
    request: Request, course_id: UUID, principal: Reader, query: Annotated[MaterialPage, Query()]
) -> Page[MaterialView]:
    """The released materials of a course of the system; drafts are not shown (T09)."""
    await _in_system(request, course_id)
    asked = materials.CATALOGUE.asked(query, course_id=course_id)
    return await materials.CATALOGUE.page(
        of(request).database, asked, query, lambda row: MaterialView.model_validate(dict(row))
    )


@router.get(
    "/{course_id}/materials/export",
    summary="导出体系内课程课件 · Export the materials of a course of the system",
    responses=EXPORT_RESPONSES,
)
async def export_catalogue_materials(
    request: Request, course_id: UUID, principal: Reader, query: Annotated[MaterialExport, Query()]
) -> Response:
    """The released materials of a course of the system, as a file (T09)."""
    await _in_system(request, course_id)
    asked = materials.CATALOGUE.asked(query, course_id=course_id)
    rows = materials.CATALOGUE.all_rows(of(request).database, asked)
    return await export(request, "course-materials", MATERIAL_COLUMNS, rows, query.format)


async def _in_system(request: Request, course_id: UUID) -> Row:
    found = await repository.one_in_system(of(request).database, course_id)
    if found is None:
        raise Refused(Refusal(NOT_FOUND))
    return found


def _view(row: Row) -> CatalogueView:
    return CatalogueView.model_validate(dict(row))
