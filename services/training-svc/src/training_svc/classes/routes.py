"""Classes over HTTP."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.classes import repository, use_cases
from training_svc.classes.schemas import (
    ClassExport,
    ClassFilters,
    ClassPage,
    ClassSummary,
    ClassView,
    InstructorView,
    NewClass,
    SessionView,
)
from training_svc.classes.training_class import TrainingClass
from training_svc.instructors.lifecycle import State
from training_svc.service import of
from training_svc.visibility import READERS, scope_of

Organiser = Annotated[Principal, Allow(Role.INSTITUTION)]
Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[ClassSummary], ...] = (
    Column(Text("班级名称", "Class"), lambda one: one.name),
    Column(Text("培训机构", "Institution"), lambda one: one.institution_name),
    Column(Text("统一社会信用代码", "Credit code"), lambda one: one.credit_code),
    Column(Text("所在区", "District"), lambda one: one.district),
    Column(Text("项目", "Project"), lambda one: one.project_code),
    Column(Text("阶段", "Stage"), lambda one: one.stage),
    Column(Text("标准版本", "Standard"), lambda one: one.standard_version),
    Column(Text("评价规范版本", "Evaluation norm"), lambda one: one.norm_version),
    Column(Text("资质现状", "Qualification"), lambda one: one.qualification_state),
    Column(Text("开班日期", "Starts on"), lambda one: one.starts_on),
    Column(Text("结束日期", "Ends on"), lambda one: one.ends_on),
    Column(Text("名额", "Capacity"), lambda one: one.capacity),
    Column(Text("已报名", "Enrolled"), lambda one: one.enrolled),
)

router = APIRouter(prefix="/training/v1/classes", tags=["班级 · classes"])


@router.post("", status_code=201, response_model=ClassView, summary="开班备案 · File a class")
async def file_class(request: Request, body: NewClass, key: IdempotencyKey, principal: Organiser) -> Response:
    """An institution files a class by its approved standard; the district is frozen (T02–T07, T10, S07)."""
    service = of(request)

    async def act(tx: Transaction) -> ClassView | Refusal:
        filed = await use_cases.file_class(tx, service, principal, body)
        return filed if isinstance(filed, Refusal) else _view(filed, {}, service.clock.today())

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="班级列表 · List the classes")
async def list_classes(
    request: Request, principal: Reader, query: Annotated[ClassPage, Query()]
) -> Page[ClassSummary]:
    """The classes one may see; ``flagged`` finds those with an instructor to be replaced (T06, T10)."""
    service = of(request)
    today = service.clock.today()
    asked = _asked(principal, query, today)
    return await repository.LIST.page(service.database, asked, query, lambda row: _row(row, today))


@router.get("/export", summary="导出班级 · Export the classes", responses=EXPORT_RESPONSES)
async def export_classes(
    request: Request, principal: Reader, query: Annotated[ClassExport, Query()]
) -> Response:
    """The classes one may see, as a file (T06, T10)."""
    service = of(request)
    today = service.clock.today()
    rows = repository.LIST.all_rows(service.database, _asked(principal, query, today))
    return await export(request, "classes", _COLUMNS, (_row(row, today) async for row in rows), query.format)


@router.get("/{class_id}", response_model=ClassView, summary="查询班级 · Read a class")
async def read_class(request: Request, class_id: UUID, principal: Reader) -> Response:
    """One class with its sessions and instructors, masked, a flag on who is to be replaced (T06, T10)."""
    service = of(request)
    async with service.database.transaction() as tx:
        found = await repository.one(tx, class_id, scope_of(principal))
        if found is None:
            raise Refused(Refusal(NOT_FOUND))
        today = service.clock.today()
        flags = await repository.flags(tx, found, today)
    return reply(_view(found, flags, today))


def _asked(principal: Principal, query: ClassFilters, today: date) -> Asked:
    scope = scope_of(principal)
    flagged_on, unflagged_on = today if query.flagged else None, today if query.flagged is False else None
    return repository.LIST.asked(
        query,
        reach=scope.reach,
        scope=scope.value,
        flagged=None,
        flagged_on=flagged_on,
        unflagged_on=unflagged_on,
    )


def _row(row: Row, today: date) -> ClassSummary:
    return ClassSummary(**_summary(repository.class_of(row), today))


def _view(one: TrainingClass, flags: Mapping[str, State], today: date) -> ClassView:
    return ClassView(
        **_summary(one, today),
        sessions=[
            SessionView(
                id=session.id,
                starts_at=session.hours.starts_at,
                ends_at=session.hours.ends_at,
                room=session.room,
            )
            for session in one.sessions
        ],
        instructors=[
            InstructorView(
                name=person.masked_name,
                id_number=person.masked_id_number,
                flag=flags.get(person.person_key),
            )
            for person in one.instructors
        ],
        flagged=bool(flags),
    )


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
        "version": one.version,
    }
