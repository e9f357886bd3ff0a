"""Re-checks over HTTP."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.listing import Asked
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.web import IfMatch, expected_version, reply
from fastapi import APIRouter, Query, Request, Response

from cert_svc.evaluations.schemas import ScoreBody
from cert_svc.rechecks import repository, use_cases
from cert_svc.rechecks.recheck import Recheck
from cert_svc.rechecks.schemas import (
    AgreementExport,
    AgreementFilters,
    AgreementPage,
    AgreementView,
    Assignment,
    ClosingBody,
    ConclusionAmendment,
    RecheckExport,
    RecheckFilters,
    RecheckPage,
    RecheckView,
)
from cert_svc.service import of

Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
Checker = Annotated[Principal, Allow(Role.CITIZEN, Role.DISTRICT_OFFICER)]
Office = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]
Reader = Annotated[
    Principal, Allow(Role.CITIZEN, Role.DISTRICT_OFFICER, Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)
]

_COLUMNS: tuple[Column[RecheckView], ...] = (
    Column(Text("复核编号", "Re-check"), lambda one: str(one.id)),
    Column(Text("评价编号", "Evaluation"), lambda one: str(one.evaluation_id)),
    Column(Text("所在区", "District"), lambda one: one.district),
    Column(Text("项目编码", "Project"), lambda one: one.project_code),
    Column(Text("学员", "Trainee"), lambda one: one.trainee),
    Column(Text("评价日期", "Evaluated on"), lambda one: one.evaluated_on),
    Column(Text("状态", "State"), lambda one: one.state),
    Column(Text("复核人员", "Checker"), lambda one: one.checker),
    Column(Text("原分", "Original points"), lambda one: one.original_points),
    Column(Text("复核分", "Points"), lambda one: one.points),
    Column(Text("一致", "Agrees"), lambda one: one.agrees),
    Column(Text("复核意见", "Conclusion"), lambda one: one.conclusion),
)
_AGREEMENT_COLUMNS: tuple[Column[AgreementView], ...] = (
    Column(Text("评价机构", "Body"), lambda one: one.body_name),
    Column(Text("已复核", "Checked"), lambda one: one.checked),
    Column(Text("一致", "Agreed"), lambda one: one.agreed),
    Column(Text("一致率（%）", "Agreed in percent"), lambda one: one.agreed_percent),
)

router = APIRouter(prefix="/cert/v1/rechecks", tags=["抽查复核 · re-checks"])


@router.get("", summary="列出抽查复核 · List the re-checks")
async def list_rechecks(
    request: Request, principal: Reader, query: Annotated[RecheckPage, Query()]
) -> Page[RecheckView]:
    """Those of one's district, of all, or those one is to check; the score is shown once checked (C05)."""
    asked = _asked(principal, query)
    return await repository.LIST.page(of(request).database, asked, query, _of_row)


@router.get("/export", summary="导出抽查复核 · Export the re-checks", responses=EXPORT_RESPONSES)
async def export_rechecks(
    request: Request, principal: Reader, query: Annotated[RecheckExport, Query()]
) -> Response:
    """The re-checks one may see as a file (C05)."""
    rows = repository.LIST.all_rows(of(request).database, _asked(principal, query))
    return await export(request, "rechecks", _COLUMNS, (_of_row(row) async for row in rows), query.format)


@router.get("/agreement", summary="复核一致率 · How often checks agree, by body")
async def list_agreement(
    request: Request, principal: Office, query: Annotated[AgreementPage, Query()]
) -> Page[AgreementView]:
    """Of each body's evaluations that were checked, how many agree, for a period (C05)."""
    asked = _agreement_asked(principal, query)
    return await repository.AGREEMENT.page(of(request).database, asked, query, AgreementView.of)


