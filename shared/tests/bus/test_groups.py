"""Members of a group: what is committed stays done, what is not comes again, and none is read by two."""

import asyncio
import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from chuangpei.bus.port import Partition, Received, Record

Numbered = Callable[..., list[Record]]
SECONDS = 60


def count_of(count: int) -> Callable[[Sequence[Received]], bool]:
    return lambda taken: len(taken) >= count


def numbers(records: Sequence[Record]) -> list[int]:
    return sorted(int(record.value) for record in records)


async def fetch_some(member: Any, count: int = 1000) -> dict[Partition, Sequence[Received]]:
    async with asyncio.timeout(SECONDS):
        while not (batches := await member.fetch(count, 1)):
            pass
        return dict(batches)


async def test_a_restarted_consumer_goes_on_where_it_committed(
    world: Any, drain: Any, numbered: Numbered
) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    await publisher.publish(numbered(topic, 50))
    first = await world.member("readers", topic)
    before = await drain(first, until=count_of(50))
    await first.close()
    await publisher.publish(numbered(topic, 50, first=50))
    after = await drain(await world.member("readers", topic), until=count_of(50))
    assert numbers(before) == list(range(50))
    assert numbers(after) == list(range(50, 100))


async def test_what_was_not_committed_comes_again_to_the_next_member(
    world: Any, drain: Any, numbered: Numbered
) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    await publisher.publish(numbered(topic, 30))
    first = await world.member("readers", topic)
    await drain(first, until=count_of(30), commit=False)
    await first.close()
    again = await drain(await world.member("readers", topic), until=count_of(30))
    assert numbers(again) == list(range(30))


async def test_rewinding_before_any_commit_goes_back_to_the_beginning(
    world: Any, drain: Any, numbered: Numbered
) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    await publisher.publish(numbered(topic, 30))
    member = await world.member("readers", topic)
    await drain(member, until=count_of(30), commit=False)
    await member.rewind()
    again = await drain(member, until=count_of(30))
    assert numbers(again) == list(range(30))


async def test_rewinding_goes_back_exactly_to_what_was_committed(
    world: Any, drain: Any, numbered: Numbered
) -> None:
    topic = await world.topic(partitions=1)
    publisher = await world.publisher()
    await publisher.publish(numbered(topic, 30))
    member = await world.member("readers", topic)
    await drain(member, until=count_of(30), commit=False)
    await member.commit({(topic, 0): 12})
    await member.rewind()
    again = await drain(member, until=count_of(18))
    assert [r.offset for r in again] == list(range(12, 30))


async def test_rewinding_and_committing_nothing_is_harmless(
    world: Any, drain: Any, numbered: Numbered
) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    member = await world.member("readers", topic)
    await member.rewind()
    await member.commit({})
    await publisher.publish(numbered(topic, 5))
    assert numbers(await drain(member, until=count_of(5))) == list(range(5))


async def test_the_lag_is_what_the_group_has_not_committed(
    world: Any, drain: Any, numbered: Numbered
) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    member = await world.member("readers", topic)
    assert await member.lag() == 0
    await publisher.publish(numbered(topic, 30))
    assert await member.lag() == 30
    await drain(member, until=count_of(30), commit=False)
    assert await member.lag() == 30
    await member.rewind()
    await drain(member, until=count_of(30))
    assert await member.lag() == 0
    assert await (await world.member("others", topic)).lag() == 30


async def test_two_members_share_the_partitions_and_read_nothing_twice(
    world: Any, drain: Any, numbered: Numbered
) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    members = [await world.member("readers", topic), await world.member("readers", topic)]
    first = numbered(topic, 40, keys=40)
    await settle(members, publisher, topic)
    await publisher.publish(first)
    by_member: list[list[Received]] = [[], []]
    async with asyncio.timeout(SECONDS):
        while sum(map(len, by_member)) < 40:
            for member, mine in zip(members, by_member, strict=True):
                for place, batch in (await member.fetch(100, 0.05)).items():
                    mine.extend(batch)
                    await member.commit({place: batch[-1].offset + 1})
    assert numbers([*by_member[0], *by_member[1]]) == list(range(40))
    held = [{r.partition for r in mine} for mine in by_member]
    assert [len(partitions) for partitions in held] == [2, 2]
    assert held[0] | held[1] == set(range(4))


