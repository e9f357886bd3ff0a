"""REST of rubrics (评分规则), and of which one a round is scored by."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from brand_svc.access import CITY, CityCentre, CityReader
from brand_svc.rubrics import repository, use_cases
from brand_svc.rubrics.lifecycle import State
from brand_svc.rubrics.rubric import RubricVersion
from brand_svc.rubrics.schemas import (
    Choice,
    NewRubric,
    RoundRubricView,
    RubricAmendment,
    RubricExport,
    RubricFilters,
    RubricPage,
    RubricView,
    Withdrawal,
)
from brand_svc.service import of

SignedIn = Annotated[Principal, Allow(*(role for role in Role if role is not Role.SYSTEM))]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("版本", "Label"), lambda row: row["label"]),
    Column(Text("名称", "Name"), lambda row: row["name"]),
    Column(Text("适用起始日", "Effective from"), lambda row: row["effective_from"]),
    Column(Text("状态", "State"), lambda row: State(row["state"]).zh),
    Column(Text("达标线", "Pass mark"), lambda row: row["content"]["pass_mark"]),
    Column(Text("评分差上限", "Most difference"), lambda row: row["content"]["most_difference"]),
    Column(Text("已被采用", "Frozen"), lambda row: row["frozen"]),
)

router = APIRouter(prefix="/brand/v1", tags=["评分规则 · rubrics"])


@router.post("/rubrics", status_code=201, response_model=RubricView, summary="草拟评分规则 · Draft a rubric")
async def draft(
    request: Request, body: NewRubric, principal: CityCentre, idempotency_key: IdempotencyKey
) -> Response:
    """Drafts a rubric: the four dimensions, their indicators and weights, the evidence asked (B04)."""
    service = of(request)

    async def act(tx: Transaction) -> RubricView | Refusal:
        made = await use_cases.draft(
            tx,
            service,
            principal,
            label=body.label,
            name=body.name,
            effective_from=body.effective_from,
            content=body.kept(),
        )
        return made if isinstance(made, Refusal) else RubricView.of(made)

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.get("/rubrics", response_model=Page[RubricView], summary="列出评分规则 · List rubrics")
async def listed(
    request: Request, principal: SignedIn, query: Annotated[RubricPage, Query()]
) -> Page[RubricView]:
    """The published rubrics for everyone signed in; drafts for the city's offices alone (B04)."""
    return await repository.LIST.page(of(request).database, _asked(principal, query), query, _view)


@router.get("/rubrics/export", summary="导出评分规则 · Export the rubrics", responses=EXPORT_RESPONSES)
async def exported(
    request: Request, principal: SignedIn, query: Annotated[RubricExport, Query()]
) -> Response:
    """The rubrics as a file (B04)."""
    rows = repository.LIST.all_rows(of(request).database, _asked(principal, query))
    return await export(request, "rubrics", _COLUMNS, rows, query.format)


@router.get("/rubrics/{rubric_id}", response_model=RubricView, summary="查看评分规则 · Read a rubric")
async def read(request: Request, rubric_id: UUID, principal: SignedIn) -> Response:
    """One rubric (B04)."""
    return reply(RubricView.of(await _seen(request, principal, rubric_id)))


@router.post("/rubrics/{rubric_id}/amend", response_model=RubricView, summary="更正评分规则 · Amend a rubric")
async def amend(
    request: Request,
    rubric_id: UUID,
    body: RubricAmendment,
    principal: CityCentre,
    if_match: IfMatch = None,
) -> Response:
    """Amends a rubric, with a reason, until a round is scored by it (B04)."""
    changed = await done(
        request,
        if_match,
        principal,
        use_cases.amend,
        rubric_id,
        name=body.name,
        effective_from=body.effective_from,
        content=body.kept(),
        reason=body.reason,
    )
    return reply(RubricView.of(changed))


@router.get("/rubrics/{rubric_id}/amendments", summary="评分规则更正记录 · Amendments of a rubric")
async def amendments(
    request: Request, rubric_id: UUID, principal: CityReader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (B04)."""
    await _seen(request, principal, rubric_id)
    return await history(of(request).database, RubricVersion.OBJECT_TYPE, rubric_id, query)


@router.post(
    "/rubrics/{rubric_id}/publish", response_model=RubricView, summary="发布评分规则 · Publish a rubric"
)
async def publish(
    request: Request, rubric_id: UUID, principal: CityCentre, if_match: IfMatch = None
) -> Response:
    """Publishes a draft: rounds that open on its first day or later may choose it (B04)."""
    return reply(RubricView.of(await done(request, if_match, principal, use_cases.publish, rubric_id)))


@router.post(
    "/rubrics/{rubric_id}/withdraw", response_model=RubricView, summary="撤回评分规则 · Withdraw a rubric"
)
async def withdraw(
    request: Request, rubric_id: UUID, body: Withdrawal, principal: CityCentre, if_match: IfMatch = None
) -> Response:
    """Withdraws a rubric that no round is scored by (B04)."""
    gone = await done(request, if_match, principal, use_cases.withdraw, rubric_id, body.reason)
    return reply(RubricView.of(gone))


@router.post(
    "/rounds/{round_id}/rubric", response_model=RoundRubricView, summary="选定评分规则 · Choose the rubric"
)
async def choose(
    request: Request, round_id: UUID, body: Choice, principal: CityCentre, if_match: IfMatch = None
) -> Response:
    """The round (its ETag) is scored by this published rubric, which is frozen by it (B04).

    May be repeated until the first subject is scored.
    """
    chosen = await done(request, if_match, principal, use_cases.choose, round_id, body.rubric_id, body.years)
    return reply(RoundRubricView.of(chosen))


@router.get(
    "/rounds/{round_id}/rubric",
    response_model=RoundRubricView,
    summary="查看本轮评分规则 · The round's rubric",
)
async def chosen(request: Request, round_id: UUID, principal: SignedIn) -> Response:
    """By which rubric a round is scored; 404 before it is chosen (B04)."""
    found = await repository.of_round(of(request).database, round_id)
    if found is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(RoundRubricView.of(found))


async def _seen(request: Request, principal: Principal, rubric_id: UUID) -> RubricVersion:
    found = await repository.find(of(request).database, rubric_id)
    if found is None or (found.state is State.DRAFT and principal.role not in CITY):
        raise Refused(Refusal(NOT_FOUND))
    return found


def _asked(principal: Principal, query: RubricFilters) -> Asked:
    reach = "city" if principal.role in CITY else "published"
    return repository.LIST.asked(query, reach=reach)


def _view(row: Row) -> RubricView:
    return RubricView.of(repository.rubric_of(row))
