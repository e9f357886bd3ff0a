"""Rankings over HTTP: as the records stand now, and as they were published."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.policy.ranking import Component
from training_svc.rankings import repository, use_cases
from training_svc.rankings.schemas import (
    EntryExport,
    EntryFilters,
    EntryPage,
    EntryView,
    NewRanking,
    PublishedExport,
    PublishedPage,
    PublishedView,
    RankingExport,
    RankingFilters,
    RankingPage,
    RankingView,
)
from training_svc.service import of
from training_svc.visibility import READERS

Centre = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Overseer = Annotated[
    Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)
]
Reader = Annotated[Principal, Allow(*READERS)]

_HEADINGS = {
    Component.PASS_RATE: Text("合格", "Passed"),
    Component.ATTENDANCE: Text("出勤", "Attended"),
    Component.FOLLOW_UP: Text("跟踪服务", "Followed up"),
    Component.COMPLAINTS: Text("查实投诉", "Complaints upheld"),
    Component.EVALUATION: Text("定期评估", "Evaluated"),
}
_COLUMNS: tuple[Column[EntryView], ...] = (
    Column(Text("名次", "Rank"), lambda entry: entry.rank),
    Column(Text("机构名称", "Institution"), lambda entry: entry.name),
    Column(Text("统一社会信用代码", "Credit code"), lambda entry: entry.credit_code),
    Column(Text("学员数", "Trainees"), lambda entry: entry.trainees),
    Column(Text("得分", "Score"), lambda entry: _points(entry.score)),
    Column(Text("不达标", "Failing"), lambda entry: entry.failing),
    *(
        Column(heading, lambda entry, component=component: _told(entry, component))  # type: ignore[misc]  # bound now
        for component, heading in _HEADINGS.items()
    ),
)
_PUBLISHED_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("年度", "Year"), lambda row: row["year"]),
    Column(Text("区", "District"), lambda row: row["district"]),
    Column(Text("机构数", "Institutions"), lambda row: row["institutions"]),
    Column(Text("公布时间", "Published at"), lambda row: row["published_at"]),
    Column(Text("公布人", "Published by"), lambda row: row["published_by"]),
)

router = APIRouter(prefix="/training/v1/rankings", tags=["机构排名 · rankings"])


@router.get("", response_model=RankingView, summary="计算机构排名 · Rank the institutions")
async def read_ranking(
    request: Request, principal: Overseer, query: Annotated[RankingPage, Query()]
) -> Response:
    """The ranking of a year as the records stand now, every score explained by its components (T08).

    A district's officer asks for the own district. Each page is reckoned anew: what is to stay is published.
    """
    ranking, asked = await _reckoned(request, principal, query)
    page = await repository.RECKONED.page(of(request).database, asked, query, _entry)
    view = RankingView(
        items=page.items,
        next_cursor=page.next_cursor,
        year=query.year,
        district=query.district,
        formula=ranking.formula,
    )
    return reply(view)


@router.get("/export", summary="导出机构排名 · Export a ranking", responses=EXPORT_RESPONSES)
async def export_ranking(
    request: Request, principal: Overseer, query: Annotated[RankingExport, Query()]
) -> Response:
    """The ranking of a year as the records stand now, as a file (T08)."""
    _, asked = await _reckoned(request, principal, query)
    found = repository.RECKONED.all_rows(of(request).database, asked)
    return await export(request, "ranking", _COLUMNS, (_entry(row) async for row in found), query.format)


@router.post(
    "/published", status_code=201, response_model=PublishedView, summary="公布机构排名 · Publish a ranking"
)
async def publish_ranking(
    request: Request, body: NewRanking, key: IdempotencyKey, principal: Centre
) -> Response:
    """The city centre publishes the ranking of a year, frozen with formula and figures (T08 优奖劣汰)."""
    service = of(request)

    async def act(tx: Transaction) -> PublishedView | Refusal:
        return await use_cases.publish(tx, service, principal, body.year, body.district)

    return await once(service.database, request, principal, key, body, act)


@router.get("/published", summary="已公布的排名 · List the published rankings")
async def list_published_rankings(
    request: Request, principal: Reader, query: Annotated[PublishedPage, Query()]
) -> Page[PublishedView]:
    """The rankings that were published, the newest first unless asked otherwise (T08)."""
    asked = repository.PUBLISHED.asked(query)
    return await repository.PUBLISHED.page(of(request).database, asked, query, _published)


@router.get(
    "/published/export",
    summary="导出已公布的排名 · Export the published rankings",
    responses=EXPORT_RESPONSES,
)
async def export_published_rankings(
    request: Request, principal: Reader, query: Annotated[PublishedExport, Query()]
) -> Response:
    """The rankings that were published, as a file (T08)."""
    rows = repository.PUBLISHED.all_rows(of(request).database, repository.PUBLISHED.asked(query))
    return await export(request, "rankings", _PUBLISHED_COLUMNS, rows, query.format)


@router.get(
    "/published/{ranking_id}",
    response_model=PublishedView,
    summary="查询已公布的排名 · Read a published ranking",
)
async def read_published_ranking(request: Request, ranking_id: UUID, principal: Reader) -> Response:
    """One published ranking and the formula it rests on (T08)."""
    row = await repository.one(of(request).database, ranking_id)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(_published(row))


@router.get("/published/{ranking_id}/entries", summary="已公布的名次 · The places of a published ranking")
async def list_ranking_entries(
    request: Request, ranking_id: UUID, principal: Reader, query: Annotated[EntryPage, Query()]
) -> Page[EntryView]:
    """The places of a published ranking, every score explained by its components (T08)."""
    database = of(request).database
    if await repository.one(database, ranking_id) is None:
        raise Refused(Refusal(NOT_FOUND))
    asked = repository.ENTRIES.asked(query, ranking_id=ranking_id)
    return await repository.ENTRIES.page(database, asked, query, _entry)


@router.get(
    "/published/{ranking_id}/entries/export",
    summary="导出已公布的名次 · Export the places of a published ranking",
    responses=EXPORT_RESPONSES,
)
async def export_ranking_entries(
    request: Request, ranking_id: UUID, principal: Reader, query: Annotated[EntryExport, Query()]
) -> Response:
    """The places of a published ranking, as a file (T08)."""
    database = of(request).database
    if await repository.one(database, ranking_id) is None:
        raise Refused(Refusal(NOT_FOUND))
    found = repository.ENTRIES.all_rows(database, repository.ENTRIES.asked(query, ranking_id=ranking_id))
    return await export(request, "ranking", _COLUMNS, (_entry(row) async for row in found), query.format)


async def _reckoned(
    request: Request, principal: Principal, query: RankingFilters
) -> tuple[use_cases.Ranking, Asked]:
    service = of(request)
    if principal.role is Role.DISTRICT_OFFICER and query.district != principal.district:
        raise Refused(Refusal(NOT_FOUND))
    ranking = accepted(await use_cases.reckon(service.database, service, query.year, query.district))
    places = EntryFilters(**query.model_dump(include=set(EntryFilters.model_fields)))
    return ranking, repository.RECKONED.asked(places, given={"reckoned": ranking.as_json()})


def _published(row: Row) -> PublishedView:
    return PublishedView.model_validate({name: row[name] for name in PublishedView.model_fields})


def _entry(row: Row) -> EntryView:
    return EntryView.model_validate({name: row[name] for name in EntryView.model_fields})


def _points(hundredths: int | None) -> str | None:
    return None if hundredths is None else f"{hundredths // 100}.{hundredths % 100:02}"


def _told(entry: EntryView, component: Component) -> str | None:
    told = [one for one in entry.components if one.component is component and one.value is not None]
    return f"{told[0].count}/{told[0].out_of}" if told else None
