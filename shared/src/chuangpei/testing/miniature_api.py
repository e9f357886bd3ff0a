"""The miniature service's API: enough routes to try the HTTP edge, tokens, idempotency and operations."""

from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, FastAPI, Path, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import bindparam

from chuangpei.auth import Allow, Principal, Role, TokenVerifier
from chuangpei.database import Database, Statement, Transaction
from chuangpei.errors import Refused
from chuangpei.idempotency import IdempotencyKey, once
from chuangpei.kernel.clock import SystemClock
from chuangpei.kernel.refusals import Refusal, Text
from chuangpei.operations import operations_router
from chuangpei.outbox import emit
from chuangpei.paging import Cursor, Limit, Page, decode_cursor, page_of
from chuangpei.problems import NOT_FOUND
from chuangpei.testing.miniature import NoteWritten, notes
from chuangpei.tracing import current_traceparent
from chuangpei.web import Body, IfMatch, create_app, expected_version, reply

Writer = Annotated[Principal, Allow(Role.CITY_CENTRE, Role.DISTRICT_OFFICER)]
Act = Callable[[Transaction], Awaitable[Refusal | None]]

_WRITE = Statement(
    notes.insert()
    .values(text=bindparam("text", type_=sa.Text), amount=bindparam("amount", type_=sa.BigInteger))
    .returning(notes)
)
_READ = Statement(sa.select(notes).where(notes.c.id == bindparam("id", type_=sa.BigInteger)))
_LIST = Statement(
    sa.select(notes)
    .where(notes.c.id > bindparam("after", type_=sa.BigInteger))
    .order_by(notes.c.id)
    .limit(bindparam("most", type_=sa.Integer))
)


class NoteBody(Body):
    """A note to write."""

    text: str
    amount: int = 1
    parts: tuple[dict[str, int], ...] = ()


class NoteView(BaseModel):
    """A note as the API shows it."""

    id: int
    text: str
    amount: int
    version: int = 1


def create_miniature_api(
    database: Database, verifier: TokenVerifier, act: Act | None = None, *, max_body_bytes: int = 10_000
) -> FastAPI:
    """The API on a database not yet open; ``act`` runs in the transaction that writes a note."""

    @asynccontextmanager
    async def open_database() -> Any:
        await database.open()
        yield
        await database.close()

    return create_app(
        name="miniature",
        title=Text("小样", "Miniature"),
        description="",
        state=None,
        verifier=verifier,
        routers=[_routes(database, act), operations_router("miniature", database, SystemClock())],
        is_ready=database.is_ready,
        lifespan=open_database,
        max_body_bytes=max_body_bytes,
    )


def _routes(database: Database, act: Act | None) -> APIRouter:
    router = APIRouter(prefix="/miniature/v1")

    @router.post("/notes")
    async def write(request: Request, body: NoteBody, principal: Writer, key: IdempotencyKey) -> Response:
        async def do(tx: Transaction) -> NoteView | Refusal:
            row = await tx.row(_WRITE, {"text": body.text, "amount": body.amount})
            assert row is not None
            await emit(tx, NoteWritten(note=str(row["id"]), text=body.text), SystemClock().now())
            refusal = await act(tx) if act else None
            return refusal or NoteView.model_validate(dict(row))

        return await once(database, request, principal, key, body, do)

    @router.get("/notes")
    async def listed(limit: Limit = 2, cursor: Cursor = None) -> Page[NoteView]:
        place = decode_cursor(cursor, int)
        rows = await database.rows(_LIST, {"after": place[0] if place else 0, "most": limit + 1})
        return page_of([NoteView.model_validate(dict(row)) for row in rows], limit, lambda note: (note.id,))

    @router.get("/notes/{note_id}")
    async def read(note_id: Annotated[int, Path()]) -> Response:
        row = await database.row(_READ, {"id": note_id})
        if row is None:
            raise Refused(Refusal(NOT_FOUND))
        return reply(NoteView.model_validate(dict(row)))

    @router.put("/notes/{note_id}")
    async def change(note_id: int, body: NoteBody, if_match: IfMatch = None) -> dict[str, int]:
        return {"expected": expected_version(if_match)}

    @router.get("/fail")
    async def fail(how: Annotated[str, Query()]) -> dict[str, str]:
        if how == "trace":
            return {"traceparent": current_traceparent() or ""}
        async with database.transaction() as tx:
            await tx.connection.execute(how)
        return {}

    return router
