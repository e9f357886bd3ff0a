"""What goes in comes out: unchanged, in the order of its key, to every group."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from aiokafka.partitioner import DefaultPartitioner, murmur2
from chuangpei.bus.partitioner import partition_of
from chuangpei.bus.port import LARGEST_RECORD, Received, Record, RecordTooLarge, TopicMissing

Numbered = Callable[..., list[Record]]


def count_of(count: int) -> Callable[[Sequence[Received]], bool]:
    return lambda taken: len(taken) >= count


def values_by_key(records: Sequence[Record]) -> dict[str, list[bytes]]:
    values: defaultdict[str, list[bytes]] = defaultdict(list)
    for record in records:
        values[record.key].append(record.value)
    return dict(values)


async def test_the_records_of_a_key_come_in_the_order_they_were_published(
    world: Any, drain: Any, numbered: Numbered
) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    records = numbered(topic, 600, keys=17)
    for first in range(0, 600, 150):
        await publisher.publish(records[first : first + 150])
    taken = await drain(await world.member("readers", topic), until=count_of(600))
    assert values_by_key(taken) == values_by_key(records)


async def test_a_batch_of_many_megabytes_keeps_its_order_too(world: Any, drain: Any) -> None:
    topic = await world.topic(partitions=1)
    publisher = await world.publisher()
    padding = b"x" * 50_000
    records = [Record(topic, "one key", b"%d:" % number + padding, ()) for number in range(60)]
    await publisher.publish(records)
    taken = await drain(await world.member("readers", topic), until=count_of(60))
    assert [record.value for record in taken] == [record.value for record in records]


async def test_bytes_headers_and_keys_come_back_as_they_were(world: Any, drain: Any) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    every_byte = bytes(range(256))
    records = [
        Record(
            topic, "证书-1", every_byte, (("ce_type", b"a"), ("ce_subject", "张".encode()), ("x", every_byte))
        ),
        Record(topic, 'quote " and \\', b"", ()),
        Record(topic, "k", b"\x00", (("same", b"1"), ("same", b"2"), ("空", b""))),
    ]
    await publisher.publish(records)
    taken = await drain(await world.member("readers", topic), until=count_of(3))
    back = {Record(r.topic, r.key, r.value, r.headers) for r in taken}
    assert back == set(records)


async def test_the_partition_is_the_one_that_kafka_clients_choose(
    world: Any, drain: Any, numbered: Numbered
) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    await publisher.publish(numbered(topic, 50, keys=50))
    taken = await drain(await world.member("readers", topic), until=count_of(50))
    choose = DefaultPartitioner()
    everything = [0, 1, 2, 3]
    assert {r.key: r.partition for r in taken} == {
        r.key: choose(r.key.encode(), everything, everything) for r in taken
    }
    assert {r.partition for r in taken} == set(everything)


def test_the_hash_of_a_key_is_murmur2_for_every_length() -> None:
    for length in range(80):
        key = bytes((length * 31 + place * 17) % 256 for place in range(length))
        for partitions in (1, 7, 12, 2**31):
            assert partition_of(key, partitions) == (murmur2(key) & 0x7FFFFFFF) % partitions


async def test_each_group_gets_everything(world: Any, drain: Any, numbered: Numbered) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    records = numbered(topic, 40)
    await publisher.publish(records)
    for group in ("subsidy", "brand"):
        taken = await drain(await world.member(f"{group}-{topic}", topic), until=count_of(40))
        assert values_by_key(taken) == values_by_key(records)


async def test_a_member_reads_all_its_topics(world: Any, drain: Any, numbered: Numbered) -> None:
    topics = [await world.topic(), await world.topic()]
    publisher = await world.publisher()
    await publisher.publish([*numbered(topics[0], 20), *numbered(topics[1], 30)])
    taken = await drain(await world.member("readers", *topics), until=count_of(50))
    assert [sum(r.topic == topic for r in taken) for topic in topics] == [20, 30]


async def test_publishers_at_the_same_time_lose_nothing_and_keep_the_order_of_each_key(
    world: Any, drain: Any
) -> None:
    topic = await world.topic()
    publishers = [await world.publisher() for _ in range(4)]

    async def publish(name: int) -> None:
        for batch in range(10):
            keys = range(8) if name % 2 else range(7, -1, -1)  # the partitions in opposite orders
            await publishers[name].publish(
                [Record(topic, f"{name}-{key}", str(batch).encode(), ()) for key in keys]
            )

    await asyncio.gather(*map(publish, range(4)))
    taken = await drain(await world.member("readers", topic), until=count_of(4 * 10 * 8))
    expected = [str(batch).encode() for batch in range(10)]
    assert values_by_key(taken) == {f"{name}-{key}": expected for name in range(4) for key in range(8)}


async def test_a_publisher_shared_by_tasks_sends_their_batches_one_after_another(
    world: Any, drain: Any, numbered: Numbered
) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    batches = [numbered(topic, 20, first=20 * batch) for batch in range(10)]
    await asyncio.gather(*(publisher.publish(batch) for batch in batches))
    taken = await drain(await world.member("readers", topic), until=count_of(200))
    assert sorted(int(r.value) for r in taken) == list(range(200))


async def test_a_waiting_member_is_woken_by_a_record(world: Any, numbered: Numbered) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    member = await world.member("readers", topic)
    assert not await member.fetch(10, 0.1)
    waiting = asyncio.create_task(member.fetch(10, 50))
    await publisher.publish(numbered(topic, 1))
    async with asyncio.timeout(20):
        assert await waiting


async def test_fetch_gives_no_more_than_was_asked_for(world: Any, drain: Any, numbered: Numbered) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    await publisher.publish(numbered(topic, 100, keys=50))
    member = await world.member("readers", topic)
    seen = 0
    async with asyncio.timeout(30):
        while seen < 100:
            batches = await member.fetch(7, 1)
            assert sum(map(len, batches.values())) <= 7
            seen += sum(map(len, batches.values()))
    assert seen == 100


async def test_an_unknown_topic_is_refused_and_nothing_of_its_batch_written(
    world: Any, numbered: Numbered
) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    with pytest.raises(TopicMissing):
        await publisher.publish([*numbered(topic, 5), *numbered(f"no-{topic}", 1)])
    member = await world.member("readers", topic)
    assert await member.lag() == 0
    await publisher.publish(numbered(topic, 5))
    assert await member.lag() == 5


async def test_subscribing_to_an_unknown_topic_is_refused(world: Any) -> None:
    topic = await world.topic()
    with pytest.raises(TopicMissing, match=f"no-{topic}"):
        await world.member("readers", topic, f"no-{topic}")


async def test_a_record_too_large_is_refused_and_the_largest_allowed_is_taken(world: Any, drain: Any) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    largest = Record(topic, "k" * 500, b"x" * LARGEST_RECORD, (("h", b"y" * 500),))
    with pytest.raises(RecordTooLarge):
        await publisher.publish([largest, Record(topic, "k", b"x" * (LARGEST_RECORD + 1), ())])
    await publisher.publish([largest] * 3)
    taken = await drain(await world.member("readers", topic), until=count_of(3))
    assert [len(r.value) for r in taken] == [LARGEST_RECORD] * 3


async def test_topics_made_twice_and_by_many_at_once_are_made_once(
    world: Any, drain: Any, numbered: Numbered
) -> None:
    topic = await world.topic()
    await asyncio.gather(*(world.bus.create_topics([topic, f"{topic}-b"], 9) for _ in range(4)))
    publisher = await world.publisher()
    await publisher.publish([*numbered(topic, 200, keys=200), *numbered(f"{topic}-b", 200, keys=200)])
    taken = await drain(await world.member("readers", topic, f"{topic}-b"), until=count_of(400))
    assert {r.partition for r in taken if r.topic == topic} == set(range(4))
    assert {r.partition for r in taken if r.topic != topic} == set(range(9))


async def test_a_publisher_whose_call_was_cancelled_can_be_used_on(
    world: Any, drain: Any, numbered: Numbered
) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    for turn in range(20):
        batch = numbered(topic, 30, first=30 * turn)
        cut_short = asyncio.create_task(publisher.publish(batch))
        await asyncio.sleep(0.0005 * turn)
        cut_short.cancel()
        await asyncio.gather(cut_short, return_exceptions=True)
        await publisher.publish(batch)
    member = await world.member("readers", topic)
    taken = await drain(member, until=lambda taken: len({r.value for r in taken}) == 600)
    firsts = {key: list(dict.fromkeys(values)) for key, values in values_by_key(taken).items()}
    assert firsts == values_by_key(numbered(topic, 600))


async def test_an_empty_batch_is_nothing(world: Any) -> None:
    publisher = await world.publisher()
    await publisher.publish([])


async def test_what_is_open_may_be_started_and_closed_again(
    world: Any, drain: Any, numbered: Numbered
) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    member = await world.member("readers", topic)
    for thing in (publisher, member):
        await thing.start()
        await thing.close()
        await thing.close()
        await thing.start()
    await publisher.publish(numbered(topic, 3))
    assert len(await drain(member, until=count_of(3))) == 3
