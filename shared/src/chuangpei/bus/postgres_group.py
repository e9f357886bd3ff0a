"""How the members of a group share out the partitions of the PostgreSQL bus.

A member is a session that holds an advisory lock with a number of its own. The partitions are dealt out in
turn to the members in the order of their numbers, and a member reads a partition only while it holds that
partition's lock. A member that dies loses its session, and with it its locks.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import asyncpg

from chuangpei.bus.port import TopicMissing
from chuangpei.bus.postgres_log import GROUP_CHANGED

_GROUP = """
WITH made AS (INSERT INTO bus.consumer_group (name) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id)
SELECT id FROM made UNION ALL SELECT id FROM bus.consumer_group WHERE name = $1 LIMIT 1
"""
_MEMBERS = """
SELECT objid::bigint FROM pg_locks
WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid::bigint = $1
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
ORDER BY 1
"""
_PARTITIONS = "SELECT id, topic FROM bus.partition WHERE topic = ANY($1::text[]) ORDER BY id"
_TAKE = """
SELECT id
FROM (SELECT id, pg_try_advisory_lock($1::integer, id) AS got FROM unnest($2::integer[]) AS id) AS tried
WHERE got
"""
_GIVE_UP = "SELECT pg_advisory_unlock($1::integer, id) FROM unnest($2::integer[]) AS id"
# From now on the log is kept for this group, even if it never commits.
_REMEMBER = """
INSERT INTO bus.progress (group_id, partition_id, next_offset)
SELECT $1, id, first_offset FROM bus.partition WHERE id = ANY($2::integer[])
ON CONFLICT DO NOTHING
"""
_POSITIONS = """
SELECT p.id, p.topic, p.partition, GREATEST(p.first_offset, COALESCE(g.next_offset, 0)) AS position
FROM bus.partition p LEFT JOIN bus.progress g ON g.partition_id = p.id AND g.group_id = $1
WHERE p.id = ANY($2::integer[])
"""


@dataclass(slots=True)
class Held:
    """A partition whose lock is ours; `position` is the next offset to hand out."""

    topic: str
    partition: int
    position: int


class Member:
    """One member, alive as long as its connection. Its calls raise what asyncpg raises."""

    def __init__(self, connection: asyncpg.Connection, group_id: int, topics: Sequence[str]) -> None:
        self.connection = connection
        self.group_id = group_id
        self.held: dict[int, Held] = {}
        self._topics = list(topics)
        self._number = 0

    @classmethod
    async def join(cls, connection: asyncpg.Connection, group: str, topics: Sequence[str]) -> "Member":
        """Become a member, without partitions yet. Raises TopicMissing."""
        group_id = None
        while group_id is None:  # another member may be making the group at this moment
            group_id = await connection.fetchval(_GROUP, group)
        member = cls(connection, group_id, topics)
        await member._partitions()
        while not member._number:
            number = secrets.randbelow(2**31 - 1) + 1
            if await connection.fetchval(
                "SELECT pg_try_advisory_lock($1::integer, $2)", member._members, number
            ):
                member._number = number
        await member._tell_others()
        return member

    async def leave(self) -> None:
        """Let go of everything at once, so that the others need not wait for the session's end."""
        self.held.clear()
        await self.connection.execute("SELECT pg_advisory_unlock_all()")
        await self._tell_others()

    async def rebalance(self) -> None:
        """Give up the partitions that are another member's share and take those of ours that are free."""
        ids = await self._partitions()
        numbers = [row[0] for row in await self.connection.fetch(_MEMBERS, self._members)]
        share = {id_ for place, id_ in enumerate(ids) if numbers[place % len(numbers)] == self._number}
        await self._give_up(self.held.keys() - share)
        await self._take(share - self.held.keys())

    async def rewind(self) -> None:
        """Go back to the committed offset in each partition held."""
        for row in await self.connection.fetch(_POSITIONS, self.group_id, list(self.held)):
            self.held[row["id"]].position = row["position"]

    async def _give_up(self, ids: Collection[int]) -> None:
        if ids:
            await self.connection.execute(_GIVE_UP, self._places, list(ids))
            for id_ in ids:
                del self.held[id_]
            await self._tell_others()

    async def _take(self, ids: Collection[int]) -> None:
        if not ids:
            return
        taken = [row["id"] for row in await self.connection.fetch(_TAKE, self._places, list(ids))]
        await self.connection.execute(_REMEMBER, self.group_id, taken)
        # Read after the lock is ours: until then its former holder may have committed.
        for row in await self.connection.fetch(_POSITIONS, self.group_id, taken):
            self.held[row["id"]] = Held(row["topic"], row["partition"], row["position"])

    async def _partitions(self) -> list[int]:
        rows = await self.connection.fetch(_PARTITIONS, self._topics)
        if missing := set(self._topics) - {row["topic"] for row in rows}:
            raise TopicMissing(", ".join(sorted(missing)))
        return [row["id"] for row in rows]

    async def _tell_others(self) -> None:
        await self.connection.execute("SELECT pg_notify($1, $2)", GROUP_CHANGED, str(self.group_id))

    @property
    def _places(self) -> int:
        """First key of the advisory locks on partitions; the second is the partition's id."""
        return self.group_id * 2

    @property
    def _members(self) -> int:
        """First key of the advisory locks of members; the second is the member's number."""
        return self.group_id * 2 + 1
