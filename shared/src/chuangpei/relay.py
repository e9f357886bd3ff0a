"""The relay carries committed outbox rows to the bus: every one, in order, at least once.

One relay a service leads at a time, held by a session advisory lock; the others stand by. Rows are read
in id order above a hint. Sequence values commit out of order, so a bare cursor would lose rows, or send a
later event of an aggregate before an earlier one: the relay remembers the ids it passed over and reads them
again with the new ones, until the transactions that took them must have ended. At regular times
it sweeps from the start. A batch is deleted by its own ids within both bounds of its range, so a row that
commits late inside the range stays to be sent.
"""

import asyncio
import contextlib
import logging
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Sequence

import asyncpg
import sqlalchemy as sa
from sqlalchemy import bindparam, func

from chuangpei.bus.port import BusUnavailable, Publisher, Record, RecordTooLarge, TopicMissing
from chuangpei.database import Connection, Database, Row, Statement, is_connection_lost
from chuangpei.events.base import topic_of
from chuangpei.gaps import Gaps
from chuangpei.mechanism_tables import OUTBOX_CHANNEL, outbox
from chuangpei.waking import Waking

log = logging.getLogger(__name__)

_LEADER_LOCK = 0x6F7574626F78  # "outbox"
_START_MARGIN = 200
_GAP_SECONDS = 60.0
_SWEEP_SHARE = 20
_MISTAKE_POLLS = 10


_MOST = bindparam("most", type_=sa.Integer)
_GAP = (
    func.unnest(
        bindparam("lows", type_=sa.ARRAY(sa.BigInteger)), bindparam("highs", type_=sa.ARRAY(sa.BigInteger))
    )
    .table_valued(sa.column("low", sa.BigInteger), sa.column("high", sa.BigInteger), name="gap")
    .render_derived()
)
_PENDING = Statement(
    sa.select(outbox)
    .where(outbox.c.id > bindparam("above", type_=sa.BigInteger))
    .order_by(outbox.c.id)
    .limit(_MOST)
)
_LATE = Statement(
    sa.select(outbox)
    .join(_GAP, outbox.c.id.between(_GAP.c.low, _GAP.c.high))
    .order_by(outbox.c.id)
    .limit(_MOST)
)
_DELETE_SENT = Statement(
    outbox.delete().where(
        outbox.c.id >= bindparam("first", type_=sa.BigInteger),
        outbox.c.id <= bindparam("last", type_=sa.BigInteger),
        outbox.c.id == sa.any_(bindparam("ids", type_=sa.ARRAY(sa.BigInteger))),
    )
)

_WAITED_OUT = (
    BusUnavailable,
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)

_NOTIFY = Statement(sa.text(f"NOTIFY {OUTBOX_CHANNEL}"))
_NOTIFY_PAUSE_SECONDS = 0.002

