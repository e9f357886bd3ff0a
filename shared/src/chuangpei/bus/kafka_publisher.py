"""Publishing to Kafka in batches, fast and without holes."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from chuangpei.bus.partitioner import partition_of
from chuangpei.bus.port import BusUnavailable, Partition, Record, TopicMissing, refuse_oversized

AWAY = (KafkaError, OSError, TimeoutError)
"""What aiokafka raises when the cluster cannot be reached or refuses."""

BATCH_BYTES = 786_432
"""Well below a broker's default limit of 1 MiB a batch (message.max.bytes)."""


class KafkaPublisher:
    """Sends whole batches, one for each partition, with acks=all and an idempotent producer."""

    def __init__(self, connection: Mapping[str, Any], timeout_seconds: float) -> None:
        self._connection = connection
        self._timeout_seconds = timeout_seconds
        self._producer: AIOKafkaProducer | None = None
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        async with self._turn:
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    await self._connected()
            except AWAY as error:
                raise BusUnavailable(f"Kafka cannot be reached: {error!r}") from error

    async def close(self) -> None:
        async with self._turn:
            await self._let_go()

    async def publish(self, records: Sequence[Record]) -> None:
        refuse_oversized(records)
        async with self._turn:
            try:
                async with asyncio.timeout(self._timeout_seconds):
                    await self._send(await self._connected(), records)
            except AWAY as error:
                # A failed batch leaves a gap in the idempotent numbering: a new producer starts a new one.
                await self._let_go()
                raise BusUnavailable(f"Kafka did not confirm the records: {error!r}") from error

    async def _connected(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                **self._connection, acks="all", enable_idempotence=True, max_batch_size=BATCH_BYTES
            )
            self._producer = producer
            try:
                await producer.start()
            except BaseException:
                await self._let_go()
                raise
        return self._producer

    async def _send(self, producer: AIOKafkaProducer, records: Sequence[Record]) -> None:
        """Send round by round, one batch of a partition at a time: a failure leaves no hole in a key."""
        counts = {topic: await _partition_count(producer, topic) for topic in {r.topic for r in records}}
        rounds = _batches(producer, records, counts)
        while rounds:
            sent = [
                await producer.send_batch(batches.pop(0), topic, partition=partition)
                for (topic, partition), batches in rounds.items()
            ]
            outcomes = await asyncio.gather(*sent, return_exceptions=True)
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome
            rounds = {place: batches for place, batches in rounds.items() if batches}

    async def _let_go(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await _stop(producer)


def _batches(
    producer: AIOKafkaProducer, records: Sequence[Record], counts: Mapping[str, int]
) -> dict[Partition, list[Any]]:
    batches: dict[Partition, list[Any]] = {}
    for record in records:
        key, headers = record.key.encode(), list(record.headers)
        place = (record.topic, partition_of(key, counts[record.topic]))
        mine = batches.get(place)
        if mine is None:
            mine = batches[place] = [producer.create_batch()]
        if mine[-1].append(timestamp=None, key=key, value=record.value, headers=headers) is None:
            mine.append(producer.create_batch())
            mine[-1].append(timestamp=None, key=key, value=record.value, headers=headers)
    return batches


async def _partition_count(producer: AIOKafkaProducer, topic: str) -> int:
    known = producer.client.cluster.partitions_for_topic(topic)
    if known is None:
        # aiokafka waits for a topic that does not exist until the time is up, as if the broker were away.
        if topic not in (await producer.client.fetch_all_metadata()).topics():
            raise TopicMissing(topic)
        known = await producer.partitions_for(topic)
    return len(known)


async def _stop(producer: AIOKafkaProducer) -> None:
    """Stop without waiting for delivery: aiokafka's own stop() waits, for ever while the broker is away.

    What was sent may still arrive, behind the same records sent again: a repeat, never a hole.
    """
    sender = producer._sender.sender_task
    for _ in range(2):  # the first cancel lets requests in flight end, the second does not
        if sender is not None and not sender.done():
            sender.cancel()
            await asyncio.wait([sender], timeout=1.0)
    producer._closed = True
    await producer.client.close()
