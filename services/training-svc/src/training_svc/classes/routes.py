"""Classes over HTTP."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.classes import changes, reinstating, repository, session_changes, use_cases
from training_svc.classes.lifecycle import Phase, State
from training_svc.classes.schemas import (
    AddedSession,
    Cancellation,
    ClassAmendment,
    ClassExport,
    ClassFilters,
    ClassPage,
    ClassSummary,
    ClassView,
    InstructorView,
    NewClass,
    SessionAmendment,
    SessionView,
)
from training_svc.classes.training_class import Session, TrainingClass
from training_svc.instructors.lifecycle import State as InstructorState
from training_svc.persons import SealedPerson
from training_svc.service import Service, of
from training_svc.visibility import READERS, asked_by, scope_of

Organiser = Annotated[Principal, Allow(Role.INSTITUTION)]
Manager = Annotated[Principal, Allow(Role.INSTITUTION, Role.DISTRICT_OFFICER)]
Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[dict[str, Any]], ...] = (
    Column(Text("班级名称", "Class"), lambda one: one["name"]),
    Column(Text("培训机构", "Institution"), lambda one: one["institution_name"]),
    Column(Text("统一社会信用代码", "Credit code"), lambda one: one["credit_code"]),
    Column(Text("所在区", "District"), lambda one: one["district"]),
    Column(Text("培训项目", "Project"), lambda one: one["project_code"]),
    Column(Text("培训阶段", "Stage"), lambda one: one["stage"]),
    Column(Text("标准版本", "Standard"), lambda one: one["standard_version"]),
    Column(Text("评价规范版本", "Evaluation norm"), lambda one: one["norm_version"]),
    Column(Text("资质现状", "Qualification"), lambda one: one["qualification_state"]),
    Column(Text("开班日期", "Starts on"), lambda one: one["starts_on"]),
    Column(Text("结束日期", "Ends on"), lambda one: one["ends_on"]),
    Column(Text("名额", "Places"), lambda one: one["capacity"]),
    Column(Text("已报名", "Enrolled"), lambda one: one["enrolled"]),
    Column(Text("候补", "Waiting"), lambda one: one["waiting"]),
    Column(Text("状态", "State"), lambda one: one["state"]),
    Column(Text("取消原因", "Cancelled because"), lambda one: one["cancel_reason"]),
)

router = APIRouter(prefix="/training/v1/classes", tags=["班级 · classes"])


@router.post("", status_code=201, response_model=ClassView, summary="开班备案 · File a class")
async def file_class(request: Request, body: NewClass, key: IdempotencyKey, principal: Organiser) -> Response:
    """An institution files a class by its approved standard; the district is frozen (T02–T07, T10, S07)."""
    service = of(request)

    async def act(tx: Transaction) -> ClassView | Refusal:
        filed = await use_cases.file_class(tx, service, principal, body)
        return filed if isinstance(filed, Refusal) else await _view(tx, service, filed)

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="班级列表 · List the classes")
async def list_classes(
    request: Request, principal: Reader, query: Annotated[ClassPage, Query()]
) -> Page[ClassSummary]:
    """The classes one may see; ``flagged`` finds those with an instructor to be replaced (T06, T10)."""
    service = of(request)
    today = service.clock.today()

    def view(row: Row) -> ClassSummary:
        return ClassSummary(**_summary(repository.of_row(row), today))

    return await repository.LIST.page(service.database, _asked(principal, query, today), query, view)


@router.get("/export", summary="导出班级 · Export the classes", responses=EXPORT_RESPONSES)
async def export_classes(
    request: Request, principal: Reader, query: Annotated[ClassExport, Query()]
) -> Response:
    """The classes one may see, as a file (T06, T10)."""
    service = of(request)
    today = service.clock.today()
    rows = repository.LIST.all_rows(service.database, _asked(principal, query, today))
    shown = (_summary(repository.of_row(row), today) async for row in rows)
    return await export(request, "classes", _COLUMNS, shown, query.format)


@router.get("/{class_id}", response_model=ClassView, summary="查询班级 · Read a class")
async def read_class(request: Request, class_id: UUID, principal: Reader) -> Response:
    """One class with its sessions and instructors, masked, a flag on who is to be replaced (T06, T10)."""
    service = of(request)
    async with service.database.transaction() as tx:
        found = await repository.one(tx, class_id, scope_of(principal))
        if found is None:
            raise Refused(Refusal(NOT_FOUND))
        return reply(await _view(tx, service, found))


@router.post("/{class_id}/amend", response_model=ClassView, summary="变更班级 · Amend a class")
async def amend_class(
    request: Request, class_id: UUID, body: ClassAmendment, principal: Manager, if_match: IfMatch = None
) -> Response:
    """Amends name, days, places or instructors until the class ends (T05, T06); who waits moves up (T02).

    Of a cancelled one the reason is amended, or a mistaken cancellation is taken back (T06).
    """
    service, version = of(request), expected_version(if_match)
    amend = reinstating.amend if body.of_the_cancellation else changes.amend
    async with service.database.transaction() as tx:
        changed = accepted(await amend(tx, service, principal, class_id, version, body))
        view = await _view(tx, service, changed)
    return reply(view)


@router.post("/{class_id}/cancel", response_model=ClassView, summary="取消开班 · Cancel a class")
async def cancel_class(
    request: Request, class_id: UUID, body: Cancellation, principal: Manager, if_match: IfMatch = None
) -> Response:
    """Cancels a class before its last session is over: its enrolments end, and everybody is told (T06)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        cancelled = accepted(await changes.cancel(tx, service, principal, class_id, version, body.reason))
        view = await _view(tx, service, cancelled)
    return reply(view)


