"""The evaluators of a body over HTTP."""

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

from cert_svc.evaluation_bodies import repository as bodies
from cert_svc.evaluators import repository, use_cases
from cert_svc.evaluators.schemas import (
    EvaluatorExport,
    EvaluatorPage,
    EvaluatorView,
    NewEvaluator,
    Removal,
)
from cert_svc.service import of

Centre = Annotated[Principal, Allow(Role.CITY_CENTRE)]
# An evaluator sees those of their own body, by whom sessions are planned.
Reader = Annotated[
    Principal, Allow(Role.EVALUATOR, Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)
]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("评价人员", "Evaluator"), lambda row: row["masked_name"]),
    Column(Text("加入时间", "Added at"), lambda row: row["added_at"]),
    Column(Text("移出时间", "Removed at"), lambda row: row["removed_at"]),
    Column(Text("移出原因", "Remove reason"), lambda row: row["remove_reason"]),
)

router = APIRouter(
    prefix="/cert/v1/evaluation-bodies/{body_id}/evaluators", tags=["评价机构 · evaluation bodies"]
)


@router.post("", status_code=201, response_model=EvaluatorView, summary="增加评价人员 · Add an evaluator")
async def add_evaluator(
    request: Request, body_id: UUID, body: NewEvaluator, idempotency_key: IdempotencyKey, principal: Centre
) -> Response:
    """By real name; a person evaluates for one body at a time (T06)."""
    service = of(request)

    async def act(tx: Transaction) -> EvaluatorView | Refusal:
        added = await use_cases.add(tx, service, principal, body_id, body)
        return added if isinstance(added, Refusal) else _view(added)

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.get("", summary="列出评价人员 · List the evaluators")
async def list_evaluators(
    request: Request, body_id: UUID, principal: Reader, query: Annotated[EvaluatorPage, Query()]
) -> Page[EvaluatorView]:
    """Who evaluates for the body, removed ones too, names masked; evaluators see their own body's (T06)."""
    await _body_is_seen(request, body_id, principal)
    asked = repository.LIST.asked(query, body_id=body_id)
    return await repository.LIST.page(of(request).database, asked, query, _view)


@router.get("/export", summary="导出评价人员 · Export the evaluators", responses=EXPORT_RESPONSES)
async def export_evaluators(
    request: Request, body_id: UUID, principal: Reader, query: Annotated[EvaluatorExport, Query()]
) -> Response:
    """The evaluators of the body as a file, names masked (T06)."""
    await _body_is_seen(request, body_id, principal)
    rows = repository.LIST.all_rows(of(request).database, repository.LIST.asked(query, body_id=body_id))
    return await export(request, "evaluators", _COLUMNS, rows, query.format)


@router.post(
    "/{evaluator_id}/remove", response_model=EvaluatorView, summary="移出评价人员 · Remove an evaluator"
)
async def remove_evaluator(
    request: Request,
    body_id: UUID,
    evaluator_id: UUID,
    body: Removal,
    principal: Centre,
    if_match: IfMatch = None,
) -> Response:
    """At once, with a reason; what they evaluated stands (T06)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        removed = accepted(
            await use_cases.remove(tx, service, principal, body_id, evaluator_id, version, body.reason)
        )
    return reply(_view(removed))


async def _body_is_seen(request: Request, body_id: UUID, principal: Principal) -> None:
    service = of(request)
    if principal.role is Role.EVALUATOR:
        key = principal.person_key or ""
        seen = await repository.is_of(service.database, key, body_id, service.clock.today())
    else:
        seen = await bodies.one(service.database, body_id) is not None
    if not seen:
        raise Refused(Refusal(NOT_FOUND))


def _view(row: Row) -> EvaluatorView:
    return EvaluatorView(**{name: row[name] for name in EvaluatorView.model_fields})