async def settle(members: Sequence[Any], publisher: Any, topic: str) -> None:
    """Publish probes until each member got records of its own share, and no member of another's."""
    async with asyncio.timeout(SECONDS):
        shares: list[set[int]] = [set() for _ in members]
        while sorted(map(len, shares)) != [2, 2] or shares[0] & shares[1]:
            await publisher.publish([Record(topic, f"key-{n}", b"0", ()) for n in range(40)])
            shares = [set() for _ in members]
            for _ in range(3):
                for member, share in zip(members, shares, strict=True):
                    for (_, partition), batch in (await member.fetch(1000, 0.2)).items():
                        share.add(partition)
                        await member.commit({(topic, partition): batch[-1].offset + 1})


async def test_a_member_that_leaves_hands_over_without_delay(
    world: Any, drain: Any, numbered: Numbered
) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    leaving, staying = await world.member("readers", topic), await world.member("readers", topic)
    await settle([leaving, staying], publisher, topic)
    await leaving.close()
    await publisher.publish(numbered(topic, 40, keys=40, first=1))
    taken = await drain(staying, until=count_of(40))
    assert numbers(taken) == list(range(1, 41))


async def test_the_partitions_of_a_killed_member_are_taken_over(
    world: Any, drain: Any, numbered: Numbered
) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    await publisher.publish(numbered(topic, 40, keys=40))
    program = textwrap.dedent(
        """
        import asyncio, sys
        from chuangpei.bus.kafka import KafkaBus
        from chuangpei.bus.postgres import PostgresBus

        async def main(kind, address, topic):
            bus = KafkaBus(address, session_seconds=6) if kind == "kafka" else PostgresBus(address)
            member = bus.subscription("readers", [topic])
            await member.start()
            taken = 0
            while taken < 40:
                taken += sum(map(len, (await member.fetch(100, 1)).values()))
            print("took everything", flush=True)
            while True:
                await member.fetch(100, 1)

        asyncio.run(main(*sys.argv[1:]))
        """
    )
    arguments = ("-c", program, world.kind, world.address, topic)
    doomed = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=subprocess.PIPE)
    assert doomed.stdout is not None
    assert await doomed.stdout.readline() == b"took everything\n"
    survivor = world.bus.subscription("readers", [topic])
    world.opened.append(survivor)
    doomed.kill()
    await doomed.wait()
    await survivor.start()
    taken = await drain(survivor, until=lambda taken: set(numbers(taken)) == set(range(40)))
    assert len(taken) == 40


async def test_committing_a_partition_that_went_to_another_member_is_harmless(
    world: Any, drain: Any, numbered: Numbered
) -> None:
    topic = await world.topic()
    publisher = await world.publisher()
    old = await world.member("readers", topic)
    await publisher.publish(numbered(topic, 40, keys=40))
    handed_out: dict[Partition, Sequence[Received]] = {}
    async with asyncio.timeout(SECONDS):
        while sum(map(len, handed_out.values())) < 40:
            handed_out |= await old.fetch(1000, 1)
    new = await world.member("readers", topic)
    taken_by_new: list[Received] = []
    async with asyncio.timeout(SECONDS):
        while not taken_by_new:
            await old.fetch(1, 0.1)
            taken_by_new = [r for batch in (await new.fetch(1000, 0.1)).values() for r in batch]
    await old.commit({place: batch[-1].offset + 1 for place, batch in handed_out.items()})
    await new.rewind()
    again = await drain(new, until=lambda taken: len(taken) >= len(taken_by_new))
    assert {r.value for r in taken_by_new} <= {r.value for r in again}
