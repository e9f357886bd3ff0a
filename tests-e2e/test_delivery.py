"""However the bus delivers what it may deliver, the story ends in the same state of all databases."""

import asyncio
import random
import re
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest
from chuangpei.bus.port import Partition, Received, Record
from chuangpei.bus.postgres import PostgresBus
from chuangpei.bus.postgres_publisher import PostgresPublisher
from chuangpei.bus.postgres_subscription import PostgresSubscription
from chuangpei_embedded.keys import SERVICES
from chuangpei_embedded.platform import Running
from chuangpei_embedded.story.client import Origins
from chuangpei_embedded.story.tale import FIRST_DAY, tell_story
from chuangpei_embedded.story.telling import Teller

MakePlatform = Callable[..., AbstractAsyncContextManager[Running]]
FinalState = dict[str, Counter[str]]

# What differs from run to run by nature: when, under which random id, key, nonce or number, or at which place
# in a status list.
NOT_COMPARED = ("alembic_version", "idempotency_keys", "outbox")
RANDOM_COLUMNS = ("request_id", "sha256", "status_index", "identifier", "seq", "traceparent", "case_number")
RANDOM_TEXT = re.compile(
    r"^(?P<id>[0-9a-f]{8}-[0-9a-f-]{27})$|^(?P<sealed>[ke]1\..+)$"
    r"|^(?P<number>SH2026\w{12})$|^(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:.+)$"
)


HAPPENED: Counter[str] = Counter()
"""How often a bus did what it is here for: else the tests would prove nothing."""


class Twice(PostgresPublisher):
    """Publishes every batch twice, so that old events come again behind newer ones of their key."""

    async def publish(self, records: Sequence[Record]) -> None:
        await super().publish(records)
        await super().publish(records)
        HAPPENED["repeated"] += len(records)


class TwiceBus(PostgresBus):
    """The bus of an eager relay that loses its memory after each batch."""

    def publisher(self) -> PostgresPublisher:
        return Twice(self._dsn, self._timeout_seconds)


class Shuffled(PostgresSubscription):
    """Gathers what comes within a moment, then hands it out with the keys mixed, each key in its order."""

    async def fetch(self, max_records: int, timeout_seconds: float) -> Mapping[Partition, Sequence[Received]]:
        gathered: dict[Partition, list[Received]] = defaultdict(list)
        found = await super().fetch(max_records, timeout_seconds)
        while found:
            for partition, records in found.items():
                gathered[partition] += records
            found = await super().fetch(max_records, 0.2)
        partitions = random.sample(list(gathered), len(gathered))
        self._ends = {place: max(one.offset for one in gathered[place]) + 1 for place in partitions}
        mixed = {place: _mixed(gathered[place]) for place in partitions}
        HAPPENED["reordered"] += sum(mixed[place] != gathered[place] for place in partitions)
        return mixed

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        """The last record handed out need not have the highest offset."""
        await super().commit({place: self._ends[place] for place in offsets})


def _mixed(records: Sequence[Received]) -> list[Received]:
    of_key: dict[str, list[Received]] = defaultdict(list)
    for record in records:
        of_key[record.key].append(record)
    order = random.sample([record.key for record in records], len(records))
    return [of_key[key].pop(0) for key in order]


class ShuffledBus(PostgresBus):
    """A bus that keeps the order of each key, and no other."""

    def subscription(self, group: str, topics: Sequence[str]) -> PostgresSubscription:
        return Shuffled(self._dsn, group, tuple(topics), self._timeout_seconds)


def test_mixing_keeps_each_keys_order() -> None:
    records = [Received("t", f"k{number % 3}", b"%d" % number, (), 0, number) for number in range(30)]
    mixed = _mixed(records)
    assert mixed != records
    assert Counter(mixed) == Counter(records)
    for key in ("k0", "k1", "k2"):
        offsets = [one.offset for one in mixed if one.key == key]
        assert offsets == sorted(offsets)


