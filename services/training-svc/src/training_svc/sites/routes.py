"""Sites over HTTP."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.service import of
from training_svc.sites import repository, use_cases
from training_svc.sites.schemas import NewSite, SiteAmendment, SiteExport, SitePage, SiteView
from training_svc.visibility import EVERYTHING, READERS, asked_by, scope_of

Keeper = Annotated[Principal, Allow(Role.INSTITUTION, Role.DISTRICT_OFFICER)]
Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("机构名称", "Institution"), lambda row: row["institution_name"]),
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("场地地址", "Address"), lambda row: row["address"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("面积（平方米）", "Area (m²)"), lambda row: row["area_m2"]),
    Column(Text("教室数", "Rooms"), lambda row: len(row["rooms"])),
    Column(Text("座位数", "Seats"), lambda row: sum(room["seats"] for room in row["rooms"])),
    Column(Text("启用日期", "From"), lambda row: row["starts_on"]),
    Column(Text("停用日期", "Until"), lambda row: row["ends_on"]),
)

router = APIRouter(prefix="/training/v1", tags=["培训场地 · sites"])


@router.post(
    "/institutions/{institution_id}/sites",
    status_code=201,
    response_model=SiteView,
    summary="登记场地 · Record a site",
)
async def add_site(
    request: Request, institution_id: UUID, body: NewSite, key: IdempotencyKey, principal: Keeper
) -> Response:
    """The institution, or its district, records a site with its rooms (T06)."""
    service = of(request)

    async def act(tx: Transaction) -> SiteView | Refusal:
        added = await use_cases.add(tx, service, principal, institution_id, body)
        return added if isinstance(added, Refusal) else await _shown(tx, added)

    return await once(service.database, request, principal, key, body, act)


@router.get("/sites", summary="场地列表 · List the sites")
async def list_sites(
    request: Request, principal: Reader, query: Annotated[SitePage, Query()]
) -> Page[SiteView]:
    """The sites of the institutions one may see (T06)."""
    return await repository.LIST.page(
        of(request).database, asked_by(principal, repository.LIST, query), query, _view
    )


@router.get("/sites/export", summary="导出场地 · Export the sites", responses=EXPORT_RESPONSES)
async def export_sites(
    request: Request, principal: Reader, query: Annotated[SiteExport, Query()]
) -> Response:
    """The sites of the institutions one may see, as a file (T06)."""
    rows = repository.LIST.all_rows(of(request).database, asked_by(principal, repository.LIST, query))
    return await export(request, "sites", _COLUMNS, rows, query.format)


@router.get("/sites/{site_id}", response_model=SiteView, summary="查询场地 · Read a site")
async def read_site(request: Request, site_id: UUID, principal: Reader) -> Response:
    """One site with its rooms (T06)."""
    row = await repository.one(of(request).database, site_id, scope_of(principal))
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(_view(row))


@router.post("/sites/{site_id}/amend", response_model=SiteView, summary="变更场地 · Amend a site")
async def amend_site(
    request: Request, site_id: UUID, body: SiteAmendment, principal: Keeper, if_match: IfMatch = None
) -> Response:
    """Changes a site, its rooms or how long it is used, with a reason (T06)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        amended = accepted(await use_cases.amend(tx, service, principal, site_id, version, body))
        return reply(await _shown(tx, amended))


@router.get("/sites/{site_id}/amendments", summary="场地变更记录 · A site's amendments")
async def list_site_amendments(
    request: Request, site_id: UUID, principal: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (T06)."""
    database = of(request).database
    if await repository.one(database, site_id, scope_of(principal)) is None:
        raise Refused(Refusal(NOT_FOUND))
    return await history(database, "site", site_id, query)


async def _shown(tx: Transaction, site_id: UUID) -> SiteView:
    row = await repository.one(tx, site_id, EVERYTHING)
    assert row is not None, "it was written just now"
    return _view(row)


def _view(row: Row) -> SiteView:
    return SiteView.model_validate({name: row[name] for name in SiteView.model_fields})
