"""Institutions over HTTP."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Cursor, Limit, Page, page_of
from chuangpei.problems import NOT_FOUND
from chuangpei.web import reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.institutions import repository, use_cases
from training_svc.institutions.schemas import InstitutionView, NewInstitution
from training_svc.places import after_id
from training_svc.service import of
from training_svc.visibility import READERS, scope_of

Registrar = Annotated[Principal, Allow(Role.INSTITUTION, Role.DISTRICT_OFFICER)]
Reader = Annotated[Principal, Allow(*READERS)]

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
    request: Request,
    principal: Reader,
    limit: Limit = 50,
    cursor: Cursor = None,
    district: Annotated[str | None, Query(max_length=6)] = None,
) -> Page[InstitutionView]:
    """The institutions one may see, by id (T06)."""
    rows = await repository.listed(
        of(request).database,
        scope_of(principal),
        after=after_id(cursor),
        most=limit + 1,
        district=district,
    )
    return page_of([_view(row) for row in rows], limit, lambda view: (view.id,))


@router.get("/{institution_id}", response_model=InstitutionView, summary="查询培训机构 · Read an institution")
async def read_institution(request: Request, institution_id: UUID, principal: Reader) -> Response:
    """One institution (T06)."""
    row = await repository.one(of(request).database, institution_id, scope_of(principal))
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(_view(row))


def _view(row: Row) -> InstitutionView:
    return InstitutionView.model_validate({name: row[name] for name in InstitutionView.model_fields})
