"""The outbox tells only what was committed; the relay tells all of it, in order, whatever fails."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
import pytest
from chuangpei.background import running
from chuangpei.bus.port import BusUnavailable, Record, RecordTooLarge, TopicMissing
from chuangpei.database import Database
from chuangpei.outbox import MAX_EVENT_BYTES, EventTooLarge, emit
from chuangpei.relay import Relay, RemoteWake
from chuangpei.testing.miniature import NoteWritten, create_schema, opened, pending_ids, written
from chuangpei.tracing import enter
from chuangpei_embedded.postgres import PostgresServer

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
SECONDS = 20.0
NEVER = 3_600.0
"""A poll so slow that only a wake explains what happens."""


class Wire:
    """A publisher that remembers what it sent, and fails when told to."""

    def __init__(self) -> None:
        self.sent: list[Record] = []
        self.failures: list[Exception] = []
        self.calls = 0
        self.called = asyncio.Event()

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def publish(self, records: Sequence[Record]) -> None:
        self.calls += 1
        self.called.set()
        await asyncio.sleep(0)
        if self.failures:
            raise self.failures.pop(0)
        self.sent.extend(records)

    @property
    def texts(self) -> list[str]:
        return [NoteWritten.model_validate_json(record.value).text for record in self.sent]

    @property
    def first_texts(self) -> list[str]:
        """Without the repeats, which a consumer passes over."""
        return list(dict.fromkeys(self.texts))


async def until(condition: Callable[[], bool] | Callable[[], Awaitable[bool]], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        answer = condition()
        if answer if isinstance(answer, bool) else await answer:
            return
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        await asyncio.sleep(0.01)


async def fail_after_emitting(database: Database) -> None:
    async with database.transaction() as tx:
        await emit(tx, written("a", "undone"), NOW)
        await tx.connection.execute("SELECT 1/0")


async def commit(database: Database, *texts: str, note: str = "a") -> None:
    async with database.transaction() as tx:
        await emit(tx, written(note, *texts), NOW)


def relay_to(wire: Wire, database: Database, *, batch: int = 500, poll_seconds: float = 0.05) -> Relay:
    return Relay(database, wire, "/miniature", batch=batch, poll_seconds=poll_seconds)


@asynccontextmanager
async def leading(relay: Relay) -> AsyncIterator[None]:
    async with running([relay.run]):
        yield


@pytest.fixture
async def leader(database: Database) -> AsyncIterator[asyncpg.Connection]:
    """A connection for relays that are driven by hand."""
    connection = await database.connect()
    yield connection
    await connection.close()


async def test_what_was_rolled_back_is_never_sent(database: Database, leader: asyncpg.Connection) -> None:
    wire = Wire()
    with pytest.raises(asyncpg.DivisionByZeroError):
        await fail_after_emitting(database)
    await commit(database, "done")

    await relay_to(wire, database).drain(leader)

    assert wire.texts == ["done"]


async def test_what_is_not_committed_yet_is_not_sent_yet(
    database: Database, leader: asyncpg.Connection
) -> None:
    wire = Wire()
    relay = relay_to(wire, database)
    async with database.transaction() as tx:
        await emit(tx, written("a", "open"), NOW)
        await relay.drain(leader)
        assert wire.sent == []

    await relay.drain(leader)

    assert wire.texts == ["open"]


async def test_one_emission_of_many_events_keeps_their_order(
    database: Database, leader: asyncpg.Connection
) -> None:
    wire = Wire()
    texts = [str(n) for n in range(1_000)]
    await commit(database, *texts)

    await relay_to(wire, database, batch=300).drain(leader)

    assert wire.texts == texts
    assert await pending_ids(database) == []


async def test_a_record_is_a_cloudevent_in_the_trace_of_the_deed(
    database: Database, leader: asyncpg.Connection
) -> None:
    wire = Wire()
    trace = enter("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    await commit(database, "one", note="n1")

    await relay_to(wire, database).drain(leader)

    [record] = wire.sent
    headers = dict(record.headers)
    assert (record.topic, record.key) == ("cn.sh.chuangpei.note", "n1")
    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_type"] == b"cn.sh.chuangpei.note.written.v1"
    assert headers["ce_source"] == b"/miniature"
    assert headers["ce_subject"] == b"n1"
    assert headers["ce_time"] == b"2026-03-02T01:00:00+00:00"
    assert headers["traceparent"].decode() == trace


@pytest.mark.parametrize("batch", [1, 2, 500])
async def test_a_row_that_took_its_id_early_and_commits_late_is_still_sent(
    batch: int, dsn: str, leader: asyncpg.Connection
) -> None:
    wire = Wire()
    async with opened(dsn) as database:
        relay = relay_to(wire, database, batch=batch)
        async with database.transaction() as late:
            await emit(late, written("late", "late"), NOW)
            await commit(database, "one", "two", "three")
            await relay.drain(leader)
            assert wire.texts == ["one", "two", "three"]

        await relay.drain(leader)

        assert wire.texts == ["one", "two", "three", "late"]
        assert await pending_ids(database) == []


async def test_a_row_far_below_the_others_is_found_by_the_sweep(
    database: Database, leader: asyncpg.Connection
) -> None:
    wire = Wire()
    relay = relay_to(wire, database, poll_seconds=0.05)
    async with database.transaction() as late:
        await emit(late, written("late", "late"), NOW)
        for _ in range(3):
            await commit(database, *map(str, range(1_000)))
            await relay.drain(leader)
        assert "late" not in wire.texts

    async def swept() -> bool:
        await relay.drain(leader)
        return "late" in wire.texts

    await until(swept, "the late row was swept up")
    assert len(wire.sent) == 3_001


async def test_a_late_row_is_swept_up_although_the_outbox_never_runs_empty(
    database: Database, leader: asyncpg.Connection
) -> None:
    """A row of an old id commits while there is far more to send than one batch."""
    wire = Wire()
    relay = relay_to(wire, database, batch=10, poll_seconds=0.0)
    async with database.transaction() as late:
        await emit(late, written("late", "late"), NOW)
        await commit(database, *map(str, range(2_000)))
        draining = asyncio.ensure_future(relay.drain(leader))
        await until(lambda: len(wire.sent) > 100, "it is under way")
    await draining

    assert wire.texts.index("late") < 1_990


async def test_a_failure_of_the_bus_stops_the_batch_and_repeats_it_before_anything_later(
    database: Database,
) -> None:
    wire = Wire()
    wire.failures = [BusUnavailable("away"), BusUnavailable("still away")]
    await commit(database, "one", "two", "three", "four")

    async with leading(relay_to(wire, database, batch=2)):
        await until(lambda: nothing_pending(database), "the bus has them all")

    assert wire.texts == ["one", "two", "three", "four"]


@pytest.mark.parametrize("mistake", [TopicMissing("no such topic"), RecordTooLarge("too large")])
async def test_a_mistake_of_deployment_loses_nothing_skips_nothing_and_does_not_spin(
    mistake: Exception, database: Database
) -> None:
    wire = Wire()
    wire.failures = [mistake] * 1_000
    await commit(database, "one", "two")
    begun = time.monotonic()

    async with leading(relay_to(wire, database, poll_seconds=0.02)):
        await until(lambda: wire.calls == 3, "it was tried three times")
        assert time.monotonic() - begun >= 2 * 10 * 0.02
        assert len(await pending_ids(database)) == 2
        wire.failures.clear()
        await until(lambda: len(wire.sent) == 2, "it was mended")

    assert wire.texts == ["one", "two"]


async def test_an_event_no_bus_would_take_is_refused_where_it_is_made(database: Database) -> None:
    with pytest.raises(EventTooLarge):
        await commit(database, "x" * MAX_EVENT_BYTES)

    assert await pending_ids(database) == []


async def test_a_commit_in_the_same_process_wakes_the_relay(database: Database) -> None:
    wire = Wire()
    relay = relay_to(wire, database, poll_seconds=NEVER)
    database.wake_relay = relay.wake
    await commit(database, "before")

    async with leading(relay):
        await until(lambda: wire.texts == ["before"], "it leads")
        await commit(database, "after")
        await until(lambda: wire.texts == ["before", "after"], "it was woken")


async def test_a_commit_in_another_process_wakes_the_relay(dsn: str, database: Database) -> None:
    wire = Wire()
    relay = relay_to(wire, database, poll_seconds=NEVER)
    await commit(database, "before")
    async with opened(dsn) as elsewhere, leading(relay):
        remote = RemoteWake(elsewhere)
        elsewhere.wake_relay = remote.wake
        async with running([remote.run]):
            await until(lambda: wire.texts == ["before"], "it leads")
            await commit(elsewhere, "after")
            await until(lambda: wire.texts == ["before", "after"], "it was woken")


async def test_many_commits_elsewhere_send_few_notifications(dsn: str, database: Database) -> None:
    heard: list[object] = []
    listener = await database.connect()
    await listener.add_listener("outbox", lambda *found: heard.append(found))
    async with opened(dsn) as elsewhere:
        remote = RemoteWake(elsewhere)
        for _ in range(1_000):
            remote.wake()
        async with running([remote.run]):
            await until(lambda: bool(heard), "it was told")
    await listener.close()

    assert len(heard) == 1


async def test_only_one_relay_leads_and_the_stand_by_takes_over_when_it_dies(
    dsn: str, database: Database
) -> None:
    first, second = Wire(), Wire()
    async with opened(dsn) as other, leading(relay_to(second, other, poll_seconds=0.2)):
        await commit(database, "one")
        await until(lambda: nothing_pending(database), "the second leads")
        async with leading(relay_to(first, database, poll_seconds=0.01)):
            await commit(database, "two")
            await until(lambda: nothing_pending(database), "the second still leads")
            assert (first.texts, second.texts) == ([], ["one", "two"])
            await end_leader(database)
            await commit(database, "three")
            await until(lambda: nothing_pending(database), "the stand-by leads")

    assert (first.texts, second.texts) == (["three"], ["one", "two"])


async def nothing_pending(database: Database) -> bool:
    return not await pending_ids(database)


async def end_leader(database: Database) -> None:
    async with database.transaction() as tx:
        ended = await tx.connection.fetch(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks "
            "WHERE locktype = 'advisory' AND granted AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    assert len(ended) == 1


async def test_the_stand_by_takes_over_when_the_leader_stops(dsn: str, database: Database) -> None:
    first, second = Wire(), Wire()
    async with opened(dsn) as other:
        async with leading(relay_to(first, database)):
            await commit(database, "one")
            await until(lambda: nothing_pending(database), "the first leads")
            standing_by = running([relay_to(second, other).run])
            await standing_by.__aenter__()
        await commit(database, "two")
        await until(lambda: second.texts == ["two"], "the second has taken over")
        await standing_by.__aexit__(None, None, None)


async def test_a_relay_outlives_a_killed_postgresql(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = PostgresServer(tmp_path_factory.mktemp("killed"))
    await asyncio.to_thread(server.start)
    try:
        server.create_database("miniature")
        await create_schema(server.dsn("miniature"))
        wire = Wire()
        async with opened(server.dsn("miniature")) as database:
            relay = relay_to(wire, database)
            database.wake_relay = relay.wake
            async with leading(relay):
                await commit(database, "one")
                await until(lambda: wire.texts == ["one"], "it leads")
                await asyncio.to_thread(server.kill)
                with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
                    await commit(database, "lost")
                await asyncio.to_thread(server.start)
                await commit(database, "two")
                await until(lambda: wire.first_texts == ["one", "two"], "it leads again")
    finally:
        await asyncio.to_thread(server.remove)


async def test_a_transaction_that_fails_to_commit_wakes_nobody(database: Database) -> None:
    woken: list[bool] = []
    database.wake_relay = lambda: woken.append(True)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await fail_after_emitting(database)
    assert woken == []
    async with database.transaction() as tx:
        await emit(tx, written("a", "one"), NOW)
        await emit(tx, written("a", "two"), NOW)
    assert woken == [True]


async def test_a_later_event_of_an_aggregate_never_overtakes_one_that_committed_late(
    database: Database, leader: asyncpg.Connection
) -> None:
    """The earlier event took its id long before, while very many others went out."""
    wire = Wire()
    relay = relay_to(wire, database, poll_seconds=NEVER)
    await commit(database, "first of all", note="other")
    await relay.drain(leader)  # the sweep of the start is over
    async with database.transaction() as slow:
        await emit(slow, written("late", "earlier"), NOW)
        for _ in range(3):
            await commit(database, *["crowd"] * 700, note="other")
            await relay.drain(leader)
    await commit(database, "later", note="late")

    await relay.drain(leader)

    assert [text for text in wire.texts if text != "crowd"] == ["first of all", "earlier", "later"]


async def test_nor_does_it_overtake_in_the_batch_that_is_read_while_another_is_on_its_way(
    database: Database, leader: asyncpg.Connection
) -> None:
    wire = Wire()
    slow = database.transaction()
    tx = await slow.__aenter__()
    await emit(tx, written("late", "earlier"), NOW)
    await commit(database, "crowd", "crowd", note="other")

    async def commit_while_reading(step: str) -> None:
        nonlocal slow
        if step == "read" and wire.calls == 0:
            await slow.__aexit__(None, None, None)
            await commit(database, "later", note="late")

    relay = Relay(database, wire, "/miniature", batch=2, poll_seconds=NEVER, on_step=commit_while_reading)
    await relay.drain(leader)

    assert wire.texts == ["crowd", "crowd", "earlier", "later"]
