"""``Idempotency-Key``: a request sent twice acts once and answers the same, for ever.

The key is taken in the transaction of the deed: a second request with the same key waits for the first to
commit and then gets its stored answer. A refusal stores nothing, for it changed nothing.
"""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Header, Request, Response
from pydantic import BaseModel
from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from chuangpei.auth import Principal
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.errors import Refused, accepted
from chuangpei.kernel.refusals import Refusal
from chuangpei.mechanism_tables import idempotency_keys as table
from chuangpei.problems import IDEMPOTENCY_MISMATCH

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=200,
        description="请求的唯一键，重发时不变 · Unique key of the request, the same when it is sent again",
    ),
]

_TAKE = Statement(
    insert(table)
    .values(principal=bindparam("principal"), key=bindparam("key"), fingerprint=bindparam("fingerprint"))
    .on_conflict_do_nothing()
    .returning(table.c.key)
)
_STORED = Statement(
    select(table.c.fingerprint, table.c.status, table.c.headers, table.c.body).where(
        table.c.principal == bindparam("principal"), table.c.key == bindparam("key")
    )
)
_STORE = Statement(
    table.update()
    .where(table.c.principal == bindparam("of_principal"), table.c.key == bindparam("of_key"))
    .values(status=bindparam("status"), headers=bindparam("headers"), body=bindparam("body"))
)


async def once(
    database: Database,
    request: Request,
    principal: Principal,
    key: str,
    body: BaseModel | bytes | None,
    act: Callable[[Transaction], Awaitable[BaseModel | Refusal]],
    *,
    status: int = 201,
) -> Response:
    """Runs ``act`` in one transaction and answers with its view, or replays the answer stored under the key.

    Raises :class:`Refused` where ``act`` refuses, or the key was used with another payload (422).
    """
    fingerprint = _fingerprint(request, body)
    async with database.transaction() as tx:
        if await tx.row(_TAKE, _values(principal, key) | {"fingerprint": fingerprint}) is None:
            return _replayed(await tx.row(_STORED, _values(principal, key)), fingerprint)
        view = accepted(await act(tx))
        content, headers = view.model_dump_json().encode(), entity_headers(view)
        await tx.execute(
            _STORE,
            {
                "of_principal": principal.subject,
                "of_key": key,
                "status": status,
                "headers": headers,
                "body": content,
            },
        )
    return Response(content, status, headers, media_type="application/json")


async def stored_answer(
    database: Database, request: Request, principal: Principal, key: str, body: BaseModel | bytes | None
) -> Response | None:
    """The answer stored under the key, for deeds that ask others before their transaction begins.

    What has been answered is then not asked again. Raises :class:`Refused` (422) for another payload.
    """
    stored = await database.row(_STORED, _values(principal, key))
    return None if stored is None else _replayed(stored, _fingerprint(request, body))


def answer_row(
    request: Request,
    principal: Principal,
    key: str,
    body: BaseModel | bytes | None,
    view: BaseModel,
    *,
    status: int = 201,
) -> dict[str, Any]:
    """The row of an answer, for statements that fold it into a domain change of their own.

    Such a statement inserts it without ON CONFLICT: a key used before undoes the whole statement
    (``UniqueViolationError`` of ``pk_idempotency_keys``), and :func:`stored_answer` tells the answer.
    """
    return _values(principal, key) | {
        "fingerprint": _fingerprint(request, body),
        "status": status,
        "headers": entity_headers(view),
        "body": view.model_dump_json().encode(),
    }


def entity_headers(view: BaseModel) -> dict[str, str]:
    """The ETag of a view: its ``version``, or its ``revision`` where people name its versions."""
    version = getattr(view, "revision", None) or getattr(view, "version", None)
    return {} if version is None else {"etag": f'"{version}"'}


def _values(principal: Principal, key: str) -> dict[str, Any]:
    return {"principal": principal.subject, "key": key}


def _fingerprint(request: Request, body: BaseModel | bytes | None) -> bytes:
    content = body.model_dump_json().encode() if isinstance(body, BaseModel) else body or b""
    return sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode() + content).digest()


def _replayed(stored: Row | None, fingerprint: bytes) -> Response:
    assert stored is not None, "a taken key has a row"
    if stored["fingerprint"] != fingerprint:
        raise Refused(Refusal(IDEMPOTENCY_MISMATCH))
    headers = {**stored["headers"], "idempotency-replayed": "true"}
    return Response(stored["body"], stored["status"], headers, media_type="application/json")
