"""A fact told by hand: a bare commit, a bare produce, a bare fetch, a bare commit; in one process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

TABLES = """
CREATE TABLE told (id uuid PRIMARY KEY, value bytea NOT NULL);
CREATE TABLE heard (id uuid PRIMARY KEY, value bytea NOT NULL);
"""
_TELL = "INSERT INTO told (id, value) VALUES ($1, $2)"
_HEAR = "INSERT INTO heard (id, value) VALUES ($1, $2)"
TOPIC = "bench-latency"


class Teller:
    """Commits a row of 1 kB, then sends it; what comes back is committed one by one."""

    def __init__(self, pool: asyncpg.Pool, producer: AIOKafkaProducer) -> None:
        self._pool = pool
        self._producer = producer

    async def tell(self, one: UUID, value: bytes) -> None:
        """Returns once the record is with the broker."""
        await self._pool.execute(_TELL, one, value)
        await self._producer.send_and_wait(TOPIC, value, key=one.bytes)


@asynccontextmanager
async def telling(dsn: str, servers: str) -> AsyncIterator[Teller]:
    """Producer, consumer and pool, ready inside the block."""
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all", enable_idempotence=True)
    consumer = AIOKafkaConsumer(TOPIC, bootstrap_servers=servers, group_id=None, auto_offset_reset="earliest")
    async with asyncpg.create_pool(dsn, min_size=8, max_size=8, timeout=5) as pool:
        await producer.start()
        await consumer.start()
        hearing = asyncio.create_task(_hear(consumer, pool))
        try:
            yield Teller(pool, producer)
        finally:
            hearing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await hearing
            await consumer.stop()
            await producer.stop()


async def _hear(consumer: AIOKafkaConsumer, pool: asyncpg.Pool) -> None:
    async for record in consumer:
        await pool.execute(_HEAR, UUID(bytes=record.key), record.value)


def value() -> bytes:
    """One kilobyte that nobody reads."""
    return uuid4().bytes * 64
