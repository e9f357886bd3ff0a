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
from typing import Any
from uuid import UUID

from chuangpei import parking
from chuangpei.bus.port import BusUnavailable, Partition, Received, Subscription, TopicMissing
from chuangpei.database import Database, Row, Transaction, is_connection_lost
from chuangpei.events.base import Event, topic_of
from chuangpei.messages import Message, Unreadable, described, read_records
from chuangpei.tracing import enter

__all__ = ["BatchHandler", "Consumer", "Handler", "Handlers", "InBatch", "Message", "NotYet"]

log = logging.getLogger(__name__)
_RETRIES_A_ROUND = 200
_PATIENCE = 10


class NotYet(Exception):  # noqa: N818  # a message that came too early is no error
    """Raised by a handler whose event came too early: it is parked without blocking its key."""


class _Unusable(Exception):  # noqa: N818  # reads as what it is
    """A parked record that still cannot be read, or that no handler takes any more."""


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

    A parked message becomes a dead letter after ``dead_after_attempts``, one that waits for another event
    after ten times as many (days). ``on_step`` is called between any two steps (``fetched``, ``received``,
    ``applied``, ``committed``, ``acknowledged``), for crash tests.
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
        self._topics = sorted({topic_of(event_type) for event_type in self._types})
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
            if not (isinstance(error, (BusUnavailable, TopicMissing)) or is_connection_lost(error)):
                raise
            log.warning("consumer waits: %r", error)

    async def _consume(self) -> None:
        while True:
            batches = await self._subscription.fetch(self._batch, timeout_seconds=self._retry_seconds)
            for partition, records in batches.items():
                await self._on_step("fetched")
                await self.take(records)
                await self._on_step("committed")
                await self._acknowledge(partition, records)
                await self._on_step("acknowledged")
            await self.retry_parked(_RETRIES_A_ROUND)

    async def _acknowledge(self, partition: Partition, records: Sequence[Received]) -> None:
        await self._subscription.commit({partition: records[-1].offset + 1})

    async def take(self, records: Sequence[Received]) -> None:
        """Gives the records of one partition their effect: together, or one by one where that fails."""
        messages, broken = read_records(records, self._types)
        try:
            async with self._database.transaction() as tx:
                await parking.park_unreadable(tx, broken)
                await self._apply_together(tx, messages)
        except Exception as error:
            if is_connection_lost(error):
                raise
            log.info("batch of %d is taken one by one: %r", len(messages), error)
            await self._apply_one_by_one(messages, broken)

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
        if isinstance(handler, InBatch):
            enter(run[0].traceparent)
            await handler.handle(tx, run)
            return
        for message in run:
            enter(message.traceparent)
            await handler(tx, message.event, message)

    async def _apply_one_by_one(self, messages: Sequence[Message], broken: Sequence[Unreadable]) -> None:
        async with self._database.transaction() as tx:
            await parking.park_unreadable(tx, broken)
            for message in messages:
                try:
                    async with tx.savepoint():
                        await self._apply_together(tx, [message])
                        await tx.check_deferred()
                except Exception as error:
                    if is_connection_lost(error):
                        raise
                    await parking.unseen(tx, [message.event_id])
                    await parking.park(tx, [message], described(error), waiting=isinstance(error, NotYet))
                    log.warning("parked %s of %s: %s", message.type, message.key, described(error))

    async def retry_parked(self, most: int | None = None) -> int:
        """Tries the due parked messages again, each key in its order; returns how many had their effect."""
        tried = done = 0
        while tried != most and (applied := await self._retry_next()) is not None:
            tried += 1
            done += applied
        return done

    async def _retry_next(self) -> int | None:
        async with self._database.transaction() as tx:
            row = await parking.next_due(tx, self._topics)
            if row is None:
                return None
            try:
                async with tx.savepoint():
                    await self._apply_parked(tx, row)
                    await tx.check_deferred()
                    return 1
            except Exception as error:
                if is_connection_lost(error):
                    raise
                await self._put_off(tx, row, error)
                return 0

    async def _apply_parked(self, tx: Transaction, row: Row) -> None:
        messages, broken = read_records([parking.as_received(row)], self._types)
        if not messages:
            raise _Unusable(broken[0].error if broken else "no handler takes this type any more")
        message = messages[0]
        # One that could not be read before was parked without its event id being taken into the inbox.
        if row["event_id"] == message.event_id or await parking.unseen(tx, [message.event_id]):
            await self._apply(tx, messages)
        await parking.forget(tx, row)
        await parking.wake(tx, [(row["topic"], row["key"])])

    async def _put_off(self, tx: Transaction, row: Row, error: Exception) -> None:
        unusable = isinstance(error, _Unusable)
        attempts = 0 if unusable else row["attempts"] + 1
        patience = _PATIENCE if isinstance(error, NotYet) else 1
        await parking.put_off(
            tx,
            row,
            error=described(error),
            waiting=unusable or isinstance(error, NotYet),
            attempts=attempts,
            seconds=self._delay(attempts),
            dead=unusable or attempts >= self._dead_after_attempts * patience,
        )

    def _delay(self, attempts: int) -> float:
        """Doubles each time up to an hour, spread by up to a quarter so that retries do not march in step."""
        return min(3600.0, self._retry_seconds * 2.0**attempts) * random.uniform(0.75, 1.25)  # noqa: S311  # jitter


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
