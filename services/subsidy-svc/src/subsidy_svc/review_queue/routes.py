"""Routes of the review queue."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.access import asked_by
from subsidy_svc.claims import repository
from subsidy_svc.review_queue import use_cases
from subsidy_svc.review_queue.schemas import (
    CaseView,
    HandBack,
    QueuedView,
    QueueExport,
    QueueFilters,
    QueuePage,
    queued_view,
)
from subsidy_svc.service import Service, of
from subsidy_svc.settings import JSON_BODY_BYTES

router = APIRouter(prefix="/subsidy/v1", tags=["待办 · review queue"])
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
Office = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("申领编号", "Claim"), lambda row: str(row["id"])),
    Column(Text("办理期限", "Due on"), lambda row: row["due_on"]),
    Column(Text("是否逾期", "Overdue"), lambda row: row["overdue"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("申领人", "Holder"), lambda row: row["masked_name"]),
    Column(Text("培训机构", "Institution"), lambda row: row["institution_name"]),
    Column(Text("项目", "Project"), lambda row: row["project_name"]),
    Column(Text("审核区", "District"), lambda row: row["district"]),
    Column(Text("申请渠道", "Channel"), lambda row: row["channel"]),
    Column(Text("办件编号", "Case number"), lambda row: row["case_number"]),
    Column(Text("提交时间", "Submitted"), lambda row: row["submitted_at"]),
    Column(Text("领取人", "Taken by"), lambda row: row["taken_by"]),
    Column(Text("领取时间", "Taken at"), lambda row: row["taken_at"]),
    Column(Text("风险提示数", "Risk signs"), lambda row: row["risk_signs"]),
    Column(Text("等待登记系统", "Waits for"), lambda row: "、".join(row["waiting_for"] or ())),
    Column(Text("等待自", "Waits since"), lambda row: row["waiting_since"]),
)


@router.get("/review-queue", summary="待办列表 · The review queue")
async def list_queue(
    request: Request, office: Office, query: Annotated[QueuePage, Query()]
) -> Page[QueuedView]:
    """The claims in review, what is due first at the top: of the officer's district, or of all (S07)."""
    service = of(request)
    today = service.clock.today()
    return await repository.QUEUE.page(
        service.database,
        _asked(service, office, query),
        query,
        lambda row: queued_view(repository.claim_from(row), row, today),
    )


@router.get("/review-queue/export", summary="导出待办 · Export the queue", responses=EXPORT_RESPONSES)
async def export_queue(request: Request, office: Office, query: Annotated[QueueExport, Query()]) -> Response:
    """The claims in review as a file, holders masked (S07)."""
    service = of(request)
    rows = repository.QUEUE.all_rows(service.database, _asked(service, office, query))
    return await export(request, "review-queue", _COLUMNS, rows, query.format)


@router.post("/claims/{claim_id}/take", summary="领取 · Take a case", response_model=CaseView)
async def take_case(request: Request, officer: Officer, claim_id: UUID, if_match: IfMatch = None) -> Response:
    """Until it is handed back or decided nobody else decides it; refused for one's own claim (S07, D05)."""
    return reply(await done(request, if_match, officer, use_cases.take, claim_id))


@router.post(
    "/claims/{claim_id}/hand-back",
    summary="退回待办 · Hand a case back",
    response_model=CaseView,
    max_body_size=JSON_BODY_BYTES,
)
async def hand_case_back(
    request: Request, officer: Officer, claim_id: UUID, body: HandBack, if_match: IfMatch = None
) -> Response:
    """By who took it or, where that one is away, by a colleague of the district, with a reason (S07)."""
    return reply(await done(request, if_match, officer, use_cases.hand_back, claim_id, body.reason))


def _asked(service: Service, office: Principal, query: QueueFilters) -> Asked:
    wanted = query.model_copy(update={"mine": None})
    taken_by = office.subject if query.mine else None
    given = {"today": service.clock.today()}
    return asked_by(office, repository.QUEUE, wanted, given=given, taken_by=taken_by)
