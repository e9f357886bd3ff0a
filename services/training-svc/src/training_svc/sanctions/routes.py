"""Sanctions over HTTP, and the running classes that they flag."""

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
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.policy.standing import BARRING
from training_svc.sanctions import repository, use_cases
from training_svc.sanctions.sanction import Sanction
from training_svc.sanctions.schemas import (
    FlaggedClassExport,
    FlaggedClassFilters,
    FlaggedClassPage,
    FlaggedClassView,
    Lifting,
    NewSanction,
    SanctionAmendment,
    SanctionExport,
    SanctionPage,
    SanctionView,
)
from training_svc.service import Service, of
from training_svc.visibility import READERS, asked_by, scope_of

Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU)]
Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("机构名称", "Institution"), lambda row: row["institution_name"]),
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("种类", "Kind"), lambda row: row["kind"]),
    Column(Text("作出机关", "Source"), lambda row: row["source"]),
    Column(Text("文号", "Document number"), lambda row: row["document_number"]),
    Column(Text("起", "From"), lambda row: row["starts_on"]),
    Column(Text("止", "Until"), lambda row: row["ends_on"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("解除日期", "Lifted on"), lambda row: row["lifted_on"]),
    Column(Text("解除原因", "Lifted because"), lambda row: row["lift_reason"]),
)
_CLASS_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("班级", "Class"), lambda row: row["name"]),
    Column(Text("机构名称", "Institution"), lambda row: row["institution_name"]),
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("开班日期", "Starts on"), lambda row: row["starts_on"]),
    Column(Text("结束日期", "Ends on"), lambda row: row["ends_on"]),
    Column(Text("学员数", "Enrolled"), lambda row: row["enrolled"]),
    Column(Text("限制开班的文书", "Barred by"), lambda row: "; ".join(row["barred_by"])),
)

router = APIRouter(prefix="/training/v1", tags=["处罚与失信 · sanctions"])


@router.post(
    "/institutions/{institution_id}/sanctions",
    status_code=201,
    response_model=SanctionView,
    summary="登记处罚或失信 · Record a sanction",
)
async def record_sanction(
    request: Request, institution_id: UUID, body: NewSanction, key: IdempotencyKey, principal: Officer
) -> Response:
    """Records a penalty or a listing as seriously dishonest; some bar new classes while they hold (T08)."""
    service = of(request)

    async def act(tx: Transaction) -> SanctionView | Refusal:
        imposed = await use_cases.impose(tx, service, principal, institution_id, body)
        return imposed if isinstance(imposed, Refusal) else _view(imposed, service.clock.today())

    return await once(service.database, request, principal, key, body, act)


@router.get("/sanctions", summary="处罚与失信列表 · List the sanctions")
async def list_sanctions(
    request: Request, principal: Reader, query: Annotated[SanctionPage, Query()]
) -> Page[SanctionView]:
    """The sanctions of the institutions one may see (T08)."""
    service = of(request)
    today = service.clock.today()

    def view(row: Row) -> SanctionView:
        return _view(repository.sanction_of(row), today)

    return await repository.LIST.page(
        service.database, asked_by(principal, repository.LIST, query), query, view
    )


@router.get("/sanctions/export", summary="导出处罚与失信 · Export the sanctions", responses=EXPORT_RESPONSES)
async def export_sanctions(
    request: Request, principal: Reader, query: Annotated[SanctionExport, Query()]
) -> Response:
    """The sanctions of the institutions one may see, as a file (T08)."""
    rows = repository.LIST.all_rows(of(request).database, asked_by(principal, repository.LIST, query))
    return await export(request, "sanctions", _COLUMNS, rows, query.format)


@router.get(
    "/sanctions/{sanction_id}", response_model=SanctionView, summary="查询处罚或失信 · Read a sanction"
)
async def read_sanction(request: Request, sanction_id: UUID, principal: Reader) -> Response:
    """One sanction (T08)."""
    service = of(request)
    async with service.database.transaction() as tx:
        found = await repository.one(tx, sanction_id, scope_of(principal))
    if found is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(_view(found, service.clock.today()))


