"""A miniature service on which the mechanisms are tried: notes, and every effect an event has had.

``effects`` has no unique column on purpose: an event that had its effect twice is seen twice.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import ClassVar
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from chuangpei.consumer import Message
from chuangpei.database import Database, Statement, Transaction
from chuangpei.events.base import TYPE_PREFIX, Event
from chuangpei.mechanism_tables import add_mechanism_tables, outbox


class NoteWritten(Event):
    """Somebody wrote a note."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.note.written.v1"
    KEY: ClassVar[str] = "note"
    note: str
    text: str = ""


class NoteStruck(Event):
    """Somebody struck a note out; it means nothing before the note was written."""

    TYPE: ClassVar[str] = f"{TYPE_PREFIX}.note.struck.v1"
    KEY: ClassVar[str] = "note"
    note: str


def written_as(entity: str) -> type[NoteWritten]:
    """:class:`NoteWritten` under the topic of an entity of its own, for tests that share a bus."""
    return type("WrittenAs", (NoteWritten,), {"TYPE": f"{TYPE_PREFIX}.{entity}.written.v1"})


metadata = sa.MetaData()
add_mechanism_tables(metadata)

notes = sa.Table(
    "notes",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
)
effects = sa.Table(
    "effects",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("event_id", sa.Uuid, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
)

_RECORD = Statement(
    effects.insert().values(event_id=bindparam("event_id"), key=bindparam("key"), what=bindparam("what"))
)
_PENDING = Statement(sa.select(outbox.c.id).order_by(outbox.c.id))
_EFFECTS = Statement(sa.select(effects).order_by(effects.c.id))


async def create_schema(dsn: str) -> None:
    """Makes the tables in an empty database."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy
    connection = await asyncpg.connect(dsn)
    try:
        for table in metadata.sorted_tables:
            await connection.execute(str(CreateTable(table).compile(dialect=dialect)))
            for index in table.indexes:
                await connection.execute(str(CreateIndex(index).compile(dialect=dialect)))
    finally:
        await connection.close()


async def record_effect(tx: Transaction, event: NoteWritten | NoteStruck, message: Message) -> None:
    """The handler of both events: writes down that this one had its effect."""
    what = event.text if isinstance(event, NoteWritten) else "struck"
    await tx.execute(_RECORD, {"event_id": message.event_id, "key": message.key, "what": what})


async def effects_of(database: Database) -> list[tuple[str, str]]:
    """Key and content of every effect, in order."""
    return [(row["key"], row["what"]) for row in await database.rows(_EFFECTS, {})]


async def effect_ids(database: Database) -> list[UUID]:
    """The event ids of the effects, in order."""
    return [row["event_id"] for row in await database.rows(_EFFECTS, {})]


async def pending_ids(database: Database) -> list[int]:
    """The ids of the outbox rows not sent yet."""
    return [row["id"] for row in await database.rows(_PENDING, {})]


@asynccontextmanager
async def opened(dsn: str, *, pool_size: int = 8) -> AsyncIterator[Database]:
    """The database, open inside the block."""
    database = Database(dsn, pool_size=pool_size, application_name="miniature")
    await database.open()
    try:
        yield database
    finally:
        await database.close()


def written(note: str, *texts: str) -> Sequence[NoteWritten]:
    """Events of one note, one for each text."""
    return [NoteWritten(note=note, text=text) for text in texts]
