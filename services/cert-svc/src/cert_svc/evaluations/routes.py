"""The HTTP face of evaluations: thin, each route one use case or one query."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from cert_svc.evaluations import repository, use_cases
from cert_svc.evaluations.lifecycle import State
from cert_svc.evaluations.reading import Official, Reader, found, view_for
from cert_svc.evaluations.schemas import (
    BlindScoreView,
    EvaluationExport,
    EvaluationFilters,
    EvaluationPage,
    EvaluationView,
    ScoreBody,
    StepView,
)
from cert_svc.evaluations.timeline import steps_seen
from cert_svc.service import Service, of

router = APIRouter(prefix="/cert/v1", tags=["考核评价 · evaluations"])

EvaluatorOnly = Annotated[Principal, Allow(Role.EVALUATOR)]
_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("评价编号", "Evaluation"), lambda row: str(row["id"])),
    Column(Text("学员", "Trainee"), lambda row: row["masked_name"]),
    Column(Text("培训机构", "Institution"), lambda row: row["institution_name"]),
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("项目编码", "Project"), lambda row: row["project_code"]),
    Column(Text("次数", "Attempt"), lambda row: row["attempt"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("评价日期", "Evaluated on"), lambda row: row["evaluated_on"]),
    Column(Text("成绩", "Score"), lambda row: row["score"]),
    Column(Text("合格分", "Pass mark"), lambda row: row["pass_mark"]),
    Column(Text("合格", "Passed"), lambda row: None if row["state"] == State.VOID else row["passed"]),
    Column(Text("公布时间", "Published at"), lambda row: row["published_at"]),
    Column(Text("复核申请截止日", "Last day to dispute"), lambda row: row["last_dispute_day"]),
    Column(Text("复核结果", "Review"), lambda row: row["outcome"]),
    Column(Text("作废原因", "Void because"), lambda row: row["void_reason_code"]),
    Column(Text("证书编号", "Certificate"), lambda row: row["certificate_number"]),
)
RetakeOpener = Annotated[Principal, Allow(Role.EVALUATOR, Role.CITY_CENTRE)]


@router.get("/evaluations", summary="列出评价 · List evaluations")
async def list_evaluations(
    request: Request, principal: Reader, query: Annotated[EvaluationPage, Query()]
) -> Page[EvaluationView]:
    """An evaluator sees what their body evaluates (T06), a district its own (C05), others all (C04).

    A trainee sees the own results that were published.
    """
    service = of(request)
    return await repository.LIST.page(
        service.database,
        _asked(service, principal, query),
        query,
        lambda row: view_for(principal, *repository.shown(row)),
    )


@router.get("/evaluations/export", summary="导出评价 · Export the evaluations", responses=EXPORT_RESPONSES)
async def export_evaluations(
    request: Request, principal: Reader, query: Annotated[EvaluationExport, Query()]
) -> Response:
    """The evaluations one may see, as a file, trainees masked (C04, C05)."""
    service = of(request)
    rows = repository.LIST.all_rows(service.database, _asked(service, principal, query))
    return await export(request, "evaluations", _COLUMNS, rows, query.format)


@router.get(
    "/evaluations/{evaluation_id}", response_model=EvaluationView, summary="查看评价 · Read an evaluation"
)
async def read_evaluation(request: Request, evaluation_id: UUID, principal: Reader) -> Response:
    """What one may not see answers 404 (C04, C05)."""
    return reply(view_for(principal, *await found(request, evaluation_id, principal)))


@router.get("/evaluations/{evaluation_id}/timeline", summary="评价办理记录 · The steps of an evaluation")
async def list_steps(request: Request, evaluation_id: UUID, principal: Reader) -> list[StepView]:
    """Who did what, when, from what, to what (全流程可追溯; C04); a blind score stays blind until settled."""
    evaluation, _ = await found(request, evaluation_id, principal)
    return steps_seen(await repository.steps(of(request).database, evaluation_id), evaluation, principal)


@router.get("/evaluations/{evaluation_id}/blind-scores", summary="盲评成绩 · The blind scores")
async def list_blind_scores(
    request: Request, evaluation_id: UUID, principal: Official
) -> list[BlindScoreView]:
    """Each blind score; until they lead to a result, one's own alone (盲评; T05, C04)."""
    evaluation, _ = await found(request, evaluation_id, principal)
    given = await repository.blind_scores_of(of(request).database, evaluation_id)
    return [
        BlindScoreView.of(one) for one in given if evaluation.score or one.by.subject == principal.subject
    ]


@router.post(
    "/evaluations/{evaluation_id}/score", response_model=EvaluationView, summary="评分 · Score an evaluation"
)
async def score(
    request: Request, evaluation_id: UUID, body: ScoreBody, principal: EvaluatorOnly, if_match: IfMatch = None
) -> Response:
    """By an evaluator who neither taught the class nor is the trainee; amended until confirmed (C02, C04).

    Where the norm says how far two scores may differ, two or three score blind, once each (盲评; T05).
    """
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        evaluation = accepted(
            await use_cases.score(
                tx,
                service,
                principal,
                evaluation_id,
                version,
                points=body.points,
                comment=body.comment,
            )
        )
    return reply(EvaluationView.of(evaluation, None))


@router.post(
    "/evaluations/{evaluation_id}/confirm",
    response_model=EvaluationView,
    summary="确认成绩 · Confirm the score",
)
async def confirm(
    request: Request, evaluation_id: UUID, principal: EvaluatorOnly, if_match: IfMatch = None
) -> Response:
    """By another person than who scored; a pass issues the 培训合格证书 with it (C02, C04)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        evaluation, certificate = accepted(
            await use_cases.confirm(tx, service, principal, evaluation_id, version)
        )
    return reply(view_for(principal, evaluation, certificate.number if certificate else None))


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
        return following if isinstance(following, Refusal) else EvaluationView.of(following, None)

    return await once(service.database, request, principal, idempotency_key, None, act)


def _asked(service: Service, principal: Principal, query: EvaluationFilters) -> Asked:
    reach, scope = repository.reach_of(principal)
    return repository.LIST.asked(query, reach=reach, scope=scope, given={"today": service.clock.today()})
