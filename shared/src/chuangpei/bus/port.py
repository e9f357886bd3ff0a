"""What every bus promises (消息总线), whichever technology carries it.

Delivery is at least once: the inbox of the consumer makes the effect happen once. The records of one key lie
in one partition and keep the order in which they were published. Nothing here knows what a record means.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Partition = tuple[str, int]
"""A topic and the number of one of its partitions."""


LARGEST_RECORD = 700_000
"""Bytes of value that every bus takes; a Kafka broker's default limit is 1 MiB with key and headers."""


class BusUnavailable(Exception):  # noqa: N818 - reads as the state it tells
    """The bus cannot be reached or did not confirm in time. Nothing is lost by trying the same call again."""


class TopicMissing(Exception):  # noqa: N818 - reads as the state it tells
    """A record was published to a topic that nobody created: a mistake of deployment, not of the moment."""


class RecordTooLarge(Exception):  # noqa: N818 - reads as the state it tells
    """A record's value is longer than LARGEST_RECORD; nothing of its batch was written."""


@dataclass(frozen=True, slots=True)
class Record:
    """One message to publish. `key` chooses the partition and is the aggregate's id; it is never empty."""

    topic: str
    key: str
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Received(Record):
    """One message as read from the log. `offset` grows within its partition; Kafka may leave gaps."""

    partition: int
    offset: int


def refuse_oversized(records: Sequence[Record]) -> None:
    """Raise RecordTooLarge naming the first record that is."""
    for record in records:
        if len(record.value) > LARGEST_RECORD:
            raise RecordTooLarge(f"{record.topic} {record.key}: {len(record.value)} bytes")


class Publisher(Protocol):
    """Writes records. One publisher may be used by several tasks; calls are carried out one after another."""

    async def start(self) -> None:
        """Connect. Raises BusUnavailable; may be called again."""

    async def close(self) -> None:
        """Let go of every connection; may be called twice."""

    async def publish(self, records: Sequence[Record]) -> None:
        """Return once every record is durable, those of one key in the given order.

        TopicMissing and RecordTooLarge mean that nothing was written. After BusUnavailable some records may
        be in the log, but of each key only a leading part. Publish the same batch again before anything
        later: that may repeat records, but no record ever comes before its predecessor came once.
        """


class Subscription(Protocol):
    """Reads the topics as one member of a group. For one task only: the calls do not overlap.

    Whoever leaves records of a fetch aside, for an error of his own or a BusUnavailable of commit, calls
    rewind before the next fetch: otherwise those records come again only after a restart.
    """

    async def start(self) -> None:
        """Connect and ask to join the group, whose partitions come with a later fetch; may be called again.

        Raises BusUnavailable, and TopicMissing when one of the topics does not exist.
        """

    async def close(self) -> None:
        """Leave the group, so that the other members take over at once; may be called twice."""

    async def fetch(self, max_records: int, timeout_seconds: float) -> Mapping[Partition, Sequence[Received]]:
        """The next records of the partitions held, at most `max_records` in all; none when none came in time.

        Each call goes on where the last one ended, committed or not. After a change of the group it goes on
        at the committed offsets: records that were handed out and never committed come again. When the bus is
        away it raises BusUnavailable or finds nothing, and goes on when the bus is back.
        """

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        """Remember the next offset to read of each partition.

        A partition that went to another member meanwhile is skipped silently: that member reads those records
        again. Raises BusUnavailable.
        """

    async def rewind(self) -> None:
        """Go back to the committed offsets: what was handed out since comes again. Raises BusUnavailable."""

    async def lag(self) -> int:
        """Records of the topics, all partitions, that the group has not committed. Raises BusUnavailable."""


class Bus(Protocol):
    """One bus a process: the place where its publishers and subscriptions come from."""

    def publisher(self) -> Publisher:
        """A publisher, not started."""

    def subscription(self, group: str, topics: Sequence[str]) -> Subscription:
        """A member of `group`, not started. Members of one group must name the same topics."""

    async def create_topics(self, topics: Sequence[str], partitions: int) -> None:
        """Make the topics that do not exist; those that do are left as they are. Raises BusUnavailable."""

    async def close(self) -> None:
        """Close what the bus itself holds; whoever started a publisher or subscription closes it."""