@router.get("/{class_id}/amendments", summary="班级变更记录 · List a class's amendments")
async def list_class_amendments(
    request: Request, class_id: UUID, principal: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """Every change of the class and of its sessions, the first one first (T06)."""
    database = of(request).database
    if await repository.summary(database, class_id, scope_of(principal)) is None:
        raise Refused(Refusal(NOT_FOUND))
    return await history(database, "class", class_id, query)


@router.post(
    "/{class_id}/sessions", status_code=201, response_model=ClassView, summary="补课 · Add a session"
)
async def add_session(
    request: Request,
    class_id: UUID,
    body: AddedSession,
    key: IdempotencyKey,
    principal: Manager,
    if_match: IfMatch = None,
) -> Response:
    """Adds a session, where no room, instructor or trainee is taken (T05, T06, T10).

    ``If-Match`` is the class's version. Until the last session is over. The class's instructors teach
    the new one, and completion counts it (C01–C03).
    """
    service, version = of(request), expected_version(if_match)

    async def act(tx: Transaction) -> ClassView | Refusal:
        changed = await session_changes.add(tx, service, principal, class_id, version, body)
        return changed if isinstance(changed, Refusal) else await _view(tx, service, changed)

    return await once(service.database, request, principal, key, body, act)


@router.post(
    "/{class_id}/sessions/{session_id}/amend", response_model=ClassView, summary="调课 · Amend a session"
)
async def amend_session(
    request: Request,
    class_id: UUID,
    session_id: UUID,
    body: SessionAmendment,
    principal: Manager,
    if_match: IfMatch = None,
) -> Response:
    """Moves a session to another time or room, or holds a cancelled one after all, if all is free (T06, T10).

    ``If-Match`` is the class's version. Until attendance may be recorded; then the session stands.
    """
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        changed = accepted(
            await session_changes.amend(tx, service, principal, class_id, session_id, version, body)
        )
        view = await _view(tx, service, changed)
    return reply(view)


@router.post(
    "/{class_id}/sessions/{session_id}/cancel",
    response_model=ClassView,
    summary="取消课次 · Cancel a session",
)
async def cancel_session(
    request: Request,
    class_id: UUID,
    session_id: UUID,
    body: Cancellation,
    principal: Manager,
    if_match: IfMatch = None,
) -> Response:
    """Cancels a session to come; those that are left must reach the hours of the standard (T05, T06).

    ``If-Match`` is the class's version. Completion counts only the sessions that were not cancelled (C02).
    """
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        changed = accepted(
            await session_changes.cancel(tx, service, principal, class_id, session_id, version, body.reason)
        )
        view = await _view(tx, service, changed)
    return reply(view)


def _asked(principal: Principal, query: ClassFilters, today: date) -> Asked:
    own: dict[str, Any] = {"flagged": None}
    if query.state:
        own |= _PHASES[query.state](today)
    if query.flagged is not None:
        own["flagged_on" if query.flagged else "unflagged_on"] = today
    return asked_by(principal, repository.LIST, query, **own)


_PHASES: Mapping[Phase, Callable[[date], dict[str, Any]]] = {
    Phase.FILED: lambda today: {"state": State.FILED, "begins_after": today},
    Phase.RUNNING: lambda today: {"state": State.FILED, "begun_by": today, "goes_on": today},
    Phase.ENDED: lambda today: {"state": State.FILED, "over_before": today},
    Phase.CANCELLED: lambda today: {"state": State.CANCELLED},
}


async def _view(tx: Transaction, service: Service, one: TrainingClass) -> ClassView:
    today = service.clock.today()
    flags = await repository.flags(tx, one, today)
    return ClassView(
        **_summary(one, today),
        sessions=list(map(_session, one.sessions)),
        instructors=[_instructor(person, flags.get(person.person_key)) for person in one.instructors],
        former_instructors=[_instructor(person) for person in one.former_instructors],
        flagged=bool(flags),
    )


def _session(one: Session) -> SessionView:
    return SessionView(
        id=one.id,
        starts_at=one.hours.starts_at,
        ends_at=one.hours.ends_at,
        room=one.room,
        online=one.online,
        cancelled_at=one.cancelled_at,
    )


def _instructor(person: SealedPerson, flag: InstructorState | None = None) -> InstructorView:
    return InstructorView(name=person.masked_name, id_number=person.masked_id_number, flag=flag)


def _summary(one: TrainingClass, today: date) -> dict[str, Any]:
    return {
        "id": one.id,
        "institution_id": one.institution_id,
        "institution_name": one.institution.name,
        "credit_code": one.institution.credit_code,
        "project_code": one.project.code,
        "stage": one.project.stage,
        "standard_version": one.standard_version,
        "norm_version": one.norm_version,
        "qualification_id": one.licence.qualification_id if one.licence else None,
        "qualification_state": one.licence.standing(today) if one.licence else None,
        "district": one.institution.district,
        "name": one.name,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "capacity": one.capacity,
        "enrolled": one.enrolled,
        "waiting": one.waiting,
        "state": one.phase(today),
        "cancel_reason": one.cancel_reason,
        "version": one.version,
    }