@router.post(
    "/sanctions/{sanction_id}/amend", response_model=SanctionView, summary="更正处罚或失信 · Amend a sanction"
)
async def amend_sanction(
    request: Request,
    sanction_id: UUID,
    body: SanctionAmendment,
    principal: Officer,
    if_match: IfMatch = None,
) -> Response:
    """Corrects source, document number or period, with a reason; what the city recorded, the city (T08)."""
    amended = await done(request, if_match, principal, use_cases.amend, sanction_id, body)
    return reply(_view(amended, of(request).clock.today()))


@router.get("/sanctions/{sanction_id}/amendments", summary="处罚更正记录 · A sanction's amendments")
async def list_sanction_amendments(
    request: Request, sanction_id: UUID, principal: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (T08)."""
    async with of(request).database.transaction() as tx:
        if await repository.one(tx, sanction_id, scope_of(principal)) is None:
            raise Refused(Refusal(NOT_FOUND))
        return await history(tx, "sanction", sanction_id, query)


@router.post(
    "/sanctions/{sanction_id}/lift", response_model=SanctionView, summary="解除处罚或失信 · Lift a sanction"
)
async def lift_sanction(
    request: Request, sanction_id: UUID, body: Lifting, principal: Officer, if_match: IfMatch = None
) -> Response:
    """Lifts a sanction, saying why; what it barred is free again; the city's is lifted by the city (T08)."""
    lifted = await done(request, if_match, principal, use_cases.lift, sanction_id, body.reason)
    return reply(_view(lifted, of(request).clock.today()))


@router.get("/flagged-classes", summary="受限机构的在办班级 · Running classes of barred institutions")
async def list_flagged_classes(
    request: Request, principal: Reader, query: Annotated[FlaggedClassPage, Query()]
) -> Page[FlaggedClassView]:
    """Classes that have not ended while a sanction bars their institution from new ones (T06, T08)."""
    service = of(request)
    asked = _asked_classes(service, principal, query)
    return await repository.FLAGGED_CLASSES.page(service.database, asked, query, _class_view)


@router.get(
    "/flagged-classes/export",
    summary="导出受限机构的在办班级 · Export the flagged classes",
    responses=EXPORT_RESPONSES,
)
async def export_flagged_classes(
    request: Request, principal: Reader, query: Annotated[FlaggedClassExport, Query()]
) -> Response:
    """The running classes of barred institutions, as a file (T06, T08)."""
    service = of(request)
    rows = repository.FLAGGED_CLASSES.all_rows(service.database, _asked_classes(service, principal, query))
    return await export(request, "flagged-classes", _CLASS_COLUMNS, rows, query.format)


def _asked_classes(service: Service, principal: Principal, query: FlaggedClassFilters) -> Asked:
    today = {"today": service.clock.today()}
    return asked_by(principal, repository.FLAGGED_CLASSES, query, given=today)


def _class_view(row: Row) -> FlaggedClassView:
    return FlaggedClassView.model_validate({name: row[name] for name in FlaggedClassView.model_fields})


def _view(one: Sanction, today: date) -> SanctionView:
    return SanctionView(
        id=one.id,
        institution_id=one.institution_id,
        institution_name=one.institution_name,
        credit_code=one.credit_code,
        district=one.district,
        kind=one.kind,
        source=one.source,
        document_number=one.document_number,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        state=one.state,
        in_force=one.in_force_on(today),
        bars_classes=one.kind in BARRING,
        recorded_at=one.recorded_at,
        recorded_by=one.recorded_by,
        authority=one.authority,
        lifted_on=one.lifted_on,
        lift_reason=one.lift_reason,
        version=one.version,
    )
