"""Institutions over HTTP."""

from typing import Annotated
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

from training_svc.institutions import repository, use_cases
from training_svc.institutions.institution import Institution
from training_svc.institutions.schemas import (
    Closing,
    Contact,
    ContactView,
    EarlyCodeView,
    InstitutionAmendment,
    InstitutionExport,
    InstitutionFilters,
    InstitutionPage,
    InstitutionView,
    NewInstitution,
)
from training_svc.service import Service, of
from training_svc.visibility import EVERYTHING, READERS, asked_by, scope_of

Registrar = Annotated[Principal, Allow(Role.INSTITUTION, Role.DISTRICT_OFFICER)]
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("早期代码说明", "Early code taken because"), lambda row: row["early_code_reason"]),
    Column(Text("机构名称", "Name"), lambda row: row["name"]),
    Column(Text("机构类型", "Kind"), lambda row: row["kind"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("地址", "Address"), lambda row: row["address"]),
    Column(Text("登记日期", "Registered on"), lambda row: row["registered_on"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("停办日期", "Closed on"), lambda row: row["closed_on"]),
    Column(Text("限制开班的文书", "Barred by"), lambda row: "; ".join(row["barred_by"])),
    Column(Text("示范机构", "Designated"), lambda row: row["designated"]),
    Column(Text("排名不达标", "Failing"), lambda row: row["failing"]),
)

router = APIRouter(prefix="/training/v1/institutions", tags=["培训机构 · institutions"])


@router.post(
    "", status_code=201, response_model=InstitutionView, summary="登记培训机构 · Register an institution"
)
async def register_institution(
    request: Request, body: NewInstitution, key: IdempotencyKey, principal: Registrar
) -> Response:
    """Registers an institution under its own credit code, or by an officer of its district (T06).

    A code whose check character fails (早期代码) is taken from an officer who says why.
    """
    service = of(request)

    async def act(tx: Transaction) -> InstitutionView | Refusal:
        registered = await use_cases.register(tx, service, principal, body)
        return registered if isinstance(registered, Refusal) else await _shown(tx, service, registered)

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="培训机构列表 · List the institutions")
async def list_institutions(
    request: Request, principal: Reader, query: Annotated[InstitutionPage, Query()]
) -> Page[InstitutionView]:
    """The institutions one may see, with how they stand today (T06, T08)."""
    service = of(request)
    return await repository.LIST.page(service.database, _asked(service, principal, query), query, _view)


@router.get("/export", summary="导出培训机构 · Export the institutions", responses=EXPORT_RESPONSES)
async def export_institutions(
    request: Request, principal: Reader, query: Annotated[InstitutionExport, Query()]
) -> Response:
    """The institutions one may see, as a file (T06)."""
    service = of(request)
    rows = repository.LIST.all_rows(service.database, _asked(service, principal, query))
    return await export(request, "institutions", _COLUMNS, rows, query.format)


@router.get("/{institution_id}", response_model=InstitutionView, summary="查询培训机构 · Read an institution")
async def read_institution(request: Request, institution_id: UUID, principal: Reader) -> Response:
    """One institution and how it stands today (T06, T08)."""
    service = of(request)
    row = await repository.shown(service.database, institution_id, scope_of(principal), service.clock.today())
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(_view(row))


@router.post(
    "/{institution_id}/amend",
    response_model=InstitutionView,
    summary="变更机构信息 · Amend an institution",
)
async def amend_institution(
    request: Request,
    institution_id: UUID,
    body: InstitutionAmendment,
    principal: Officer,
    if_match: IfMatch = None,
) -> Response:
    """Changes name, kind, district or address with a reason (T06); the district of classes stays (S07).

    Of one that has closed the day and the reason are amended, or the closing is taken back (T06).
    """
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        amended = accepted(await use_cases.amend(tx, service, principal, institution_id, version, body))
        return reply(await _shown(tx, service, amended))


@router.get("/{institution_id}/amendments", summary="机构变更记录 · An institution's amendments")
async def list_institution_amendments(
    request: Request, institution_id: UUID, principal: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (T06)."""
    database = of(request).database
    if await repository.one(database, institution_id, scope_of(principal)) is None:
        raise Refused(Refusal(NOT_FOUND))
    return await history(database, "institution", institution_id, query)


@router.post(
    "/{institution_id}/close", response_model=InstitutionView, summary="机构停办 · Close an institution"
)
async def close_institution(
    request: Request, institution_id: UUID, body: Closing, principal: Officer, if_match: IfMatch = None
) -> Response:
    """Closes an institution whose classes have ended; it files no new ones (T06)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        closed = accepted(await use_cases.close(tx, service, principal, institution_id, version, body.reason))
        return reply(await _shown(tx, service, closed))


@router.post(
    "/{institution_id}/contact", response_model=InstitutionView, summary="变更联系人 · Name the contact"
)
async def name_institution_contact(
    request: Request, institution_id: UUID, body: Contact, principal: Registrar, if_match: IfMatch = None
) -> Response:
    """The institution, or its district, says whom to call; shown masked (T06)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        named = accepted(await use_cases.name_contact(tx, service, principal, institution_id, version, body))
        return reply(await _shown(tx, service, named))


def _asked(service: Service, principal: Principal, query: InstitutionFilters) -> Asked:
    today = {"today": service.clock.today()}
    return asked_by(principal, repository.LIST, query, given=today)


async def _shown(tx: Transaction, service: Service, institution: Institution) -> InstitutionView:
    row = await repository.shown(tx, institution.id, EVERYTHING, service.clock.today())
    assert row is not None, "it was written just now"
    return _view(row)


def _view(row: Row) -> InstitutionView:
    own = {name: row[name] for name in InstitutionView.model_fields if name in row}
    contact, early = row["contact_masked_name"], row["early_code_reason"]
    return InstitutionView(
        **own,
        contact=ContactView(name=contact, phone=row["contact_masked_phone"]) if contact else None,
        early_code=early
        and EarlyCodeView(reason=early, recorded_by=row["registered_by"], recorded_at=row["registered_at"]),
    )
