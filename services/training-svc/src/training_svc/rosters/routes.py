"""Rosters over HTTP."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, XLSX_TYPE, Column, download, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import reply, wants_english
from fastapi import APIRouter, Query, Request, Response

from training_svc.rosters import repository, use_cases
from training_svc.rosters.roster_import import Mode, RosterImport
from training_svc.rosters.schemas import (
    ErrorExport,
    ErrorFilters,
    ErrorPage,
    RosterErrorView,
    RosterExport,
    RosterPage,
    RosterView,
    TemplateQuery,
)
from training_svc.rosters.template import template
from training_svc.service import of
from training_svc.visibility import READERS, asked_by, scope_of

Organiser = Annotated[Principal, Allow(Role.INSTITUTION)]
Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[RosterView], ...] = (
    Column(Text("导入编号", "Import"), lambda one: str(one.id)),
    Column(Text("班级编号", "Class"), lambda one: str(one.class_id)),
    Column(Text("方式", "Mode"), lambda one: one.mode),
    Column(Text("状态", "State"), lambda one: one.state),
    Column(Text("接收时间", "Received at"), lambda one: one.received_at),
    Column(Text("完成时间", "Finished at"), lambda one: one.finished_at),
    Column(Text("行数", "Rows"), lambda one: one.rows),
    Column(Text("合格", "Good"), lambda one: one.good),
    Column(Text("不合格", "Bad"), lambda one: one.bad),
    Column(Text("已报名", "Enrolled"), lambda one: one.enrolled),
    Column(Text("已候补", "Waiting"), lambda one: one.waiting),
)
_ERROR_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("行号", "Line"), lambda row: row["line"]),
    Column(Text("列", "Column"), lambda row: row["column_name"]),
    Column(Text("代码", "Code"), lambda row: row["code"]),
    Column(Text("原因", "Reason (zh)"), lambda row: row["reason_zh"]),
    Column(Text("原因（英文）", "Reason"), lambda row: row["reason_en"]),
)
_FILE = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "姓名,证件号码,手机号\r\n李四,310115199003072311,13800000000\r\n",
            },
            XLSX_TYPE: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}

router = APIRouter(prefix="/training/v1", tags=["学员名册导入 · rosters"])


@router.post(
    "/classes/{class_id}/rosters",
    status_code=202,
    response_model=RosterView,
    summary="导入学员名册 · Import a roster",
    openapi_extra=_FILE,
)
async def import_roster(
    request: Request,
    class_id: UUID,
    key: IdempotencyKey,
    principal: Organiser,
    mode: Annotated[
        Mode,
        Query(
            description="有不合格行时：全部不导入，或只导入合格行"
            " · where rows are bad: enrol nobody, or the good rows only"
        ),
    ] = Mode.ALL_OR_NOTHING,
) -> Response:
    """Takes a CSV or XLSX file of trainees, at most 10,000 rows under the template's headings (T06).

    A file that cannot be read is refused at once. ``GET /rosters/{id}`` tells how far the work has come, and
    ``/rosters/{id}/errors`` what is wrong with which row and column. Each good row is enrolled by the rules
    of a single enrolment (T02, T03, T06).
    """
    service = of(request)
    content = await request.body()
    rows = accepted(await use_cases.read(service, principal, class_id, content))

    async def act(tx: Transaction) -> RosterView:
        return _view(await use_cases.receive(tx, service, principal, class_id, mode, rows))

    return await once(service.database, request, principal, key, content, act, status=202)


@router.get("/rosters", summary="名册导入列表 · List the roster imports")
async def list_rosters(
    request: Request, principal: Reader, query: Annotated[RosterPage, Query()]
) -> Page[RosterView]:
    """The imports one may see (T06)."""
    return await repository.LIST.page(
        of(request).database, asked_by(principal, repository.LIST, query), query, _view_of
    )


@router.get(
    "/rosters/export", summary="导出名册导入列表 · Export the roster imports", responses=EXPORT_RESPONSES
)
async def export_rosters(
    request: Request, principal: Reader, query: Annotated[RosterExport, Query()]
) -> Response:
    """The imports one may see, as a file (T06)."""
    rows = repository.LIST.all_rows(of(request).database, asked_by(principal, repository.LIST, query))
    return await export(request, "rosters", _COLUMNS, (_view_of(row) async for row in rows), query.format)


@router.get("/rosters/template", summary="名册模板 · The template of a roster", responses=EXPORT_RESPONSES)
async def roster_template(
    request: Request, principal: Reader, query: Annotated[TemplateQuery, Query()]
) -> Response:
    """The headings and an example row, which is to be deleted; in XLSX the numbers stay texts (T06)."""
    return download("roster-template", query.format, template(query.format, english=wants_english(request)))


@router.get("/rosters/{roster_id}", response_model=RosterView, summary="查询名册导入 · Read a roster import")
async def read_roster(request: Request, roster_id: UUID, principal: Reader) -> Response:
    """How far an import has come, and what became of its rows (T06)."""
    return reply(_view(await _seen(request, roster_id, principal)))


@router.get("/rosters/{roster_id}/errors", summary="名册错误 · List the errors of a roster")
async def list_errors(
    request: Request, roster_id: UUID, principal: Reader, query: Annotated[ErrorPage, Query()]
) -> Page[RosterErrorView]:
    """Everything that is wrong with each bad row, by line (T06)."""
    await _seen(request, roster_id, principal)
    return await repository.ERRORS.page(of(request).database, _errors_asked(roster_id, query), query, _error)


@router.get(
    "/rosters/{roster_id}/errors/export",
    summary="导出名册错误 · Export the errors of a roster",
    responses=EXPORT_RESPONSES,
)
async def export_errors(
    request: Request, roster_id: UUID, principal: Reader, query: Annotated[ErrorExport, Query()]
) -> Response:
    """Everything that is wrong with each bad row, as a file (T06)."""
    await _seen(request, roster_id, principal)
    rows = repository.ERRORS.all_rows(of(request).database, _errors_asked(roster_id, query))
    return await export(request, "roster-errors", _ERROR_COLUMNS, rows, query.format)


async def _seen(request: Request, roster_id: UUID, principal: Principal) -> RosterImport:
    found = await repository.one(of(request).database, roster_id, scope_of(principal))
    if found is None:
        raise Refused(Refusal(NOT_FOUND))
    return found


def _errors_asked(roster_id: UUID, query: ErrorFilters) -> Asked:
    return repository.ERRORS.asked(query, import_id=roster_id)


def _view(one: RosterImport) -> RosterView:
    return RosterView.model_validate(one, from_attributes=True)


def _view_of(row: Row) -> RosterView:
    return _view(repository.of_row(row))


def _error(row: Row) -> RosterErrorView:
    return RosterErrorView(
        line=row["line"],
        column=row["column_name"],
        code=row["code"],
        zh=row["reason_zh"],
        en=row["reason_en"],
    )
