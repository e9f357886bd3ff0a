"""``events.consume``: certificates issued become windows, read from the bus in batches of a partition."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, timedelta
from uuid import uuid4

import asyncpg
import subsidy_svc.app
from chuangpei.bus.port import Bus, Partition, Received, Record, Subscription
from chuangpei.consumer import Consumer
from chuangpei.events.base import InstitutionRef, PersonRef, ProjectRef
from chuangpei.events.cert import CertificateIssued
from chuangpei.kernel.clock import SystemClock
from chuangpei.kernel.identifiers import new_id
from subsidy_svc.consumers import handlers

from bench.bus import opened_bus
from bench.ground import Ground
from bench.measure import Row, Target, in_turn
from bench.ours import subsidy_service
from bench.peers import consume as peer

CERTIFICATES = "cn.sh.chuangpei.certificate"
_BATCH = 500
_PATIENCE_SECONDS = 120.0
# The triggers that keep the rows of the law from being deleted are off for the bench's own clearing only.
_EMPTY = "SET LOCAL session_replication_role = replica; TRUNCATE windows, inbox, outbox CASCADE"


class _Watched:
    """A subscription that notes when the first records came and when the last were acknowledged."""

    def __init__(self, inner: Subscription, expected: int) -> None:
        self._inner = inner
        self._left = expected
        self._expected = expected
        self._begun = 0.0
        self._handed_out: dict[Partition, int] = {}
        self.rate: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    async def start(self) -> None:
        await self._inner.start()

    async def close(self) -> None:
        await self._inner.close()

    async def rewind(self) -> None:
        await self._inner.rewind()

    async def lag(self) -> int:
        return await self._inner.lag()

    async def fetch(self, max_records: int, timeout_seconds: float) -> Mapping[Partition, Sequence[Received]]:
        found = await self._inner.fetch(max_records, timeout_seconds)
        if found and not self._begun:
            self._begun = time.perf_counter()
        self._handed_out.update({partition: len(records) for partition, records in found.items()})
        return found

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        await self._inner.commit(offsets)
        self._left -= sum(self._handed_out.pop(partition) for partition in offsets)
        if self._left <= 0 and not self.rate.done():
            self.rate.set_result(self._expected / (time.perf_counter() - self._begun))


async def rows(ground: Ground) -> AsyncIterator[Row]:
    """Both read the same log of the same bus, each round as a new group, and empty tables before it."""
    dsn = await ground.database("bench_consume", subsidy_svc.app.MIGRATIONS)
    service = subsidy_service(dsn, dsn, str(ground.key_file))
    database = service.database
    async with opened_bus(ground) as bus:
        count = await _published(bus, ground.scale.events)
        await database.open()
        connection = await asyncpg.connect(dsn, timeout=10)

        async def ours() -> float:
            await connection.execute(_EMPTY, timeout=60)
            watched = _Watched(bus.subscription(f"bench-{uuid4().hex}", [CERTIFICATES]), count)
            consumer = Consumer(database, watched, handlers(service), batch=_BATCH)
            running = asyncio.create_task(consumer.run())
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    return await watched.rate
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

        async def by_hand() -> float:
            await connection.execute(_EMPTY, timeout=60)
            watched = _Watched(bus.subscription(f"bench-{uuid4().hex}", [CERTIFICATES]), count)
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    return await _consumed_by_hand(connection, watched)
            finally:
                await watched.close()

        try:
            await in_turn(ours, by_hand, 1)
            pairs = await in_turn(ours, by_hand, ground.scale.rounds)
            assert await connection.fetchval("SELECT count(*) FROM windows") == ground.scale.events
        finally:
            await connection.close(timeout=5)
            await database.close()
    yield pairs.row(
        "events.consume",
        "events/s",
        Target("at least", 0.60),
        "the same batches with bare SQL, no library code and no validation",
        f"{ground.bus_name}; batches of up to {_BATCH}; inbox, windows and their events",
    )


async def _consumed_by_hand(connection: asyncpg.Connection, subscription: _Watched) -> float:
    last_day = SystemClock().today() + timedelta(days=300)
    await subscription.start()
    while not subscription.rate.done():
        for partition, records in (await subscription.fetch(_BATCH, 1.0)).items():
            await peer.apply(connection, records, last_day)
            await subscription.commit({partition: records[-1].offset + 1})
    return await subscription.rate


async def _published(bus: Bus, events: int) -> int:
    """Puts the events into the log; returns how many."""
    publisher, today = bus.publisher(), SystemClock().today()
    await publisher.start()
    try:
        for begin in range(0, events, 2_000):
            await publisher.publish([_record(today) for _ in range(min(2_000, events - begin))])
    finally:
        await publisher.close()
    return events


def issued(today: date) -> CertificateIssued:
    """The event of one 培训合格证书, of which a window comes."""
    return CertificateIssued(
        certificate_id=new_id(),
        number=f"SH2026H{uuid4().hex[:11].upper()}",
        kind="training_qualification",
        institution=InstitutionRef(credit_code="52310115MJ8888888X", name="浦东创业学院", district="310115"),
        project=ProjectRef(code="P3", name="创业初创期培训", stage=3),
        person=PersonRef(
            person_key=uuid4().hex * 2,
            masked_name="张**",
            name_encrypted="e1:" + "n" * 60,
            id_number_encrypted="e1:" + "i" * 80,
        ),
        enrolment_id=new_id(),
        class_id=new_id(),
        class_started_on=today - timedelta(days=50),
        evaluated_on=today - timedelta(days=21),
        issued_on=today - timedelta(days=20),
    )


def _record(today: date) -> Record:
    event = issued(today)
    headers = (
        ("ce_specversion", b"1.0"),
        ("ce_id", str(new_id()).encode()),
        ("ce_source", b"/cert"),
        ("ce_type", CertificateIssued.TYPE.encode()),
        ("ce_subject", event.key.encode()),
        ("ce_time", f"{today.isoformat()}T00:00:00+00:00".encode()),
        ("content-type", b"application/json"),
    )
    return Record(CERTIFICATES, event.key, event.model_dump_json().encode(), headers)
