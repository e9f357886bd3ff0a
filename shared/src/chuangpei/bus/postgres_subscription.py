"""Reading the PostgreSQL bus's log."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence

import asyncpg
import orjson

from chuangpei.bus.port import BusUnavailable, Partition, Received
from chuangpei.bus.postgres_group import Held, Member
from chuangpei.bus.postgres_log import APPENDED, AWAY, GROUP_CHANGED, connect, disconnect

POLL_SECONDS = 1.0
"""How long a lost notification or the death of a member can go unnoticed."""

_ENDS = "SELECT id, next_offset FROM bus.partition WHERE id = ANY($1::integer[])"
_READ = """
SELECT l.partition_id, l."offset", l.key, l.headers, l.value
FROM unnest($1::integer[], $2::bigint[], $3::bigint[]) AS wanted (id, first, after)
JOIN bus.log l ON l.partition_id = wanted.id AND l."offset" >= wanted.first AND l."offset" < wanted.after
ORDER BY l.partition_id, l."offset"
"""
_COMMIT = """
INSERT INTO bus.progress AS done (group_id, partition_id, next_offset)
SELECT $1, id, next_offset FROM unnest($2::integer[], $3::bigint[]) AS given (id, next_offset)
ON CONFLICT (group_id, partition_id) DO UPDATE SET next_offset = EXCLUDED.next_offset
WHERE done.next_offset < EXCLUDED.next_offset
"""
_LAG = """
SELECT COALESCE(sum(p.next_offset - GREATEST(p.first_offset, COALESCE(g.next_offset, 0))), 0)::bigint
FROM bus.partition p LEFT JOIN bus.progress g ON g.partition_id = p.id AND g.group_id = $1
WHERE p.topic = ANY($2::text[])
"""


class PostgresSubscription:
    """One member of a group, on a connection of its own that also listens for new records."""

    def __init__(self, dsn: str, group: str, topics: tuple[str, ...], timeout_seconds: float) -> None:
        self._dsn = dsn
        self._group = group
        self._topics = topics
        self._timeout_seconds = timeout_seconds
        self._member: Member | None = None
        self._turn = asyncio.Lock()
        self._woken = asyncio.Event()
        self._group_changed = True
        self._rebalanced_at = 0.0

    async def start(self) -> None:
        async with self._connected() as member:
            await self._rebalance(member)

    async def close(self) -> None:
        async with self._turn:
            member, self._member = self._member, None
            if member is not None:
                with contextlib.suppress(*AWAY):
                    await member.leave()
                await disconnect(member.connection)

    async def fetch(self, max_records: int, timeout_seconds: float) -> Mapping[Partition, Sequence[Received]]:
        clock = asyncio.get_running_loop().time
        deadline = clock() + timeout_seconds
        while True:
            self._woken.clear()
            async with self._connected() as member:
                if self._group_changed or clock() - self._rebalanced_at >= POLL_SECONDS:
                    await self._rebalance(member)
                found = await _read(member, max_records)
            patience = min(deadline - clock(), POLL_SECONDS)
            if found or patience <= 0:
                return found
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._woken.wait()

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        async with self._connected() as member:
            places = {(held.topic, held.partition): id_ for id_, held in member.held.items()}
            ours = {places[place]: offset for place, offset in offsets.items() if place in places}
            if ours:
                await member.connection.execute(_COMMIT, member.group_id, list(ours), list(ours.values()))

    async def rewind(self) -> None:
        async with self._connected() as member:
            await member.rewind()

    async def lag(self) -> int:
        async with self._connected() as member:
            return int(await member.connection.fetchval(_LAG, member.group_id, list(self._topics)))

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[Member]:
        """The member, joined anew if its connection was lost; one user of the connection at a time."""
        async with self._turn:
            try:
                if self._member is None or self._member.connection.is_closed():
                    self._member = await self._join()
                yield self._member
            except AWAY as error:
                member, self._member = self._member, None
                if member is not None:
                    await disconnect(member.connection)
                raise BusUnavailable(f"PostgreSQL went away: {error!r}") from error
            except asyncio.CancelledError:
                # Cut off in mid-statement, the session may hold locks that we do not know of.
                if self._member is not None:
                    self._member.connection.terminate()
                raise

    async def _join(self) -> Member:
        connection = await connect(self._dsn, self._timeout_seconds)
        try:
            await connection.add_listener(APPENDED, self._on_appended)
            await connection.add_listener(GROUP_CHANGED, self._on_group_changed)
            connection.add_termination_listener(lambda _: self._woken.set())
            self._group_changed = True
            return await Member.join(connection, self._group, self._topics)
        except BaseException:
            await disconnect(connection)
            raise

    async def _rebalance(self, member: Member) -> None:
        self._group_changed = False
        self._rebalanced_at = asyncio.get_running_loop().time()
        await member.rebalance()

    def _on_appended(self, connection: object, process: int, channel: str, payload: object) -> None:
        if not payload or not set(self._topics).isdisjoint(str(payload).split(",")):
            self._woken.set()

    def _on_group_changed(self, connection: object, process: int, channel: str, payload: object) -> None:
        if self._member is None or str(payload) == str(self._member.group_id):
            self._group_changed = True
            self._woken.set()


async def _read(member: Member, most: int) -> dict[Partition, list[Received]]:
    """At most `most` records from the positions on, no partition starved by another; moves the positions."""
    if not member.held:
        return {}
    ends = {row["id"]: row["next_offset"] for row in await member.connection.fetch(_ENDS, list(member.held))}
    waiting = {
        id_: ends[id_] - held.position for id_, held in member.held.items() if ends[id_] > held.position
    }
    if not waiting:
        return {}
    portions = _portions(waiting, most)
    firsts = [member.held[id_].position for id_ in portions]
    afters = [member.held[id_].position + count for id_, count in portions.items()]
    rows = await member.connection.fetch(_READ, list(portions), firsts, afters)
    found: dict[Partition, list[Received]] = {}
    for row in rows:
        held = member.held[row["partition_id"]]
        found.setdefault((held.topic, held.partition), []).append(_received(held, row))
        held.position = row["offset"] + 1
    return found


def _portions(waiting: Mapping[int, int], most: int) -> dict[int, int]:
    """How many records to take from each partition: the small backlogs whole, the rest in equal parts."""
    portions: dict[int, int] = {}
    for left, (id_, count) in zip(
        range(len(waiting), 0, -1), sorted(waiting.items(), key=lambda item: item[1]), strict=True
    ):
        portion = min(count, -(-most // left))
        if portion:
            portions[id_] = portion
            most -= portion
    return portions


def _received(held: Held, row: asyncpg.Record) -> Received:
    headers = tuple((name, value.encode("latin-1")) for name, value in orjson.loads(row["headers"]))
    return Received(held.topic, row["key"], row["value"], headers, held.partition, row["offset"])
