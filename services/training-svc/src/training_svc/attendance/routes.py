"""Attendance over HTTP."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Transaction
from chuangpei.errors import accepted
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Request, Response

from training_svc.attendance import use_cases
from training_svc.attendance.attendance import Correction
from training_svc.attendance.schemas import (
    AttendanceView,
    CorrectedAttendanceView,
    CorrectionView,
    NewCorrection,
    NewRecords,
    RecordsView,
    attendance_fields,
    card_number,
    photo,
)
from training_svc.service import of
from training_svc.visibility import READERS, scope_of

Organiser = Annotated[Principal, Allow(Role.INSTITUTION)]
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
Reader = Annotated[Principal, Allow(*READERS)]

router = APIRouter(prefix="/training/v1", tags=["考勤 · attendance"])


@router.post(
    "/sessions/{session_id}/attendance",
    status_code=201,
    response_model=RecordsView,
    summary="记录考勤 · Record attendance",
)
async def record_attendance(
    request: Request, session_id: UUID, body: NewRecords, key: IdempotencyKey, principal: Organiser
) -> Response:
    """Records who was at a session: within its hours, not in the future, all records or none (T06)."""
    service = of(request)

    async def act(tx: Transaction) -> RecordsView | Refusal:
        taken = await use_cases.record_session(tx, service, principal, session_id, body)
        if isinstance(taken, Refusal):
            return taken
        return RecordsView(items=[AttendanceView(**attendance_fields(one)) for one in taken])

    return await once(service.database, request, principal, key, body, act)


@router.get(
    "/attendance/{attendance_id}",
    response_model=CorrectedAttendanceView,
    summary="查询考勤记录 · Read an attendance record",
)
async def read_attendance(request: Request, attendance_id: UUID, principal: Reader) -> Response:
    """One record with every correction of it (T06)."""
    async with of(request).database.transaction() as tx:
        found = accepted(await use_cases.explain(tx, attendance_id, scope_of(principal)))
    return reply(_view(found))


@router.post(
    "/attendance/{attendance_id}/correct",
    response_model=CorrectedAttendanceView,
    summary="更正考勤 · Correct an attendance record",
)
async def correct_attendance(
    request: Request,
    attendance_id: UUID,
    body: NewCorrection,
    principal: Organiser,
    if_match: IfMatch = None,
) -> Response:
    """Corrects a record and keeps the old value, who, when and why (T06)."""
    corrected = await done(request, if_match, principal, use_cases.correct, attendance_id, body)
    return reply(_view(corrected))


@router.post(
    "/attendance/{attendance_id}/amend",
    response_model=CorrectedAttendanceView,
    summary="结业后更正考勤 · Amend an attendance record after completion",
)
async def amend_attendance(
    request: Request,
    attendance_id: UUID,
    body: NewCorrection,
    principal: Officer,
    if_match: IfMatch = None,
) -> Response:
    """The district corrects a record of who has completed; the completion is judged again (T06, C01–C03)."""
    corrected = await done(request, if_match, principal, use_cases.amend, attendance_id, body)
    return reply(_view(corrected))


def _view(corrected: use_cases.Corrected) -> CorrectedAttendanceView:
    found, corrections = corrected
    return CorrectedAttendanceView(
        **attendance_fields(found), corrections=[_correction(one) for one in corrections]
    )


def _correction(one: Correction) -> CorrectionView:
    return CorrectionView(
        old_present=one.old_present,
        old_method=one.old.method,
        old_recorded_at=one.old.recorded_at,
        old_device=one.old.device,
        old_reason=one.old.reason,
        old_card_number=card_number(one.old),
        old_photo=photo(one.old),
        corrected_at=one.corrected_at,
        corrected_by=one.corrected_by,
        reason=one.reason,
        after_completion=one.after_completion,
    )
