"""The consumer applies events exactly once in effect: inbox and effect in one transaction.

A batch of one partition is one transaction: the inbox takes the event ids, only those it had not seen are
applied, then the offsets are committed. A failing batch is retried message by message. A failing message is
parked with every later one of its key, so that no event overtakes one it depends on; parked messages are
retried with growing delays and, in the end, wait as dead letters until an operator replays or discards them.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chuangpei import parking
from chuangpei.bus.port import BusUnavailable, Partition, Received, Subscription
from chuangpei.database import Database, Transaction, is_connection_lost
from chuangpei.events.base import Event, topic_of
from chuangpei.tracing import enter

log = logging.getLogger(__name__)


class NotYet(Exception):  # noqa: N818  # a message that came too early is no error
    """Raised by a handler whose event came too early: it is parked without blocking its key."""


@dataclass(frozen=True, slots=True)
class Message:
    """One event as received: its CloudEvents attributes and its content."""

    event_id: UUID
    occurred_at: datetime
    topic: str
    key: str
    type: str
    event: Event
    received: Received


Handler = Callable[[Transaction, Any, Message], Awaitable[None]]
BatchHandler = Callable[[Transaction, Sequence[Message]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class InBatch:
    """Marks a handler that takes consecutive messages of its type together, for the hot paths."""

    handle: BatchHandler


Handlers = Mapping[type[Event], Handler | InBatch]
Step = Callable[[str], Awaitable[None]]


async def _no_step(_: str) -> None:
    """Where nobody watches the steps, nothing happens at them."""


class Consumer:
    """Reads the topics of its handlers as one member of a group, until cancelled.

    ``on_step`` is called between any two steps (``fetched``, ``received``, ``applied``, ``committed``,
    ``acknowledged``), for crash tests.
    """

    def __init__(
        self,
        database: Database,
        subscription: Subscription,
        handlers: Handlers,
        *,
        batch: int = 500,
        retry_seconds: float = 1.0,
        dead_after_attempts: int = 12,
        on_step: Step = _no_step,
    ) -> None:
        self._database = database
        self._subscription = subscription
        self._handlers = handlers
        self._types = {event.TYPE: event for event in handlers}
        self._batch = batch
        self._retry_seconds = retry_seconds
        self._dead_after_attempts = dead_after_attempts
        self._on_step = on_step

    async def run(self) -> None:
        """Consumes until cancelled; a lost database or bus is waited out, with nothing acknowledged."""
        try:
            while True:
                await self._run_until_lost()
                await asyncio.sleep(self._retry_seconds)
        finally:
            await self._subscription.close()

    async def _run_until_lost(self) -> None:
        try:
            await self._subscription.start()
            await self._subscription.rewind()
            await self._consume()
        except Exception as error:
            if not (isinstance(error, BusUnavailable) or is_connection_lost(error)):
                raise
            log.warning("consumer waits: %s", error)

    async def _consume(self) -> None:
        while True:
            batches = await self._subscription.fetch(self._batch, timeout_seconds=self._retry_seconds)
            for partition, records in batches.items():
                await self._on_step("fetched")
                await self.take(records)
                await self._on_step("committed")
                await self._acknowledge(partition, records)
                await self._on_step("acknowledged")
            await self.retry_parked()

    async def _acknowledge(self, partition: Partition, records: Sequence[Received]) -> None:
        await self._subscription.commit({partition: records[-1].offset + 1})

    async def take(self, records: Sequence[Received]) -> None:
        """Gives the records of one partition their effect: together, or one by one where that fails."""
        messages, broken = self._read(records)
        try:
            async with self._database.transaction() as tx:
                await parking.park_unreadable(tx, broken)
                await self._apply_together(tx, messages)
        except Exception as error:
            if is_connection_lost(error):
                raise
            log.info("batch of %d is taken one by one: %r", len(messages), error)
            await self._apply_one_by_one(messages, broken)

    def _read(self, records: Sequence[Received]) -> tuple[list[Message], list[parking.Unreadable]]:
        messages: list[Message] = []
        broken: list[parking.Unreadable] = []
        for record in records:
            headers = dict(record.headers)
            event_type = headers.get("ce_type", b"").decode(errors="replace")
            if headers.get("ce_type") is not None and event_type not in self._types:
                continue
            try:
                messages.append(self._message(record, headers, event_type))
            except (KeyError, ValueError) as error:
                broken.append(parking.Unreadable(record, event_type, f"{type(error).__name__}: {error}"))
        return messages, broken

    def _message(self, record: Received, headers: Mapping[str, bytes], event_type: str) -> Message:
        return Message(
            event_id=UUID(headers["ce_id"].decode()),
            occurred_at=datetime.fromisoformat(headers["ce_time"].decode()),
            topic=record.topic,
            key=record.key,
            type=event_type,
            event=self._types[event_type].model_validate_json(record.value),
            received=record,
        )

    async def _apply_together(self, tx: Transaction, messages: Sequence[Message]) -> None:
        new = await parking.unseen(tx, [message.event_id for message in messages])
        await self._on_step("received")
        fresh = _first_of_each(messages, new)
        parked = await parking.parked_keys(tx, fresh)
        blocked = [message for message in fresh if parked.get((message.topic, message.key)) is False]
        await parking.park(tx, blocked, "waits behind a parked message of its key", waiting=False)
        free = [message for message in fresh if parked.get((message.topic, message.key)) is not False]
        for run in _runs(free):
            await self._apply(tx, run)
        await parking.wake(tx, [key for key, waiting in parked.items() if waiting])
        await self._on_step("applied")

    async def _apply(self, tx: Transaction, run: Sequence[Message]) -> None:
        handler = self._handlers[type(run[0].event)]
        enter(dict(run[0].received.headers).get("traceparent", b"").decode() or None)
        if isinstance(handler, InBatch):
            await handler.handle(tx, run)
            return
        for message in run:
            enter(dict(message.received.headers).get("traceparent", b"").decode() or None)
            await handler(tx, message.event, message)

    async def _apply_one_by_one(
        self, messages: Sequence[Message], broken: Sequence[parking.Unreadable]
    ) -> None:
        async with self._database.transaction() as tx:
            await parking.park_unreadable(tx, broken)
            for message in messages:
                try:
                    async with tx.savepoint():
                        await self._apply_together(tx, [message])
                except Exception as error:
                    if is_connection_lost(error):
                        raise
                    await parking.unseen(tx, [message.event_id])
                    await parking.park(tx, [message], repr(error), waiting=isinstance(error, NotYet))
                    log.warning("parked %s of %s: %r", message.type, message.key, error)

    async def retry_parked(self) -> int:
        """Tries the due parked messages again, each key in its order; returns how many had their effect."""
        done = 0
        while (parked := await self._retry_next()) is not None:
            done += parked
        return done

    async def _retry_next(self) -> int | None:
        async with self._database.transaction() as tx:
            row = await parking.next_due(tx, list(self._topics()))
            if row is None:
                return None
            try:
                async with tx.savepoint():
                    [message], _ = self._read([parking.as_received(row)])
                    await self._apply(tx, [message])
                    await parking.forget(tx, row)
                    return 1
            except Exception as error:
                if is_connection_lost(error):
                    raise
                attempts = row["attempts"] + 1
                await parking.put_off(
                    tx,
                    row,
                    error=repr(error),
                    waiting=isinstance(error, NotYet),
                    seconds=self._delay(attempts),
                    dead=attempts >= self._dead_after_attempts,
                )
                return 0

    def _delay(self, attempts: int) -> float:
        """Doubles each time up to an hour, spread by up to a quarter so that retries do not march in step."""
        return min(3600.0, self._retry_seconds * 2.0**attempts) * random.uniform(0.75, 1.25)  # noqa: S311  # jitter

    def _topics(self) -> set[str]:
        return {topic_of(event_type) for event_type in self._types}


def _first_of_each(messages: Sequence[Message], new: set[UUID]) -> list[Message]:
    fresh: list[Message] = []
    for message in messages:
        if message.event_id in new:
            new.discard(message.event_id)
            fresh.append(message)
    return fresh


def _runs(messages: Sequence[Message]) -> list[list[Message]]:
    runs: list[list[Message]] = []
    for message in messages:
        if runs and runs[-1][0].type == message.type:
            runs[-1].append(message)
        else:
            runs.append([message])
    return runs
