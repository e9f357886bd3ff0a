"""``events.latency``: from a certificate's transaction to its open window, at a hundred a second."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

import asyncpg
import cert_svc.app
import subsidy_svc.app
from aiokafka import AIOKafkaConsumer, TopicPartition
from chuangpei.database import Database
from chuangpei.kernel.clock import SystemClock
from chuangpei.kernel.identifiers import new_id
from chuangpei.outbox import emit
from chuangpei.relay import RemoteWake

from bench.bus import PARTITIONS, opened_bus
from bench.ground import Ground, running_program
from bench.measure import Pairs, Row, Target, in_turn
from bench.peers import latency as peer
from bench.rows.consume import CERTIFICATES, issued

_PER_SECOND = 100
_WARM_UP = 200
_PATIENCE_SECONDS = 60.0
_MOST_ROUNDS = 5
Tell = Callable[[UUID], Coroutine[None, None, None]]


async def rows(ground: Ground) -> AsyncIterator[Row]:
    """Ours crosses three processes: this one emits, cert's worker relays, subsidy's worker consumes."""
    if ground.kafka is None:
        return  # the peer's produce and fetch are Kafka's
    certs = await ground.database("bench_cert_events", cert_svc.app.MIGRATIONS)
    windows = await ground.database("bench_windows", subsidy_svc.app.MIGRATIONS)
    bare = await ground.database("bench_bare_events")
    async with AsyncExitStack() as stack:
        bus = await stack.enter_async_context(opened_bus(ground))
        await bus.create_topics([peer.TOPIC], PARTITIONS)
        await _skip_earlier(ground.kafka)
        for name, dsn in (("cert", certs), ("subsidy", windows)):
            given = json.dumps({"dsn": dsn, "bus": await ground.bus_url(), "key_file": str(ground.key_file)})
            await stack.enter_async_context(running_program("-m", "bench.work", name, given))
        ours = await stack.enter_async_context(_ours(certs, windows))
        by_hand = await stack.enter_async_context(_by_hand(bare, ground.kafka))
        ours.events = by_hand.events = _WARM_UP
        await in_turn(ours.p99, by_hand.p99, 1)
        ours.events = by_hand.events = ground.scale.latency_events
        ours.medians.clear()
        by_hand.medians.clear()
        pairs = await in_turn(ours.p99, by_hand.p99, min(_MOST_ROUNDS, ground.scale.rounds))
    yield _row(pairs, Pairs(ours.medians, by_hand.medians))


async def _skip_earlier(servers: str) -> None:
    """The worker's group begins behind what other measurements left in the topic."""
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, group_id="subsidy-svc", enable_auto_commit=False)
    await consumer.start()
    try:
        places = [TopicPartition(CERTIFICATES, number) for number in range(PARTITIONS)]
        consumer.assign(places)
        await consumer.commit(await consumer.end_offsets(places))
    finally:
        await consumer.stop()


def _row(pairs: Pairs, medians: Pairs) -> Row:
    middle = medians.row("", "ms", None, "")
    return pairs.row(
        "events.latency",
        "ms",
        Target("at most", 3.0),
        "p99 of two bare commits and one bare produce and fetch, in one process",
        f"p99 at {_PER_SECOND} a second, from the start of the first transaction to the commit time of the"
        f" second; certificate.issued emitted in cert-svc's database, not through HTTP; p50 ours"
        f" {middle.value:.1f} ms, peer {middle.peer:.1f} ms",
    )


class _Told:
    """Tells facts at the pace and asks the database when each was known at the other end."""

    def __init__(self, tell: Tell, heard: asyncpg.Connection, table: str, key: str) -> None:
        self._tell = tell
        self._heard = heard
        # PostgreSQL takes the time of a commit just before it writes it: the same moment for both.
        self._known = (
            f"SELECT {key}, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8"  # noqa: S608
            f" FROM {table} WHERE {key} = ANY($1)"
        )
        self.events = 0
        self.medians: list[float] = []

    async def p99(self) -> float:
        """Milliseconds at the 99th percentile."""
        began: dict[UUID, float] = {}
        loop = asyncio.get_running_loop()
        start = loop.time()
        async with asyncio.TaskGroup() as tasks:
            for number in range(self.events):
                await asyncio.sleep(max(0.0, start + number / _PER_SECOND - loop.time()))
                one = new_id()
                began[one] = time.time()
                tasks.create_task(self._tell(one))
        known = await self._all_known(list(began))
        took = sorted(known[one] - since for one, since in began.items())
        self.medians.append(took[len(took) // 2] * 1e3)
        return took[int(len(took) * 0.99)] * 1e3

    async def _all_known(self, wanted: list[UUID]) -> dict[UUID, float]:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while True:
                found = await self._heard.fetch(self._known, wanted)
                if len(found) == len(wanted):
                    return {row[0]: row[1] for row in found}
                await asyncio.sleep(0.1)


@asynccontextmanager
async def _ours(certs: str, windows: str) -> AsyncIterator[_Told]:
    database, clock = Database(certs), SystemClock()
    await database.open()
    remote = RemoteWake(database)
    database.wake_relay = remote.wake
    waking = asyncio.create_task(remote.run())
    heard = await asyncpg.connect(windows, timeout=10)

    async def tell(one: UUID) -> None:
        event = issued(clock.today()).model_copy(update={"certificate_id": one})
        async with database.transaction() as tx:
            await emit(tx, event, clock.now())

    try:
        yield _Told(tell, heard, "windows", "certificate_id")
    finally:
        waking.cancel()
        await asyncio.gather(waking, return_exceptions=True)
        await heard.close(timeout=5)
        await database.close()


@asynccontextmanager
async def _by_hand(bare: str, servers: str) -> AsyncIterator[_Told]:
    heard = await asyncpg.connect(bare, timeout=10)
    try:
        await heard.execute(peer.TABLES)
        async with peer.telling(bare, servers) as teller:
            yield _Told(lambda one: teller.tell(one, peer.value()), heard, "heard", "id")
    finally:
        await heard.close(timeout=5)
