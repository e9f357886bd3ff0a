"""REST of rounds."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from brand_svc.access import CityBureau, CityCentre, CityReader, Official
from brand_svc.rounds import deliberation, progress, publication, repository, use_cases
from brand_svc.rounds.round import Choice, Round
from brand_svc.rounds.schemas import (
    Announcement,
    Deliberation,
    ListingView,
    ProgressView,
    RoundAmendment,
    RoundExport,
    RoundPage,
    RoundProgressView,
    RoundView,
)
from brand_svc.service import of

router = APIRouter(prefix="/brand/v1/rounds", tags=["遴选轮次 · rounds"])

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("名称", "Name"), lambda row: row["name"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("申报首日", "Opens on"), lambda row: row["opens_on"]),
    Column(Text("申报截止", "Closes on"), lambda row: row["closes_on"]),
    Column(Text("区评估与初审截止", "Review until"), lambda row: row["review_until"]),
    Column(Text("市级审议截止", "Deliberation until"), lambda row: row["deliberation_until"]),
    Column(Text("计划公布", "Publication on"), lambda row: row["publication_on"]),
    Column(Text("公布日期", "Published on"), lambda row: row["published_on"]),
)


@router.post("", status_code=201, response_model=RoundView, summary="公告一轮遴选 · Announce a round")
async def announce(
    request: Request, body: Announcement, principal: CityCentre, idempotency_key: IdempotencyKey
) -> Response:
    """Announces a round with its days; one round at a time, in principle every two years (B05)."""
    service = of(request)

    async def act(tx: Transaction) -> RoundView | Refusal:
        made = await use_cases.announce(tx, service, principal, body.name, body.timetable())
        return made if isinstance(made, Refusal) else RoundView.of(made, service.clock.today())

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.get("", summary="列出各轮遴选 · List rounds")
async def listed(request: Request, query: Annotated[RoundPage, Query()]) -> Page[RoundView]:
    """All rounds, the latest first; public (B05, B09)."""
    service = of(request)
    today = service.clock.today()
    return await repository.LIST.page(
        service.database,
        repository.LIST.asked(query),
        query,
        lambda row: RoundView.of(repository.round_of(row), today),
    )


@router.get("/export", summary="导出各轮遴选 · Export rounds", responses=EXPORT_RESPONSES)
async def exported(request: Request, query: Annotated[RoundExport, Query()]) -> Response:
    """The rounds with their timetables as a file; public (B05, B09)."""
    rows = repository.LIST.all_rows(of(request).database, repository.LIST.asked(query))
    return await export(request, "rounds", _COLUMNS, rows, query.format)


@router.get("/{round_id}", response_model=RoundView, summary="查看一轮遴选 · Read a round")
async def read(request: Request, round_id: UUID) -> Response:
    """One round; public (B05)."""
    service = of(request)
    brand_round = await repository.find(service.database, round_id)
    if brand_round is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(RoundView.of(brand_round, service.clock.today()))


@router.post("/{round_id}/amend", response_model=RoundView, summary="更正公告 · Amend the announcement")
async def amend(
    request: Request, round_id: UUID, body: RoundAmendment, principal: CityCentre, if_match: IfMatch = None
) -> Response:
    """Gives a round another name, or the steps still ahead other days, with the reason (B05)."""
    amended = await done(
        request,
        if_match,
        principal,
        use_cases.amend,
        round_id,
        name=body.name,
        days=body.days(),
        reason=body.reason,
    )
    return reply(RoundView.of(amended, of(request).clock.today()))


@router.get("/{round_id}/amendments", summary="公告更正记录 · A round's amendments")
async def amendments(
    request: Request, round_id: UUID, principal: Official, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended of the announcement, when, by whom and why (B05)."""
    if await repository.find(of(request).database, round_id) is None:
        raise Refused(Refusal(NOT_FOUND))
    return await history(of(request).database, Round.OBJECT_TYPE, round_id, query)


@router.get("/{round_id}/progress", summary="各区进度 · How far the districts are")
async def read_progress(request: Request, round_id: UUID, principal: CityReader) -> RoundProgressView:
    """What each district has in the round, and what waits for it; city offices only (B06, B07)."""
    database = of(request).database
    if await repository.find(database, round_id) is None:
        raise Refused(Refusal(NOT_FOUND))
    found = await progress.by_district(database, round_id)
    return RoundProgressView(districts=[ProgressView.of(one) for one in found])


@router.post("/{round_id}/open", response_model=RoundView, summary="开放申报 · Open for applications")
async def open_applications(
    request: Request, round_id: UUID, principal: CityCentre, if_match: IfMatch = None
) -> Response:
    """Opens the announced round, from its first day on; every brand in force comes up (B06, B07)."""
    brand_round = await done(request, if_match, principal, use_cases.open_applications, round_id)
    return reply(RoundView.of(brand_round, of(request).clock.today()))


@router.post("/{round_id}/close", response_model=RoundView, summary="截止申报 · Close applications")
async def close_applications(
    request: Request, round_id: UUID, principal: CityCentre, if_match: IfMatch = None
) -> Response:
    """Ends the applications, from their last day on; districts finish what was handed in (B06, B07)."""
    brand_round = await done(request, if_match, principal, use_cases.close_applications, round_id)
    return reply(RoundView.of(brand_round, of(request).clock.today()))


@router.post("/{round_id}/deliberate", response_model=ListingView, summary="审议 · Deliberate")
async def deliberate(
    request: Request, round_id: UUID, body: Deliberation, principal: CityBureau, if_match: IfMatch = None
) -> Response:
    """Decides on the list and the tiers (B03, B06, B08).

    On it stand brands that passed and applications that were recommended. Checks B02, B12 and B13 on this
    day. May be repeated until the list is published.
    """
    choices = [Choice(one.tier, one.application_id, one.assessment_id) for one in body.recognised]
    listing = await done(request, if_match, principal, deliberation.deliberate, round_id, choices)
    return reply(ListingView.with_list(listing, of(request).clock.today()))


@router.get("/{round_id}/list", response_model=ListingView, summary="查看审议名单 · Read the decided list")
async def read_list(request: Request, round_id: UUID, principal: CityReader) -> Response:
    """The list of the last deliberation, before or after its publication; city offices only (B08)."""
    service = of(request)
    async with service.database.transaction() as tx:
        listing = accepted(await deliberation.read_list(tx, service, round_id))
    return reply(ListingView.with_list(listing, service.clock.today()))


@router.post("/{round_id}/publish", response_model=ListingView, summary="公布名单 · Publish the list")
async def publish(
    request: Request, round_id: UUID, principal: CityBureau, if_match: IfMatch = None
) -> Response:
    """Publishes the list: its brands are valid from today, all earlier ones end (B06, B08, B09, D08).

    Refused with the findings where someone on it may not be recognised any more (B02, B12, B13).
    """
    listing = await done(request, if_match, principal, publication.publish, round_id)
    return reply(ListingView.with_list(listing, of(request).clock.today()))
