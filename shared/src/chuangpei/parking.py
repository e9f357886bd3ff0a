"""Parked messages and dead letters: nothing that could not be applied is lost or overtaken.

A row that failed blocks its key: later messages of the key wait behind it. A row that merely ``waits`` (it
came before the event it depends on) does not block: the event it waits for may have the same key. After
the last attempt a row is a dead letter (``dead_since``) and stays until an operator replays or discards it.
A record that cannot be read is a dead letter without an attempt and blocks nobody.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, unquote_to_bytes
from uuid import UUID, uuid5

import sqlalchemy as sa
from sqlalchemy import bindparam, func
from sqlalchemy.dialects.postgresql import JSONB, insert

from chuangpei.bus.port import Received
from chuangpei.database import Row, Statement, Transaction
from chuangpei.mechanism_tables import inbox, parked_messages
from chuangpei.messages import Message, Unreadable

_UNREADABLE = UUID("5d9b9c0e-6f0a-4c53-9f57-6d1b6c1f6a10")

_RECEIVE = Statement(
    insert(inbox)
    .from_select(
        ["event_id"],
        sa.select(func.unnest(bindparam("event_ids", type_=sa.ARRAY(sa.Uuid))).label("event_id")),
    )
    .on_conflict_do_nothing()
    .returning(inbox.c.event_id)
)

_PARK = Statement(
    insert(parked_messages)
    .values(
        event_id=bindparam("event_id", type_=sa.Uuid),
        topic=bindparam("topic", type_=sa.Text),
        key=bindparam("key", type_=sa.Text),
        type=bindparam("type", type_=sa.Text),
        headers=bindparam("headers", type_=JSONB),
        value=bindparam("value", type_=sa.LargeBinary),
        waiting=bindparam("waiting", type_=sa.Boolean),
        error=bindparam("error", type_=sa.Text),
        next_try_at=func.now(),
        dead_since=sa.case((bindparam("dead", type_=sa.Boolean), func.now()), else_=None),
    )
    .on_conflict_do_nothing()
)

_wanted = (
    func.unnest(
        bindparam("topics", type_=sa.ARRAY(sa.Text)),
        bindparam("keys", type_=sa.ARRAY(sa.Text)),
    )
    .table_valued(sa.column("topic", sa.Text), sa.column("key", sa.Text), name="wanted")
    .render_derived()
)
_KEYS = Statement(
    sa.select(
        parked_messages.c.topic,
        parked_messages.c.key,
        func.bool_and(parked_messages.c.waiting).label("waiting"),
    )
    .join(
        _wanted,
        sa.and_(_wanted.c.topic == parked_messages.c.topic, _wanted.c.key == parked_messages.c.key),
    )
    .group_by(parked_messages.c.topic, parked_messages.c.key)
)
_WAKE = Statement(
    parked_messages.update()
    .where(
        parked_messages.c.topic == _wanted.c.topic,
        parked_messages.c.key == _wanted.c.key,
        parked_messages.c.waiting,
        sa.or_(parked_messages.c.dead_since.is_(None), parked_messages.c.attempts > 0),
    )
    .values(next_try_at=func.now(), dead_since=None)
)

_earlier = parked_messages.alias("earlier")
_NEXT_DUE = Statement(
    sa.select(parked_messages)
    .where(
        parked_messages.c.topic == sa.any_(bindparam("topics", type_=sa.ARRAY(sa.Text))),
        parked_messages.c.dead_since.is_(None),
        parked_messages.c.next_try_at <= func.now(),
        ~sa.exists().where(
            _earlier.c.topic == parked_messages.c.topic,
            _earlier.c.key == parked_messages.c.key,
            _earlier.c.id < parked_messages.c.id,
            ~_earlier.c.waiting,
        ),
    )
    .order_by(parked_messages.c.id)
    .limit(1)
    .with_for_update(skip_locked=True, of=parked_messages)
)
_FORGET = Statement(
    parked_messages.delete().where(parked_messages.c.id == bindparam("id", type_=sa.BigInteger))
)
_PUT_OFF = Statement(
    parked_messages.update()
    .where(parked_messages.c.id == bindparam("row_id", type_=sa.BigInteger))
    .values(
        attempts=bindparam("attempts", type_=sa.Integer),
        error=bindparam("error", type_=sa.Text),
        waiting=bindparam("waiting", type_=sa.Boolean),
        next_try_at=func.now() + func.make_interval(0, 0, 0, 0, 0, 0, bindparam("seconds", type_=sa.Float)),
        dead_since=sa.case((bindparam("dead", type_=sa.Boolean), func.now()), else_=None),
    )
)
_LIST = Statement(
    sa.select(
        *(column for column in parked_messages.columns if column.name not in ("headers", "value")),
    )
    .where(
        parked_messages.c.id > bindparam("after", type_=sa.BigInteger),
        sa.or_(
            ~bindparam("dead_only", type_=sa.Boolean),
            parked_messages.c.dead_since.is_not(None),
        ),
    )
    .order_by(parked_messages.c.id)
    .limit(bindparam("most", type_=sa.Integer))
)
_REPLAY = Statement(
    parked_messages.update()
    .where(parked_messages.c.id == bindparam("row_id", type_=sa.BigInteger))
    .values(attempts=0, dead_since=None, next_try_at=func.now())
    .returning(parked_messages.c.event_id, parked_messages.c.type, parked_messages.c.key)
)
_DISCARD = Statement(
    parked_messages.delete()
    .where(parked_messages.c.id == bindparam("row_id", type_=sa.BigInteger))
    .returning(parked_messages.c.event_id, parked_messages.c.type, parked_messages.c.key)
)


async def unseen(tx: Transaction, event_ids: Sequence[UUID]) -> set[UUID]:
    """Takes event ids into the inbox; returns those it had not seen before."""
    if not event_ids:
        return set()
    return {row["event_id"] for row in await tx.rows(_RECEIVE, {"event_ids": list(event_ids)})}


async def parked_keys(tx: Transaction, messages: Sequence[Message]) -> dict[tuple[str, str], bool]:
    """The keys among the messages that have parked rows; True where all of them merely wait."""
    if not messages:
        return {}
    keys = {(message.topic, message.key) for message in messages}
    rows = await tx.rows(_KEYS, _pairs(list(keys)))
    return {(row["topic"], row["key"]): row["waiting"] for row in rows}


async def wake(tx: Transaction, keys: Sequence[tuple[str, str]]) -> None:
    """Makes the waiting rows of the keys due now, for what they waited for may have come."""
    if keys:
        await tx.execute(_WAKE, _pairs(keys))


async def park(tx: Transaction, messages: Sequence[Message], error: str, *, waiting: bool) -> None:
    """Parks messages in the given order."""
    for message in messages:
        await tx.execute(
            _PARK,
            _parked(message.received, message.event_id, message.type, error, waiting=waiting, dead=False),
        )


async def park_unreadable(tx: Transaction, broken: Sequence[Unreadable]) -> None:
    """Keeps records that cannot be read as dead letters; a record seen twice is kept once."""
    for one in broken:
        record = one.record
        event_id = uuid5(_UNREADABLE, f"{record.topic}/{record.partition}/{record.offset}")
        await tx.execute(_PARK, _parked(record, event_id, one.type, one.error, waiting=True, dead=True))


async def next_due(tx: Transaction, topics: Sequence[str]) -> Row | None:
    """Locks the next row that may be tried now, unless another worker has it."""
    return await tx.row(_NEXT_DUE, {"topics": topics})


def as_received(row: Row) -> Received:
    """The record as it came from the bus."""
    headers = tuple((name, unquote_to_bytes(value)) for name, value in row["headers"])
    return Received(row["topic"], row["key"], row["value"], headers, partition=-1, offset=-1)


async def forget(tx: Transaction, row: Row) -> None:
    """Removes a row whose message had its effect."""
    await tx.execute(_FORGET, {"id": row["id"]})


async def put_off(
    tx: Transaction, row: Row, *, error: str, waiting: bool, attempts: int, seconds: float, dead: bool
) -> None:
    """Notes the failed attempts and sets the next one ``seconds`` from now, or makes it a dead letter."""
    values = {"error": _storable(error)[:2_000], "waiting": waiting, "attempts": attempts}
    await tx.execute(_PUT_OFF, {"row_id": row["id"], "seconds": seconds, "dead": dead, **values})


async def listed(tx: Transaction, *, after: int, most: int, dead_only: bool) -> list[Row]:
    """Parked rows by id, without their content, for operators."""
    return await tx.rows(_LIST, {"after": after, "most": most, "dead_only": dead_only})


async def replay(tx: Transaction, row_id: int) -> Row | None:
    """Makes a row due now with its attempts counted anew; None if there is no such row."""
    return await tx.row(_REPLAY, {"row_id": row_id})


async def discard(tx: Transaction, row_id: int) -> Row | None:
    """Gives a row up for good, which frees its key; None if there is no such row."""
    return await tx.row(_DISCARD, {"row_id": row_id})


def _parked(
    record: Received, event_id: UUID, event_type: str, error: str, *, waiting: bool, dead: bool
) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "topic": record.topic,
        "key": _storable(record.key),
        "type": _storable(event_type),
        "headers": [[_storable(name), quote(value)] for name, value in record.headers],
        "value": record.value,
        "waiting": waiting,
        "error": _storable(error)[:2_000],
        "dead": dead,
    }


def _storable(text: str) -> str:
    """Text that PostgreSQL can hold: neither NUL nor half a character."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def _pairs(keys: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    return {"topics": [topic for topic, _ in keys], "keys": [_storable(key) for _, key in keys]}
