"""Studios over HTTP."""

from typing import Annotated
from uuid import UUID

from chuangpei.amendments import AmendmentQuery, AmendmentView, history
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused
from chuangpei.export import EXPORT_RESPONSES, Column, export
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from chuangpei.steps import done
from chuangpei.web import IfMatch, reply
from fastapi import APIRouter, Query, Request, Response

from training_svc.service import of
from training_svc.studios import repository, use_cases
from training_svc.studios.schemas import NewStudio, StudioAmendment, StudioExport, StudioPage, StudioView
from training_svc.visibility import READERS

Keeper = Annotated[Principal, Allow(Role.DISTRICT_OFFICER, Role.CITY_CENTRE)]
Reader = Annotated[Principal, Allow(*READERS)]

_COLUMNS: tuple[Column[StudioView], ...] = (
    Column(Text("工作室名称", "Name"), lambda one: one.name),
    Column(Text("所在区", "District"), lambda one: one.district),
    Column(Text("领域", "Field"), lambda one: one.field),
    Column(Text("领办人", "Head"), lambda one: one.head_name),
    Column(Text("成员", "Members"), lambda one: " ".join(member.name for member in one.members)),
    Column(Text("设立日期", "Opened on"), lambda one: one.opened_on),
    Column(Text("关闭日期", "Closed on"), lambda one: one.closed_on),
)

router = APIRouter(prefix="/training/v1/studios", tags=["名师工作室 · studios"])


@router.post("", status_code=201, response_model=StudioView, summary="设立工作室 · Open a studio")
async def open_studio(request: Request, body: NewStudio, key: IdempotencyKey, principal: Keeper) -> Response:
    """A studio of an active instructor, recorded by its district or the city centre (T10)."""
    service = of(request)

    async def act(tx: Transaction) -> StudioView | Refusal:
        opened = await use_cases.open_studio(tx, service, principal, body)
        return opened if isinstance(opened, Refusal) else _view(opened)

    return await once(service.database, request, principal, key, body, act)


@router.get("", summary="工作室列表 · List the studios")
async def list_studios(
    request: Request, _: Reader, query: Annotated[StudioPage, Query()]
) -> Page[StudioView]:
    """All studios; those of other districts are no secret (T10)."""
    return await repository.LIST.page(of(request).database, repository.LIST.asked(query), query, _view)


@router.get("/export", summary="导出工作室 · Export the studios", responses=EXPORT_RESPONSES)
async def export_studios(request: Request, _: Reader, query: Annotated[StudioExport, Query()]) -> Response:
    """The studios as a file (T10)."""
    rows = repository.LIST.all_rows(of(request).database, repository.LIST.asked(query))
    return await export(request, "studios", _COLUMNS, (_view(row) async for row in rows), query.format)


@router.get("/{studio_id}", response_model=StudioView, summary="查询工作室 · Read a studio")
async def read_studio(request: Request, studio_id: UUID, _: Reader) -> Response:
    """One studio with its head and members, masked (T10)."""
    return reply(_view(await _found(request, studio_id)))


@router.post("/{studio_id}/amend", response_model=StudioView, summary="更正工作室 · Amend or close a studio")
async def amend_studio(
    request: Request, studio_id: UUID, body: StudioAmendment, principal: Keeper, if_match: IfMatch = None
) -> Response:
    """Amends what was recorded, or closes the studio, with a reason (T10)."""
    row = await done(request, if_match, principal, use_cases.amend, studio_id, body)
    return reply(_view(row))


@router.get("/{studio_id}/amendments", summary="工作室更正记录 · Amendments of a studio")
async def read_amendments(
    request: Request, studio_id: UUID, _: Reader, query: AmendmentQuery
) -> Page[AmendmentView]:
    """What was amended, when, by whom and why (T10)."""
    await _found(request, studio_id)
    return await history(of(request).database, "studio", studio_id, query)


async def _found(request: Request, studio_id: UUID) -> Row:
    row = await repository.one(of(request).database, studio_id)
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    return row


def _view(row: Row) -> StudioView:
    return StudioView.model_validate({name: row[name] for name in StudioView.model_fields})
