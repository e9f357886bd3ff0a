"""Lists of attendance over HTTP, as pages, as files, and as the sheet (考勤表) of a class."""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Annotated, Any
from uuid import UUID

from chuangpei.auth import Allow, Principal
from chuangpei.database import Row
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Cell, Column, export
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from fastapi import APIRouter, Query, Request, Response

from training_svc.attendance import repository
from training_svc.attendance.schemas import (
    AttendanceExport,
    AttendanceFilters,
    AttendancePage,
    AttendanceView,
    SheetQuery,
    attendance_fields,
)
from training_svc.attendance.sheet import Mark, SheetRow, sheet_of
from training_svc.classes import repository as classes
from training_svc.classes.training_class import Session
from training_svc.enrolments import repository as enrolments
from training_svc.policy.attendance import Method
from training_svc.policy.findings import local
from training_svc.service import of
from training_svc.visibility import READERS, asked_by, scope_of

Reader = Annotated[Principal, Allow(*READERS)]

router = APIRouter(prefix="/training/v1", tags=["考勤 · attendance"])

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("班级", "Class"), lambda row: row["class_name"]),
    Column(Text("课次开始", "Session begins"), lambda row: row["starts_at"]),
    Column(Text("教室", "Room"), lambda row: row["room"]),
    Column(Text("学员", "Trainee"), lambda row: row["masked_name"]),
    Column(Text("出勤", "Present"), lambda row: "√" if row["present"] else "×"),
    Column(Text("签到方式", "Method"), lambda row: row["method"]),
    Column(Text("签到时间", "Recorded at"), lambda row: row["recorded_at"]),
    Column(Text("签到设备", "Device"), lambda row: row["device"]),
    Column(Text("原因", "Reason"), lambda row: row["reason"]),
    Column(Text("收到时间", "Received at"), lambda row: row["received_at"]),
)


@router.get("/sessions/{session_id}/attendance", summary="课次考勤 · List a session's attendance")
async def list_attendance(
    request: Request, session_id: UUID, principal: Reader, query: Annotated[AttendancePage, Query()]
) -> Page[AttendanceView]:
    """The records of a session one may see (T06)."""
    await _require_session(request, session_id, principal)
    asked = _asked(principal, query, session_id=session_id)
    return await repository.LIST.page(of(request).database, asked, query, _view)


@router.get(
    "/sessions/{session_id}/attendance/export",
    summary="导出课次考勤 · Export a session's attendance",
    responses=EXPORT_RESPONSES,
)
async def export_attendance(
    request: Request, session_id: UUID, principal: Reader, query: Annotated[AttendanceExport, Query()]
) -> Response:
    """The records of a session one may see, as a file (T06)."""
    await _require_session(request, session_id, principal)
    rows = repository.LIST.all_rows(of(request).database, _asked(principal, query, session_id=session_id))
    return await export(request, "attendance", _COLUMNS, rows, query.format)


@router.get("/enrolments/{enrolment_id}/attendance", summary="学员考勤 · List a trainee's attendance")
async def list_attendance_of_trainee(
    request: Request, enrolment_id: UUID, principal: Reader, query: Annotated[AttendancePage, Query()]
) -> Page[AttendanceView]:
    """The records of an enrolment one may see (T06)."""
    await _require_enrolment(request, enrolment_id, principal)
    asked = _asked(principal, query, enrolment_id=enrolment_id)
    return await repository.LIST.page(of(request).database, asked, query, _view)


@router.get(
    "/enrolments/{enrolment_id}/attendance/export",
    summary="导出学员考勤 · Export a trainee's attendance",
    responses=EXPORT_RESPONSES,
)
async def export_attendance_of_trainee(
    request: Request, enrolment_id: UUID, principal: Reader, query: Annotated[AttendanceExport, Query()]
) -> Response:
    """The records of an enrolment one may see, as a file (T06)."""
    await _require_enrolment(request, enrolment_id, principal)
    rows = repository.LIST.all_rows(of(request).database, _asked(principal, query, enrolment_id=enrolment_id))
    return await export(request, "attendance", _COLUMNS, rows, query.format)


@router.get(
    "/classes/{class_id}/attendance-sheet",
    summary="班级考勤表 · The attendance sheet of a class",
    responses=EXPORT_RESPONSES,
)
async def export_sheet(
    request: Request, class_id: UUID, principal: Reader, query: Annotated[SheetQuery, Query()]
) -> Response:
    """A row for each trainee, a column for each session held, and the sums (T06, C01–C03).

    √ present, √人工 recorded by hand, × corrected to an absence, empty where there is no record.
    """
    async with of(request).database.transaction() as tx:
        training_class = await classes.one(tx, class_id, scope_of(principal))
        if training_class is None:
            raise Refused(Refusal(NOT_FOUND))
        rows = await sheet_of(tx, class_id)
    columns = _sheet_columns([one for one in training_class.sessions if one.cancelled_at is None])
    return await export(request, f"{training_class.name}-考勤表", columns, _each(rows), query.format)


async def _require_session(request: Request, session_id: UUID, principal: Principal) -> None:
    if await repository.session(of(request).database, session_id, scope_of(principal)) is None:
        raise Refused(Refusal(NOT_FOUND))


async def _require_enrolment(request: Request, enrolment_id: UUID, principal: Principal) -> None:
    async with of(request).database.transaction() as tx:
        if await enrolments.one(tx, enrolment_id, scope_of(principal)) is None:
            raise Refused(Refusal(NOT_FOUND))


def _asked(principal: Principal, query: AttendanceFilters, **of_one: Any) -> Asked:
    return asked_by(principal, repository.LIST, query, **of_one)


def _view(row: Row) -> AttendanceView:
    return AttendanceView(**attendance_fields(repository.attendance_of(row)))


def _sheet_columns(sessions: Sequence[Session]) -> list[Column[SheetRow]]:
    held = len(sessions)
    return [
        Column(Text("学员", "Trainee"), lambda row: row.masked_name),
        Column(Text("证件号码", "Id number"), lambda row: row.masked_id_number),
        Column(Text("状态", "State"), lambda row: row.state),
        *(Column(_heading(one), _mark_at(one.id)) for one in sessions),
        Column(Text("出勤次数", "Attended"), lambda row: row.attended),
        Column(Text("课次数", "Sessions"), lambda _: held),
        Column(Text("出勤率", "Share"), lambda row: f"{row.attended * 100 // held}%" if held else None),
    ]


def _heading(one: Session) -> Text:
    begins = local(one.hours.starts_at)
    return Text(begins, begins)


def _mark_at(session_id: UUID) -> Callable[[SheetRow], Cell]:
    def shown(row: SheetRow) -> Cell:
        mark = row.marks.get(session_id)
        return "" if mark is None else _sign(mark)

    return shown


def _sign(mark: Mark) -> str:
    if not mark.present:
        return "×"
    return "√人工" if mark.method is Method.MANUAL else "√"


async def _each(rows: Sequence[SheetRow]) -> AsyncIterator[SheetRow]:
    for row in rows:
        yield row
