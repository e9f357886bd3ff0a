"""REST of rankings: as scores and facts stand, as they were published, and by a rubric that is tried out."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Principal
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
from pydantic import BaseModel

from brand_svc.access import CityCentre, CityReader, Official, scope_of
from brand_svc.rankings import repository, use_cases
from brand_svc.rankings.schemas import (
    EntryExport,
    EntryPage,
    EntryView,
    MovedView,
    RankingExport,
    RankingPage,
    RankingView,
    TrialExport,
    TrialFilters,
    TrialPage,
)
from brand_svc.service import of

_COLUMNS: tuple[Column[EntryView], ...] = (
    Column(Text("名次", "Rank"), lambda one: one.rank),
    Column(Text("机构名称", "Institution"), lambda one: one.institution_name),
    Column(Text("统一社会信用代码", "Credit code"), lambda one: one.credit_code),
    Column(Text("区", "District"), lambda one: one.district),
    Column(Text("总分", "Total"), lambda one: _points(one.total)),
    Column(Text("达标", "Passes"), lambda one: one.passes),
    Column(Text("达市级参考线", "Reaches the city line"), lambda one: one.reaches_city),
)
_RANKING_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("轮次", "Round"), lambda row: str(row["round_id"])),
    Column(Text("序号", "Number"), lambda row: row["number"]),
    Column(Text("评分对象数", "Subjects"), lambda row: row["subjects"]),
    Column(Text("公布时间", "Published at"), lambda row: row["published_at"]),
    Column(Text("公布人", "Published by"), lambda row: row["published_by"]),
)
_MOVED_COLUMNS: tuple[Column[MovedView], ...] = (
    Column(Text("机构名称", "Institution"), lambda one: one.institution_name),
    Column(Text("统一社会信用代码", "Credit code"), lambda one: one.credit_code),
    Column(Text("区", "District"), lambda one: one.district),
    Column(Text("原名次", "Rank before"), lambda one: one.rank_before),
    Column(Text("新名次", "Rank after"), lambda one: one.rank_after),
    Column(Text("原总分", "Total before"), lambda one: _points(one.total_before)),
    Column(Text("新总分", "Total after"), lambda one: _points(one.total_after)),
    Column(Text("越线", "Crosses a line"), lambda one: one.crosses),
)

router = APIRouter(prefix="/brand/v1", tags=["排名 · rankings"])


@router.get("/rounds/{round_id}/ranking", summary="计算本轮排名 · Rank a round")
async def reckoned(
    request: Request, round_id: UUID, principal: Official, query: Annotated[EntryPage, Query()]
) -> Page[EntryView]:
    """The settled subjects of a round as scores and facts stand now; a district sees its own places (B04).

    Each page is reckoned anew: what is to stay is published.
    """
    asked = await _reckoned(request, round_id, principal, query)
    return await repository.RECKONED.page(of(request).database, asked, query, _entry)


@router.get(
    "/rounds/{round_id}/ranking/export", summary="导出本轮排名 · Export it", responses=EXPORT_RESPONSES
)
async def export_reckoned(
    request: Request, round_id: UUID, principal: Official, query: Annotated[EntryExport, Query()]
) -> Response:
    """The ranking of a round as scores and facts stand now, as a file (B04)."""
    asked = await _reckoned(request, round_id, principal, query)
    rows = repository.RECKONED.all_rows(of(request).database, asked)
    return await export(request, "ranking", _COLUMNS, (_entry(row) async for row in rows), query.format)


@router.post(
    "/rounds/{round_id}/ranking",
    status_code=201,
    response_model=RankingView,
    summary="公布排名 · Publish the ranking",
)
async def publish(
    request: Request, round_id: UUID, principal: CityCentre, idempotency_key: IdempotencyKey
) -> Response:
    """Freezes the ranking of a closed round with every part and figure, once all subjects are settled (B04).

    Published anew after a moderation, the last one holds; the earlier ones stay.
    """
    service = of(request)

    async def act(tx: Transaction) -> RankingView | Refusal:
        made = await use_cases.publish(tx, service, principal, round_id)
        return made if isinstance(made, Refusal) else RankingView(**made)

    return await once(service.database, request, principal, idempotency_key, None, act)


@router.get("/rankings", summary="列出已公布排名 · List published rankings")
async def listed(
    request: Request, principal: Official, query: Annotated[RankingPage, Query()]
) -> Page[RankingView]:
    """The published rankings (B04)."""
    asked = repository.PUBLISHED.asked(query)
    return await repository.PUBLISHED.page(of(request).database, asked, query, _ranking)


@router.get("/rankings/export", summary="导出已公布排名 · Export the list", responses=EXPORT_RESPONSES)
async def export_listed(
    request: Request, principal: Official, query: Annotated[RankingExport, Query()]
) -> Response:
    """The list of published rankings as a file (B04)."""
    rows = repository.PUBLISHED.all_rows(of(request).database, repository.PUBLISHED.asked(query))
    return await export(request, "rankings", _RANKING_COLUMNS, rows, query.format)


@router.get("/rankings/{ranking_id}", response_model=RankingView, summary="查看排名 · Read a ranking")
async def read(request: Request, ranking_id: UUID, principal: Official) -> Response:
    """One published ranking (B04)."""
    return reply(await _found(request, ranking_id))


@router.get("/rankings/{ranking_id}/entries", summary="列出名次 · List its places")
async def entries(
    request: Request, ranking_id: UUID, principal: Official, query: Annotated[EntryPage, Query()]
) -> Page[EntryView]:
    """The places of a published ranking, with every part and figure; a district sees its own (B04)."""
    await _found(request, ranking_id)
    scope = scope_of(principal)
    asked = repository.ENTRIES.asked(query, reach=scope.reach, scope=scope.value, ranking_id=ranking_id)
    return await repository.ENTRIES.page(of(request).database, asked, query, _entry)


@router.get(
    "/rankings/{ranking_id}/entries/export",
    summary="导出名次 · Export its places",
    responses=EXPORT_RESPONSES,
)
async def export_entries(
    request: Request, ranking_id: UUID, principal: Official, query: Annotated[EntryExport, Query()]
) -> Response:
    """The places of a published ranking as a file (B04)."""
    await _found(request, ranking_id)
    scope = scope_of(principal)
    asked = repository.ENTRIES.asked(query, reach=scope.reach, scope=scope.value, ranking_id=ranking_id)
    rows = repository.ENTRIES.all_rows(of(request).database, asked)
    return await export(request, "ranking", _COLUMNS, (_entry(row) async for row in rows), query.format)


@router.get("/rubrics/{rubric_id}/trial", summary="评分规则试算 · Try a rubric on a round")
async def trial(
    request: Request, rubric_id: UUID, principal: CityReader, query: Annotated[TrialPage, Query()]
) -> Page[MovedView]:
    """What a rubric, a draft too, would move in a round that is scored: ranks, totals, lines crossed (B04).

    Both sides rest on the same marks and on the facts as they stand now.
    """
    asked = await _tried(request, rubric_id, query)
    return await repository.TRIAL.page(of(request).database, asked, query, _moved)


@router.get(
    "/rubrics/{rubric_id}/trial/export", summary="导出试算 · Export a trial", responses=EXPORT_RESPONSES
)
async def export_trial(
    request: Request, rubric_id: UUID, principal: CityReader, query: Annotated[TrialExport, Query()]
) -> Response:
    """What a rubric would move in a round, as a file (B04)."""
    asked = await _tried(request, rubric_id, query)
    rows = repository.TRIAL.all_rows(of(request).database, asked)
    return await export(request, "trial", _MOVED_COLUMNS, (_moved(row) async for row in rows), query.format)


async def _reckoned(request: Request, round_id: UUID, principal: Principal, query: BaseModel) -> Asked:
    service, scope = of(request), scope_of(principal)
    async with service.database.transaction() as tx:
        found = accepted(await use_cases.reckon(tx, service, round_id))
    given = {"reckoned": found}
    return repository.RECKONED.asked(query, reach=scope.reach, scope=scope.value, given=given)


async def _tried(request: Request, rubric_id: UUID, query: TrialFilters) -> Asked:
    service = of(request)
    async with service.database.transaction() as tx:
        found = accepted(await use_cases.try_out(tx, service, rubric_id, query.round_id))
    wanted = query.model_copy(update={"round_id": None})
    return repository.TRIAL.asked(wanted, given={"reckoned": found})


async def _found(request: Request, ranking_id: UUID) -> RankingView:
    row = await repository.one(of(request).database, ranking_id)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return _ranking(row)


def _ranking(row: Row) -> RankingView:
    return RankingView(**dict(row))


def _entry(row: Row) -> EntryView:
    return EntryView(**{name: row[name] for name in EntryView.model_fields})


def _moved(row: Row) -> MovedView:
    return MovedView(**{name: row[name] for name in MovedView.model_fields})


def _points(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"
