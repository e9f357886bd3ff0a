"""REST of exit cases for the institution concerned: what it was told, and its answer."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Principal
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

from brand_svc.access import Institution, asked_by
from brand_svc.evidence import as_kept
from brand_svc.exit_cases import repository, use_cases
from brand_svc.exit_cases.repository import case_of
from brand_svc.exit_cases.schemas import (
    Answer,
    OwnExitCaseExport,
    OwnExitCaseFilters,
    OwnExitCasePage,
    OwnExitCaseView,
)
from brand_svc.exit_cases.steps import in_reach
from brand_svc.service import Service, of

router = APIRouter(prefix="/brand/v1/my/exit-cases", tags=["退出核查 · exit cases"])

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("退出情形", "Ground"), lambda row: row["ground"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("告知日期", "Noticed on"), lambda row: row["noticed_on"]),
    Column(Text("告知内容", "Notice"), lambda row: row["notice"]),
    Column(Text("陈述申辩期限", "Answer by"), lambda row: row["answer_by"]),
    Column(Text("陈述申辩", "Answer"), lambda row: row["answer"]),
    Column(Text("处理日期", "Decided on"), lambda row: row["decided_on"]),
    Column(Text("处理理由", "Reason"), lambda row: row["reason"]),
)


@router.get("", summary="本机构的退出核查 · One's own exit cases")
async def listed(
    request: Request, principal: Institution, query: Annotated[OwnExitCasePage, Query()]
) -> Page[OwnExitCaseView]:
    """The cases of which the institution was told (B11)."""
    service = of(request)
    return await repository.LIST.page(
        service.database,
        _asked(service, principal, query),
        query,
        lambda row: OwnExitCaseView.of(case_of(row)),
    )


@router.get("/export", summary="导出本机构的退出核查 · Export one's own cases", responses=EXPORT_RESPONSES)
async def exported(
    request: Request, principal: Institution, query: Annotated[OwnExitCaseExport, Query()]
) -> Response:
    """The institution's own cases as a file (B11)."""
    service = of(request)
    rows = repository.LIST.all_rows(service.database, _asked(service, principal, query))
    return await export(request, "my-exit-cases", _COLUMNS, rows, query.format)


@router.get(
    "/{case_id}", response_model=OwnExitCaseView, summary="查看本机构的退出核查 · Read one's own case"
)
async def read(request: Request, case_id: UUID, principal: Institution) -> Response:
    """What the institution was told, what it said, and what came of it; who told of it is not shown (B11)."""
    case = await repository.find(of(request).database, case_id)
    if case is None or not in_reach(principal, case):
        raise Refused(Refusal(NOT_FOUND))
    return reply(OwnExitCaseView.of(case))


@router.post("/{case_id}/answer", response_model=OwnExitCaseView, summary="陈述申辩 · Answer")
async def answer(
    request: Request, case_id: UUID, body: Answer, principal: Institution, if_match: IfMatch = None
) -> Response:
    """The institution answers; after its last day as long as the district has not gone on (B11)."""
    case = await done(
        request, if_match, principal, use_cases.hear, case_id, body.answer, as_kept(body.evidence)
    )
    return reply(OwnExitCaseView.of(case))


@router.post("/{case_id}/waive", response_model=OwnExitCaseView, summary="放弃陈述申辩 · Waive the hearing")
async def waive(
    request: Request, case_id: UUID, principal: Institution, if_match: IfMatch = None
) -> Response:
    """The institution has nothing to say: the district goes on (B11)."""
    case = await done(request, if_match, principal, use_cases.hear, case_id, None, [])
    return reply(OwnExitCaseView.of(case))


def _asked(service: Service, principal: Principal, query: OwnExitCaseFilters) -> Asked:
    return asked_by(principal, repository.LIST, query, given={"today": service.clock.today()})
