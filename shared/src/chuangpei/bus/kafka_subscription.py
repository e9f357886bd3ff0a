"""Reading from Kafka as a member of a group."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from chuangpei.bus.kafka_publisher import AWAY
from chuangpei.bus.port import BusUnavailable, Partition, Received, TopicMissing

log = logging.getLogger(__name__)

T = TypeVar("T")


class _Handout(ConsumerRebalanceListener):  # type: ignore[misc] # aiokafka ships no type information
    """Remembers from which partitions records were handed out since the group last changed."""

    def __init__(self) -> None:
        self.partitions: set[TopicPartition] = set()

    async def on_partitions_revoked(self, revoked: object) -> None:
        self.partitions.clear()

    async def on_partitions_assigned(self, assigned: object) -> None:
        """aiokafka goes on at the committed offsets by itself."""


class KafkaSubscription:
    """One member of a Kafka consumer group; offsets are committed only when told."""

    def __init__(self, member: Mapping[str, Any], topics: tuple[str, ...], timeout_seconds: float) -> None:
        self._member = member
        self._topics = topics
        self._timeout_seconds = timeout_seconds
        self._consumer: AIOKafkaConsumer | None = None
        self._handout = _Handout()
        self._places: list[TopicPartition] = []

    async def start(self) -> None:
        await self._bounded(self._connected(), "connect")

    async def close(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await _stop(consumer, self._timeout_seconds)

    async def fetch(self, max_records: int, timeout_seconds: float) -> Mapping[Partition, Sequence[Received]]:
        consumer = await self._bounded(self._connected(), "connect")
        try:
            # getmany waits without limit while the group is being rearranged.
            async with asyncio.timeout(timeout_seconds + 0.5):
                found = await consumer.getmany(
                    timeout_ms=int(timeout_seconds * 1000), max_records=max_records
                )
        except TimeoutError:
            return {}
        except KafkaError as error:
            await self.close()
            raise BusUnavailable(f"Kafka gave no records: {error!r}") from error
        self._handout.partitions.update(found)
        return {(place.topic, place.partition): list(map(_received, taken)) for place, taken in found.items()}

    async def commit(self, offsets: Mapping[Partition, int]) -> None:
        held = {TopicPartition(*place): offset for place, offset in offsets.items()}
        held = {place: offset for place, offset in held.items() if place in self._handout.partitions}
        if self._consumer is None or not held:
            return
        try:
            await self._bounded(self._consumer.commit(held), "commit offsets")
        except (CommitFailedError, IllegalStateError):
            log.info("the group changed before a commit; its records will come again")

    async def rewind(self) -> None:
        if self._consumer is not None:
            with contextlib.suppress(IllegalStateError):  # the group changed, which rewinds too
                await self._bounded(self._go_back(self._consumer), "read committed offsets")

    async def _go_back(self, consumer: AIOKafkaConsumer) -> None:
        for place in tuple(self._handout.partitions):
            committed = await consumer.committed(place)
            if committed is None:  # seek_to_committed would silently stay where it is
                await consumer.seek_to_beginning(place)
            else:
                consumer.seek(place, committed)

    async def lag(self) -> int:
        consumer = await self._bounded(self._connected(), "connect")
        return await self._bounded(self._lag(consumer), "tell the lag")

    async def _lag(self, consumer: AIOKafkaConsumer) -> int:
        first = await consumer.beginning_offsets(self._places)
        end = await consumer.end_offsets(self._places)
        committed = await asyncio.gather(*map(consumer.committed, self._places))
        return sum(
            max(0, end[place] - max(first[place], done or 0))
            for place, done in zip(self._places, committed, strict=True)
        )

    async def _connected(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            self._handout = _Handout()
            consumer = AIOKafkaConsumer(
                **self._member,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                partition_assignment_strategy=(RoundRobinPartitionAssignor,),
            )
            self._consumer = consumer
            try:
                await consumer.start()
                self._places = await _places(consumer, self._topics)
                # Not before start(), which would wait for the group: a dead member holds that up for long.
                consumer.subscribe(self._topics, listener=self._handout)
            except BaseException:
                await self.close()
                raise
        return self._consumer

    async def _bounded(self, call: Awaitable[T], what: str) -> T:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await call
        except (CommitFailedError, IllegalStateError):
            raise
        except AWAY as error:
            raise BusUnavailable(f"Kafka did not let us {what}: {error!r}") from error


async def _places(consumer: AIOKafkaConsumer, topics: Sequence[str]) -> list[TopicPartition]:
    """All partitions of the topics. Raises TopicMissing."""
    cluster = await consumer._client.fetch_all_metadata()
    if missing := set(topics) - cluster.topics():
        raise TopicMissing(", ".join(sorted(missing)))
    return [
        TopicPartition(topic, number) for topic in topics for number in cluster.partitions_for_topic(topic)
    ]


async def _stop(consumer: AIOKafkaConsumer, timeout_seconds: float) -> None:
    """Leave the group and close, in a task of its own: aiokafka may answer stop() with a CancelledError."""
    stopping = asyncio.create_task(consumer.stop())
    done, _ = await asyncio.wait([stopping], timeout=timeout_seconds)
    stopping.cancel()
    for stopped in done:
        if not stopped.cancelled() and (error := stopped.exception()):
            log.warning("a Kafka consumer did not stop in order: %r", error)
    await consumer._client.close()


def _received(record: Any) -> Received:
    return Received(
        record.topic,
        "" if record.key is None else record.key.decode(),
        record.value or b"",
        tuple(record.headers),
        record.partition,
        record.offset,
    )
