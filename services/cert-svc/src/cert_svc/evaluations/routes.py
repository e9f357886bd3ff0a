"""The HTTP face of evaluations: thin, each route one use case or one query."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Cursor, Limit, Page, after_id, page_of
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from cert_svc.certificates.certificate import Certificate
from cert_svc.evaluations import repository, use_cases
from cert_svc.evaluations.evaluation import Evaluation
from cert_svc.evaluations.lifecycle import State
from cert_svc.evaluations.schemas import EvaluationView, ScoreBody
from cert_svc.service import Service, of

router = APIRouter(prefix="/cert/v1", tags=["考核评价 · evaluations"])

Reader = Annotated[
    Principal, Allow(Role.EVALUATOR, Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)
]
EvaluatorOnly = Annotated[Principal, Allow(Role.EVALUATOR)]
RetakeOpener = Annotated[Principal, Allow(Role.EVALUATOR, Role.CITY_CENTRE)]


@router.get("/evaluations", response_model=Page[EvaluationView], summary="列出评价 · List evaluations")
async def list_evaluations(
    request: Request,
    principal: Reader,
    state: Annotated[State | None, Query(description="状态 · state")] = None,
    enrolment_id: Annotated[UUID | None, Query(description="报名编号 · enrolment")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """The longest waiting first. A district officer sees their district's (C05), others see all (C04)."""
    service = of(request)
    given = {"state": state, "enrolment_id": enrolment_id, "district": _district(principal)}
    filters = {name: value for name, value in given.items() if value is not None}
    rows = await repository.page(service.database, filters, after_id(cursor), limit + 1)
    views = [_view(service, evaluation, number) for evaluation, number in rows]
    return reply(page_of(views, limit, lambda view: (str(view.id),)))


@router.get(
    "/evaluations/{evaluation_id}", response_model=EvaluationView, summary="查看评价 · Read an evaluation"
)
async def read_evaluation(request: Request, evaluation_id: UUID, principal: Reader) -> Response:
    """Another district's evaluation answers 404 (C04, C05)."""
    service = of(request)
    found = await repository.one(service.database, evaluation_id)
    if found is None or _district(principal) not in (None, found[0].completion.institution.district):
        raise Refused(Refusal(NOT_FOUND))
    return reply(_view(service, *found))


@router.post(
    "/evaluations/{evaluation_id}/score", response_model=EvaluationView, summary="评分 · Score an evaluation"
)
async def score(
    request: Request, evaluation_id: UUID, body: ScoreBody, principal: EvaluatorOnly, if_match: IfMatch = None
) -> Response:
    """By an evaluator who neither taught the class nor is the trainee; amended until confirmed (C02, C04)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        evaluation = accepted(
            await use_cases.score(
                tx,
                service,
                principal,
                evaluation_id,
                version,
                points=body.score,
                comment=body.comment,
            )
        )
    return reply(_view(service, evaluation, None))


@router.post(
    "/evaluations/{evaluation_id}/confirm",
    response_model=EvaluationView,
    summary="确认成绩 · Confirm the score",
)
async def confirm(
    request: Request, evaluation_id: UUID, principal: EvaluatorOnly, if_match: IfMatch = None
) -> Response:
    """By another person than the scorer; a pass issues the 培训合格证书 with it (C02, C04)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        evaluation, certificate = accepted(
            await use_cases.confirm(tx, service, principal, evaluation_id, version)
        )
    return reply(_view(service, evaluation, _number(certificate)))


@router.post(
    "/evaluations/{evaluation_id}/retake",
    status_code=201,
    response_model=EvaluationView,
    summary="开启补考 · Open a retake",
)
async def retake(
    request: Request, evaluation_id: UUID, principal: RetakeOpener, idempotency_key: IdempotencyKey
) -> Response:
    """After a failed evaluation: at most 2, within 6 months of completion (D12)."""
    service = of(request)

    async def act(tx: Transaction) -> EvaluationView | Refusal:
        following = await use_cases.retake(tx, service, principal, evaluation_id)
        return following if isinstance(following, Refusal) else _view(service, following, None)

    return await once(service.database, request, principal, idempotency_key, None, act)


def _district(principal: Principal) -> str | None:
    return principal.district if principal.role is Role.DISTRICT_OFFICER else None


def _number(certificate: Certificate | None) -> str | None:
    return certificate.number if certificate else None


def _view(service: Service, evaluation: Evaluation, certificate_number: str | None) -> EvaluationView:
    completion = evaluation.completion
    parameters = service.law.parameters_of(
        class_started_on=completion.class_started_on, completed_on=completion.completed_on
    )
    return EvaluationView.of(evaluation, certificate_number, parameters)
