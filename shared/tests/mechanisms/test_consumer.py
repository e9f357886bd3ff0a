"""The consumer gives each event its effect exactly once, in the order of its key, whatever goes wrong."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy as sa
from chuangpei.bus.port import Received
from chuangpei.consumer import Consumer, Handlers, InBatch, Message, NotYet
from chuangpei.database import Database, Row, Statement, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.mechanism_tables import inbox, parked_messages
from chuangpei.testing.events import NoSubscription, received
from chuangpei.testing.miniature import (
    NoteStruck,
    NoteWritten,
    effects,
    effects_of,
    record_effect,
    written,
)
from chuangpei.tracing import current_traceparent

PLAIN: Handlers = {NoteWritten: record_effect, NoteStruck: record_effect}

_MAKE_DUE = Statement(sa.update(parked_messages).values(next_try_at=sa.func.now()))
_PARKED = Statement(sa.select(parked_messages).order_by(parked_messages.c.id))
_SEEN = Statement(sa.select(inbox.c.event_id))
_WRITTEN = Statement(sa.select(effects.c.id).where(effects.c.key == sa.bindparam("key")).limit(1))


class Moody:
    """Handlers that fail for the texts they are told to, and strike only notes that were written."""

    def __init__(self, *broken: str) -> None:
        self.broken = set(broken)
        self.handlers: Handlers = {NoteWritten: self.write, NoteStruck: self.strike}

    async def write(self, tx: Transaction, event: NoteWritten, message: Message) -> None:
        await record_effect(tx, event, message)
        if event.text in self.broken:
            raise RuntimeError(f"cannot bear {event.text}")

    async def strike(self, tx: Transaction, event: NoteStruck, message: Message) -> None:
        if await tx.row(_WRITTEN, {"key": event.note}) is None:
            raise NotYet("the note was never written")
        await record_effect(tx, event, message)


def consumer(database: Database, handlers: Handlers = PLAIN, *, dead_after: int = 12) -> Consumer:
    return Consumer(database, NoSubscription(), handlers, retry_seconds=60, dead_after_attempts=dead_after)


def records(*events: NoteWritten | NoteStruck) -> list[Received]:
    return [received(event, offset=offset) for offset, event in enumerate(events)]


async def retry_now(database: Database, taking: Consumer) -> int:
    async with database.transaction() as tx:
        await tx.execute(_MAKE_DUE, {})
    return await taking.retry_parked()


async def parked(database: Database) -> list[Row]:
    return await database.rows(_PARKED, {})


async def parked_texts(database: Database) -> list[str]:
    return [NoteWritten.model_validate_json(row["value"]).text for row in await parked(database)]


async def test_an_event_repeated_within_a_batch_and_in_later_ones_has_its_effect_once(
    database: Database,
) -> None:
    first, second = records(*written("a", "one", "two"))
    taking = consumer(database)

    await taking.take([first, first, second, first])
    await taking.take([second, first])

    assert await effects_of(database) == [("a", "one"), ("a", "two")]


async def test_two_members_that_get_the_same_records_at_once_apply_them_once(database: Database) -> None:
    batch = records(*written("a", *map(str, range(50))))

    await asyncio.gather(*(consumer(database).take(batch) for _ in range(4)))

    assert await effects_of(database) == [("a", str(n)) for n in range(50)]


async def test_a_failing_message_and_the_later_ones_of_its_key_are_parked_while_other_keys_go_on(
    database: Database,
) -> None:
    moody = Moody("bad")
    taking = consumer(database, moody.handlers)

    await taking.take(records(*written("a", "good", "bad", "after"), *written("b", "other")))
    await taking.take(records(*written("a", "later"), *written("b", "another")))

    assert await effects_of(database) == [("a", "good"), ("b", "other"), ("b", "another")]
    assert await parked_texts(database) == ["bad", "after", "later"]
    [bad, *_] = await parked(database)
    assert bad["error"] == "RuntimeError('cannot bear bad')"


async def test_parked_messages_are_applied_in_their_order_once_the_first_one_can_be(
    database: Database,
) -> None:
    moody = Moody("bad")
    taking = consumer(database, moody.handlers)
    await taking.take(records(*written("a", "bad", "after", "last")))

    assert await retry_now(database, taking) == 0
    moody.broken.clear()
    assert await retry_now(database, taking) == 3

    assert await effects_of(database) == [("a", "bad"), ("a", "after"), ("a", "last")]
    assert await parked(database) == []


async def test_the_retries_come_at_growing_distances_and_end_in_a_dead_letter(database: Database) -> None:
    taking = consumer(database, Moody("bad").handlers, dead_after=3)
    await taking.take(records(*written("a", "bad", "after")))

    assert await taking.retry_parked() == 0
    distances: list[timedelta] = []
    for _ in range(2):
        [bad, _] = await parked(database)
        distances.append(bad["next_try_at"] - bad["parked_at"])
        assert bad["dead_since"] is None
        assert await retry_now(database, taking) == 0
    [bad, after] = await parked(database)

    assert timedelta(seconds=80) < distances[0] < timedelta(seconds=170)
    assert timedelta(seconds=170) < distances[1] < timedelta(seconds=320)
    assert (bad["attempts"], bad["dead_since"] is None) == (3, False)
    assert (after["attempts"], after["dead_since"]) == (0, None)
    assert await retry_now(database, taking) == 0


async def test_an_event_that_came_too_early_is_applied_right_after_the_one_it_waits_for(
    database: Database,
) -> None:
    taking = consumer(database, Moody().handlers)
    early, awaited = records(NoteStruck(note="a"), NoteWritten(note="a", text="one"))

    await taking.take([early])
    assert await taking.retry_parked() == 0
    [waiting] = await parked(database)
    assert waiting["waiting"]
    await taking.take([awaited])
    assert await taking.retry_parked() == 1

    assert await effects_of(database) == [("a", "one"), ("a", "struck")]
    assert await parked(database) == []


async def test_an_event_that_came_too_early_does_not_hold_up_its_key(database: Database) -> None:
    taking = consumer(database, Moody().handlers)

    await taking.take(records(NoteStruck(note="a"), *written("a", "one", "two")))
    assert await taking.retry_parked() == 1

    assert await effects_of(database) == [("a", "one"), ("a", "two"), ("a", "struck")]


async def test_an_event_waits_also_for_one_that_had_to_be_parked_itself(database: Database) -> None:
    moody = Moody("bad")
    taking = consumer(database, moody.handlers)
    await taking.take(records(NoteStruck(note="a"), *written("a", "bad")))
    await retry_now(database, taking)

    moody.broken.clear()
    assert await retry_now(database, taking) == 2

    assert await effects_of(database) == [("a", "bad"), ("a", "struck")]


async def test_an_event_waits_ten_times_as_long_as_a_failing_one_is_tried(database: Database) -> None:
    taking = consumer(database, Moody().handlers, dead_after=1)
    await taking.take(records(NoteStruck(note="a")))

    for _ in range(9):
        await retry_now(database, taking)
    [waiting] = await parked(database)
    assert waiting["dead_since"] is None
    await retry_now(database, taking)
    [given_up] = await parked(database)
    assert given_up["dead_since"] is not None
    await taking.take(records(*written("a", "one")))
    await taking.retry_parked()

    assert await effects_of(database) == [("a", "one"), ("a", "struck")]


@pytest.mark.parametrize(
    "spoilt",
    [
        {"value": b"no json"},
        {"value": b'{"note": 7}'},
        {"key": "nul \0 inside", "value": b"\0"},
        {"headers": (("ce_id", b"\xff\0"), ("ce_type", NoteWritten.TYPE.encode()))},
        {"headers": ()},
        {"headers": (("ce_id", str(new_id()).encode()), ("ce_type", NoteWritten.TYPE.encode()))},
    ],
    ids=["no json", "wrong types", "nul in the key", "bytes as id", "no headers", "no time"],
)
async def test_a_record_nobody_can_read_is_a_dead_letter_at_once_and_stops_no_one(
    database: Database, spoilt: dict[str, object]
) -> None:
    first, broken, last = records(*written("a", "one", "two", "three"))
    fields = {name: getattr(broken, name) for name in ("topic", "key", "value", "headers")}
    unreadable = Received(**(fields | spoilt), partition=0, offset=1)  # type: ignore[arg-type]
    taking = consumer(database)

    await taking.take([first, unreadable, last])
    await taking.take([first, unreadable, last])

    assert await effects_of(database) == [("a", "one"), ("a", "three")]
    [letter] = await parked(database)
    assert letter["dead_since"] is not None
    assert await retry_now(database, taking) == 0


async def test_what_an_operator_reads_of_an_unreadable_record_does_not_quote_its_content(
    database: Database,
) -> None:
    [record] = records(*written("a", "one"))
    secret = Received(record.topic, "a", b'{"note": ["31011519900101"]}', record.headers, 0, 0)

    await consumer(database).take([secret])

    [letter] = await parked(database)
    assert letter["error"] == "note: string_type"


async def test_an_unreadable_record_replayed_in_vain_holds_up_nobody(database: Database) -> None:
    [record] = records(*written("a", "one"))
    taking = consumer(database)
    await taking.take([Received(record.topic, "a", b"no json", record.headers, 0, 0)])
    async with database.transaction() as tx:
        await tx.execute(Statement(sa.update(parked_messages).values(dead_since=None)), {})

    assert await retry_now(database, taking) == 0
    await taking.take(records(*written("a", "two")))

    assert await effects_of(database) == [("a", "two")]
    [letter] = await parked(database)
    assert letter["dead_since"] is not None


async def test_an_event_of_a_type_without_handler_is_passed_over(database: Database) -> None:
    taking = consumer(database, {NoteWritten: record_effect})

    await taking.take(records(NoteStruck(note="a"), *written("a", "one")))

    assert await effects_of(database) == [("a", "one")]
    assert await parked(database) == []
    assert len(await database.rows(_SEEN, {})) == 1


async def test_consecutive_messages_of_a_type_reach_an_in_batch_handler_together(database: Database) -> None:
    batches: list[list[UUID]] = []

    async def together(tx: Transaction, messages: Sequence[Message]) -> None:
        batches.append([message.event_id for message in messages])
        for message in messages:
            assert isinstance(message.event, NoteWritten)
            await record_effect(tx, message.event, message)

    taking = consumer(database, {NoteWritten: InBatch(together), NoteStruck: record_effect})

    await taking.take(records(*written("a", "1", "2"), NoteStruck(note="a"), *written("b", "3", "4")))

    assert [len(batch) for batch in batches] == [2, 2]
    assert [what for _, what in await effects_of(database)] == ["1", "2", "struck", "3", "4"]


async def test_one_bad_message_of_an_in_batch_handler_is_parked_alone(database: Database) -> None:
    async def together(tx: Transaction, messages: Sequence[Message]) -> None:
        for message in messages:
            assert isinstance(message.event, NoteWritten)
            await record_effect(tx, message.event, message)
            if message.event.text == "bad":
                raise RuntimeError

    taking = consumer(database, {NoteWritten: InBatch(together)})

    await taking.take(records(*written("a", "1"), *written("b", "bad"), *written("c", "2")))

    assert await effects_of(database) == [("a", "1"), ("c", "2")]
    assert await parked_texts(database) == ["bad"]


async def test_a_lost_connection_parks_nothing(database: Database) -> None:
    async def cut_off(tx: Transaction, event: NoteWritten, message: Message) -> None:
        backend = tx.connection.get_server_pid()
        async with database.transaction() as other:
            await other.connection.execute("SELECT pg_terminate_backend($1, 5000)", backend)
        await record_effect(tx, event, message)

    batch = records(*written("a", "one"))

    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.InterfaceError)):
        await consumer(database, {NoteWritten: cut_off}).take(batch)

    assert await parked(database) == []
    await consumer(database).take(batch)
    assert await effects_of(database) == [("a", "one")]


async def test_a_handler_that_misuses_the_driver_is_parked_and_not_taken_for_a_lost_connection(
    database: Database,
) -> None:
    async def mistaken(tx: Transaction, _: NoteWritten, __: Message) -> None:
        await tx.connection.execute("SELECT $1::int", 1, 2)

    await consumer(database, {NoteWritten: mistaken}).take(records(*written("a", "one")))

    assert await parked_texts(database) == ["one"]


async def test_a_deferred_constraint_that_fails_parks_its_message_alone(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.connection.execute(
            "ALTER TABLE effects ADD CONSTRAINT once UNIQUE (what) DEFERRABLE INITIALLY DEFERRED"
        )
    taking = consumer(database)

    await taking.take(records(*written("a", "same"), *written("b", "same"), *written("c", "else")))

    assert await effects_of(database) == [("a", "same"), ("c", "else")]
    assert await parked_texts(database) == ["same"]
    assert await retry_now(database, taking) == 0


async def test_the_trace_of_an_event_goes_on_in_its_handler(database: Database) -> None:
    seen: list[str | None] = []

    async def look(_: Transaction, __: NoteWritten, ___: Message) -> None:
        seen.append(current_traceparent())

    [record] = records(*written("a", "one"))
    trace = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    traced = Received(
        record.topic, "a", record.value, (*record.headers, ("traceparent", trace)), partition=0, offset=0
    )
    [other] = records(*written("a", "two"))
    spoilt = Received(
        other.topic, "a", other.value, (*other.headers, ("traceparent", b"\xff")), partition=0, offset=1
    )

    await consumer(database, {NoteWritten: look}).take([traced, spoilt])

    assert [str(one)[:35] == trace.decode()[:35] for one in seen] == [True, False]
    assert str(seen[0]) != trace.decode()
