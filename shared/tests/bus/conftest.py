"""The two buses, so that one suite holds both to the same promises (总线契约)."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest
from chuangpei.bus.kafka import KafkaBus
from chuangpei.bus.port import Bus, Publisher, Received, Record, Subscription
from chuangpei.bus.postgres import PostgresBus
from chuangpei.testing.servers import startable_kafka_broker

PARTITIONS = 4
SECONDS = 60
"""How long a test waits for what must come. Only a broken bus waits so long."""

BUSES = ["postgres", pytest.param("kafka", marks=pytest.mark.kafka)]


class Breakable(Protocol):
    """A server of a test's own, which it may kill."""

    def kill(self) -> None: ...
    def start(self) -> None: ...


@dataclass
class World:
    """One bus and what was opened on it; everything is closed after the test."""

    bus: Bus
    kind: str
    address: str
    opened: list[Publisher | Subscription] = field(default_factory=list)

    async def publisher(self) -> Publisher:
        publisher = self.bus.publisher()
        self.opened.append(publisher)
        await publisher.start()
        return publisher

    async def member(self, group: str, *topics: str) -> Subscription:
        subscription = self.bus.subscription(group, topics)
        self.opened.append(subscription)
        await subscription.start()
        return subscription

    async def topic(self, partitions: int = PARTITIONS) -> str:
        name = f"topic-{uuid.uuid4().hex[:12]}"
        await self.bus.create_topics([name], partitions)
        return name

    async def close(self) -> None:
        for thing in self.opened:
            await thing.close()
        await self.bus.close()


def postgres_world(dsn: str) -> World:
    return World(PostgresBus(dsn, timeout_seconds=5), "postgres", dsn)


def kafka_world(bootstrap_servers: str, *, session_seconds: float) -> World:
    bus = KafkaBus(bootstrap_servers, timeout_seconds=5, session_seconds=session_seconds)
    return World(bus, "kafka", bootstrap_servers)


@pytest.fixture(params=BUSES)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """A bus on the session's shared server."""
    if request.param == "postgres":
        server = request.getfixturevalue("postgres_server")
        server.create_database("bus_contract")
        world = postgres_world(server.dsn("bus_contract"))
    else:
        broker = request.getfixturevalue("kafka_broker")
        # A foreign broker keeps Kafka's default lower limit for sessions.
        world = kafka_world(broker.bootstrap_servers, session_seconds=6 if broker.external else 3)
    yield world
    await world.close()


@pytest.fixture(scope="module", params=BUSES)
def breakable(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Breakable]]:
    """A server of the module's own, running when a test begins."""
    folder: Path = tmp_path_factory.mktemp("breakable")
    if request.param == "postgres":
        from chuangpei_embedded.postgres import PostgresServer

        server = PostgresServer(folder, durable=False)
        server.start()
        server.create_database("bus")
        yield "postgres", server
        server.remove()
    else:
        broker = startable_kafka_broker(folder)
        if broker.external:
            pytest.skip("a broker named by KAFKA_BOOTSTRAP_SERVERS is not killed")
        broker.start()
        yield "kafka", broker
        broker.stop()


@pytest.fixture
async def fragile(breakable: tuple[str, Breakable]) -> AsyncIterator[tuple[World, Breakable]]:
    """A bus on a server that the test kills; it is running again afterwards."""
    kind, server = breakable
    await asyncio.to_thread(server.start)
    if kind == "postgres":
        world = postgres_world(server.dsn("bus"))  # type: ignore[attr-defined] # only PostgreSQL has a dsn
    else:
        world = kafka_world(server.bootstrap_servers, session_seconds=3)  # type: ignore[attr-defined] # as above
    yield world, server
    await asyncio.to_thread(server.start)
    await world.close()


Drain = Callable[..., Awaitable[list[Received]]]


@pytest.fixture
def drain() -> Drain:
    """`await drain(member, until=…)`: fetch and commit until the condition on what came holds."""

    async def drain(
        *members: Subscription, until: Callable[[Sequence[Received]], bool], commit: bool = True
    ) -> list[Received]:
        taken: list[Received] = []
        async with asyncio.timeout(SECONDS):
            while not until(taken):
                for member in members:
                    batches = await member.fetch(100, 0.05)
                    taken.extend(record for batch in batches.values() for record in batch)
                    if commit and batches:
                        await member.commit({place: batch[-1].offset + 1 for place, batch in batches.items()})
        return taken

    return drain


@pytest.fixture
def numbered() -> Callable[..., list[Record]]:
    """`numbered(topic, count, keys)`: records whose value is their number, the keys in turn."""

    def numbered(topic: str, count: int, keys: int = 10, first: int = 0) -> list[Record]:
        return [
            Record(topic, f"key-{number % keys}", str(number).encode(), (("ce_id", str(number).encode()),))
            for number in range(first, first + count)
        ]

    return numbered
