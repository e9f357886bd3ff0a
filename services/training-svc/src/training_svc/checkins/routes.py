"""Signing in by code, over HTTP."""

import io
from typing import Annotated
from uuid import UUID

import segno
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Transaction
from chuangpei.errors import accepted
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from fastapi import APIRouter, Query, Request, Response

from training_svc.attendance.schemas import AttendanceView, attendance_fields
from training_svc.checkins import use_cases
from training_svc.checkins.schemas import CodeQuery, CodeView, NewCheckIn
from training_svc.service import of

Organiser = Annotated[Principal, Allow(Role.INSTITUTION)]
Trainee = Annotated[Principal, Allow(Role.CITIZEN)]

router = APIRouter(prefix="/training/v1", tags=["扫码签到 · signing in by code"])

_MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png"}
_NOT_KEPT = {"cache-control": "no-store"}


@router.get(
    "/sessions/{session_id}/code",
    response_model=CodeView,
    responses={200: {"content": {kind: {} for kind in _MEDIA_TYPES.values()}}},
    summary="课次签到码 · The session's code",
)
async def show_code(
    request: Request, session_id: UUID, principal: Organiser, query: Annotated[CodeQuery, Query()]
) -> Response:
    """The signed code for the organiser's screen, as data or as a QR picture; it changes in seconds (T06).

    A picture of it sent to somebody who is not there is worth little: it is good for the step in which it is
    shown and a short while after, and whose device signs in for several persons is found (see anomalies).
    """
    service = of(request)
    async with service.database.transaction() as tx:
        code, period = accepted(await use_cases.show_code(tx, service, principal, session_id))
    if query.format != "json":
        return Response(_picture(code, query.format), 200, _NOT_KEPT, _MEDIA_TYPES[query.format])
    view = CodeView(
        session_id=session_id,
        code=code,
        shown_from=period.shown_from,
        changes_at=period.changes_at,
        good_until=period.good_until,
    )
    return Response(view.model_dump_json(), 200, _NOT_KEPT, "application/json")


@router.post(
    "/my/attendance", status_code=201, response_model=AttendanceView, summary="扫码签到 · Sign in by code"
)
async def check_in(request: Request, body: NewCheckIn, key: IdempotencyKey, principal: Trainee) -> Response:
    """Records that the trainee of the token is at the session whose code was scanned, now (T06)."""
    service = of(request)

    async def act(tx: Transaction) -> AttendanceView | Refusal:
        taken = await use_cases.check_in(tx, service, principal, body.code, body.device)
        return taken if isinstance(taken, Refusal) else AttendanceView(**attendance_fields(taken))

    return await once(service.database, request, principal, key, body, act)


def _picture(code: str, kind: str) -> bytes:
    picture = io.BytesIO()
    segno.make(code, error="m", micro=False).save(picture, kind=kind, scale=6)
    return picture.getvalue()
