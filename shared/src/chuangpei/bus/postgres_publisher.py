"""Appending to the PostgreSQL bus's log."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence

import asyncpg
import orjson

from chuangpei.bus.partitioner import partition_of
from chuangpei.bus.port import BusUnavailable, Record, TopicMissing, refuse_oversized
from chuangpei.bus.postgres_log import APPENDED, AWAY, connect, disconnect

log = logging.getLogger(__name__)

# In id order, so that two publishers never wait for each other in a circle; UPDATE alone has no order.
_LOCK = "SELECT id FROM bus.partition WHERE id = ANY($1::integer[]) ORDER BY id FOR UPDATE"

_APPEND = """
WITH moved AS (
    UPDATE bus.partition p SET next_offset = p.next_offset + more.count
    FROM unnest($1::integer[], $2::bigint[]) AS more (id, count)
    WHERE p.id = more.id
    RETURNING p.id, p.next_offset - more.count AS first
)
INSERT INTO bus.log (partition_id, "offset", key, headers, value)
SELECT r.partition_id, m.first + r.place, r.key, r.headers::json, r.value
FROM unnest($3::integer[], $4::bigint[], $5::text[], $6::text[], $7::bytea[])
     AS r (partition_id, place, key, headers, value)
JOIN moved m ON m.id = r.partition_id
"""

_PARTITIONS = "SELECT id FROM bus.partition WHERE topic = $1 ORDER BY partition"

_LONGEST_PAYLOAD = 7000
"""Bytes; PostgreSQL refuses notifications of 8000."""


class PostgresPublisher:
    """Appends each batch in one transaction: all of it or nothing."""

    def __init__(self, dsn: str, timeout_seconds: float) -> None:
        self._dsn = dsn
        self._timeout_seconds = timeout_seconds
        self._connection: asyncpg.Connection | None = None
        self._partitions: dict[str, list[int]] = {}
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        async with self._turn:
            await self._connected()

    async def close(self) -> None:
        async with self._turn:
            await self._let_go()

    async def publish(self, records: Sequence[Record]) -> None:
        refuse_oversized(records)
        if not records:
            return
        async with self._turn:
            connection = await self._connected()
            try:
                await self._append(connection, records)
            except AWAY as error:
                await self._let_go()
                raise BusUnavailable(f"PostgreSQL did not confirm the records: {error!r}") from error
            except asyncio.CancelledError:
                # Cut off in mid-statement, the session may be left inside a transaction.
                connection.terminate()
                raise
            await self._wake_readers(connection, records)

    async def _append(self, connection: asyncpg.Connection, records: Sequence[Record]) -> None:
        counts: defaultdict[int, int] = defaultdict(int)
        ids, places = [], []
        for record in records:
            partitions = self._partitions.get(record.topic) or await self._look_up(connection, record.topic)
            id_ = partitions[partition_of(record.key.encode(), len(partitions))]
            ids.append(id_)
            places.append(counts[id_])
            counts[id_] += 1
        keys = [record.key for record in records]
        headers = [_written(record.headers) for record in records]
        values = [record.value for record in records]
        async with connection.transaction():
            await connection.execute(_LOCK, list(counts))
            await connection.execute(
                _APPEND, list(counts), list(counts.values()), ids, places, keys, headers, values
            )

    async def _look_up(self, connection: asyncpg.Connection, topic: str) -> list[int]:
        found = [row["id"] for row in await connection.fetch(_PARTITIONS, topic)]
        if not found:
            raise TopicMissing(topic)
        self._partitions[topic] = found
        return found

    async def _wake_readers(self, connection: asyncpg.Connection, records: Sequence[Record]) -> None:
        """After the commit: a NOTIFY inside the transaction would make all commits wait for each other."""
        topics = ",".join(sorted({record.topic for record in records}))
        payload = topics if len(topics.encode()) < _LONGEST_PAYLOAD else ""
        try:
            await connection.execute("SELECT pg_notify($1, $2)", APPENDED, payload)
        except AWAY as error:
            # The records are durable; the readers' slow poll finds them.
            log.warning("the readers of the bus could not be woken: %r", error)
            await self._let_go()

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._partitions.clear()
            self._connection = await connect(self._dsn, self._timeout_seconds)
        return self._connection

    async def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await disconnect(connection)


def _written(headers: tuple[tuple[str, bytes], ...]) -> str:
    """As JSON; latin-1 gives each byte one character, so any bytes come back as they were."""
    return orjson.dumps([(name, value.decode("latin-1")) for name, value in headers]).decode()
