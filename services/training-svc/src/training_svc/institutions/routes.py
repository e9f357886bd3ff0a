"""Institutions over HTTP."""

from typing import Annotated
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

from training_svc.institutions import repository, use_cases
from training_svc.institutions.schemas import (
    InstitutionExport,
    InstitutionFilters,
    InstitutionPage,
    InstitutionView,
    NewInstitution,
)
from training_svc.service import of
from training_svc.visibility import READERS, scope_of

Registrar = Annotated[Principal, Allow(Role.INSTITUTION, Role.DISTRICT_OFFICER)]
Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("机构名称", "Name"), lambda row: row["name"]),
    Column(Text("机构类型", "Kind"), lambda row: row["kind"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("地址", "Address"), lambda row: row["address"]),
    Column(Text("登记日期", "Registered on"), lambda row: row["registered_on"]),
)

router = APIRouter(prefix="/training/v1/institutions", tags=["培训机构 · institutions"])


@router.post(
    "", status_code=201, response_model=InstitutionView, summary="登记培训机构 · Register an institution"
)
async def register_institution(
    request: Request, body: NewInstitution, key: IdempotencyKey, principal: Registrar
) -> Response:
    """Registers an institution under its own credit code, or by an officer of its district (T06)."""
    service = of(request)

    async def act(tx: Transaction) -> InstitutionView | Refusal:
        return await use_cases.register(tx, service, principal, body)

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="培训机构列表 · List the institutions")
async def list_institutions(
    request: Request, principal: Reader, query: Annotated[InstitutionPage, Query()]
) -> Page[InstitutionView]:
    """The institutions one may see (T06)."""
    return await repository.LIST.page(of(request).database, _asked(principal, query), query, _view)


@router.get("/export", summary="导出培训机构 · Export the institutions", responses=EXPORT_RESPONSES)
async def export_institutions(
    request: Request, principal: Reader, query: Annotated[InstitutionExport, Query()]
) -> Response:
    """The institutions one may see, as a file (T06)."""
    rows = repository.LIST.all_rows(of(request).database, _asked(principal, query))
    return await export(request, "institutions", _COLUMNS, rows, query.format)


@router.get("/{institution_id}", response_model=InstitutionView, summary="查询培训机构 · Read an institution")
async def read_institution(request: Request, institution_id: UUID, principal: Reader) -> Response:
    """One institution (T06)."""
    row = await repository.one(of(request).database, institution_id, scope_of(principal))
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(_view(row))


def _asked(principal: Principal, query: InstitutionFilters) -> Asked:
    scope = scope_of(principal)
    return repository.LIST.asked(query, reach=scope.reach, scope=scope.value)


def _view(row: Row) -> InstitutionView:
    return InstitutionView.model_validate({name: row[name] for name in InstitutionView.model_fields})
