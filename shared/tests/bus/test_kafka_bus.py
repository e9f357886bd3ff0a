"""What only the Kafka bus must show: it lives with other clients and with batches the broker refuses."""

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from chuangpei.bus.kafka import KafkaBus
from chuangpei.bus.kafka_log import OncePerSpell
from chuangpei.bus.port import BusUnavailable, Record

pytestmark = pytest.mark.kafka


@pytest.fixture
async def bus(kafka_broker: Any) -> AsyncIterator[KafkaBus]:
    bus = KafkaBus(kafka_broker.bootstrap_servers, timeout_seconds=5, session_seconds=6)
    yield bus
    await bus.close()


async def read(subscription: Any, count: int) -> list[Any]:
    taken: list[Any] = []
    async with asyncio.timeout(30):
        while len(taken) < count:
            for batch in (await subscription.fetch(1000, 1)).values():
                taken.extend(batch)
    return taken


async def test_another_client_s_record_without_key_and_value_is_read_as_empty(
    bus: KafkaBus, kafka_broker: Any
) -> None:
    topic = f"topic-{uuid.uuid4().hex[:12]}"
    await bus.create_topics([topic], 1)
    async with AIOKafkaProducer(bootstrap_servers=kafka_broker.bootstrap_servers) as foreign:
        await foreign.send_and_wait(topic, value=b"keyless")
        await foreign.send_and_wait(topic, key=b"k")
    member = bus.subscription("readers", [topic])
    await member.start()
    assert [(r.key, r.value) for r in await read(member, 2)] == [("", b"keyless"), ("k", b"")]
    await member.close()


async def test_another_client_chooses_the_same_partition_for_a_key(bus: KafkaBus, kafka_broker: Any) -> None:
    topic = f"topic-{uuid.uuid4().hex[:12]}"
    await bus.create_topics([topic], 5)
    keys = [str(uuid.uuid4()) for _ in range(30)]
    publisher = bus.publisher()
    await publisher.publish([Record(topic, key, b"ours", ()) for key in keys])
    async with AIOKafkaProducer(bootstrap_servers=kafka_broker.bootstrap_servers) as foreign:
        for key in keys:
            await foreign.send_and_wait(topic, value=b"theirs", key=key.encode())
    member = bus.subscription("readers", [topic])
    await member.start()
    taken = await read(member, 60)
    ours, theirs = ({r.key: r.partition for r in taken if r.value == who} for who in (b"ours", b"theirs"))
    assert ours == theirs
    await publisher.close()
    await member.close()


async def test_after_a_batch_that_the_broker_refused_the_publisher_goes_on(
    bus: KafkaBus, kafka_broker: Any
) -> None:
    topic = f"topic-{uuid.uuid4().hex[:12]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_broker.bootstrap_servers)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1, topic_configs={"max.message.bytes": "1000"})])
    await admin.close()
    await bus.create_topics([topic], 1)
    publisher = bus.publisher()
    await publisher.publish([Record(topic, "k", b"1", ())])
    with pytest.raises(BusUnavailable, match="MessageSizeTooLarge"):
        await publisher.publish([Record(topic, "k", b"x" * 5000, ())])
    await publisher.publish([Record(topic, "k", b"2", ())])
    member = bus.subscription("readers", [topic])
    await member.start()
    assert [r.value for r in await read(member, 2)] == [b"1", b"2"]
    await publisher.close()
    await member.close()


def test_the_same_warning_is_let_through_once_in_a_while() -> None:
    calm = OncePerSpell()

    def says(message: str, level: int = logging.ERROR) -> bool:
        return bool(calm.filter(logging.LogRecord("aiokafka", level, "", 0, message, (), None)))

    assert [says("Unable connect to %s"), says("Unable connect to %s"), says("Other")] == [True, False, True]
    assert says("detail", logging.INFO)
    assert says("detail", logging.INFO)
