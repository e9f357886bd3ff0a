"""Periodic evaluations over HTTP."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
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

from training_svc.periodic_evaluations import repository, use_cases
from training_svc.periodic_evaluations.schemas import (
    AmendedEvaluation,
    EvaluationExport,
    EvaluationPage,
    EvaluationView,
    FormView,
    NewEvaluation,
)
from training_svc.policy.evaluation import ObjectKind, form_of
from training_svc.problems import NO_LAW_IN_FORCE
from training_svc.service import of
from training_svc.visibility import READERS, Scope, asked_by, scope_of

Supervisor = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("对象类别", "Kind"), lambda row: row["object_kind"]),
    Column(Text("对象", "Object"), lambda row: row["object_name"]),
    Column(Text("区", "District"), lambda row: row["district"]),
    Column(Text("评估期起", "From"), lambda row: row["period_from"]),
    Column(Text("评估期止", "To"), lambda row: row["period_to"]),
    Column(Text("得分率%", "Percent"), lambda row: row["percent"]),
    Column(Text("等次", "Grade"), lambda row: row["grade"]),
    Column(Text("评语", "Comment"), lambda row: row["comment"]),
    Column(Text("评估日期", "Evaluated on"), lambda row: row["evaluated_on"]),
)

router = APIRouter(prefix="/training/v1", tags=["定期评估 · periodic evaluations"])


@router.get("/evaluation-forms/{object_kind}", summary="评估表 · Read an evaluation form")
async def read_form(request: Request, object_kind: ObjectKind, principal: Reader) -> FormView:
    """The parts of the form in force, their points, and where the grades begin (O03)."""
    service = of(request)
    today = service.clock.today()
    if not service.law.in_force.covers(today):
        raise Refused(Refusal(NO_LAW_IN_FORCE))
    form = form_of(service.law, object_kind, today)
    return FormView(
        object_kind=object_kind, version=form.version, parts=dict(form.parts), grades=dict(form.grades)
    )


@router.post(
    "/periodic-evaluations",
    status_code=201,
    response_model=EvaluationView,
    summary="定期评估 · Evaluate for a period",
)
async def evaluate(
    request: Request, body: NewEvaluation, key: IdempotencyKey, principal: Supervisor
) -> Response:
    """A class, an institution or an instructor is evaluated by the form in force, once a period (O03)."""
    service = of(request)

    async def act(tx: Transaction) -> EvaluationView | Refusal:
        made = await use_cases.evaluate(tx, service, principal, body)
        return made if isinstance(made, Refusal) else EvaluationView.model_validate(made)

    return await once(service.database, request, principal, key, body, act)


@router.get("/periodic-evaluations", summary="定期评估列表 · List the periodic evaluations")
async def list_evaluations(
    request: Request, principal: Reader, query: Annotated[EvaluationPage, Query()]
) -> Page[EvaluationView]:
    """The evaluations one may see (O03)."""
    return await repository.LIST.page(
        of(request).database, asked_by(principal, repository.LIST, query), query, _view
    )


@router.get(
    "/periodic-evaluations/export",
    summary="导出定期评估 · Export the periodic evaluations",
    responses=EXPORT_RESPONSES,
)
async def export_evaluations(
    request: Request, principal: Reader, query: Annotated[EvaluationExport, Query()]
) -> Response:
    """The evaluations one may see, as a file (O03)."""
    rows = repository.LIST.all_rows(of(request).database, asked_by(principal, repository.LIST, query))
    return await export(request, "periodic-evaluations", _COLUMNS, rows, query.format)


@router.get(
    "/periodic-evaluations/{evaluation_id}",
    response_model=EvaluationView,
    summary="查询定期评估 · Read a periodic evaluation",
)
async def read_evaluation(request: Request, evaluation_id: UUID, principal: Reader) -> Response:
    """One evaluation (O03)."""
    async with of(request).database.transaction() as tx:
        return reply(await _read(tx, evaluation_id, scope_of(principal)))


@router.post(
    "/periodic-evaluations/{evaluation_id}/amend",
    response_model=EvaluationView,
    summary="更正定期评估 · Amend a periodic evaluation",
)
async def amend_evaluation(
    request: Request,
    evaluation_id: UUID,
    body: AmendedEvaluation,
    principal: Supervisor,
    if_match: IfMatch = None,
) -> Response:
    """Corrects the points or the comment, with the reason; the old values are kept (O03)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        accepted(await use_cases.amend(tx, service, principal, evaluation_id, version, body))
        return reply(await _read(tx, evaluation_id, scope_of(principal)))


@router.get(
    "/periodic-evaluations/{evaluation_id}/amendments",
    summary="定期评估更正记录 · Amendments of an evaluation",
)
async def list_evaluation_amendments(
    request: Request, evaluation_id: UUID, principal: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """Every amendment with the values before and after (O03)."""
    async with of(request).database.transaction() as tx:
        await _read(tx, evaluation_id, scope_of(principal))
        return await history(tx, use_cases.OBJECT_TYPE, evaluation_id, query)


async def _read(tx: Transaction, evaluation_id: UUID, scope: Scope) -> EvaluationView:
    row = await repository.one(tx, evaluation_id, scope)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return _view(row)


def _view(row: Row) -> EvaluationView:
    return EvaluationView.model_validate(dict(row))
