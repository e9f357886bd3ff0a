"""What operators do with parked messages and dead letters (死信): list, replay, discard with a reason."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from chuangpei import parking
from chuangpei.audit import record
from chuangpei.auth import Allow, Principal, Role
from chuangpei.database import Database, Row, Transaction
from chuangpei.errors import Refused
from chuangpei.kernel.clock import Clock
from chuangpei.kernel.refusals import Refusal
from chuangpei.paging import Cursor, Limit, Page, decode_cursor, page_of
from chuangpei.problems import NOT_FOUND
from chuangpei.web import Body

Reader = Annotated[Principal, Allow(Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR)]
Operator = Annotated[Principal, Allow(Role.CITY_CENTRE)]
MessageId = Annotated[int, Path(ge=1, le=2**63 - 1)]


class ParkedMessageView(BaseModel):
    """A message that could not be applied yet; ``dead_since`` is set once nobody tries it any more."""

    id: int
    event_id: UUID
    topic: str
    key: str
    type: str
    waiting: bool
    error: str
    attempts: int
    parked_at: datetime
    next_try_at: datetime
    dead_since: datetime | None


class Reason(Body):
    """Why an operator acts."""

    reason: str = Field(min_length=2, max_length=500, examples=["已核实，登记修复后重放"])


def operations_router(name: str, database: Database, clock: Clock) -> APIRouter:
    """The operators' routes of one service under ``/{name}/v1/operations``."""
    router = APIRouter(prefix=f"/{name}/v1/operations", tags=["运维 · operations"])

    @router.get("/parked-messages", summary="列出暂存消息与死信 · List parked messages and dead letters")
    async def list_parked(
        principal: Reader,
        limit: Limit = 50,
        cursor: Cursor = None,
        dead_only: Annotated[bool, Query()] = False,
    ) -> Page[ParkedMessageView]:
        place = decode_cursor(cursor, int)
        async with database.transaction() as tx:
            rows = await parking.listed(
                tx, after=place[0] if place else 0, most=limit + 1, dead_only=dead_only
            )
        views = [ParkedMessageView.model_validate(dict(row)) for row in rows]
        return page_of(views, limit, lambda view: (view.id,))

    @router.post("/parked-messages/{message_id}/replay", status_code=204, summary="重放 · Replay")
    async def replay(request: Request, message_id: MessageId, body: Reason, principal: Operator) -> Response:
        async with database.transaction() as tx:
            row = await parking.replay(tx, message_id)
            await _recorded(tx, principal, clock, "replay_message", row, body.reason)
        return Response(status_code=204)

    @router.post("/parked-messages/{message_id}/discard", status_code=204, summary="作废 · Discard")
    async def discard(request: Request, message_id: MessageId, body: Reason, principal: Operator) -> Response:
        async with database.transaction() as tx:
            row = await parking.discard(tx, message_id)
            await _recorded(tx, principal, clock, "discard_message", row, body.reason)
        return Response(status_code=204)

    return router


async def _recorded(
    tx: Transaction, principal: Principal, clock: Clock, action: str, row: Row | None, reason: str
) -> None:
    if row is None:
        raise Refused(Refusal(NOT_FOUND))
    await record(
        tx,
        principal,
        at=clock.now(),
        action=action,
        object_type="event",
        object_id=row["event_id"],
        reason=reason,
        details={"type": row["type"], "key": row["key"]},
    )
