"""The lists of certificates and of their ledger over HTTP."""

from typing import Annotated

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Text
from chuangpei.paging import Page
from fastapi import APIRouter, Query, Request, Response

from cert_svc.certificates import listings, repository
from cert_svc.certificates.routes import Reader, view_of
from cert_svc.certificates.schemas import (
    CertificateExport,
    CertificatePage,
    CertificateView,
    LedgerExport,
    LedgerPage,
    LedgerView,
)
from cert_svc.policy.parameters import Law
from cert_svc.service import of

router = APIRouter(prefix="/cert/v1", tags=["证书 · certificates"])

Office = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]
_LEDGER_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("日期", "On"), lambda row: row["on_day"]),
    Column(Text("记录", "Entry"), lambda row: row["entry"]),
    Column(Text("证书编号", "Number"), lambda row: row["number"]),
    Column(Text("种类", "Kind"), lambda row: row["kind"]),
    Column(Text("持证人", "Holder"), lambda row: row["masked_name"]),
    Column(Text("培训机构", "Institution"), lambda row: row["institution_name"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("原因", "Reason"), lambda row: row["reason_code"]),
    Column(Text("经办人", "By"), lambda row: row["actor"]),
    Column(Text("时间", "At"), lambda row: row["at"]),
)


@router.get("/certificates/export", summary="导出证书 · Export the certificates", responses=EXPORT_RESPONSES)
async def export_certificates(
    request: Request, principal: Reader, query: Annotated[CertificateExport, Query()]
) -> Response:
    """The certificates one sees, as a file, holders masked (C06)."""
    service, listing = of(request), listings.CERTIFICATES
    reach, scope = listings.reach_of(principal)
    rows = listing.all_rows(service.database, listing.asked(query, reach=reach, scope=scope))
    return await export(request, "certificates", _columns_of(service.law), rows, query.format)


@router.get("/certificates", summary="列出证书 · List certificates")
async def list_certificates(
    request: Request, principal: Reader, query: Annotated[CertificatePage, Query()]
) -> Page[CertificateView]:
    """The newest first: a citizen's own, a district officer's of the district, the city's all (C06)."""
    service, listing = of(request), listings.CERTIFICATES
    reach, scope = listings.reach_of(principal)
    return await listing.page(
        service.database,
        listing.asked(query, reach=reach, scope=scope),
        query,
        lambda row: view_of(service, principal, repository.certificate_of(row)),
    )


@router.get("/certificate-ledger", summary="列出证书台账 · List the ledger of certificates")
async def list_ledger(
    request: Request, principal: Office, query: Annotated[LedgerPage, Query()]
) -> Page[LedgerView]:
    """Each issue, reissue and revocation: which number, to whom, when, by whom and why (C06)."""
    reach, scope = listings.reach_of(principal)
    asked = listings.LEDGER.asked(query, reach=reach, scope=scope)
    return await listings.LEDGER.page(
        of(request).database, asked, query, lambda row: LedgerView.model_validate(dict(row))
    )


@router.get(
    "/certificate-ledger/export", summary="导出证书台账 · Export the ledger", responses=EXPORT_RESPONSES
)
async def export_ledger(
    request: Request, principal: Office, query: Annotated[LedgerExport, Query()]
) -> Response:
    """The ledger one sees, as a file, holders masked (C06)."""
    reach, scope = listings.reach_of(principal)
    asked = listings.LEDGER.asked(query, reach=reach, scope=scope)
    rows = listings.LEDGER.all_rows(of(request).database, asked)
    return await export(request, "certificate-ledger", _LEDGER_COLUMNS, rows, query.format)


def _columns_of(law: Law) -> tuple[Column[Row], ...]:
    return (
        Column(Text("证书编号", "Number"), lambda row: row["number"]),
        Column(Text("电子证照标识", "Identifier"), lambda row: row["identifier"]),
        Column(Text("版次", "Edition"), lambda row: row["edition"]),
        Column(
            Text("种类", "Kind"), lambda row: law.certificates.on(row["issued_on"]).kinds[row["kind"]].name.zh
        ),
        Column(Text("持证人", "Holder"), lambda row: row["masked_name"]),
        Column(Text("培训机构", "Institution"), lambda row: row["institution_name"]),
        Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
        Column(Text("所在区", "District"), lambda row: row["district"]),
        Column(Text("项目编码", "Project"), lambda row: row["project_code"]),
        Column(Text("颁发日期", "Issued on"), lambda row: row["issued_on"]),
        Column(Text("换发日期", "Reissued on"), lambda row: row["reissued_on"]),
        Column(Text("状态", "Status"), lambda row: row["state"]),
        Column(Text("撤销日期", "Revoked on"), lambda row: row["revoked_on"]),
        Column(Text("撤销原因", "Reason"), lambda row: row["reason_code"]),
    )
