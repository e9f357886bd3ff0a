"""Anomalies over HTTP."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.anomalies import repository, use_cases
from training_svc.anomalies.schemas import AnomalyExport, AnomalyPage, AnomalyView, Said
from training_svc.policy.anomalies import TEXTS, Kind
from training_svc.service import of
from training_svc.visibility import READERS, asked_by, scope_of

Speaker = Annotated[Principal, Allow(Role.INSTITUTION, Role.DISTRICT_OFFICER)]
Officer = Annotated[Principal, Allow(Role.DISTRICT_OFFICER)]
Reader = Annotated[Principal, Allow(*READERS)]

router = APIRouter(prefix="/training/v1/anomalies", tags=["考勤异常 · anomalies"])

_COLUMNS: tuple[Column[Row], ...] = (
    Column(Text("发现时间", "Found at"), lambda row: row["found_at"]),
    Column(Text("异常", "Anomaly"), lambda row: TEXTS[Kind(row["kind"])].zh),
    Column(Text("异常代码", "Kind"), lambda row: row["kind"]),
    Column(Text("事实", "Fact"), lambda row: row["fact"]),
    Column(Text("要求", "Required"), lambda row: row["required"]),
    Column(Text("所在区", "District"), lambda row: row["district"]),
    Column(Text("统一社会信用代码", "Credit code"), lambda row: row["credit_code"]),
    Column(Text("机构名称", "Institution"), lambda row: row["institution_name"]),
    Column(Text("班级", "Class"), lambda row: row["class_name"]),
    Column(Text("学员", "Trainee"), lambda row: row["masked_name"]),
    Column(Text("状态", "State"), lambda row: row["state"]),
    Column(Text("说明", "Explanation"), lambda row: row["explanation"]),
    Column(Text("说明人", "Explained by"), lambda row: row["explained_by"]),
    Column(Text("确认意见", "Confirmation"), lambda row: row["confirmation"]),
    Column(Text("确认人", "Confirmed by"), lambda row: row["confirmed_by"]),
)


@router.get("", summary="考勤异常列表 · List the anomalies")
async def list_anomalies(
    request: Request, principal: Reader, query: Annotated[AnomalyPage, Query()]
) -> Page[AnomalyView]:
    """What the rules found in the attendance one may see, the newest first (T06)."""
    return await repository.LIST.page(
        of(request).database, asked_by(principal, repository.LIST, query), query, _view
    )


@router.get("/export", summary="导出考勤异常 · Export the anomalies", responses=EXPORT_RESPONSES)
async def export_anomalies(
    request: Request, principal: Reader, query: Annotated[AnomalyExport, Query()]
) -> Response:
    """The anomalies one may see, as a file (T06)."""
    rows = repository.LIST.all_rows(of(request).database, asked_by(principal, repository.LIST, query))
    return await export(request, "anomalies", _COLUMNS, rows, query.format)


@router.get("/{anomaly_id}", response_model=AnomalyView, summary="查询考勤异常 · Read an anomaly")
async def read_anomaly(request: Request, anomaly_id: UUID, principal: Reader) -> Response:
    """One anomaly (T06)."""
    row = await repository.one(of(request).database, anomaly_id, scope_of(principal))
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return reply(_view(row))


@router.post("/{anomaly_id}/explain", response_model=AnomalyView, summary="说明异常 · Explain an anomaly")
async def explain_anomaly(
    request: Request, anomaly_id: UUID, body: Said, principal: Speaker, if_match: IfMatch = None
) -> Response:
    """The institution, or its district, says how it came about (T06)."""
    row = await done(request, if_match, principal, use_cases.explain, anomaly_id, body.reason)
    return reply(_view(row))


@router.post("/{anomaly_id}/confirm", response_model=AnomalyView, summary="确认异常 · Confirm an anomaly")
async def confirm_anomaly(
    request: Request, anomaly_id: UUID, body: Said, principal: Officer, if_match: IfMatch = None
) -> Response:
    """The district confirms that something is wrong, whatever the explanation (T06)."""
    row = await done(request, if_match, principal, use_cases.confirm, anomaly_id, body.reason)
    return reply(_view(row))


@router.post(
    "/{anomaly_id}/amend", response_model=AnomalyView, summary="更正异常确认 · Amend a confirmed anomaly"
)
async def amend_anomaly(
    request: Request, anomaly_id: UUID, body: Said, principal: Officer, if_match: IfMatch = None
) -> Response:
    """The district takes a wrong confirmation back: the anomaly is explained (T06)."""
    row = await done(request, if_match, principal, use_cases.amend, anomaly_id, body.reason)
    return reply(_view(row))


@router.get("/{anomaly_id}/amendments", summary="异常更正记录 · The amendments of an anomaly")
async def list_anomaly_amendments(
    request: Request, anomaly_id: UUID, principal: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """Every amendment of an anomaly, the first one first (T06)."""
    database = of(request).database
    if await repository.one(database, anomaly_id, scope_of(principal)) is None:
        raise Refused(Refusal(NOT_FOUND))
    return await history(database, "anomaly", anomaly_id, query)


def _view(row: Row) -> AnomalyView:
    shown = AnomalyView.model_fields.keys() & row.keys()
    text = TEXTS[Kind(row["kind"])]
    return AnomalyView(
        **{name: row[name] for name in shown}, name=row["masked_name"], zh=text.zh, en=text.en, rule="T06"
    )