Step = Callable[[str], Awaitable[None]]
Header = tuple[str, bytes]
_SPECVERSION: Header = ("ce_specversion", b"1.0")
_CONTENT_TYPE: Header = ("content-type", b"application/json")


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
        batch: int = 1_000,
        poll_seconds: float = 1.0,
        on_step: Step = _no_step,
    ) -> None:
        self._database = database
        self._publisher = publisher
        self._source = source
        self._source_header: Header = ("ce_source", source.encode())
        self._types: dict[str, tuple[str, Header]] = {}
        self._batch = batch
        self._poll_seconds = poll_seconds
        self._on_step = on_step
        self._waking = Waking()
        self._hint = 0
        self._gaps = Gaps()
        self._sweep_due = 0.0

    def wake(self) -> None:
        """Tells the relay that something was committed; cheap, to be called in its event loop."""
        self._waking.wake()

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
        except _WAITED_OUT as error:
            log.warning("relay of %s waits: %s", self._source, error)
        except (TopicMissing, RecordTooLarge) as error:
            log.error("relay of %s is held up until someone mends it: %r", self._source, error)
            return self._poll_seconds * _MISTAKE_POLLS
        return self._poll_seconds

    async def _lead(self) -> None:
        connection = await self._database.connect()
        try:
            await self._become_leader(connection)
            await connection.add_listener(OUTBOX_CHANNEL, lambda *_: self._waking.wake())
            await self._publisher.start()
            self._start_over()
            while True:
                await self.drain(connection)
                await self._waking.wait(self._poll_seconds)
        finally:
            with contextlib.suppress(Exception):  # the lead is over, whatever the connection says
                await connection.close(timeout=2)

    async def _become_leader(self, connection: Connection) -> None:
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LEADER_LOCK):  # noqa: ASYNC110
            await asyncio.sleep(self._poll_seconds)  # the lock lives in PostgreSQL, which tells nobody

    async def drain(self, connection: Connection) -> int:
        """Sends everything pending on a connection that leads; returns how many rows went out.

        While one batch is on its way, the one before it is deleted and the next is read. On a failure nothing
        later is sent.
        """
        try:
            return await self._drain(connection)
        except BaseException:
            self._start_over()
            raise

    def _start_over(self) -> None:
        self._hint, self._sweep_due = 0, 0.0
        self._gaps.clear()

    async def _drain(self, connection: Connection) -> int:
        sent = 0
        rows, before = await self._oldest(connection), list[Row]()
        while rows:
            await self._on_step("read")
            following = await self._publish(connection, rows, before)
            await self._on_step("sent")
            sent += len(rows)
            if following:
                rows, before = following, rows
            else:  # a sweep must not see what was sent
                await self._delete(connection, rows)
                rows, before = (await self._oldest(connection) if self._full(rows) else []), []
        return sent

    async def _publish(self, connection: Connection, rows: Sequence[Row], before: Sequence[Row]) -> list[Row]:
        """Sends a batch; meanwhile deletes the one before it, which has gone out, and reads the next.

        Reads nothing where the outbox is due to be swept from its start.
        """
        sending = asyncio.ensure_future(self._publisher.publish([self._record(row) for row in rows]))
        try:
            if before:
                await self._delete(connection, before)
            if not self._full(rows) or self._is_sweep_due():
                return []
            return await self._pending(connection, self._hint)
        finally:
            await sending

    async def _oldest(self, connection: Connection) -> list[Row]:
        if not self._is_sweep_due():
            return await self._pending(connection, self._hint)
        begun = _now()
        self._gaps.forget(begun - _GAP_SECONDS)
        rows = await self._pending(connection, 0)
        # An old snapshot elsewhere keeps deleted rows in the index: sweeping takes a small share of the time.
        self._sweep_due = _now() + max(self._poll_seconds, _SWEEP_SHARE * (_now() - begun))
        return rows

    def _is_sweep_due(self) -> bool:
        return _now() >= self._sweep_due

    def _full(self, rows: Sequence[Row]) -> bool:
        return len(rows) >= self._batch

    async def _pending(self, connection: Connection, above: int) -> list[Row]:
        values = {"above": above, "most": self._batch, "lows": self._gaps.lows, "highs": self._gaps.highs}
        rows = await connection.fetch(_PENDING.sql, *_PENDING.arguments(values))
        if values["lows"] and above >= self._hint:  # a sweep reads the gaps anyway
            # Asked second: where a later event of an aggregate was seen, its earlier one is there by now.
            late = await connection.fetch(_LATE.sql, *_LATE.arguments(values))
            rows = late if self._full(late) else late + rows
        self._pass([row["id"] for row in rows])
        return rows

    def _pass(self, ids: Sequence[int]) -> None:
        """Remembers how far the reading has come and which ids it passed over."""
        new = ids[bisect_right(ids, self._hint) :]
        if len(new) < len(ids):
            self._gaps.found(ids)
        if new:
            self._gaps.passed(self._hint or max(0, new[0] - _START_MARGIN), new, _now())
            self._hint = new[-1]

    async def _delete(self, connection: Connection, rows: Sequence[Row]) -> None:
        ids = [row["id"] for row in rows]
        await connection.execute(
            _DELETE_SENT.sql, *_DELETE_SENT.arguments({"first": ids[0], "last": ids[-1], "ids": ids})
        )
        await self._on_step("deleted")

    def _record(self, row: Row) -> Record:
        _, event_id, event_type, key, occurred_at, traceparent, value = row
        topic, type_header = self._of_type(event_type)
        headers: tuple[Header, ...] = (
            _SPECVERSION,
            ("ce_id", str(event_id).encode()),
            self._source_header,
            type_header,
            ("ce_subject", key.encode()),
            ("ce_time", occurred_at.isoformat().encode()),
            _CONTENT_TYPE,
        )
        if traceparent is not None:
            headers += (("traceparent", traceparent.encode()),)
        return Record(topic, key, value, headers)

    def _of_type(self, event_type: str) -> tuple[str, Header]:
        found = self._types.get(event_type)
        if found is None:
            found = self._types[event_type] = topic_of(event_type), ("ce_type", event_type.encode())
        return found


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
                await self._database.rows(_NOTIFY, {})
                await asyncio.sleep(_NOTIFY_PAUSE_SECONDS)  # commits meanwhile share the next one
            except Exception as error:
                if not is_connection_lost(error):
                    raise
                log.warning("could not wake the relay: %s", error)
                await asyncio.sleep(1)
