"""Materials of courses over HTTP."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.course_materials import repository, use_cases
from training_svc.course_materials.schemas import (
    MATERIAL_COLUMNS,
    MaterialExport,
    MaterialFilters,
    MaterialPage,
    MaterialView,
    NewMaterial,
)
from training_svc.courses import repository as courses
from training_svc.service import of
from training_svc.visibility import READERS, asked_by, scope_of

Developer = Annotated[Principal, Allow(Role.INSTITUTION)]
Centre = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(*READERS)]

router = APIRouter(prefix="/training/v1", tags=["课件 · course materials"])


@router.post(
    "/courses/{course_id}/materials",
    status_code=201,
    response_model=MaterialView,
    summary="登记课件 · Draft a material",
)
async def draft_material(
    request: Request, course_id: UUID, body: NewMaterial, key: IdempotencyKey, principal: Developer
) -> Response:
    """The developer adds a version of a material as a draft (T09)."""
    service = of(request)

    async def act(tx: Transaction) -> MaterialView | Refusal:
        drafted = await use_cases.draft(tx, service, principal, course_id, body)
        return drafted if isinstance(drafted, Refusal) else _view(drafted)

    return await once(service.database, request, principal, key, body, act)


@router.get("/courses/{course_id}/materials", summary="课件列表 · List a course's materials")
async def list_materials(
    request: Request, course_id: UUID, principal: Reader, query: Annotated[MaterialPage, Query()]
) -> Page[MaterialView]:
    """The developer and the city read drafts, the district what is released (T09)."""
    asked = await _asked(request, course_id, principal, query)
    return await repository.LIST.page(of(request).database, asked, query, _view)


@router.get(
    "/courses/{course_id}/materials/export",
    summary="导出课件清单 · Export a course's materials",
    responses=EXPORT_RESPONSES,
)
async def export_materials(
    request: Request, course_id: UUID, principal: Reader, query: Annotated[MaterialExport, Query()]
) -> Response:
    """The materials one may see, as a file (T09)."""
    asked = await _asked(request, course_id, principal, query)
    rows = repository.LIST.all_rows(of(request).database, asked)
    return await export(request, "course-materials", MATERIAL_COLUMNS, rows, query.format)


@router.get(
    "/course-materials/{material_id}", response_model=MaterialView, summary="查询课件 · Read a material"
)
async def read_material(request: Request, material_id: UUID, principal: Reader) -> Response:
    """One version of a material (T09)."""
    found = await repository.one(of(request).database, material_id, scope_of(principal))
    if found is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(_view(found))


@router.post(
    "/course-materials/{material_id}/revise",
    response_model=MaterialView,
    summary="修改课件草稿 · Revise a draft",
)
async def revise_material(
    request: Request, material_id: UUID, body: NewMaterial, principal: Developer, if_match: IfMatch = None
) -> Response:
    """The developer changes a draft; a released version never changes (T09)."""
    revised = await done(request, if_match, principal, use_cases.revise, material_id, body)
    return reply(_view(revised))


@router.post(
    "/course-materials/{material_id}/release",
    response_model=MaterialView,
    summary="发布课件 · Release a material",
)
async def release_material(
    request: Request, material_id: UUID, principal: Centre, if_match: IfMatch = None
) -> Response:
    """The city centre releases a version, which never changes again (T09)."""
    released = await done(request, if_match, principal, use_cases.release, material_id)
    return reply(_view(released))


async def _asked(request: Request, course_id: UUID, principal: Principal, query: MaterialFilters) -> Asked:
    scope = scope_of(principal)
    if await courses.one(of(request).database, course_id, scope) is None:
        raise Refused(Refusal(NOT_FOUND))
    return asked_by(principal, repository.LIST, query, course_id=course_id)


def _view(row: Row) -> MaterialView:
    return MaterialView.model_validate(dict(row))
