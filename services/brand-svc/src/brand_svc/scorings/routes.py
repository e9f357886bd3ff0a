"""REST of scorings: opened and moderated by the city centre, explained to whoever may see them."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
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

from brand_svc.access import CityCentre, Official, asked_by, may_see
from brand_svc.rounds import repository as rounds
from brand_svc.rounds.lifecycle import State as RoundState
from brand_svc.scorings import repository, use_cases
from brand_svc.scorings.explanation import explain
from brand_svc.scorings.schemas import (
    Explanation,
    ModerationBody,
    OpenedView,
    ScoringExport,
    ScoringPage,
    ScoringView,
)
from brand_svc.scorings.scoring import Scoring
from brand_svc.service import of

Reader = Annotated[
    Principal,
    Allow(
        Role.DISTRICT_OFFICER,
        Role.CITY_CENTRE,
        Role.CITY_BUREAU,
        Role.AUDITOR,
        Role.INSTITUTION,
        Role.EVALUATOR,
    ),
]

_COLUMNS: tuple[Column[ScoringView], ...] = (
    Column(Text("机构名称", "Institution"), lambda one: one.institution_name),
    Column(Text("统一社会信用代码", "Credit code"), lambda one: one.credit_code),
    Column(Text("区", "District"), lambda one: one.district),
    Column(Text("评分对象", "Subject"), lambda one: one.subject_kind.zh),
    Column(Text("状态", "State"), lambda one: one.state.zh),
    Column(Text("开始时间", "Opened at"), lambda one: one.opened_at),
)

router = APIRouter(prefix="/brand/v1", tags=["评分 · scorings"])


@router.post(
    "/rounds/{round_id}/scorings",
    status_code=201,
    response_model=OpenedView,
    summary="开始评分 · Open the scorings",
)
async def open_all(
    request: Request, round_id: UUID, principal: CityCentre, idempotency_key: IdempotencyKey
) -> Response:
    """Opens a scoring for each subject of the round that has none, by the round's rubric (B04)."""
    service = of(request)

    async def act(tx: Transaction) -> OpenedView | Refusal:
        opened = await use_cases.open_all(tx, service, principal, round_id)
        return opened if isinstance(opened, Refusal) else OpenedView(opened=len(opened))

    return await once(service.database, request, principal, idempotency_key, None, act)


@router.get("/scorings", summary="列出评分 · List the scorings")
async def listed(
    request: Request, principal: Official, query: Annotated[ScoringPage, Query()]
) -> Page[ScoringView]:
    """How far the scoring of each subject is; districts see their own (B04)."""
    asked = asked_by(principal, repository.LIST, query)
    return await repository.LIST.page(of(request).database, asked, query, _view)


@router.get("/scorings/export", summary="导出评分 · Export the scorings", responses=EXPORT_RESPONSES)
async def exported(
    request: Request, principal: Official, query: Annotated[ScoringExport, Query()]
) -> Response:
    """How far the scoring of each subject is, as a file (B04)."""
    rows = repository.LIST.all_rows(of(request).database, asked_by(principal, repository.LIST, query))
    return await export(request, "scorings", _COLUMNS, (_view(row) async for row in rows), query.format)


@router.get("/scorings/{scoring_id}", response_model=ScoringView, summary="查看评分 · Read a scoring")
async def read(request: Request, scoring_id: UUID, principal: Official) -> Response:
    """One scoring, without what it came to (B04)."""
    found = await repository.find(of(request).database, scoring_id)
    if found is None or not may_see(principal, district=found.district, credit_code=found.credit_code):
        raise Refused(Refusal(NOT_FOUND))
    return reply(ScoringView.of(found))


@router.get(
    "/scorings/{scoring_id}/explanation", response_model=Explanation, summary="评分说明 · Explain a score"
)
async def explanation(request: Request, scoring_id: UUID, principal: Reader) -> Response:
    """The score down to its evidence: weights, marks and their bases, figures with sources (B04).

    Nobody sees it before it is settled. Assessors see those they scored, under the number of their place; an
    institution sees its own once the list is published.
    """
    service = of(request)
    async with service.database.transaction() as tx:
        await _may_be_explained(tx, principal, scoring_id)
        return reply(accepted(await explain(tx, service, scoring_id)))


@router.post(
    "/scorings/{scoring_id}/moderate", response_model=ScoringView, summary="复核调整 · Moderate a score"
)
async def moderate(
    request: Request,
    scoring_id: UUID,
    body: ModerationBody,
    principal: CityCentre,
    if_match: IfMatch = None,
) -> Response:
    """Changes marks of a settled score, with the reason; what the assessors gave stays (B04)."""
    marks = {one.indicator: one.mark for one in body.marks}
    moderated = await done(request, if_match, principal, use_cases.moderate, scoring_id, marks, body.reason)
    return reply(ScoringView.of(moderated))


async def _may_be_explained(tx: Transaction, principal: Principal, scoring_id: UUID) -> None:
    found = await repository.find(tx, scoring_id)
    if found is None or not await _sees(tx, principal, found):
        raise Refused(Refusal(NOT_FOUND))


async def _sees(tx: Transaction, principal: Principal, scoring: Scoring) -> bool:
    match principal.role:
        case Role.EVALUATOR:
            scored = await repository.scored_by(tx, scoring.id, principal.person_key or "")
            return scored and scoring.shares is not None
        case Role.INSTITUTION:
            brand_round = await rounds.find(tx, scoring.round_id)
            published = brand_round is not None and brand_round.state is RoundState.PUBLISHED
            return published and principal.credit_code == scoring.credit_code
    return may_see(principal, district=scoring.district, credit_code=scoring.credit_code)


def _view(row: Row) -> ScoringView:
    return ScoringView.of(repository.scoring_of(row))
