"""``events.relay`` and ``events.relay_hindered``: committed outbox rows on their way to the bus."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import asyncpg
import cert_svc.app
from chuangpei.bus.port import Publisher, Record
from chuangpei.database import Database
from chuangpei.events.registry import TOPICS
from chuangpei.relay import Relay

from bench import data
from bench.bus import opened_bus
from bench.ground import Ground
from bench.measure import Pairs, Row, Target, in_turn
from bench.peers import relay as peer

_TOPIC = "cn.sh.chuangpei.certificate"
_PEER_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class _Outbox:
    """An outbox that is filled again and again and emptied by one relay, which leads all the while."""

    connection: asyncpg.Connection
    relay: Relay
    dsn: str
    events: int

    async def relayed(self) -> float:
        """Fills the outbox, then measures its relay: events a second."""
        await data.fill_outbox(self.connection, self.events)
        begun = time.perf_counter()
        sent = await self.relay.drain(self.connection)
        took = time.perf_counter() - begun
        assert sent == self.events, f"{sent} of {self.events} went out"
        return sent / took


async def rows(ground: Ground) -> AsyncIterator[Row]:
    """The relay against the bare producer, then with an old snapshot against without."""
    async with AsyncExitStack() as stack:
        bus = await stack.enter_async_context(opened_bus(ground))
        publisher = bus.publisher()
        stack.push_async_callback(publisher.close)
        await publisher.start()
        free = await stack.enter_async_context(_outbox(ground, "bench_relay", publisher))
        sent_by_hand = await stack.enter_async_context(_by_hand(ground, publisher))
        await in_turn(free.relayed, sent_by_hand, 1)
        pairs = await in_turn(free.relayed, sent_by_hand, ground.scale.rounds)
        yield pairs.row(
            "events.relay",
            "events/s",
            Target("at least", 0.50),
            "raw aiokafka send_batch of the same records"
            if ground.kafka
            else "the bus's own publisher, given the same records",
            f"{ground.bus_name}; 1 kB events; one relay leads through all rounds;"
            f" the peer sends {_PEER_AT_ONCE} at once",
        )
        hindered = await stack.enter_async_context(_outbox(ground, "bench_hindered", publisher))
        async with _old_snapshot(hindered.dsn):
            await in_turn(hindered.relayed, free.relayed, 1)
            found = await in_turn(hindered.relayed, free.relayed, ground.scale.rounds)
        yield _hindered(found, ground)


def _hindered(pairs: Pairs, ground: Ground) -> Row:
    return pairs.row(
        "events.relay_hindered",
        "events/s",
        Target("at least", 0.80),
        "the relay unhindered",
        f"{ground.bus_name}; a snapshot older than {(len(pairs.ours) + 1) * ground.scale.events:,} events"
        " is open; one relay leads through all rounds and sweeps at its usual times",
    )


@asynccontextmanager
async def _outbox(ground: Ground, name: str, publisher: Publisher) -> AsyncIterator[_Outbox]:
    database = Database(await ground.database(name, cert_svc.app.MIGRATIONS))
    connection = await database.connect()
    try:
        yield _Outbox(connection, Relay(database, publisher, "/bench"), database.dsn, ground.scale.events)
    finally:
        await connection.close(timeout=5)


@asynccontextmanager
async def _old_snapshot(dsn: str) -> AsyncIterator[None]:
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        async with connection.transaction(isolation="repeatable_read"):
            await connection.fetchval("SELECT count(*) FROM outbox")
            yield
    finally:
        await connection.close(timeout=5)


@asynccontextmanager
async def _by_hand(ground: Ground, publisher: Publisher) -> AsyncIterator[Callable[[], Awaitable[float]]]:
    records = await _records(ground)
    if ground.kafka is None:

        async def on_postgres() -> float:
            begun = time.perf_counter()
            for begin in range(0, len(records), _PEER_AT_ONCE):
                await publisher.publish(records[begin : begin + _PEER_AT_ONCE])
            return len(records) / (time.perf_counter() - begun)

        yield on_postgres
        return
    producer = await peer.started(ground.kafka)

    async def on_kafka() -> float:
        begun = time.perf_counter()
        await peer.send(producer, _TOPIC, records, _PEER_AT_ONCE)
        return len(records) / (time.perf_counter() - begun)

    try:
        yield on_kafka
    finally:
        await producer.stop()


async def _records(ground: Ground) -> list[Record]:
    """What the relay makes of a full outbox."""
    kept: list[Record] = []

    class Keeping:
        async def start(self) -> None: ...

        async def close(self) -> None: ...

        async def publish(self, records: list[Record]) -> None:
            kept.extend(records)

    database = Database(await ground.database("bench_records", cert_svc.app.MIGRATIONS))
    connection = await database.connect()
    try:
        await data.fill_outbox(connection, ground.scale.events)
        await Relay(database, Keeping(), "/bench").drain(connection)  # type: ignore[arg-type]  # a list is a sequence
    finally:
        await connection.close(timeout=5)
    return kept


assert _TOPIC in TOPICS
