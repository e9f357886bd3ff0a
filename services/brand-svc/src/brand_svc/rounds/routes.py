"""REST of rounds."""

from uuid import UUID

from chuangpei.database import Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Cursor, Limit, Page, before_id, page_of
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Request, Response

from brand_svc.access import CityBureau, CityCentre, CityReader
from brand_svc.rounds import publication, repository, use_cases
from brand_svc.rounds.schemas import Announcement, Deliberation, ListingView, RoundView
from brand_svc.rounds.use_cases import Choice
from brand_svc.service import of

router = APIRouter(prefix="/brand/v1/rounds", tags=["遴选轮次 · rounds"])


@router.post("", status_code=201, response_model=RoundView, summary="公告一轮遴选 · Announce a round")
async def announce(
    request: Request, body: Announcement, principal: CityCentre, idempotency_key: IdempotencyKey
) -> Response:
    """Announces a round with its days; one round at a time, in principle every two years (B05)."""
    service = of(request)

    async def act(tx: Transaction) -> RoundView | Refusal:
        made = await use_cases.announce(tx, service, principal, body.name, body.opens_on, body.closes_on)
        return made if isinstance(made, Refusal) else RoundView.of(made, service.clock.today())

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.get("", response_model=Page[RoundView], summary="列出各轮遴选 · List rounds")
async def listed(request: Request, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """All rounds, the latest first; public (B05, B09)."""
    service = of(request)
    rows = await repository.listed(service.database, before_id(cursor), limit + 1)
    views = [RoundView.of(row, service.clock.today()) for row in rows]
    return reply(page_of(views, limit, lambda view: (view.id,)))


@router.get("/{round_id}", response_model=RoundView, summary="查看一轮遴选 · Read a round")
async def read(request: Request, round_id: UUID) -> Response:
    """One round; public (B05)."""
    service = of(request)
    brand_round = await repository.find(service.database, round_id)
    if brand_round is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(RoundView.of(brand_round, service.clock.today()))


@router.post("/{round_id}/correct", response_model=RoundView, summary="更正公告 · Correct the announcement")
async def correct(
    request: Request, round_id: UUID, body: Announcement, principal: CityCentre, if_match: IfMatch = None
) -> Response:
    """Gives a round that has not opened another name or other days (B05)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        brand_round = accepted(
            await use_cases.correct(
                tx,
                service,
                principal,
                round_id,
                version,
                name=body.name,
                opens_on=body.opens_on,
                closes_on=body.closes_on,
            )
        )
    return reply(RoundView.of(brand_round, service.clock.today()))


@router.post("/{round_id}/open", response_model=RoundView, summary="开放申报 · Open for applications")
async def open_applications(
    request: Request, round_id: UUID, principal: CityCentre, if_match: IfMatch = None
) -> Response:
    """Opens the announced round, from its first day on (B07)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        brand_round = accepted(await use_cases.open_applications(tx, service, principal, round_id, version))
    return reply(RoundView.of(brand_round, service.clock.today()))


@router.post("/{round_id}/close", response_model=RoundView, summary="截止申报 · Close applications")
async def close_applications(
    request: Request, round_id: UUID, principal: CityCentre, if_match: IfMatch = None
) -> Response:
    """Ends the applications; districts may still review what was submitted (B07)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        brand_round = accepted(await use_cases.close_applications(tx, service, principal, round_id, version))
    return reply(RoundView.of(brand_round, service.clock.today()))


@router.post("/{round_id}/deliberate", response_model=ListingView, summary="审议 · Deliberate")
async def deliberate(
    request: Request, round_id: UUID, body: Deliberation, principal: CityBureau, if_match: IfMatch = None
) -> Response:
    """Decides on the list among the recommended applications (B03, B08); checks B02, B12 and B13 on this day.

    May be repeated until the list is published.
    """
    service, version = of(request), expected_version(if_match)
    choices = [Choice(one.application_id, one.tier) for one in body.recognised]
    async with service.database.transaction() as tx:
        listing = accepted(await use_cases.deliberate(tx, service, principal, round_id, version, choices))
    return reply(ListingView.with_list(listing, service.clock.today()))


@router.get("/{round_id}/list", response_model=ListingView, summary="查看审议名单 · Read the decided list")
async def read_list(request: Request, round_id: UUID, principal: CityReader) -> Response:
    """The list of the last deliberation, before or after its publication; city offices only (B08)."""
    service = of(request)
    async with service.database.transaction() as tx:
        listing = accepted(await use_cases.read_list(tx, service, round_id))
    return reply(ListingView.with_list(listing, service.clock.today()))


@router.post("/{round_id}/publish", response_model=ListingView, summary="公布名单 · Publish the list")
async def publish(
    request: Request, round_id: UUID, principal: CityBureau, if_match: IfMatch = None
) -> Response:
    """Publishes the list: its brands are valid from today, all earlier ones end (B06, B08, B09, D08).

    Refused with the findings where someone on it may not be recognised any more (B02, B12, B13).
    """
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        listing = accepted(await publication.publish(tx, service, principal, round_id, version))
    return reply(ListingView.with_list(listing, service.clock.today()))