@router.get("/agreement/export", summary="导出复核一致率 · Export the agreement", responses=EXPORT_RESPONSES)
async def export_agreement(
    request: Request, principal: Office, query: Annotated[AgreementExport, Query()]
) -> Response:
    """How often checks agree, by body, as a file (C05)."""
    rows = repository.AGREEMENT.all_rows(of(request).database, _agreement_asked(principal, query))
    views = (AgreementView.of(row) async for row in rows)
    return await export(request, "recheck-agreement", _AGREEMENT_COLUMNS, views, query.format)


@router.get("/{recheck_id}", response_model=RecheckView, summary="查看抽查复核 · Read a re-check")
async def read_recheck(request: Request, recheck_id: UUID, principal: Reader) -> Response:
    """Blind until it is checked (C05)."""
    return reply(_of_row(await _seen(request, recheck_id, principal)))


@router.post("/{recheck_id}/assign", response_model=RecheckView, summary="分派复核 · Give to a checker")
async def assign_recheck(
    request: Request, recheck_id: UUID, body: Assignment, principal: Officer, if_match: IfMatch = None
) -> Response:
    """An officer or expert by real name, independent of the evaluation (C04, C05)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        assigned = accepted(await use_cases.assign(tx, service, principal, recheck_id, version, body))
        view = await _view(tx, principal, assigned)
    return reply(view)


@router.post("/{recheck_id}/check", response_model=RecheckView, summary="复核评分 · Give the points")
async def check_recheck(
    request: Request, recheck_id: UUID, body: ScoreBody, principal: Checker, if_match: IfMatch = None
) -> Response:
    """By whom it was given to, once, without sight of the score (C05, T05)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        checked = accepted(await use_cases.check(tx, service, principal, recheck_id, version, body))
        view = await _view(tx, principal, checked)
    return reply(view)


@router.post("/{recheck_id}/close", response_model=RecheckView, summary="办结复核 · Close a re-check")
async def close_recheck(
    request: Request, recheck_id: UUID, body: ClosingBody, principal: Officer, if_match: IfMatch = None
) -> Response:
    """With what the district concludes, by another person than the checker; a difference is told (C05)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        closed = accepted(await use_cases.close(tx, service, principal, recheck_id, version, body.conclusion))
        view = await _view(tx, principal, closed)
    return reply(view)


@router.post("/{recheck_id}/amend", response_model=RecheckView, summary="更正复核意见 · Amend the conclusion")
async def amend_recheck(
    request: Request,
    recheck_id: UUID,
    body: ConclusionAmendment,
    principal: Officer,
    if_match: IfMatch = None,
) -> Response:
    """What the district concluded, with a reason; points and outcome stay (C05)."""
    service, version = of(request), expected_version(if_match)
    async with service.database.transaction() as tx:
        amended = accepted(await use_cases.amend(tx, service, principal, recheck_id, version, body))
        view = await _view(tx, principal, amended)
    return reply(view)


@router.get("/{recheck_id}/amendments", summary="复核意见更正记录 · Amendments of a re-check")
async def list_recheck_amendments(
    request: Request, recheck_id: UUID, principal: Office, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (C05)."""
    await _seen(request, recheck_id, principal)
    return await history(of(request).database, "recheck", recheck_id, query)


async def _seen(request: Request, recheck_id: UUID, principal: Principal) -> Row:
    row = await repository.one(of(request).database, recheck_id, principal)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return row


async def _view(tx: Transaction, principal: Principal, recheck: Recheck) -> RecheckView:
    row = await repository.one(tx, recheck.id, principal)
    assert row is not None, "it was seen just now"
    return _of_row(row)


def _of_row(row: Row) -> RecheckView:
    return RecheckView.of(repository.recheck_of(row), row)


def _asked(principal: Principal, query: RecheckFilters) -> Asked:
    reach, scope = repository.reach_of(principal)
    return repository.LIST.asked(query, reach=reach, scope=scope)


def _agreement_asked(principal: Principal, query: AgreementFilters) -> Asked:
    reach, scope = repository.reach_of(principal)
    return repository.AGREEMENT.asked(query, reach=reach, scope=scope)
