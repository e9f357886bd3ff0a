"""The log that the PostgreSQL bus keeps in a database of its own, and how to connect to it.

Offsets of a partition are without gaps and in commit order: whoever appends holds the partition's row.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import asyncpg

from chuangpei.bus.port import BusUnavailable

AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)
"""What asyncpg raises when PostgreSQL cannot be reached, goes away or refuses."""

APPENDED = "bus_appended"
"""Channel that tells of new records; the payload is their topics, comma-separated."""

GROUP_CHANGED = "bus_group_changed"
"""Channel that tells of members that came, left or gave partitions up; the payload is the group's id."""

_SCHEMA_LOCK = 0x62757301

_SCHEMA = """
CREATE SCHEMA IF NOT EXISTS bus;

CREATE TABLE IF NOT EXISTS bus.partition (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    partition integer NOT NULL CHECK (partition >= 0),
    first_offset bigint NOT NULL DEFAULT 0,
    next_offset bigint NOT NULL DEFAULT 0,
    UNIQUE (topic, partition),
    CHECK (first_offset BETWEEN 0 AND next_offset)
) WITH (fillfactor = 50);

CREATE TABLE IF NOT EXISTS bus.log (
    partition_id integer NOT NULL REFERENCES bus.partition,
    "offset" bigint NOT NULL,
    key text NOT NULL,
    headers json NOT NULL,
    value bytea NOT NULL,
    appended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (partition_id, "offset")
);

CREATE TABLE IF NOT EXISTS bus.consumer_group (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE
);

CREATE TABLE IF NOT EXISTS bus.progress (
    group_id integer NOT NULL REFERENCES bus.consumer_group,
    partition_id integer NOT NULL REFERENCES bus.partition,
    next_offset bigint NOT NULL CHECK (next_offset >= 0),
    PRIMARY KEY (group_id, partition_id)
) WITH (fillfactor = 50);
"""


async def connect(dsn: str, timeout_seconds: float) -> asyncpg.Connection:
    """A connection to the database with the bus's tables made. Raises BusUnavailable."""
    try:
        connection = await asyncpg.connect(
            dsn,
            timeout=timeout_seconds,
            command_timeout=timeout_seconds,
            server_settings={
                "application_name": "chuangpei bus",
                # A publisher that stalls half-way must not hold the others up for longer than they wait.
                "idle_in_transaction_session_timeout": f"{int(timeout_seconds * 1000)}",
            },
        )
    except AWAY as error:
        raise BusUnavailable(f"PostgreSQL cannot be reached: {error!r}") from error
    try:
        await _make_tables(connection)
    except AWAY as error:
        await disconnect(connection)
        raise BusUnavailable(f"The bus's tables could not be made: {error!r}") from error
    return connection


async def disconnect(connection: asyncpg.Connection) -> None:
    """Close in order, or at once when the server no longer answers."""
    try:
        async with asyncio.timeout(1):
            await connection.close()
    except AWAY:
        connection.terminate()


async def _make_tables(connection: asyncpg.Connection) -> None:
    """Once, whoever comes first: IF NOT EXISTS alone fails under concurrent starts."""
    if await connection.fetchval("SELECT to_regclass('bus.progress') IS NOT NULL"):
        return
    async with one_at_a_time(connection):
        await connection.execute(_SCHEMA)


@contextlib.asynccontextmanager
async def one_at_a_time(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """A transaction during which no other connection changes tables or topics."""
    async with connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _SCHEMA_LOCK)
        yield
