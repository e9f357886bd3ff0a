"""Raw aiokafka with the records already in memory: batches of each partition, acks=all, idempotent."""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder
from chuangpei.bus.port import Record


async def started(servers: str) -> AIOKafkaProducer:
    """A producer with the settings of ours."""
    producer = AIOKafkaProducer(
        bootstrap_servers=servers, acks="all", enable_idempotence=True, max_batch_size=786_432
    )
    await producer.start()
    return producer


async def send(producer: AIOKafkaProducer, topic: str, records: Sequence[Record], at_once: int) -> None:
    """Sends everything, ``at_once`` records at a time, and waits for the broker's word on each lot."""
    partitions = len(await producer.partitions_for(topic))
    for begin in range(0, len(records), at_once):
        batches: dict[int, BatchBuilder] = {}
        sending = []
        for record in records[begin : begin + at_once]:
            key, headers = record.key.encode(), list(record.headers)
            partition = (murmur2(key) & 0x7FFFFFFF) % partitions
            batch = batches.get(partition)
            if batch is None:
                batch = batches[partition] = producer.create_batch()
            if batch.append(key=key, value=record.value, timestamp=None, headers=headers) is None:
                sending.append(await producer.send_batch(batch, topic, partition=partition))
                batch = batches[partition] = producer.create_batch()
                batch.append(key=key, value=record.value, timestamp=None, headers=headers)
        for partition, batch in batches.items():
            sending.append(await producer.send_batch(batch, topic, partition=partition))
        await asyncio.gather(*sending)
