"""Routes of public notices and objections. The notices are public: they take no principal (S08)."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.errors import Refused, accepted
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Cursor, Limit, Page, before_id, page_of
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.claims.schemas import Reason
from subsidy_svc.notices import repository, use_cases
from subsidy_svc.notices.schemas import (
    NoticeView,
    ObjectionBody,
    ObjectionReceipt,
    ObjectionView,
    notice_view,
    objection_view,
)
from subsidy_svc.service import of
from subsidy_svc.settings import JSON_BODY_BYTES

router = APIRouter(prefix="/subsidy/v1", tags=["公示与异议 · notices and objections"])
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
DistrictFilter = Annotated[
    str | None, Query(pattern=r"^[0-9]{6}$", description="区 · district", examples=["310115"])
]


@router.get("/notices", summary="公示列表 · Public notices", response_model=Page[NoticeView])
async def list_notices(
    request: Request, district: DistrictFilter = None, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """Public notices, the newest first (S08, D13)."""
    service = of(request)
    rows = await repository.listed(service.database, district, before_id(cursor), limit + 1)
    page = page_of(rows, limit, lambda row: (str(row["id"]),))
    today = service.clock.today()
    views = [notice_view(row, today) for row in page.items]
    return reply(Page[NoticeView](items=views, next_cursor=page.next_cursor))


@router.get("/notices/{notice_id}", summary="一则公示 · One public notice", response_model=NoticeView)
async def get_notice(request: Request, notice_id: UUID) -> Response:
    """A public notice with its first and last day (S08, D04, D13)."""
    service = of(request)
    row = await repository.one(service.database, notice_id)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(notice_view(row, service.clock.today()))


@router.post(
    "/notices/{notice_id}/objections",
    status_code=201,
    summary="提出异议 · Object",
    response_model=ObjectionReceipt,
    max_body_size=JSON_BODY_BYTES,
)
async def object_to_notice(
    request: Request, notice_id: UUID, key: IdempotencyKey, body: ObjectionBody
) -> Response:
    """Anyone may object, named or anonymous, while the notice runs; the claim alone is held (S09, D04)."""
    service = of(request)
    return await once(
        service.database,
        request,
        use_cases.PUBLIC,
        key,
        body,
        lambda tx: use_cases.object_to(tx, service, notice_id, body),
    )


@router.get("/objections", summary="异议列表 · Objections", response_model=Page[ObjectionView])
async def list_objections(
    request: Request, officer: Officer, limit: Limit = 50, cursor: Cursor = None
) -> Response:
    """The objections of the officer's district, the newest first (S09)."""
    assert officer.district is not None, "a district officer has a district"
    rows = await repository.objections_of(
        of(request).database, officer.district, before_id(cursor), limit + 1
    )
    page = page_of(rows, limit, lambda row: (str(row["id"]),))
    return reply(
        Page[ObjectionView](items=[objection_view(row) for row in page.items], next_cursor=page.next_cursor)
    )


@router.post(
    "/objections/{objection_id}/uphold",
    summary="异议成立 · Uphold the objection",
    response_model=ObjectionView,
    max_body_size=JSON_BODY_BYTES,
)
async def uphold_objection(
    request: Request, officer: Officer, objection_id: UUID, body: Reason, if_match: IfMatch = None
) -> Response:
    """The objection was right: the claim stops, its place is free again (S09, D03)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        view = accepted(await use_cases.uphold(tx, service, officer, objection_id, version, body.reason))
    return reply(view)


@router.post(
    "/objections/{objection_id}/dismiss",
    summary="异议不成立 · Dismiss the objection",
    response_model=ObjectionView,
    max_body_size=JSON_BODY_BYTES,
)
async def dismiss_objection(
    request: Request, officer: Officer, objection_id: UUID, body: Reason, if_match: IfMatch = None
) -> Response:
    """The objection does not stand; the claim goes on, and is cleared if its notice is over (S09)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        view = accepted(await use_cases.dismiss(tx, service, officer, objection_id, version, body.reason))
    return reply(view)
