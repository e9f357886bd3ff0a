"""Enrolments over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Cursor, Limit, Page, after_id, page_of
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, finding_view, reply
from fastapi import APIRouter, Request, Response

from training_svc.classes import repository as classes
from training_svc.enrolments import repository, use_cases
from training_svc.enrolments.enrolment import Enrolment
from training_svc.enrolments.schemas import (
    EnrolmentView,
    JudgedEnrolmentView,
    MyEnrolmentView,
    NewEnrolment,
)
from training_svc.service import of
from training_svc.visibility import READERS, scope_of

Organiser = Annotated[Principal, Allow(Role.INSTITUTION)]
Reader = Annotated[Principal, Allow(*READERS)]
Trainee = Annotated[Principal, Allow(Role.CITIZEN)]

router = APIRouter(prefix="/training/v1", tags=["报名与结业 · enrolments"])


@router.post(
    "/classes/{class_id}/enrolments",
    status_code=201,
    response_model=EnrolmentView,
    summary="实名报名 · Enrol by real name",
)
async def enrol(
    request: Request, class_id: UUID, body: NewEnrolment, key: IdempotencyKey, principal: Organiser
) -> Response:
    """Enrols a person by real name while there is a place and the class has not ended (T02, T03, T06)."""
    service = of(request)

    async def act(tx: Transaction) -> EnrolmentView | Refusal:
        enrolled = await use_cases.enrol(tx, service, principal, class_id, body)
        return enrolled if isinstance(enrolled, Refusal) else EnrolmentView(**_fields(enrolled))

    return await once(service.database, request, principal, key, body, act)


@router.get("/classes/{class_id}/enrolments", summary="班级学员 · List a class's enrolments")
async def list_enrolments(
    request: Request, class_id: UUID, principal: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Page[EnrolmentView]:
    """The trainees of a class one may see, masked (T06)."""
    database, scope = of(request).database, scope_of(principal)
    if await classes.summary(database, class_id, scope) is None:
        raise Refused(Refusal(NOT_FOUND))
    found = await repository.listed(
        database, scope, class_id=class_id, after=after_id(cursor), most=limit + 1
    )
    return page_of([EnrolmentView(**_fields(one)) for one in found], limit, lambda view: (view.id,))


@router.get(
    "/enrolments/{enrolment_id}",
    response_model=JudgedEnrolmentView,
    summary="查询报名 · Read an enrolment",
)
async def read_enrolment(request: Request, enrolment_id: UUID, principal: Reader) -> Response:
    """One enrolment and what the rules of completion find about it (T06, C01, C02, C03)."""
    service = of(request)
    async with service.database.transaction() as tx:
        judged = accepted(await use_cases.explain(tx, service, principal, enrolment_id))
    return reply(judged_view(judged))


@router.post(
    "/enrolments/{enrolment_id}/complete",
    response_model=JudgedEnrolmentView,
    summary="结业 · Complete an enrolment",
)
async def complete_enrolment(
    request: Request, enrolment_id: UUID, principal: Organiser, if_match: IfMatch = None
) -> Response:
    """Completes once the standard's attendance is reached after the last session (C01, C02, C03)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        judged = accepted(await use_cases.complete(tx, service, principal, enrolment_id, version))
    return reply(judged_view(judged))


@router.get("/my/enrolments", summary="我的报名 · My enrolments")
async def list_my_enrolments(
    request: Request, principal: Trainee, limit: Limit = 50, cursor: Cursor = None
) -> Page[MyEnrolmentView]:
    """The citizen's own enrolments, found by the real name of the token (T06)."""
    rows = await repository.of_person(
        of(request).database, principal.person_key or "", after=after_id(cursor), most=limit + 1
    )
    views = [MyEnrolmentView.model_validate(dict(row)) for row in rows]
    return page_of(views, limit, lambda view: (view.id,))


def judged_view(judged: use_cases.Judged) -> JudgedEnrolmentView:
    """An enrolment with its findings, as every answer that judges one shows it."""
    enrolment, findings = judged
    return JudgedEnrolmentView(**_fields(enrolment), findings=[finding_view(one) for one in findings])


def _fields(one: Enrolment) -> dict[str, Any]:
    return {
        "id": one.id,
        "class_id": one.class_id,
        "name": one.person.masked_name,
        "id_number": one.person.masked_id_number,
        "phone": one.masked_phone,
        "state": one.state,
        "enrolled_at": one.enrolled_at,
        "completed_on": one.completed_on,
        "sessions_attended": one.sessions_attended,
        "sessions_held": one.sessions_held,
        "version": one.version,
    }
