"""Designations over HTTP."""

from datetime import date
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

from training_svc.designations import repository, use_cases
from training_svc.designations.designation import Designation
from training_svc.designations.schemas import (
    DesignationAmendment,
    DesignationExport,
    DesignationPage,
    DesignationView,
    NewDesignation,
    Withdrawal,
)
from training_svc.service import of
from training_svc.visibility import READERS, asked_by, scope_of

Centre = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("机构名称", "Institution"), lambda row: row["institution_name"]),
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("起", "From"), lambda row: row["starts_on"]),
    Column(Text("止", "Until"), lambda row: row["ends_on"]),
    Column(Text("命名依据", "Ground"), lambda row: row["reason"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("取消日期", "Withdrawn on"), lambda row: row["withdrawn_on"]),
    Column(Text("取消原因", "Withdrawn because"), lambda row: row["withdraw_reason"]),
)

router = APIRouter(prefix="/training/v1", tags=["示范机构 · designations"])


@router.post(
    "/institutions/{institution_id}/designations",
    status_code=201,
    response_model=DesignationView,
    summary="命名示范机构 · Designate an institution",
)
async def designate_institution(
    request: Request, institution_id: UUID, body: NewDesignation, key: IdempotencyKey, principal: Centre
) -> Response:
    """The city centre names an institution an example for a term (T08 优奖劣汰)."""
    service = of(request)

    async def act(tx: Transaction) -> DesignationView | Refusal:
        named = await use_cases.designate(tx, service, principal, institution_id, body)
        return named if isinstance(named, Refusal) else _view(named, service.clock.today())

    return await once(service.database, request, principal, key, body, act)


@router.get("/designations", summary="示范机构列表 · List the designations")
async def list_designations(
    request: Request, principal: Reader, query: Annotated[DesignationPage, Query()]
) -> Page[DesignationView]:
    """The designations of the institutions one may see (T08)."""
    service = of(request)
    today = service.clock.today()

    def view(row: Row) -> DesignationView:
        return _view(repository.designation_of(row), today)

    return await repository.LIST.page(
        service.database, asked_by(principal, repository.LIST, query), query, view
    )


@router.get(
    "/designations/export", summary="导出示范机构 · Export the designations", responses=EXPORT_RESPONSES
)
async def export_designations(
    request: Request, principal: Reader, query: Annotated[DesignationExport, Query()]
) -> Response:
    """The designations of the institutions one may see, as a file (T08)."""
    rows = repository.LIST.all_rows(of(request).database, asked_by(principal, repository.LIST, query))
    return await export(request, "designations", _COLUMNS, rows, query.format)


@router.get(
    "/designations/{designation_id}",
    response_model=DesignationView,
    summary="查询示范机构 · Read a designation",
)
async def read_designation(request: Request, designation_id: UUID, principal: Reader) -> Response:
    """One designation (T08)."""
    service = of(request)
    async with service.database.transaction() as tx:
        found = await repository.one(tx, designation_id, scope_of(principal))
    if found is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(_view(found, service.clock.today()))


@router.post(
    "/designations/{designation_id}/amend",
    response_model=DesignationView,
    summary="更正示范机构 · Amend a designation",
)
async def amend_designation(
    request: Request,
    designation_id: UUID,
    body: DesignationAmendment,
    principal: Centre,
    if_match: IfMatch = None,
) -> Response:
    """Corrects the term, the ground or the withdrawal of a designation, or takes a withdrawal back (T08)."""
    amended = await done(request, if_match, principal, use_cases.amend, designation_id, body)
    return reply(_view(amended, of(request).clock.today()))


@router.get(
    "/designations/{designation_id}/amendments",
    summary="示范机构更正记录 · A designation's amendments",
)
async def list_designation_amendments(
    request: Request, designation_id: UUID, principal: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (T08)."""
    async with of(request).database.transaction() as tx:
        if await repository.one(tx, designation_id, scope_of(principal)) is None:
            raise Refused(Refusal(NOT_FOUND))
        return await history(tx, "designation", designation_id, query)


@router.post(
    "/designations/{designation_id}/withdraw",
    response_model=DesignationView,
    summary="取消示范机构 · Withdraw a designation",
)
async def withdraw_designation(
    request: Request, designation_id: UUID, body: Withdrawal, principal: Centre, if_match: IfMatch = None
) -> Response:
    """Takes a designation back before its term ends, saying why (T08)."""
    withdrawn = await done(request, if_match, principal, use_cases.withdraw, designation_id, body.reason)
    return reply(_view(withdrawn, of(request).clock.today()))


def _view(one: Designation, today: date) -> DesignationView:
    return DesignationView(
        id=one.id,
        institution_id=one.institution_id,
        institution_name=one.institution_name,
        credit_code=one.credit_code,
        district=one.district,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        reason=one.reason,
        state=one.state,
        in_force=one.holds_on(today),
        designated_at=one.designated_at,
        designated_by=one.designated_by,
        withdrawn_on=one.withdrawn_on,
        withdraw_reason=one.withdraw_reason,
        version=one.version,
    )
