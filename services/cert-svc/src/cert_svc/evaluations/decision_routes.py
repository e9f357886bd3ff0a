"""What becomes of a result, over HTTP: published, disputed, reviewed, void."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Request, Response

from cert_svc.evaluations import disputes, repository, voiding
from cert_svc.evaluations.reading import Reader, found, view_for
from cert_svc.evaluations.schemas import (
    CorrectBody,
    DisputeBody,
    DisputeView,
    EvaluationView,
    UpholdBody,
    VoidBody,
)
from cert_svc.service import of

Trainee = Annotated[Principal, Allow(Role.CITIZEN)]
Reviewer = Annotated[Principal, Allow(Role.EVALUATOR, Role.CITY_CENTRE)]
Centre = Annotated[Principal, Allow(Role.CITY_CENTRE)]

router = APIRouter(prefix="/cert/v1/evaluations/{evaluation_id}", tags=["考核评价 · evaluations"])


@router.post("/publish", response_model=EvaluationView, summary="公布成绩 · Publish the result")
async def publish(
    request: Request, evaluation_id: UUID, principal: Reviewer, if_match: IfMatch = None
) -> Response:
    """By the body that answers for it, or the city centre; from then on the trainee sees it (C04)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        accepted(await disputes.publish(tx, service, principal, evaluation_id, version))
    return await _after(request, evaluation_id, principal)


@router.post(
    "/dispute", status_code=201, response_model=EvaluationView, summary="申请复核 · Dispute the result"
)
async def dispute(
    request: Request,
    evaluation_id: UUID,
    body: DisputeBody,
    principal: Trainee,
    idempotency_key: IdempotencyKey,
) -> Response:
    """By the trainee, once, up to the last day shown with the published result (C04)."""
    service = of(request)

    async def act(tx: Transaction) -> EvaluationView | Refusal:
        disputed = await disputes.dispute(tx, service, principal, evaluation_id, body.grounds)
        if isinstance(disputed, Refusal):
            return disputed
        seen = await repository.one(tx, evaluation_id, principal, service.clock.today())
        assert seen is not None, "it was disputed just now"
        return view_for(principal, *seen)

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.get("/dispute", response_model=DisputeView, summary="查看复核申请 · Read the dispute")
async def read_dispute(request: Request, evaluation_id: UUID, principal: Reader) -> Response:
    """The grounds, what came of them, and what stood before a correction (C04)."""
    evaluation, _ = await found(request, evaluation_id, principal)
    if evaluation.dispute is None:
        raise Refused(Refusal(NOT_FOUND))
    grounds = disputes.grounds_of(of(request), evaluation)
    for_trainee = principal.role is Role.CITIZEN
    return reply(DisputeView.of(evaluation.dispute, grounds, for_trainee=for_trainee))


@router.post("/uphold", response_model=EvaluationView, summary="维持成绩 · Uphold the result")
async def uphold(
    request: Request,
    evaluation_id: UUID,
    body: UpholdBody,
    principal: Reviewer,
    if_match: IfMatch = None,
) -> Response:
    """By a person who neither scored nor confirmed it, with the reason (C04)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        accepted(await disputes.uphold(tx, service, principal, evaluation_id, version, body.reason))
    return await _after(request, evaluation_id, principal)


@router.post("/correct", response_model=EvaluationView, summary="更正成绩 · Correct the result")
async def correct(
    request: Request,
    evaluation_id: UUID,
    body: CorrectBody,
    principal: Reviewer,
    if_match: IfMatch = None,
) -> Response:
    """By a person who neither scored nor confirmed it; the certificate follows the result (C02, C04)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        accepted(
            await disputes.correct(
                tx, service, principal, evaluation_id, version, points=body.points, reason=body.reason
            )
        )
    return await _after(request, evaluation_id, principal)


@router.post("/void", response_model=EvaluationView, summary="作废评价 · Void an evaluation")
async def void(
    request: Request, evaluation_id: UUID, body: VoidBody, principal: Centre, if_match: IfMatch = None
) -> Response:
    """Whatever came of it; its certificate is revoked, a trainee without fault evaluated anew (C04, D12)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        accepted(
            await voiding.void_one(
                tx,
                service,
                principal,
                evaluation_id,
                version,
                reason_code=body.reason_code,
                note=body.note,
            )
        )
    return await _after(request, evaluation_id, principal)


async def _after(request: Request, evaluation_id: UUID, principal: Principal) -> Response:
    return reply(EvaluationView.of(*await found(request, evaluation_id, principal)))
