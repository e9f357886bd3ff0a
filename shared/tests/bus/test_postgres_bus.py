"""What only the PostgreSQL bus must show: its log without gaps, its fair shares, its retention."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from chuangpei.bus.partitioner import partition_of
from chuangpei.bus.port import BusUnavailable, Record
from chuangpei.bus.postgres import PostgresBus
from chuangpei.bus.postgres_log import connect, disconnect
from chuangpei.bus.postgres_subscription import POLL_SECONDS

Numbered = Callable[..., list[Record]]


@pytest.fixture
def dsn(postgres_server: Any) -> str:
    name = f"bus_{uuid.uuid4().hex[:12]}"
    postgres_server.create_database(name)
    return str(postgres_server.dsn(name))


@pytest.fixture
async def bus(dsn: str) -> AsyncIterator[PostgresBus]:
    bus = PostgresBus(dsn, timeout_seconds=5)
    await bus.create_topics(["certificates"], 4)
    yield bus
    await bus.close()


async def read(subscription: Any, count: int) -> list[Any]:
    taken: list[Any] = []
    async with asyncio.timeout(30):
        while len(taken) < count:
            for place, batch in (await subscription.fetch(1000, 1)).items():
                taken.extend(batch)
                await subscription.commit({place: batch[-1].offset + 1})
    return taken


async def test_many_who_start_at_once_make_the_tables_once(dsn: str) -> None:
    publishers = [PostgresBus(dsn).publisher() for _ in range(8)]
    await asyncio.gather(*(publisher.start() for publisher in publishers))
    for publisher in publishers:
        await publisher.close()


async def test_a_record_whose_transaction_is_open_holds_its_followers_back(
    dsn: str, bus: PostgresBus, numbered: Numbered
) -> None:
    slow = await connect(dsn, 5)
    publisher, member = bus.publisher(), bus.subscription("readers", ["certificates"])
    await member.start()
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute("UPDATE bus.partition SET next_offset = next_offset + 1")
    await slow.execute(
        'INSERT INTO bus.log (partition_id, "offset", key, headers, value) '
        "SELECT id, 0, 'slow', '[]', 'slow' FROM bus.partition"
    )
    quick = asyncio.create_task(publisher.publish(numbered("certificates", 40, keys=40)))
    assert not await member.fetch(100, 0.3)
    assert not quick.done()
    await transaction.commit()
    await quick
    taken = await read(member, 44)
    for partition in range(4):
        offsets = [r.offset for r in taken if r.partition == partition]
        assert offsets == list(range(len(offsets)))
        assert next(r.key for r in taken if r.partition == partition) == "slow"
    await publisher.close()
    await member.close()
    await disconnect(slow)


async def test_a_publisher_that_stalls_half_way_is_cut_off(
    dsn: str, bus: PostgresBus, numbered: Numbered
) -> None:
    stalled = await connect(dsn, 1)
    await stalled.execute("BEGIN")
    await stalled.execute("SELECT id FROM bus.partition FOR UPDATE")
    publisher = bus.publisher()
    await publisher.publish(numbered("certificates", 5))
    await publisher.close()
    await disconnect(stalled)


async def test_three_members_hold_two_one_and_one_of_four_partitions(
    bus: PostgresBus, numbered: Numbered
) -> None:
    publisher = bus.publisher()
    members = [bus.subscription("readers", ["certificates"]) for _ in range(3)]
    for member in members:
        await member.start()
    for member in members:  # the first gave up nothing yet
        await member.fetch(1, 0)
    for member in members:
        await member.fetch(1, 0)
    await publisher.publish(numbered("certificates", 80, keys=80))
    shares = [{partition for _, partition in await member.fetch(1000, 1)} for member in members]
    assert sorted(map(len, shares)) == [1, 1, 2]
    assert set.union(*shares) == set(range(4))
    await publisher.close()
    for member in members:
        await member.close()


async def test_a_large_backlog_of_one_partition_does_not_starve_the_others(
    bus: PostgresBus, numbered: Numbered
) -> None:
    publisher, member = bus.publisher(), bus.subscription("readers", ["certificates"])
    key_of = {partition_of(f"key-{number}".encode(), 4): f"key-{number}" for number in range(40)}
    for partition, count in enumerate((500, 400, 300, 3)):
        await publisher.publish([Record("certificates", key_of[partition], b"", ())] * count)
    await member.start()
    batches = await member.fetch(99, 1)
    assert {partition: len(batch) for (_, partition), batch in batches.items()} == {0: 32, 1: 32, 2: 32, 3: 3}
    for thing in (publisher, member):
        await thing.close()


async def test_a_waiting_member_is_woken_long_before_its_next_poll(
    bus: PostgresBus, numbered: Numbered
) -> None:
    publisher, member = bus.publisher(), bus.subscription("readers", ["certificates"])
    await member.start()
    async with asyncio.timeout(POLL_SECONDS * 5):
        for number in range(10):
            waiting = asyncio.create_task(read(member, 1))
            await asyncio.sleep(0.02)
            await publisher.publish(numbered("certificates", 1, first=number))
            await waiting
    for thing in (publisher, member):
        await thing.close()


async def test_pruning_deletes_only_what_every_group_has_read(bus: PostgresBus, numbered: Numbered) -> None:
    publisher = bus.publisher()
    await publisher.publish(numbered("certificates", 40, keys=40))
    quick, idle = (bus.subscription(group, ["certificates"]) for group in ("quick", "idle"))
    await quick.start()
    await idle.start()
    await read(quick, 40)
    assert await bus.prune(timedelta(0)) == 0, "the idle group has read nothing"
    assert len(await read(idle, 40)) == 40
    assert await bus.prune(timedelta(days=7)) == 0, "nothing is so old"
    assert await bus.prune(timedelta(0), most=3) == 12
    assert await bus.prune(timedelta(0)) == 28
    late = bus.subscription("late", ["certificates"])
    await late.start()
    assert await late.lag() == 0
    await publisher.publish(numbered("certificates", 10, keys=10))
    assert len(await read(late, 10)) == 10
    assert len(await read(quick, 10)) == 10
    for thing in (publisher, quick, idle, late):
        await thing.close()


async def test_a_wrong_address_is_told_as_unavailable() -> None:
    bus = PostgresBus("postgresql://nobody:wrong@127.0.0.1:1/none", timeout_seconds=2)
    with pytest.raises(BusUnavailable):
        await bus.create_topics(["certificates"], 1)