@pytest.fixture(scope="session")
async def plain(
    platform_of: MakePlatform, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Path, FinalState]]:
    """A folder with the secrets of a first telling, and the state in which it ended."""
    async with platform_of() as platform:
        state = await _played(platform)
        secrets = shutil.copy(platform.folder / "secrets.json", tmp_path_factory.mktemp("secrets"))
        yield Path(secrets), state


async def test_every_event_delivered_twice_has_its_effect_once(
    platform_of: MakePlatform, plain: tuple[Path, FinalState]
) -> None:
    await _ends_as_the_plain_one(platform_of, plain, TwiceBus)
    assert HAPPENED["repeated"] > 60


async def test_events_of_different_keys_may_come_in_any_order(
    platform_of: MakePlatform, plain: tuple[Path, FinalState]
) -> None:
    await _ends_as_the_plain_one(platform_of, plain, ShuffledBus)
    assert HAPPENED["reordered"] > 0


async def _ends_as_the_plain_one(
    platform_of: MakePlatform, plain: tuple[Path, FinalState], bus: Callable[[str], PostgresBus]
) -> None:
    secrets, expected = plain
    # The same secrets, so that a person has the same key in both.
    async with platform_of(bus, secrets) as platform:
        state = await _played(platform)
    missing = {table: rows for table in expected if (rows := expected[table] - state[table])}
    unexpected = {table: rows for table in state if (rows := state[table] - expected[table])}
    assert (missing, unexpected) == ({}, {})


async def _played(platform: Running) -> FinalState:
    await tell_story(Origins.one(platform.origin), Teller(), begin=FIRST_DAY, seed=0)
    await _nothing_on_its_way(platform)
    state: FinalState = {}
    for service in SERVICES:
        connection = await asyncpg.connect(platform.dsns[service])
        for name in await _tables(connection):
            rows = await connection.fetch(f'SELECT * FROM "{name}"')  # noqa: S608  # a table's own name
            state[f"{service}.{name}"] = Counter(_comparable(row) for row in rows)
        await connection.close()
    assert state["subsidy.claims"].total() == 6
    assert all(not state[f"{service}.parked_messages"] for service in SERVICES)
    return state


async def _tables(connection: asyncpg.Connection) -> list[str]:
    rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return sorted({row["tablename"] for row in rows} - set(NOT_COMPARED))


def _comparable(row: asyncpg.Record) -> str:
    """A row without what is random, as text; a serial number tells nothing but the order of arrival."""
    return repr({name: _known(value) for name, value in row.items() if not _is_random(name, value)})


def _is_random(name: str, value: Any) -> bool:
    return name in RANDOM_COLUMNS or (name == "id" and isinstance(value, int))


def _known(value: Any) -> Any:
    match value:
        case UUID() | datetime() | bytes():
            return type(value).__name__
        case str() if value[:1] in "[{" and value[-1:] in "]}":
            return _known(orjson.loads(value))
        case str():
            found = RANDOM_TEXT.match(value)
            return found.lastgroup if found else value
        case dict():
            return {name: _known(one) for name, one in sorted(value.items()) if name not in RANDOM_COLUMNS}
        case list():
            return [_known(one) for one in value]
        case _:
            return value


async def _nothing_on_its_way(platform: Running) -> None:
    """Returns when every outbox is empty, every log is read, and nothing is parked."""
    deadline = time.monotonic() + 60
    while left := await _on_its_way(platform):
        assert time.monotonic() < deadline, left
        await asyncio.sleep(0.05)


async def _on_its_way(platform: Running) -> dict[str, int]:
    left: dict[str, int] = {}
    for service in SERVICES:
        connection = await asyncpg.connect(platform.dsns[service])
        for table in ("outbox", "parked_messages"):
            left[f"{service} {table}"] = await connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608
        await connection.close()
    connection = await asyncpg.connect(platform.dsns["bus"])
    left["unread"] = await connection.fetchval(
        "SELECT COALESCE(sum(p.next_offset - g.next_offset), 0)::integer"
        " FROM bus.progress g JOIN bus.partition p ON p.id = g.partition_id"
    )
    await connection.close()
    return {what: count for what, count in left.items() if count}
