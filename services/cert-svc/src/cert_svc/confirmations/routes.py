"""Confirmation jobs over HTTP."""

from typing import Annotated
from uuid import UUID

from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import reply
from fastapi import APIRouter, Query, Request, Response

from cert_svc.confirmations import repository, use_cases
from cert_svc.confirmations.job import Job
from cert_svc.confirmations.schemas import (
    ConfirmationExport,
    ConfirmationFilters,
    ConfirmationPage,
    ConfirmationView,
    LineExport,
    LinePage,
    LineView,
    NewConfirmation,
)
from cert_svc.service import Service, of

EvaluatorOnly = Annotated[Principal, Allow(Role.EVALUATOR)]
Reader = Annotated[Principal, Allow(Role.EVALUATOR, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("任务编号", "Job"), lambda row: str(row["id"])),
    Column(Text("班级编号", "Class"), lambda row: str(row["class_id"] or "")),
    Column(Text("场次编号", "Session"), lambda row: str(row["session_id"] or "")),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("提交时间", "Asked at"), lambda row: row["asked_at"]),
    Column(Text("完成时间", "Finished at"), lambda row: row["finished_at"]),
    Column(Text("总数", "Total"), lambda row: row["total"]),
    Column(Text("已确认", "Confirmed"), lambda row: row["confirmed"]),
    Column(Text("未确认", "Refused"), lambda row: row["refused"]),
)
_LINE_COLUMNS: tuple[Column[LineView], ...] = (
    Column(Text("评价编号", "Evaluation"), lambda line: str(line.evaluation_id)),
    Column(Text("学员", "Trainee"), lambda line: line.trainee),
    Column(Text("结果", "Outcome"), lambda line: line.outcome),
    Column(Text("合格", "Passed"), lambda line: line.passed),
    Column(Text("证书编号", "Certificate"), lambda line: line.certificate_number),
    Column(Text("原因", "Reasons (zh)"), lambda line: _reasons(line, "zh")),
    Column(Text("原因（英文）", "Reasons"), lambda line: _reasons(line, "en")),
)

router = APIRouter(prefix="/cert/v1/confirmations", tags=["批量确认 · confirmation jobs"])


@router.post(
    "", status_code=201, response_model=ConfirmationView, summary="批量确认成绩 · Confirm a whole class"
)
async def ask_confirmation(
    request: Request, body: NewConfirmation, idempotency_key: IdempotencyKey, principal: EvaluatorOnly
) -> Response:
    """Every scored evaluation of a class or session, each by the rules of a single one (C02, C04)."""
    service = of(request)

    async def act(tx: Transaction) -> ConfirmationView | Refusal:
        job = await use_cases.ask(tx, service, principal, body)
        return job if isinstance(job, Refusal) else ConfirmationView.of(job)

    return await once(service.database, request, principal, idempotency_key, body, act)


@router.get("", summary="列出批量确认 · List the confirmation jobs")
async def list_confirmations(
    request: Request, principal: Reader, query: Annotated[ConfirmationPage, Query()]
) -> Page[ConfirmationView]:
    """Those of one's body, or all, with their progress (C04)."""
    service = of(request)
    return await repository.LIST.page(
        service.database,
        _asked(service, principal, query),
        query,
        lambda row: ConfirmationView.of(repository.job_of(row)),
    )


@router.get("/export", summary="导出批量确认 · Export the confirmation jobs", responses=EXPORT_RESPONSES)
async def export_confirmations(
    request: Request, principal: Reader, query: Annotated[ConfirmationExport, Query()]
) -> Response:
    """The jobs one may see as a file (C04)."""
    service = of(request)
    rows = repository.LIST.all_rows(service.database, _asked(service, principal, query))
    return await export(request, "confirmations", _COLUMNS, rows, query.format)


@router.get("/{job_id}", response_model=ConfirmationView, summary="查看批量确认 · Read a confirmation job")
async def read_confirmation(request: Request, job_id: UUID, principal: Reader) -> Response:
    """How far it has come (C04)."""
    return reply(ConfirmationView.of(await _seen(request, job_id, principal)))


@router.get("/{job_id}/lines", summary="批量确认明细 · What became of each evaluation")
async def list_confirmation_lines(
    request: Request, job_id: UUID, principal: Reader, query: Annotated[LinePage, Query()]
) -> Page[LineView]:
    """Each evaluation with its certificate, or with every reason why it was not confirmed (C02, C04)."""
    await _seen(request, job_id, principal)
    asked = repository.LINES.asked(query, job_id=job_id)
    return await repository.LINES.page(of(request).database, asked, query, LineView.of)


@router.get(
    "/{job_id}/lines/export", summary="导出批量确认明细 · Export the lines", responses=EXPORT_RESPONSES
)
async def export_confirmation_lines(
    request: Request, job_id: UUID, principal: Reader, query: Annotated[LineExport, Query()]
) -> Response:
    """The evaluations of the job and what became of them, as a file (C02, C04)."""
    await _seen(request, job_id, principal)
    rows = repository.LINES.all_rows(of(request).database, repository.LINES.asked(query, job_id=job_id))
    lines = (LineView.of(row) async for row in rows)
    return await export(request, "confirmation-lines", _LINE_COLUMNS, lines, query.format)


async def _seen(request: Request, job_id: UUID, principal: Principal) -> Job:
    service = of(request)
    job = await repository.one(service.database, job_id, principal, service.clock.today())
    if job is None:
        raise Refused(Refusal(NOT_FOUND))
    return job


def _asked(service: Service, principal: Principal, query: ConfirmationFilters) -> Asked:
    reach, scope = repository.reach_of(principal)
    return repository.LIST.asked(query, reach=reach, scope=scope, given={"today": service.clock.today()})


def _reasons(line: LineView, language: str) -> str | None:
    if line.refusal is None:
        return None
    found = [getattr(finding, language) for finding in line.refusal.findings]
    return "; ".join(found or [getattr(line.refusal, language)])
