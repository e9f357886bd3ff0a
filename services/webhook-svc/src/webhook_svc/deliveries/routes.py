"""Deliveries over HTTP."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.errors import Refused
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Page
from chuangpei.problems import NOT_FOUND
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from webhook_svc.access import Agency, Reader, counted, visible_agency
from webhook_svc.deliveries import repository, use_cases
from webhook_svc.deliveries.lifecycle import State
from webhook_svc.deliveries.schemas import (
    AttemptPage,
    AttemptView,
    DeliveryPage,
    DeliveryView,
    Owed,
    Period,
    Since,
)
from webhook_svc.endpoints import repository as endpoints
from webhook_svc.service import of

router = APIRouter(prefix="/webhook/v1/endpoints/{endpoint_id}", tags=["投递 · deliveries"])


@router.get("/deliveries", summary="投递列表 · List an endpoint's deliveries")
async def list_deliveries(
    request: Request,
    response: Response,
    endpoint_id: UUID,
    principal: Reader,
    query: Annotated[DeliveryPage, Query()],
) -> Page[DeliveryView]:
    """What an endpoint was told, is to be told, and what waits to be recovered (``state=exhausted``)."""
    counted(request, response, principal)
    await _visible(request, endpoint_id, principal)
    asked = repository.LIST.asked(query, endpoint_id=endpoint_id)
    return await repository.LIST.page(of(request).database, asked, query, _view)


@router.get("/attempts", summary="投递尝试 · List an endpoint's attempts")
async def list_attempts(
    request: Request,
    response: Response,
    endpoint_id: UUID,
    principal: Reader,
    query: Annotated[AttemptPage, Query()],
) -> Page[AttemptView]:
    """Every attempt with its status, milliseconds and the beginning of the answer; pings and tests too."""
    counted(request, response, principal)
    await _visible(request, endpoint_id, principal)
    asked = repository.ATTEMPTS.asked(query, endpoint_id=endpoint_id)
    return await repository.ATTEMPTS.page(of(request).database, asked, query, _attempt)


@router.post(
    "/deliveries/{event_id}/resend",
    status_code=202,
    response_model=Owed,
    summary="重发一个事件 · Send one event again",
)
async def resend_delivery(
    request: Request, endpoint_id: UUID, event_id: UUID, key: IdempotencyKey, principal: Agency
) -> Response:
    """Sends an event again, with the id it had, whether or not it was delivered."""
    service = of(request)

    async def act(tx: Transaction) -> int | Refusal:
        return await use_cases.resend(tx, service, principal, endpoint_id, event_id)

    return await _owed(request, principal, key, None, act)


@router.post("/recover", status_code=202, response_model=Owed, summary="补发未送达 · Recover what failed")
async def recover_deliveries(
    request: Request, endpoint_id: UUID, body: Since, key: IdempotencyKey, principal: Agency
) -> Response:
    """Sends everything undelivered since a time at once, also what had used its retries up."""
    service = of(request)

    async def act(tx: Transaction) -> int | Refusal:
        return await use_cases.recover(tx, service, principal, endpoint_id, body.since)

    return await _owed(request, principal, key, body, act)


@router.post("/replay", status_code=202, response_model=Owed, summary="补推历史事件 · Replay what was missed")
async def replay_events(
    request: Request, endpoint_id: UUID, body: Period, key: IdempotencyKey, principal: Agency
) -> Response:
    """Sends events of a time that the endpoint was never owed, such as those before it was made."""
    service = of(request)

    async def act(tx: Transaction) -> int | Refusal:
        return await use_cases.replay(tx, service, principal, endpoint_id, body.since, body.until)

    return await _owed(request, principal, key, body, act)


async def _owed(
    request: Request,
    principal: Principal,
    key: str,
    body: BaseModel | None,
    act: Callable[[Transaction], Awaitable[int | Refusal]],
) -> Response:
    async def shown(tx: Transaction) -> Owed | Refusal:
        owed = await act(tx)
        return owed if isinstance(owed, Refusal) else Owed(deliveries=owed)

    return await once(of(request).database, request, principal, key, body, shown, status=202)


async def _visible(request: Request, endpoint_id: UUID, principal: Principal) -> None:
    database = of(request).database
    if await endpoints.one(database, endpoint_id, await visible_agency(database, principal)) is None:
        raise Refused(Refusal(NOT_FOUND))


def _view(row: Row) -> DeliveryView:
    pending = row["state"] == State.PENDING
    own = {
        "webhook_id": f"msg_{row['event_id']}",
        "next_attempt_at": row["next_attempt_at"] if pending else None,
    }
    kept = {name: row[name] for name in DeliveryView.model_fields if name not in own}
    return DeliveryView.model_validate(kept | own)


def _attempt(row: Row) -> AttemptView:
    return AttemptView.model_validate({name: row[name] for name in AttemptView.model_fields})
