"""REST of institutions: what training-svc told of them, for officials and for each its own."""

from datetime import date
from typing import Annotated, Any

from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.dates import add_years
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import reply
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from brand_svc.access import OfficialOrInstitution, asked_by, may_see
from brand_svc.fields import CreditCodePath
from brand_svc.institutions import lists, repository
from brand_svc.institutions.schemas import (
    InactivityView,
    InstitutionExport,
    InstitutionFile,
    InstitutionPage,
    InstitutionSummary,
    QualificationView,
    SanctionView,
)
from brand_svc.policy.parameters import parameters_on
from brand_svc.service import Service, of

router = APIRouter(prefix="/brand/v1/institutions", tags=["培训机构 · institutions"])

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("机构名称", "Institution"), lambda row: row["name"]),
    Column(Text("区", "District"), lambda row: row["district"]),
    Column(Text("类型", "Kind"), lambda row: row["kind"]),
    Column(Text("登记日期", "Registered on"), lambda row: row["registered_on"]),
    Column(Text("停办日期", "Closed on"), lambda row: row["closed_on"]),
    Column(Text("品牌层级", "Brand tier"), lambda row: row["brand_tier"]),
    Column(Text("停业整顿或失信", "Stopped or listed"), lambda row: row["barred"]),
    Column(Text("有有效资质", "Qualified"), lambda row: row["qualified"]),
    Column(Text("最近一班结束", "Last class ends on"), lambda row: row["last_class_ends_on"]),
    Column(Text("自何日起未开班", "Inactive since"), lambda row: row["inactive_since"]),
)


@router.get("", summary="机构情况列表 · How the institutions stand")
async def listed(
    request: Request, principal: OfficialOrInstitution, query: Annotated[InstitutionPage, Query()]
) -> Page[InstitutionSummary]:
    """Institutions with their standing today; districts see theirs, an institution itself (B02, B10, B13)."""
    service = of(request)
    asked = asked_by(principal, lists.LIST, query, given={"today": service.clock.today()})
    return await lists.LIST.page(service.database, asked, query, lambda row: InstitutionSummary(**_own(row)))


@router.get("/export", summary="导出机构情况 · Export how they stand", responses=EXPORT_RESPONSES)
async def exported(
    request: Request, principal: OfficialOrInstitution, query: Annotated[InstitutionExport, Query()]
) -> Response:
    """The institutions one may see, as a file (B02, B10, B13)."""
    service = of(request)
    asked = asked_by(principal, lists.LIST, query, given={"today": service.clock.today()})
    return await export(
        request, "institutions", _COLUMNS, lists.LIST.all_rows(service.database, asked), query.format
    )


@router.get("/{credit_code}", response_model=InstitutionFile, summary="机构档案 · An institution's file")
async def read(request: Request, credit_code: CreditCodePath, principal: OfficialOrInstitution) -> Response:
    """Its sanctions, qualifications, classes and inactivity, and whether X4 holds (B02, B11, B13)."""
    service = of(request)
    async with service.database.transaction() as tx:
        row = await lists.shown(tx, credit_code, service.clock.today())
        if row is None or not may_see(principal, district=row["district"], credit_code=credit_code):
            raise Refused(Refusal(NOT_FOUND))
        return reply(await _file(tx, service, row))


async def _file(tx: Transaction, service: Service, row: Row) -> InstitutionFile:
    code, today = row["credit_code"], service.clock.today()
    idle = (await repository.idle_of(tx, [code])).get(code)
    inactivity = await lists.inactivity_of(tx, code)
    return InstitutionFile(
        **_own(row),
        classes_held=await lists.classes_held(tx, code, _years_ago(service, today), today),
        x4=idle is not None and idle.without_all,
        inactivity=InactivityView(**_fields(InactivityView, inactivity)) if inactivity else None,
        sanctions=[SanctionView(**_fields(SanctionView, one)) for one in await lists.sanctions_of(tx, code)],
        qualifications=[
            QualificationView(**_fields(QualificationView, one))
            for one in await lists.qualifications_of(tx, code)
        ],
    )


def _years_ago(service: Service, today: date) -> date:
    return add_years(today, -parameters_on(service.law, today).clean_record_years.value)


def _own(row: Row) -> dict[str, Any]:
    return _fields(InstitutionSummary, row)


def _fields(view: type[BaseModel], row: Row) -> dict[str, Any]:
    return {name: row[name] for name in view.model_fields}
