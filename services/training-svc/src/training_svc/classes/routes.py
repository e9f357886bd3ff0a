"""Classes over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Transaction
from chuangpei.errors import Refused
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Cursor, Limit, Page, after_id, page_of
from chuangpei.problems import NOT_FOUND
from chuangpei.web import reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.classes import repository, use_cases
from training_svc.classes.schemas import ClassSummary, ClassView, InstructorView, NewClass, SessionView
from training_svc.classes.training_class import TrainingClass
from training_svc.service import of
from training_svc.visibility import READERS, scope_of

Organiser = Annotated[Principal, Allow(Role.INSTITUTION)]
Reader = Annotated[Principal, Allow(*READERS)]

router = APIRouter(prefix="/training/v1/classes", tags=["班级 · classes"])


@router.post("", status_code=201, response_model=ClassView, summary="开班备案 · File a class")
async def file_class(request: Request, body: NewClass, key: IdempotencyKey, principal: Organiser) -> Response:
    """An institution files a class by its approved standard; the district is frozen (T02–T07, T10, S07)."""
    service = of(request)

    async def act(tx: Transaction) -> ClassView | Refusal:
        filed = await use_cases.file_class(tx, service, principal, body)
        return filed if isinstance(filed, Refusal) else _view(filed)

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="班级列表 · List the classes")
async def list_classes(
    request: Request,
    principal: Reader,
    limit: Limit = 50,
    cursor: Cursor = None,
    project_code: Annotated[str | None, Query(max_length=40)] = None,
) -> Page[ClassSummary]:
    """The classes one may see, by id (T06)."""
    found = await repository.listed(
        of(request).database,
        scope_of(principal),
        after=after_id(cursor),
        most=limit + 1,
        project_code=project_code,
    )
    return page_of([ClassSummary(**_summary(one)) for one in found], limit, lambda view: (view.id,))


@router.get("/{class_id}", response_model=ClassView, summary="查询班级 · Read a class")
async def read_class(request: Request, class_id: UUID, principal: Reader) -> Response:
    """One class with its sessions and its instructors' masked names (T06, T10)."""
    async with of(request).database.transaction() as tx:
        found = await repository.one(tx, class_id, scope_of(principal))
    if found is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(_view(found))


def _view(one: TrainingClass) -> ClassView:
    return ClassView(
        **_summary(one),
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
            InstructorView(name=person.masked_name, id_number=person.masked_id_number)
            for person in one.instructors
        ],
    )


def _summary(one: TrainingClass) -> dict[str, Any]:
    return {
        "id": one.id,
        "institution_id": one.institution_id,
        "institution_name": one.institution.name,
        "credit_code": one.institution.credit_code,
        "project_code": one.project.code,
        "stage": one.project.stage,
        "standard_version": one.standard_version,
        "district": one.institution.district,
        "name": one.name,
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "capacity": one.capacity,
        "enrolled": one.enrolled,
        "version": one.version,
    }
