"""Results over HTTP; cert-svc's events write them."""

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

from training_svc.results import repository
from training_svc.results.schemas import ResultExport, ResultPage, ResultView
from training_svc.service import of
from training_svc.visibility import READERS, asked_by, scope_of

Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("机构名称", "Institution"), lambda row: row["institution_name"]),
    Column(Text("班级", "Class"), lambda row: row["class_name"]),
    Column(Text("项目", "Project"), lambda row: row["project_code"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("学员", "Trainee"), lambda row: row["name"]),
    Column(Text("考核次数", "Attempts"), lambda row: row["attempts"]),
    Column(Text("合格", "Passed"), lambda row: row["passed"]),
    Column(Text("考核日期", "Evaluated on"), lambda row: row["evaluated_on"]),
    Column(Text("结果无效", "Void"), lambda row: row["void"]),
    Column(Text("证书撤销日期", "Revoked on"), lambda row: row["revoked_on"]),
    Column(Text("撤销原因", "Revoked because"), lambda row: row["revocation_reason"]),
)

router = APIRouter(prefix="/training/v1", tags=["培训结果 · results"])


@router.get("/results", summary="培训结果列表 · List the results")
async def list_results(
    request: Request, principal: Reader, query: Annotated[ResultPage, Query()]
) -> Page[ResultView]:
    """The evaluated enrolments one may see, and whether they passed (T06, T08)."""
    return await repository.LIST.page(
        of(request).database, asked_by(principal, repository.LIST, query), query, _view
    )


@router.get("/results/export", summary="导出培训结果 · Export the results", responses=EXPORT_RESPONSES)
async def export_results(
    request: Request, principal: Reader, query: Annotated[ResultExport, Query()]
) -> Response:
    """The evaluated enrolments one may see, as a file (T06, T08)."""
    rows = repository.LIST.all_rows(of(request).database, asked_by(principal, repository.LIST, query))
    return await export(request, "results", _COLUMNS, rows, query.format)


@router.get(
    "/enrolments/{enrolment_id}/result",
    response_model=ResultView,
    summary="查询培训结果 · Read an enrolment's result",
)
async def read_result(request: Request, enrolment_id: UUID, principal: Reader) -> Response:
    """Whether an enrolment passed; there is none before it is evaluated (T06, T08)."""
    row = await repository.one(of(request).database, enrolment_id, scope_of(principal))
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(_view(row))


def _view(row: Row) -> ResultView:
    return ResultView.model_validate({name: row[name] for name in ResultView.model_fields})
