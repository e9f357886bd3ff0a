"""Routes of risk signs, for offices alone."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.access import asked_by, may_see_district
from subsidy_svc.claims import repository as claims
from subsidy_svc.risk_signs import repository, use_cases
from subsidy_svc.risk_signs.schemas import (
    ClaimSigns,
    Note,
    SignExport,
    SignFilters,
    SignPage,
    SignView,
    claim_signs,
    sign_view,
)
from subsidy_svc.service import of
from subsidy_svc.settings import JSON_BODY_BYTES

router = APIRouter(prefix="/subsidy/v1", tags=["风险提示 · risk signs"])
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
Office = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("申领编号", "Claim"), lambda row: str(row["claim_id"])),
    Column(Text("申领状态", "State"), lambda row: row["state"]),
    Column(Text("申领人", "Holder"), lambda row: row["masked_name"]),
    Column(Text("证书编号", "Certificate"), lambda row: row["certificate_number"]),
    Column(Text("培训机构", "Institution"), lambda row: row["institution_name"]),
    Column(Text("审核区", "District"), lambda row: row["district"]),
    Column(Text("提示", "Sign"), lambda row: row["kind"]),
    Column(Text("说明", "What was found"), lambda row: row["finding"]["zh"]),
    Column(Text("事实", "Fact"), lambda row: row["finding"]["fact"]),
    Column(Text("首见", "First seen"), lambda row: row["first_seen_at"]),
    Column(Text("末见", "Last seen"), lambda row: row["last_seen_at"]),
    Column(Text("消除", "Gone"), lambda row: row["gone_at"]),
    Column(Text("核实结果", "Result"), lambda row: row["result"]),
    Column(Text("核实说明", "Note"), lambda row: row["note"]),
    Column(Text("核实人", "Noted by"), lambda row: row["noted_by"]),
)


@router.get("/claims/{claim_id}/risk-signs", summary="申领的风险提示 · A claim's risk signs")
async def read_claim_signs(request: Request, office: Office, claim_id: UUID) -> ClaimSigns:
    """What stands out about a claim, and what stood out when it was decided on: no rule reads it (S07)."""
    database = of(request).database
    claim = await claims.owner(database, claim_id)
    if claim is None or not may_see_district(office, claim["district"]):
        raise Refused(Refusal(NOT_FOUND))
    rows = await repository.of_claim(database, claim_id)
    return claim_signs(claim_id, rows, await repository.at_decisions(database, claim_id))


@router.get("/risk-signs", summary="风险提示列表 · Risk signs")
async def list_signs(request: Request, office: Office, query: Annotated[SignPage, Query()]) -> Page[SignView]:
    """The signs of the officer's district, or of all, the newest first (S07)."""
    return await repository.LIST.page(of(request).database, _asked(office, query), query, sign_view)


@router.get("/risk-signs/export", summary="导出风险提示 · Export the risk signs", responses=EXPORT_RESPONSES)
async def export_signs(request: Request, office: Office, query: Annotated[SignExport, Query()]) -> Response:
    """The signs as a file, holders masked (S07)."""
    rows = repository.LIST.all_rows(of(request).database, _asked(office, query))
    return await export(request, "risk-signs", _COLUMNS, rows, query.format)


@router.post(
    "/risk-signs/{sign_id}/note",
    summary="记录核实结果 · Note what was found",
    response_model=SignView,
    max_body_size=JSON_BODY_BYTES,
)
async def note_sign(
    request: Request, officer: Officer, sign_id: UUID, body: Note, if_match: IfMatch = None
) -> Response:
    """An officer of the district looked into a sign; a later note replaces it and both stay (S07)."""
    return reply(await done(request, if_match, officer, use_cases.note, sign_id, body))


@router.get("/risk-signs/{sign_id}/amendments", summary="核实记录 · What was noted of a sign")
async def list_notes(
    request: Request, office: Office, sign_id: UUID, query: AmendmentQuery
) -> Page[AmendmentView]:
    """Each note about a sign: when, by whom, what before and what after (S07)."""
    database = of(request).database
    sign = await repository.one(database, sign_id)
    if sign is None or not may_see_district(office, sign["district"]):
        raise Refused(Refusal(NOT_FOUND))
    return await history(database, "risk_sign", sign_id, query)


def _asked(office: Principal, query: SignFilters) -> Asked:
    return asked_by(office, repository.LIST, query)
