"""Working mechanisms over HTTP: filed by the districts, taken on file by the city centre."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.service import of
from training_svc.visibility import OFFICES, asked_by, scope_of
from training_svc.working_mechanisms import repository, use_cases
from training_svc.working_mechanisms.mechanism import Mechanism
from training_svc.working_mechanisms.schemas import (
    MechanismAmendment,
    MechanismExport,
    MechanismPage,
    MechanismView,
    NewMechanism,
    Return,
)

District = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
Centre = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(*OFFICES)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("区", "District"), lambda row: row["district"]),
    Column(Text("名称", "Title"), lambda row: row["title"]),
    Column(Text("文号", "Document"), lambda row: row["document_reference"]),
    Column(Text("责任部门", "Responsible unit"), lambda row: row["responsible_unit"]),
    Column(Text("联系人", "Contact"), lambda row: row["contact_masked_name"]),
    Column(Text("联系电话", "Phone"), lambda row: row["contact_masked_phone"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("报备日期", "Filed on"), lambda row: row["filed_on"]),
    Column(Text("办理日期", "Decided on"), lambda row: row["decided_on"]),
    Column(Text("退回原因", "Returned because"), lambda row: row["reason"]),
)

router = APIRouter(prefix="/training/v1/working-mechanisms", tags=["工作机制备案 · working mechanisms"])


@router.post(
    "", status_code=201, response_model=MechanismView, summary="报备工作机制 · File a working mechanism"
)
async def file_mechanism(
    request: Request, body: NewMechanism, key: IdempotencyKey, principal: District
) -> Response:
    """A district files its working mechanism with the city centre (O01)."""
    service = of(request)

    async def act(tx: Transaction) -> MechanismView | Refusal:
        filed = await use_cases.file_mechanism(tx, service, principal, body)
        return filed if isinstance(filed, Refusal) else _view(filed)

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="工作机制列表 · List the working mechanisms")
async def list_mechanisms(
    request: Request, principal: Reader, query: Annotated[MechanismPage, Query()]
) -> Page[MechanismView]:
    """What the districts one may see have filed (O01)."""
    return await repository.LIST.page(
        of(request).database, asked_by(principal, repository.LIST, query), query, _listed
    )


@router.get("/export", summary="导出工作机制 · Export the working mechanisms", responses=EXPORT_RESPONSES)
async def export_mechanisms(
    request: Request, principal: Reader, query: Annotated[MechanismExport, Query()]
) -> Response:
    """What the districts one may see have filed, as a file (O01)."""
    rows = repository.LIST.all_rows(of(request).database, asked_by(principal, repository.LIST, query))
    return await export(request, "working-mechanisms", _COLUMNS, rows, query.format)


@router.get(
    "/{mechanism_id}", response_model=MechanismView, summary="查询工作机制 · Read a working mechanism"
)
async def read_mechanism(request: Request, mechanism_id: UUID, principal: Reader) -> Response:
    """One filing and where it stands (O01)."""
    return reply(_view(await _seen(request, mechanism_id, principal)))


@router.get("/{mechanism_id}/amendments", summary="工作机制更正记录 · List a mechanism's amendments")
async def list_mechanism_amendments(
    request: Request, mechanism_id: UUID, principal: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """Each amendment with the values before and after, the contact masked (O01)."""
    await _seen(request, mechanism_id, principal)
    return await history(of(request).database, "working_mechanism", mechanism_id, query)


@router.post(
    "/{mechanism_id}/accept", response_model=MechanismView, summary="同意备案 · Accept a working mechanism"
)
async def accept_mechanism(
    request: Request, mechanism_id: UUID, principal: Centre, if_match: IfMatch = None
) -> Response:
    """The city centre takes it on file (O01)."""
    mechanism = await done(request, if_match, principal, use_cases.accept, mechanism_id)
    return reply(_view(mechanism))


@router.post(
    "/{mechanism_id}/return",
    response_model=MechanismView,
    summary="退回工作机制 · Return a working mechanism",
)
async def return_mechanism(
    request: Request, mechanism_id: UUID, body: Return, principal: Centre, if_match: IfMatch = None
) -> Response:
    """The city centre returns it with the reason; the district files anew (O01)."""
    mechanism = await done(request, if_match, principal, use_cases.send_back, mechanism_id, body.reason)
    return reply(_view(mechanism))


@router.post(
    "/{mechanism_id}/amend", response_model=MechanismView, summary="更正工作机制 · Amend a working mechanism"
)
async def amend_mechanism(
    request: Request,
    mechanism_id: UUID,
    body: MechanismAmendment,
    principal: District,
    if_match: IfMatch = None,
) -> Response:
    """The district corrects document, unit or contact of what is on file, with the reason (O01)."""
    mechanism = await done(request, if_match, principal, use_cases.amend, mechanism_id, body)
    return reply(_view(mechanism))


async def _seen(request: Request, mechanism_id: UUID, principal: Principal) -> Mechanism:
    found = await repository.one(of(request).database, mechanism_id, scope_of(principal))
    if found is None:
        raise Refused(Refusal(NOT_FOUND))
    return found


def _listed(row: Row) -> MechanismView:
    return _view(repository.mechanism_of(row))


def _view(one: Mechanism) -> MechanismView:
    return MechanismView(
        id=one.id,
        district=one.district,
        title=one.title,
        document_reference=one.document_reference,
        responsible_unit=one.responsible_unit,
        contact_name=one.contact.masked_name,
        contact_phone=one.contact.masked_phone,
        state=one.state,
        filed_at=one.filed_at,
        filed_on=one.filed_on,
        decided_on=one.decided_on,
        reason=one.reason,
        version=one.version,
    )
