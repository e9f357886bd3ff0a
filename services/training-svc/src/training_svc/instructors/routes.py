"""Instructors over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Database, Row, Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.instructors import applications, lists, repository, upkeep
from training_svc.instructors.instructor import Instructor
from training_svc.instructors.schemas import (
    Because,
    InstructorExport,
    InstructorFilters,
    InstructorPage,
    InstructorSummary,
    InstructorView,
    NewCertificate,
    NewInstructor,
    SelfNomination,
    UnmaskedView,
)
from training_svc.instructors.views import summary, view
from training_svc.service import of
from training_svc.visibility import READERS, asked_by, scope_of

Employer = Annotated[Principal, Allow(Role.INSTITUTION)]
Citizen = Annotated[Principal, Allow(Role.CITIZEN)]
Keeper = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE)]
Recorder = Annotated[Principal, Allow(Role.INSTITUTION, Role.DISTRICT_OFFICER, Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[InstructorSummary], ...] = (
    Column(Text("姓名", "Name"), lambda one: one.name),
    Column(Text("证件号码", "Id number"), lambda one: one.id_number),
    Column(Text("电话", "Phone"), lambda one: one.phone),
    Column(Text("状态", "State"), lambda one: one.state),
    Column(Text("所在区", "District"), lambda one: one.district),
    Column(Text("所属机构", "Institution"), lambda one: one.institution_name),
    Column(Text("聘用性质", "Employment"), lambda one: one.employment),
    Column(Text("可授项目", "Projects"), lambda one: " ".join(one.projects)),
    Column(Text("专业领域", "Fields"), lambda one: " ".join(one.fields)),
    Column(Text("入库日期", "Admitted on"), lambda one: one.admitted_on),
    Column(Text("考核到期日", "Appraisal due on"), lambda one: one.appraisal_due_on),
    Column(Text("退出生效日", "Exits on"), lambda one: one.exits_on),
)

router = APIRouter(prefix="/training/v1", tags=["师资库 · instructors"])


@router.post(
    "/institutions/{institution_id}/instructors",
    status_code=201,
    response_model=InstructorView,
    summary="为本机构讲师申请入库 · Apply for an instructor of the institution",
)
async def apply_for_instructor(
    request: Request, institution_id: UUID, body: NewInstructor, key: IdempotencyKey, principal: Employer
) -> Response:
    """An institution applies for somebody it employs; its district vets (T10)."""
    service = of(request)

    async def act(tx: Transaction) -> InstructorView | Refusal:
        applied = await applications.apply(tx, service, principal, institution_id, body)
        return applied if isinstance(applied, Refusal) else await _view(tx, applied, service.clock.today())

    return await once(service.database, request, principal, key, body, act)


@router.post(
    "/my/instructor", status_code=201, response_model=InstructorView, summary="自荐入库 · Nominate oneself"
)
async def nominate_oneself(
    request: Request, body: SelfNomination, key: IdempotencyKey, principal: Citizen
) -> Response:
    """A citizen applies for the pool alone, by real name (T10)."""
    service = of(request)

    async def act(tx: Transaction) -> InstructorView | Refusal:
        applied = await applications.nominate_oneself(tx, service, principal, body)
        return applied if isinstance(applied, Refusal) else await _view(tx, applied, service.clock.today())

    return await once(service.database, request, principal, key, body, act)


@router.get("/my/instructor", response_model=InstructorView, summary="我的师资信息 · My entry in the pool")
async def read_own(request: Request, principal: Citizen) -> Response:
    """Where one stands in the pool oneself (T10)."""
    database = of(request).database
    found = await repository.of_person(database, principal.person_key or "")
    return reply(await _view(database, _found(found), of(request).clock.today()))


@router.get("/instructors", summary="师资列表 · List the instructors")
async def list_instructors(
    request: Request, principal: Reader, query: Annotated[InstructorPage, Query()]
) -> Page[InstructorSummary]:
    """The instructors one may see; ``state`` is the one of today (T10)."""
    service = of(request)
    today = service.clock.today()
    asked = _asked(principal, query, today)
    return await lists.LIST.page(service.database, asked, query, lambda row: _row(row, today))


@router.get("/instructors/export", summary="导出师资 · Export the instructors", responses=EXPORT_RESPONSES)
async def export_instructors(
    request: Request, principal: Reader, query: Annotated[InstructorExport, Query()]
) -> Response:
    """The instructors one may see, masked, as a file (T10)."""
    service = of(request)
    today = service.clock.today()
    rows = lists.LIST.all_rows(service.database, _asked(principal, query, today))
    views = (_row(row, today) async for row in rows)
    return await export(request, "instructors", _COLUMNS, views, query.format)


@router.get(
    "/instructors/{instructor_id}", response_model=InstructorView, summary="查询师资 · Read an instructor"
)
async def read_instructor(request: Request, instructor_id: UUID, principal: Reader) -> Response:
    """One instructor, masked, with the certificates held (T10)."""
    service = of(request)
    found = await repository.one(service.database, instructor_id, scope_of(principal))
    return reply(await _view(service.database, _found(found), service.clock.today()))


@router.get(
    "/instructors/{instructor_id}/amendments",
    summary="师资信息更正记录 · Amendments of an entry",
)
async def read_amendments(
    request: Request, instructor_id: UUID, principal: Keeper, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (T10)."""
    database = of(request).database
    _found(await repository.one(database, instructor_id, scope_of(principal)))
    return await history(database, "instructor", instructor_id, query)


@router.post(
    "/instructors/{instructor_id}/certificates",
    status_code=201,
    response_model=InstructorView,
    summary="登记师资证书 · Record a certificate",
)
async def add_certificate(
    request: Request, instructor_id: UUID, body: NewCertificate, key: IdempotencyKey, principal: Recorder
) -> Response:
    """Records a certificate that somebody holds (T10)."""
    service = of(request)

    async def act(tx: Transaction) -> InstructorView | Refusal:
        held = await upkeep.add_certificate(tx, service, principal, instructor_id, body)
        return held if isinstance(held, Refusal) else await _view(tx, held, service.clock.today())

    return await once(service.database, request, principal, key, body, act)


@router.post(
    "/instructors/{instructor_id}/unmask",
    response_model=UnmaskedView,
    summary="查看明文信息 · Show what is masked",
)
async def unmask_instructor(
    request: Request, instructor_id: UUID, body: Because, principal: Keeper
) -> Response:
    """Name, id number and phone in clear, for a reason that the audit log keeps (T10)."""
    service = of(request)
    async with service.database.transaction() as tx:
        shown = accepted(await upkeep.unmask(tx, service, principal, instructor_id, body.reason))
    return reply(shown)


def _found(instructor: Instructor | None) -> Instructor:
    if instructor is None:
        raise Refused(Refusal(NOT_FOUND))
    return instructor


def _asked(principal: Principal, query: InstructorFilters, today: date) -> Asked:
    return asked_by(principal, lists.LIST, query, **lists.in_state(query.state, today))


def _row(row: Row, today: date) -> InstructorSummary:
    return summary(repository.instructor_of(row), today)


async def _view(source: Database | Transaction, one: Instructor, today: date) -> InstructorView:
    return view(one, await repository.certificates(source, one.id), today)
