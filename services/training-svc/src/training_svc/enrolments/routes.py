"""Enrolments over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from chuangpei.audit import record
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, export
from chuangpei.idempotency import IdempotencyKey, once, stored_answer
from chuangpei.kernel.refusals import Refusal
from chuangpei.listing import Asked
from chuangpei.paging import ListQuery, Page, PageQuery
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.classes import repository as classes
from training_svc.enrolments import leaving, lists, repository, use_cases
from training_svc.enrolments.schemas import (
    ClassEnrolmentExport,
    ClassEnrolmentPage,
    EnrolmentExport,
    EnrolmentPage,
    EnrolmentView,
    JudgedEnrolmentView,
    ListedEnrolmentView,
    Lookup,
    MyEnrolmentPage,
    MyEnrolmentView,
    NewEnrolment,
    Transfer,
    UnmaskedEnrolmentView,
    Unmasking,
    Withdrawal,
)
from training_svc.enrolments.views import COLUMNS, judged_view, listed_view, view_of
from training_svc.enterprises.use_cases import snapshot_of
from training_svc.service import Service, of
from training_svc.visibility import READERS, asked_by, scope_of

Organiser = Annotated[Principal, Allow(Role.INSTITUTION)]
Manager = Annotated[Principal, Allow(Role.INSTITUTION, Role.DISTRICT_OFFICER)]
Reader = Annotated[Principal, Allow(*READERS)]
Office = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]
Keeper = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE)]
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
    """Enrols a person by real name, in a full class on its waiting list (T02, T03, T04, T06).

    A priority group orders the waiting list and bars nobody. What the business registry tells of the firm
    named is kept beside the enrolment (D02); while it is away the enrolment goes on and it is asked later.
    """
    service = of(request)
    if answered := await stored_answer(service.database, request, principal, key, body):
        return answered
    if await classes.summary(service.database, class_id, scope_of(principal)) is None:
        raise Refused(Refusal(NOT_FOUND))
    enterprise = await snapshot_of(service, body.enterprise_credit_code, body.id_number)

    async def act(tx: Transaction) -> EnrolmentView | Refusal:
        enrolled = await use_cases.enrol(tx, service, principal, class_id, body, enterprise)
        if isinstance(enrolled, Refusal):
            return enrolled
        enrolled.place_in_line = await repository.place_in_line(tx, enrolled)
        return view_of(enrolled)

    return await once(service.database, request, principal, key, body, act)


@router.get("/classes/{class_id}/enrolments", summary="班级学员 · List a class's enrolments")
async def list_class_enrolments(
    request: Request, class_id: UUID, principal: Reader, query: Annotated[ClassEnrolmentPage, Query()]
) -> Page[ListedEnrolmentView]:
    """The trainees of a class one may see, and who waits for a place, masked (T02, T06)."""
    asked = await _asked_of_class(request, principal, class_id, query)
    return await lists.ALL.page(of(request).database, asked, query, listed_view)


@router.get(
    "/classes/{class_id}/enrolments/export",
    summary="导出班级学员 · Export a class's enrolments",
    responses=EXPORT_RESPONSES,
)
async def export_class_enrolments(
    request: Request, class_id: UUID, principal: Reader, query: Annotated[ClassEnrolmentExport, Query()]
) -> Response:
    """The trainees of a class one may see, as a file, masked (T06)."""
    asked = await _asked_of_class(request, principal, class_id, query)
    rows = lists.ALL.all_rows(of(request).database, asked)
    return await export(
        request, "class-enrolments", COLUMNS, (listed_view(row) async for row in rows), query.format
    )


@router.get("/enrolments", summary="报名列表 · List the enrolments")
async def list_enrolments(
    request: Request, principal: Reader, query: Annotated[EnrolmentPage, Query()]
) -> Page[ListedEnrolmentView]:
    """Every enrolment one may see, in the order in which they came, masked (T06)."""
    return await lists.ALL.page(of(request).database, _asked(principal, query), query, listed_view)


@router.get("/enrolments/export", summary="导出报名 · Export the enrolments", responses=EXPORT_RESPONSES)
async def export_enrolments(
    request: Request, principal: Reader, query: Annotated[EnrolmentExport, Query()]
) -> Response:
    """Every enrolment one may see, as a file, masked (T06)."""
    rows = lists.ALL.all_rows(of(request).database, _asked(principal, query))
    return await export(
        request, "enrolments", COLUMNS, (listed_view(row) async for row in rows), query.format
    )


@router.post("/enrolments/lookup", summary="按证件号码查询报名 · Look up a person's enrolments")
async def look_up_enrolments(
    request: Request, body: Lookup, principal: Office, query: Annotated[PageQuery, Query()]
) -> Page[ListedEnrolmentView]:
    """The enrolments of a person, found by the id number, that one may see; each look is audited (T06)."""
    service = of(request)
    person_key = service.privacy.person_key(body.id_number)
    asked = _asked(principal, query, person_key=person_key)
    async with service.database.transaction() as tx:
        await _record_look(tx, service, principal, person_key)
        return await lists.ALL.page(tx, asked, query, listed_view)


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
    "/enrolments/{enrolment_id}/unmask",
    response_model=UnmaskedEnrolmentView,
    summary="查看重点群体核验情况 · Show what is masked",
)
async def unmask_enrolment(
    request: Request, enrolment_id: UUID, body: Unmasking, principal: Keeper
) -> Response:
    """By what a priority group was seen, in clear, for a reason that the audit log keeps (T02, T06)."""
    service = of(request)
    async with service.database.transaction() as tx:
        shown = accepted(await use_cases.unmask(tx, service, principal, enrolment_id, body.reason))
    return reply(shown)


@router.post(
    "/enrolments/{enrolment_id}/complete",
    response_model=JudgedEnrolmentView,
    summary="结业 · Complete an enrolment",
)
async def complete_enrolment(
    request: Request, enrolment_id: UUID, principal: Organiser, if_match: IfMatch = None
) -> Response:
    """Completes once the standard's attendance is reached after the last session (C01, C02, C03)."""
    judged = await done(request, if_match, principal, use_cases.complete, enrolment_id)
    return reply(judged_view(judged))


