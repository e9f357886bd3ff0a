"""``kill -9`` of a worker and of PostgreSQL between any two steps: every event has its effect once."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import asyncpg
import pytest
from chuangpei.bus.kafka import KafkaBus
from chuangpei.bus.port import Bus
from chuangpei.bus.postgres import PostgresBus
from chuangpei.outbox import emit
from chuangpei.testing.miniature import NOTE_TOPIC, create_schema, opened, written
from chuangpei_embedded.postgres import PostgresServer

if TYPE_CHECKING:
    from chuangpei_kafka import KafkaBroker

WORKER = Path(__file__).with_name("crash_worker.py")
RELAY_STEPS = ("relay read", "relay sent", "relay deleted")
CONSUMER_STEPS = (
    "consumer fetched",
    "consumer received",
    "consumer applied",
    "consumer committed",
    "consumer acknowledged",
)
SECONDS = 60
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


class Workers:
    """Starts workers and sees to it that none outlives its test."""

    def __init__(self) -> None:
        self._started: list[subprocess.Popen[str]] = []

    def start(self, **task: str) -> subprocess.Popen[str]:
        worker = subprocess.Popen(
            [sys.executable, WORKER, json.dumps(task)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._started.append(worker)
        return worker

    def end(self) -> None:
        for worker in self._started:
            worker.kill()
            worker.communicate()


@pytest.fixture
def workers() -> Iterator[Workers]:
    workers = Workers()
    yield workers
    workers.end()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A durable server of these tests' own, for it is killed again and again."""
    server = PostgresServer(tmp_path_factory.mktemp("crashes"))
    server.start()
    server.create_database("bus")
    yield server
    server.remove()


class Story:
    """Nine events of three notes in a fresh database, and what became of them."""

    def __init__(self, dsn: str, bus_url: str) -> None:
        self.task = {"dsn": dsn, "bus": bus_url, "group": f"crash-{uuid4().hex}"}
        self._prefix = uuid4().hex
        self._keys = [f"{self._prefix}-{letter}" for letter in "abc"]
        self._expected = {key: ["one", "two", "three"] for key in self._keys}

    async def write(self) -> None:
        """Commits the events, the three keys interleaved."""
        async with opened(self.task["dsn"]) as database:
            for text in ("one", "two", "three"):
                async with database.transaction() as tx:
                    await emit(tx, [event for key in self._keys for event in written(key, text)], NOW)

    async def is_complete(self) -> bool:
        """Whether every event had an effect and the outbox is empty; a repeated effect is counted too."""
        connection = await asyncpg.connect(self.task["dsn"])
        try:
            count = "SELECT count(*) FROM effects WHERE key LIKE $1 || '%'"
            found = await connection.fetchval(count, self._prefix)
            waiting = await connection.fetchval("SELECT count(*) FROM outbox")
            return bool(found >= 9 and waiting == 0)
        finally:
            await connection.close()

    async def effects(self) -> dict[str, list[str]]:
        """What happened to each key, in order."""
        connection = await asyncpg.connect(self.task["dsn"])
        try:
            rows = await connection.fetch(
                "SELECT key, what FROM effects WHERE key LIKE $1 || '%' ORDER BY id", self._prefix
            )
            return {key: [row["what"] for row in rows if row["key"] == key] for key in self._keys}
        finally:
            await connection.close()

    async def must_end_well(self, bus: Bus) -> None:
        """Waits until all is done and acknowledged, then checks that all was done once and in order."""
        lag = bus.subscription(self.task["group"], [NOTE_TOPIC])
        deadline = time.monotonic() + SECONDS
        while not (await self.is_complete() and await lag.lag() == 0):
            assert time.monotonic() < deadline, f"waited in vain: {await self.effects()}"
            await asyncio.sleep(0.02)
        await lag.close()
        assert await self.effects() == self._expected


async def new_story(server: PostgresServer, bus_url: str) -> Story:
    name = f"story_{uuid4().hex[:8]}"
    server.create_database(name)
    await create_schema(server.dsn(name))
    story = Story(server.dsn(name), bus_url)
    await story.write()
    return story


@pytest.mark.parametrize("step", [*RELAY_STEPS, *CONSUMER_STEPS])
async def test_a_worker_killed_between_two_steps_leaves_nothing_undone_and_nothing_done_twice(
    step: str, server: PostgresServer, workers: Workers
) -> None:
    bus = PostgresBus(server.dsn("bus"))
    await bus.create_topics([NOTE_TOPIC], 2)
    story = await new_story(server, server.dsn("bus"))

    killed = workers.start(**story.task, step=step, then="die")
    assert await asyncio.to_thread(killed.wait, SECONDS) == -9
    workers.start(**story.task)

    await story.must_end_well(bus)
    await bus.close()


@pytest.mark.parametrize("step", [*RELAY_STEPS, *CONSUMER_STEPS])
async def test_postgresql_killed_between_two_steps_leaves_nothing_undone_and_nothing_done_twice(
    step: str, server: PostgresServer, workers: Workers
) -> None:
    bus = PostgresBus(server.dsn("bus"))
    await bus.create_topics([NOTE_TOPIC], 2)
    story = await new_story(server, server.dsn("bus"))
    worker = workers.start(**story.task, step=step, then="wait")
    assert worker.stdout is not None
    assert worker.stdin is not None
    assert await asyncio.to_thread(worker.stdout.readline) == step.partition(" ")[2] + "\n"

    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)
    worker.stdin.write("go on\n")
    worker.stdin.flush()

    await story.must_end_well(bus)
    assert worker.poll() is None
    await bus.close()


@pytest.mark.kafka
async def test_workers_on_kafka_killed_between_any_two_steps_leave_nothing_undone_and_nothing_done_twice(
    server: PostgresServer, kafka_broker: "KafkaBroker", workers: Workers
) -> None:
    """All steps at once, each with a group of its own: a dead member holds its group up for six seconds."""
    bus = KafkaBus(kafka_broker.bootstrap_servers)
    await bus.create_topics([NOTE_TOPIC], 2)
    steps = [*RELAY_STEPS, *CONSUMER_STEPS]
    stories = [await new_story(server, f"kafka://{kafka_broker.bootstrap_servers}") for _ in steps]

    killed = [
        workers.start(**story.task, step=step, then="die") for story, step in zip(stories, steps, strict=True)
    ]
    for worker in killed:
        assert await asyncio.to_thread(worker.wait, SECONDS) == -9
    for story in stories:
        workers.start(**story.task)

    for story in stories:
        await story.must_end_well(bus)
