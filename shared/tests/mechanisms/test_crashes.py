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

import pytest
from chuangpei.bus.kafka import KafkaBus
from chuangpei.bus.port import Bus
from chuangpei.bus.postgres import PostgresBus
from chuangpei.events.base import topic_of
from chuangpei.outbox import emit
from chuangpei.testing.miniature import create_schema, effects_of, opened, pending_ids, written_as
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
NOTES = ["a", "b", "c"]
TEXTS = ["one", "two", "three"]
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
    """Nine events of three notes in a fresh database and a topic of their own, and what became of them."""

    def __init__(self, dsn: str, bus: Bus, bus_url: str) -> None:
        self._bus = bus
        self._event = written_as(f"note{uuid4().hex}")
        self._topic = topic_of(self._event.TYPE)
        self.task = {"dsn": dsn, "bus": bus_url, "entity": self._topic.rpartition(".")[2]}

    async def write(self) -> None:
        """Makes the topic and commits the events, those of the three notes interleaved."""
        await self._bus.create_topics([self._topic], 2)
        async with opened(self.task["dsn"]) as database:
            for text in TEXTS:
                async with database.transaction() as tx:
                    await emit(tx, [self._event(note=note, text=text) for note in NOTES], NOW)

    async def must_end_well(self) -> None:
        """Waits until all is done and acknowledged, then checks that all was done once and in order."""
        lag = self._bus.subscription("miniature-svc", [self._topic])
        deadline = time.monotonic() + SECONDS
        while not (await self._is_sent_and_done() and await lag.lag() == 0):
            assert time.monotonic() < deadline, f"waited in vain: {await self._effects()}"
            await asyncio.sleep(0.02)
        await lag.close()
        effects = await self._effects()
        assert {note: [what for key, what in effects if key == note] for note in NOTES} == dict.fromkeys(
            NOTES, TEXTS
        )

    async def _is_sent_and_done(self) -> bool:
        async with opened(self.task["dsn"]) as database:
            return len(await effects_of(database)) >= 9 and not await pending_ids(database)

    async def _effects(self) -> list[tuple[str, str]]:
        async with opened(self.task["dsn"]) as database:
            return await effects_of(database)


async def new_story(server: PostgresServer, bus: Bus, bus_url: str) -> Story:
    name = f"story_{uuid4().hex[:8]}"
    server.create_database(name)
    await create_schema(server.dsn(name))
    story = Story(server.dsn(name), bus, bus_url)
    await story.write()
    return story


@pytest.mark.parametrize("step", [*RELAY_STEPS, *CONSUMER_STEPS])
async def test_a_worker_killed_between_two_steps_leaves_nothing_undone_and_nothing_done_twice(
    step: str, server: PostgresServer, workers: Workers
) -> None:
    bus = PostgresBus(server.dsn("bus"))
    story = await new_story(server, bus, server.dsn("bus"))

    killed = workers.start(**story.task, step=step, then="die")
    assert await asyncio.to_thread(killed.wait, SECONDS) == -9
    workers.start(**story.task)

    await story.must_end_well()
    await bus.close()


@pytest.mark.parametrize("step", [*RELAY_STEPS, *CONSUMER_STEPS])
async def test_postgresql_killed_between_two_steps_leaves_nothing_undone_and_nothing_done_twice(
    step: str, server: PostgresServer, workers: Workers
) -> None:
    bus = PostgresBus(server.dsn("bus"))
    story = await new_story(server, bus, server.dsn("bus"))
    worker = workers.start(**story.task, step=step, then="wait")
    assert worker.stdout is not None
    assert worker.stdin is not None
    assert await asyncio.to_thread(worker.stdout.readline) == step.partition(" ")[2] + "\n"

    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)
    worker.stdin.write("go on\n")
    worker.stdin.flush()

    await story.must_end_well()
    assert worker.poll() is None
    await bus.close()


@pytest.mark.kafka
async def test_workers_on_kafka_killed_between_any_two_steps_leave_nothing_undone_and_nothing_done_twice(
    server: PostgresServer, kafka_broker: "KafkaBroker", workers: Workers
) -> None:
    """All steps at once, each with a group of its own: a dead member holds its group up for six seconds."""
    bus = KafkaBus(kafka_broker.bootstrap_servers)
    steps = [*RELAY_STEPS, *CONSUMER_STEPS]
    stories = [await new_story(server, bus, f"kafka://{kafka_broker.bootstrap_servers}") for _ in steps]

    killed = [
        workers.start(**story.task, step=step, then="die") for story, step in zip(stories, steps, strict=True)
    ]
    for worker in killed:
        assert await asyncio.to_thread(worker.wait, SECONDS) == -9
    for story in stories:
        workers.start(**story.task)

    for story in stories:
        await story.must_end_well()
