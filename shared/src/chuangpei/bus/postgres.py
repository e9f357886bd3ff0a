"""The bus on PostgreSQL: a durable log in a database of its own, for runs without Kafka."""

from collections.abc import Sequence
from datetime import timedelta

from chuangpei.bus.port import BusUnavailable
from chuangpei.bus.postgres_log import AWAY, connect, disconnect, one_at_a_time
from chuangpei.bus.postgres_publisher import PostgresPublisher
from chuangpei.bus.postgres_subscription import PostgresSubscription

_CREATE_TOPICS = """
INSERT INTO bus.partition (topic, partition)
SELECT topic, number
FROM unnest($1::text[]) AS topic CROSS JOIN generate_series(0, $2::integer - 1) AS number
WHERE topic NOT IN (SELECT topic FROM bus.partition)
ORDER BY topic, number
"""

_PRUNE = """
WITH readable AS (
    SELECT p.id, COALESCE(min(g.next_offset), 0) AS read_by_all
    FROM bus.partition p LEFT JOIN bus.progress g ON g.partition_id = p.id
    GROUP BY p.id
), old AS (
    SELECT l.partition_id, l."offset"
    FROM readable r CROSS JOIN LATERAL (
        SELECT partition_id, "offset", appended_at FROM bus.log
        WHERE partition_id = r.id AND "offset" < r.read_by_all
        ORDER BY "offset" LIMIT $2
    ) l
    WHERE l.appended_at < clock_timestamp() - $1::interval
), gone AS (
    DELETE FROM bus.log l USING old o
    WHERE l.partition_id = o.partition_id AND l."offset" = o."offset"
    RETURNING l.partition_id, l."offset"
), moved AS (
    UPDATE bus.partition p SET first_offset = g.first_kept
    FROM (SELECT partition_id, max("offset") + 1 AS first_kept FROM gone GROUP BY partition_id) g
    WHERE p.id = g.partition_id
)
SELECT count(*) FROM gone
"""


class PostgresBus:
    """A bus in the database of `dsn`, which it needs for itself; `timeout_seconds` bounds every call."""

    def __init__(self, dsn: str, *, timeout_seconds: float = 15.0) -> None:
        self._dsn = dsn
        self._timeout_seconds = timeout_seconds

    def publisher(self) -> PostgresPublisher:
        return PostgresPublisher(self._dsn, self._timeout_seconds)

    def subscription(self, group: str, topics: Sequence[str]) -> PostgresSubscription:
        return PostgresSubscription(self._dsn, group, tuple(topics), self._timeout_seconds)

    async def create_topics(self, topics: Sequence[str], partitions: int) -> None:
        connection = await connect(self._dsn, self._timeout_seconds)
        try:
            async with one_at_a_time(connection):
                await connection.execute(_CREATE_TOPICS, list(topics), partitions)
        except AWAY as error:
            raise BusUnavailable(f"PostgreSQL did not create the topics: {error!r}") from error
        finally:
            await disconnect(connection)

    async def prune(self, keep: timedelta, most: int = 10_000) -> int:
        """Delete records older than `keep` that every group has read; tells how many.

        At most `most` of a partition at once. The age is by PostgreSQL's clock. A topic that no group ever
        read is kept whole. Raises BusUnavailable.
        """
        connection = await connect(self._dsn, self._timeout_seconds)
        try:
            return int(await connection.fetchval(_PRUNE, keep, most))
        except AWAY as error:
            raise BusUnavailable(f"PostgreSQL did not prune the log: {error!r}") from error
        finally:
            await disconnect(connection)

    async def close(self) -> None:
        """Nothing: each publisher and subscription has a connection of its own."""
