"""The relay carries committed outbox rows to the bus: every one, in order, at least once.

One relay a service leads at a time, held by a session advisory lock; the others stand by. Rows are read
in id order above a hint. Sequence values commit out of order, so a bare cursor would lose rows: the relay
reads from a margin below its hint and sweeps from the start at regular times. A batch is deleted by its own
ids within both bounds of its range, so a row that commits late inside the range stays to be sent.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence

import asyncpg
import sqlalchemy as sa
from sqlalchemy import bindparam

from chuangpei.bus.port import BusUnavailable, Publisher, Record, RecordTooLarge, TopicMissing
from chuangpei.database import Connection, Database, Row, Statement, is_connection_lost
from chuangpei.events.base import topic_of
from chuangpei.mechanism_tables import OUTBOX_CHANNEL, outbox

log = logging.getLogger(__name__)

_LEADER_LOCK = 0x6F7574626F78  # "outbox"
_HINT_MARGIN = 1_000
_SWEEP_SHARE = 20
_MISTAKE_POLLS = 10

_PENDING = Statement(
    sa.select(outbox)
    .where(outbox.c.id > bindparam("above", type_=sa.BigInteger))
    .order_by(outbox.c.id)
    .limit(bindparam("most", type_=sa.Integer))
)
_DELETE_SENT = Statement(
    outbox.delete().where(
        outbox.c.id >= bindparam("first", type_=sa.BigInteger),
        outbox.c.id <= bindparam("last", type_=sa.BigInteger),
        outbox.c.id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.BigInteger))),
    )
)

Step = Callable[[str], Awaitable[None]]


async def _no_step(_: str) -> None:
    """Where nobody watches the steps, nothing happens at them."""


class Relay:
    """Runs until cancelled. ``source`` is the CloudEvents source, such as ``/cert``.

    ``on_step`` is called between any two steps (``read``, ``sent``, ``deleted``), for crash tests.
    """

    def __init__(
        self,
        database: Database,
        publisher: Publisher,
        source: str,
        *,
        batch: int = 500,
        poll_seconds: float = 1.0,
        on_step: Step = _no_step,
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._source = source.encode()
        self._batch = batch
        self._poll_seconds = poll_seconds
        self._on_step = on_step
        self._wake = asyncio.Event()
        self._hint = 0
        self._sweep_due = 0.0

    def wake(self) -> None:
        """Tells the relay that something was committed; cheap, to be called in its event loop."""
        self._wake.set()

    async def run(self) -> None:
        """Leads or stands by until cancelled; a lost database or bus is waited out.

        A topic nobody made or a record the bus refuses holds up all later events until someone mends it:
        nothing is skipped and nothing is lost.
        """
        try:
            while True:
                seconds = await self._lead_until_lost()
                await asyncio.sleep(seconds)
        finally:
            await self._publisher.close()

    async def _lead_until_lost(self) -> float:
        """Leads until something fails; returns the seconds to wait before the next try."""
        try:
            await self._lead()
        except (BusUnavailable, asyncpg.PostgresError, OSError, asyncpg.InterfaceError) as error:
            log.warning("relay of %s waits: %s", self._source.decode(), error)
        except (TopicMissing, RecordTooLarge) as error:
            log.error("relay of %s is held up until someone mends it: %r", self._source.decode(), error)
            return self._poll_seconds * _MISTAKE_POLLS
        return self._poll_seconds

    async def _lead(self) -> None:
        connection = await self._database.connect()
        try:
            await self._become_leader(connection)
            await connection.add_listener(OUTBOX_CHANNEL, lambda *_: self._wake.set())
            await self._publisher.start()
            self._hint, self._sweep_due = 0, 0.0
            while True:
                self._wake.clear()
                await self.drain(connection)
                await self._wait()
        finally:
            with contextlib.suppress(Exception):  # the lead is over, whatever the connection says
                await connection.close(timeout=2)

    async def _become_leader(self, connection: Connection) -> None:
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LEADER_LOCK):  # noqa: ASYNC110
            await asyncio.sleep(self._poll_seconds)  # the lock lives in PostgreSQL, which tells nobody

    async def _wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), self._poll_seconds)

    async def drain(self, connection: Connection) -> int:
        """Sends everything pending on a connection that leads; returns how many rows went out.

        The next batch is read while this one is on its way. On a failure nothing later is sent.
        """
        sent = 0
        rows = await self._oldest(connection)
        while rows:
            await self._on_step("read")
            following = await self._publish(connection, rows)
            await self._on_step("sent")
            await self._delete(connection, rows)
            await self._on_step("deleted")
            self._hint = max(self._hint, rows[-1]["id"])
            sent += len(rows)
            rows = following or (await self._oldest(connection) if self._full(rows) else [])
        return sent

    async def _publish(self, connection: Connection, rows: Sequence[Row]) -> list[Row]:
        """Sends a batch; meanwhile reads the next, unless the outbox is due to be swept from its start."""
        sending = asyncio.ensure_future(self._publisher.publish([self._record(row) for row in rows]))
        try:
            if not self._full(rows) or self._is_sweep_due():
                return []
            return await self._pending(connection, rows[-1]["id"])
        finally:
            await sending

    async def _oldest(self, connection: Connection) -> list[Row]:
        if not self._is_sweep_due():
            return await self._pending(connection, max(0, self._hint - _HINT_MARGIN))
        begun = _now()
        rows = await self._pending(connection, 0)
        # An old snapshot elsewhere keeps deleted rows in the index: sweeping takes a small share of the time.
        self._sweep_due = _now() + max(self._poll_seconds, _SWEEP_SHARE * (_now() - begun))
        return rows

    def _is_sweep_due(self) -> bool:
        return _now() >= self._sweep_due

    def _full(self, rows: Sequence[Row]) -> bool:
        return len(rows) == self._batch

    async def _pending(self, connection: Connection, above: int) -> list[Row]:
        return await connection.fetch(
            _PENDING.sql, *_PENDING.arguments({"above": above, "most": self._batch})
        )

    async def _delete(self, connection: Connection, rows: Sequence[Row]) -> None:
        ids = [row["id"] for row in rows]
        await connection.execute(
            _DELETE_SENT.sql, *_DELETE_SENT.arguments({"first": ids[0], "last": ids[-1], "ids": ids})
        )

    def _record(self, row: Row) -> Record:
        event_type: str = row["type"]
        headers = [
            ("ce_specversion", b"1.0"),
            ("ce_id", str(row["event_id"]).encode()),
            ("ce_source", self._source),
            ("ce_type", event_type.encode()),
            ("ce_subject", row["key"].encode()),
            ("ce_time", row["occurred_at"].isoformat().encode()),
            ("content-type", b"application/json"),
        ]
        if row["traceparent"] is not None:
            headers.append(("traceparent", row["traceparent"].encode()))
        return Record(topic_of(event_type), row["key"], row["value"], tuple(headers))


def _now() -> float:
    return asyncio.get_running_loop().time()


class RemoteWake:
    """Wakes a relay in another process after a commit: one coalesced NOTIFY, outside any transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wanted = asyncio.Event()

    def wake(self) -> None:
        """Asks for one NOTIFY; calls that come before it is sent are served by the same one."""
        self._wanted.set()

    async def run(self) -> None:
        """Sends the NOTIFYs until cancelled; the relay's slow poll covers any that fail."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            try:
                async with self._database.transaction() as tx:
                    await tx.connection.execute(f"NOTIFY {OUTBOX_CHANNEL}")
            except Exception as error:
                if not is_connection_lost(error):
                    raise
                log.warning("could not wake the relay: %s", error)
                await asyncio.sleep(1)