@router.post(
    "/enrolments/{enrolment_id}/withdraw",
    response_model=EnrolmentView,
    summary="退班 · Withdraw from a class",
)
async def withdraw_enrolment(
    request: Request, enrolment_id: UUID, body: Withdrawal, principal: Manager, if_match: IfMatch = None
) -> Response:
    """Ends an enrolment until the class's last day; its place goes to the first in line (T02, T06)."""
    return await _withdrawn(request, principal, enrolment_id, body, if_match)


@router.post(
    "/enrolments/{enrolment_id}/transfer",
    status_code=201,
    response_model=EnrolmentView,
    summary="转班 · Change into another class",
)
async def transfer_enrolment(
    request: Request,
    enrolment_id: UUID,
    body: Transfer,
    key: IdempotencyKey,
    principal: Manager,
    if_match: IfMatch = None,
) -> Response:
    """Changes into a class of the same project with a free place; answers the new enrolment (T02, T06)."""
    service, version = of(request), expected_version(if_match)

    async def act(tx: Transaction) -> EnrolmentView | Refusal:
        entered = await leaving.transfer(tx, service, principal, enrolment_id, version, body)
        return entered if isinstance(entered, Refusal) else view_of(entered)

    return await once(service.database, request, principal, key, body, act)


@router.get("/my/enrolments", summary="我的报名 · My enrolments")
async def list_my_enrolments(
    request: Request, principal: Trainee, query: Annotated[MyEnrolmentPage, Query()]
) -> Page[MyEnrolmentView]:
    """The citizen's own enrolments, found by the real name of the token (T06); in line, the place (T02)."""
    asked = lists.OF_PERSON.asked(query, person_key=principal.person_key or "")
    return await lists.OF_PERSON.page(
        of(request).database, asked, query, lambda row: MyEnrolmentView.model_validate(dict(row))
    )


@router.post(
    "/my/enrolments/{enrolment_id}/withdraw",
    response_model=EnrolmentView,
    summary="本人退班 · Withdraw myself",
)
async def withdraw_my_enrolment(
    request: Request, enrolment_id: UUID, body: Withdrawal, principal: Trainee, if_match: IfMatch = None
) -> Response:
    """The citizen ends an enrolment of their own; its place goes to the first in line (T02, T06)."""
    return await _withdrawn(request, principal, enrolment_id, body, if_match)


async def _withdrawn(
    request: Request, principal: Principal, enrolment_id: UUID, body: Withdrawal, if_match: str | None
) -> Response:
    left = await done(request, if_match, principal, leaving.withdraw, enrolment_id, body.reason)
    return reply(view_of(left))


async def _asked_of_class(request: Request, principal: Principal, class_id: UUID, query: ListQuery) -> Asked:
    if await classes.summary(of(request).database, class_id, scope_of(principal)) is None:
        raise Refused(Refusal(NOT_FOUND))
    return _asked(principal, query, class_id=class_id)


def _asked(principal: Principal, query: ListQuery, **own: Any) -> Asked:
    return asked_by(principal, lists.ALL, query, **own)


async def _record_look(tx: Transaction, service: Service, principal: Principal, person_key: str) -> None:
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action="look_up_enrolments",
        object_type="person",
        object_id=person_key,
    )
