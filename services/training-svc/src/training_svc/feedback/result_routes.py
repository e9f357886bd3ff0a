"""The results of feedback over HTTP."""

from typing import Annotated

from chuangpei.auth import Allow, Principal
from chuangpei.database import Row
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Text
from chuangpei.listing import Asked, Listing
from chuangpei.paging import ListQuery, Page
from fastapi import APIRouter, Query, Request, Response

from training_svc.feedback.results import CLASSES, INSTITUTIONS, INSTRUCTORS
from training_svc.feedback.schemas import (
    ClassResultExport,
    ClassResultPage,
    ClassResultView,
    InstitutionResultExport,
    InstitutionResultPage,
    InstitutionResultView,
    InstructorResultExport,
    InstructorResultPage,
    InstructorResultView,
)
from training_svc.service import of
from training_svc.visibility import READERS, asked_by, scope_of

Reader = Annotated[Principal, Allow(*READERS)]


def _points(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


_RESULT_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("评价人数", "Answers"), lambda row: row["answers"]),
    Column(Text("平均分", "Average"), lambda row: _points(row["average"])),
    Column(
        Text("各项平均分", "Of each question"),
        lambda row: "; ".join(f"{code} {_points(mean)}" for code, mean in sorted(row["averages"].items())),
    ),
)
_CLASS_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("班级", "Class"), lambda row: row["name"]),
    Column(Text("培训机构", "Institution"), lambda row: row["institution_name"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("培训项目", "Project"), lambda row: row["project_code"]),
    Column(Text("结束日期", "Ended on"), lambda row: row["ends_on"]),
    Column(Text("邀请人数", "Asked"), lambda row: row["invited"]),
    *_RESULT_COLUMNS,
)
_INSTITUTION_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("培训机构", "Institution"), lambda row: row["name"]),
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("班级数", "Classes"), lambda row: row["classes"]),
    *_RESULT_COLUMNS,
)
_INSTRUCTOR_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("讲师", "Instructor"), lambda row: row["name"]),
    Column(Text("证件号码", "Id number"), lambda row: row["id_number"]),
    Column(Text("班级数", "Classes"), lambda row: row["classes"]),
    *_RESULT_COLUMNS,
)

router = APIRouter(prefix="/training/v1/feedback-results", tags=["学员评价结果 · feedback results"])


@router.get("/classes", summary="班级评价结果 · Results of classes")
async def list_class_results(
    request: Request, principal: Reader, query: Annotated[ClassResultPage, Query()]
) -> Page[ClassResultView]:
    """The classes one may see whose period is over and of which enough answered (T06)."""
    asked = _asked(principal, CLASSES, query)
    return await CLASSES.page(
        of(request).database, asked, query, lambda row: ClassResultView.model_validate(dict(row))
    )


@router.get("/classes/export", summary="导出班级评价 · Export results of classes", responses=EXPORT_RESPONSES)
async def export_class_results(
    request: Request, principal: Reader, query: Annotated[ClassResultExport, Query()]
) -> Response:
    """The results of classes as a file (T06)."""
    rows = CLASSES.all_rows(of(request).database, _asked(principal, CLASSES, query))
    return await export(request, "feedback-classes", _CLASS_COLUMNS, rows, query.format)


@router.get("/institutions", summary="机构评价结果 · Results of institutions")
async def list_institution_results(
    request: Request, principal: Reader, query: Annotated[InstitutionResultPage, Query()]
) -> Page[InstitutionResultView]:
    """Institutions by the sum of their classes whose results are shown (T06, T08)."""
    asked = _asked(principal, INSTITUTIONS, query)
    return await INSTITUTIONS.page(
        of(request).database, asked, query, lambda row: InstitutionResultView.model_validate(dict(row))
    )


@router.get(
    "/institutions/export",
    summary="导出机构评价结果 · Export results of institutions",
    responses=EXPORT_RESPONSES,
)
async def export_institution_results(
    request: Request, principal: Reader, query: Annotated[InstitutionResultExport, Query()]
) -> Response:
    """The results of institutions as a file (T06, T08)."""
    rows = INSTITUTIONS.all_rows(of(request).database, _asked(principal, INSTITUTIONS, query))
    return await export(request, "feedback-institutions", _INSTITUTION_COLUMNS, rows, query.format)


@router.get("/instructors", summary="讲师评价结果 · Results of instructors")
async def list_instructor_results(
    request: Request, principal: Reader, query: Annotated[InstructorResultPage, Query()]
) -> Page[InstructorResultView]:
    """Instructors, masked, by the sum of the classes they taught, of those one may see (T06, T10)."""
    listing = INSTRUCTORS[scope_of(principal).reach]
    return await listing.page(
        of(request).database,
        _of_instructors(principal, listing, query),
        query,
        lambda row: InstructorResultView.model_validate(dict(row)),
    )


@router.get(
    "/instructors/export",
    summary="导出讲师评价 · Export results of instructors",
    responses=EXPORT_RESPONSES,
)
async def export_instructor_results(
    request: Request, principal: Reader, query: Annotated[InstructorResultExport, Query()]
) -> Response:
    """The results of instructors as a file (T06, T10)."""
    listing = INSTRUCTORS[scope_of(principal).reach]
    rows = listing.all_rows(of(request).database, _of_instructors(principal, listing, query))
    return await export(request, "feedback-instructors", _INSTRUCTOR_COLUMNS, rows, query.format)


def _asked(principal: Principal, listing: Listing, query: ListQuery) -> Asked:
    return asked_by(principal, listing, query)


def _of_instructors(principal: Principal, listing: Listing, query: ListQuery) -> Asked:
    # What one may see narrows the classes that are summed, inside the list's own select.
    return listing.asked(query, scope=scope_of(principal).value)
