"""Proposals over HTTP: drafted and published by the city centre, read by those who watch it."""

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
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from subsidy_svc.law.published import refresh
from subsidy_svc.proposals import repository, use_cases
from subsidy_svc.proposals.proposal import Proposal
from subsidy_svc.proposals.schemas import (
    EffectExport,
    EffectPage,
    EffectView,
    NewProposal,
    ProposalDetail,
    ProposalExport,
    ProposalPage,
    ProposalReason,
    ProposalView,
    proposal_detail,
    proposal_view,
)
from subsidy_svc.service import Service, of
from subsidy_svc.settings import JSON_BODY_BYTES

router = APIRouter(prefix="/subsidy/v1/proposals", tags=["政策调整与试算 · proposals and trials"])
Centre = Annotated[Principal, Allow(Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("名称", "Title"), lambda row: row["title"]),
    Column(Text("生效日", "Effective from"), lambda row: row["effective_from"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("提出人", "Proposed by"), lambda row: row["proposed_by"]),
    Column(Text("提出时间", "Proposed at"), lambda row: row["proposed_at"]),
    Column(Text("受影响申领数", "Claims changed"), lambda row: row["claims_changed"]),
    Column(Text("发布序号", "Publication"), lambda row: row["number"]),
    Column(Text("发布人", "Published by"), lambda row: row["published_by"]),
    Column(Text("发布时间", "Published at"), lambda row: row["published_at"]),
)
_EFFECT_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("申领编号", "Claim"), lambda row: str(row["claim_id"])),
    Column(Text("区", "District"), lambda row: row["district"]),
    Column(Text("原金额（分）", "Was, fen"), lambda row: row["was_fen"]),
    Column(Text("试算金额（分）", "Would be, fen"), lambda row: row["would_be_fen"]),
    Column(Text("差额（分）", "Difference, fen"), lambda row: row["difference_fen"]),
    Column(Text("不符合的规定", "Rules not met"), lambda row: " ".join(row["failing_rules"])),
    Column(Text("含推定", "Assumed"), lambda row: row["assumed"]),
)


@router.post(
    "",
    status_code=201,
    summary="起草政策调整 · Propose changed parameters",
    response_model=ProposalView,
    max_body_size=JSON_BODY_BYTES,
)
async def propose(request: Request, principal: Centre, key: IdempotencyKey, body: NewProposal) -> Response:
    """The city centre drafts dated values of known parameters, in their units (S01–S05, D01–D04).

    Refused (422) with every fault: an unknown parameter, another unit, a value no invariant allows, a day
    that has begun.
    """
    service = of(request)

    async def act(tx: Transaction) -> ProposalView | Refusal:
        proposal = await use_cases.propose(tx, service, principal, body)
        return proposal if isinstance(proposal, Refusal) else _view(service, proposal)

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="政策调整列表 · List the proposals")
async def list_proposals(
    request: Request, principal: Reader, query: Annotated[ProposalPage, Query()]
) -> Page[ProposalView]:
    """Every proposal, the newest first (S01–S05, D01–D04)."""
    service = of(request)
    await refresh(service.database, service.law)
    asked = repository.LIST.asked(query)
    return await repository.LIST.page(
        service.database, asked, query, lambda row: _view(service, repository.proposal_of(row))
    )


@router.get("/export", summary="导出政策调整 · Export the proposals", responses=EXPORT_RESPONSES)
async def export_proposals(
    request: Request, principal: Reader, query: Annotated[ProposalExport, Query()]
) -> Response:
    """The proposals as a file (S01–S05, D01–D04)."""
    rows = repository.LIST.all_rows(of(request).database, repository.LIST.asked(query))
    return await export(request, "proposals", _COLUMNS, rows, query.format)


@router.get(
    "/{proposal_id}", summary="一项政策调整及试算 · One proposal and its trial", response_model=ProposalDetail
)
async def read_proposal(request: Request, principal: Reader, proposal_id: UUID) -> Response:
    """A proposal beside the law; how far its trial is, and what it would change by district (S02)."""
    service = of(request)
    proposal = await _seen(service, proposal_id)
    districts = await repository.by_district(service.database, proposal)
    return reply(proposal_detail(_view(service, proposal), districts))


@router.get("/{proposal_id}/effects", summary="受影响的申领 · The claims it would change")
async def list_effects(
    request: Request, principal: Reader, proposal_id: UUID, query: Annotated[EffectPage, Query()]
) -> Page[EffectView]:
    """Each claim that the last trial found to be granted another amount, and why (S01–S05)."""
    service = of(request)
    proposal = await _seen(service, proposal_id)
    asked = repository.EFFECTS.asked(query, proposal_id=proposal_id, run=proposal.trial.run)
    return await repository.EFFECTS.page(service.database, asked, query, _effect)


@router.get(
    "/{proposal_id}/effects/export",
    summary="导出受影响的申领 · Export the claims it would change",
    responses=EXPORT_RESPONSES,
)
async def export_effects(
    request: Request, principal: Reader, proposal_id: UUID, query: Annotated[EffectExport, Query()]
) -> Response:
    """The same as a file (S01–S05)."""
    service = of(request)
    proposal = await _seen(service, proposal_id)
    asked = repository.EFFECTS.asked(query, proposal_id=proposal_id, run=proposal.trial.run)
    rows = repository.EFFECTS.all_rows(service.database, asked)
    return await export(request, "proposal-effects", _EFFECT_COLUMNS, rows, query.format)


@router.post(
    "/{proposal_id}/trial",
    status_code=202,
    summary="试算 · Try it on past claims",
    response_model=ProposalView,
)
async def begin_trial(
    request: Request, principal: Centre, proposal_id: UUID, if_match: IfMatch = None
) -> Response:
    """Past claims are decided again with the changes, in the background; nothing is touched (S01–S05)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        proposal = accepted(await use_cases.begin_trial(tx, service, principal, proposal_id, version))
    return reply(_view(service, proposal), 202)


@router.post("/{proposal_id}/publish", summary="发布 · Publish", response_model=ProposalView)
async def publish(
    request: Request, principal: Centre, proposal_id: UUID, if_match: IfMatch = None
) -> Response:
    """Another person than who proposed puts it in force from its day on (S01–S05, D05).

    409 where something was published since the trial.
    """
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        proposal = accepted(await use_cases.publish(tx, service, principal, proposal_id, version))
    return reply(_view(service, proposal))


@router.post(
    "/{proposal_id}/withdraw",
    summary="撤回 · Withdraw",
    response_model=ProposalView,
    max_body_size=JSON_BODY_BYTES,
)
async def withdraw(
    request: Request, principal: Centre, proposal_id: UUID, body: ProposalReason, if_match: IfMatch = None
) -> Response:
    """It is not pursued; what is published stays (S01–S05)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        withdrawn = await use_cases.withdraw(tx, service, principal, proposal_id, version, body.reason)
        proposal = accepted(withdrawn)
    return reply(_view(service, proposal))


async def _seen(service: Service, proposal_id: UUID) -> Proposal:
    await refresh(service.database, service.law)
    proposal = await repository.one(service.database, proposal_id)
    if proposal is None:
        raise Refused(Refusal(NOT_FOUND))
    return proposal


def _view(service: Service, proposal: Proposal) -> ProposalView:
    return proposal_view(proposal, service.law.parameters)


def _effect(row: Row) -> EffectView:
    return EffectView(**{name: row[name] for name in EffectView.model_fields})
