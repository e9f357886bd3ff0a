"""kill -9 of the server: what was acknowledged is there afterwards, and everyone goes on by themselves."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from chuangpei.bus.port import BusUnavailable, Received, Record

Numbered = Callable[..., list[Record]]


def has_all(count: int) -> Callable[[Sequence[Received]], bool]:
    return lambda taken: {int(r.value) for r in taken} >= set(range(count))


def firsts_by_key(taken: Sequence[Received]) -> dict[str, list[int]]:
    """The numbers of each key in the order in which each came for the first time."""
    firsts: dict[str, dict[int, None]] = {}
    for record in taken:
        firsts.setdefault(record.key, {})[int(record.value)] = None
    return {key: list(numbers) for key, numbers in firsts.items()}


async def publish_until_taken(publisher: Any, records: Sequence[Record]) -> None:
    """As the relay does: the same batch again until the bus took it."""
    async with asyncio.timeout(60):
        while True:
            try:
                await publisher.publish(records)
            except BusUnavailable:
                await asyncio.sleep(0.05)
            else:
                return


async def test_publishing_to_a_killed_server_fails_and_works_again_after_its_restart(
    fragile: Any, drain: Any, numbered: Numbered
) -> None:
    world, server = fragile
    topic = await world.topic()
    publisher = await world.publisher()
    await publisher.publish(numbered(topic, 20))
    await asyncio.to_thread(server.kill)
    with pytest.raises(BusUnavailable):
        await publisher.publish(numbered(topic, 20, first=20))
    await asyncio.to_thread(server.start)
    await publish_until_taken(publisher, numbered(topic, 20, first=20))
    await publish_until_taken(publisher, numbered(topic, 20, first=40))
    taken = await drain(await world.member("readers", topic), until=has_all(60))
    assert firsts_by_key(taken) == {f"key-{key}": list(range(key, 60, 10)) for key in range(10)}


class Traffic:
    """A publisher and a reader that go on over every outage until told to stop."""

    def __init__(self, publisher: Any, member: Any, batch: Callable[[int], Sequence[Record]]) -> None:
        self._publisher = publisher
        self._member = member
        self._batch = batch
        self._stopped = False
        self.acknowledged = 0
        self.taken: list[Received] = []

    def stop(self) -> None:
        self._stopped = True

    async def publish(self) -> None:
        while not self._stopped:
            batch = self._batch(self.acknowledged)
            await publish_until_taken(self._publisher, batch)
            self.acknowledged += len(batch)
            await asyncio.sleep(0.01)

    async def read(self) -> None:
        while not self._stopped:
            try:
                await self.read_some()
            except BusUnavailable:
                await self._go_back()

    async def read_some(self) -> None:
        for place, batch in (await self._member.fetch(200, 0.2)).items():
            self.taken.extend(batch)
            await self._member.commit({place: batch[-1].offset + 1})

    async def _go_back(self) -> None:
        while True:
            with contextlib.suppress(BusUnavailable):
                await self._member.rewind()
                return
            await asyncio.sleep(0.05)

    async def more(self, count: int) -> None:
        """Return when so many more records were read."""
        enough = len(self.taken) + count
        async with asyncio.timeout(90):
            while len(self.taken) < enough:  # noqa: ASYNC110 - a read is not announced
                await asyncio.sleep(0.01)


async def test_everyone_goes_on_over_repeated_kills_and_nothing_is_lost_or_overtaken(
    fragile: Any, numbered: Numbered
) -> None:
    world, server = fragile
    topic = await world.topic()
    member = await world.member("readers", topic)
    traffic = Traffic(await world.publisher(), member, lambda first: numbered(topic, 25, first=first))
    async with asyncio.timeout(250), asyncio.TaskGroup() as tasks:
        tasks.create_task(traffic.publish())
        tasks.create_task(traffic.read())
        for _ in range(2):
            await traffic.more(100)
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
        await traffic.more(100)
        traffic.stop()
    async with asyncio.timeout(60):
        while await member.lag():
            await traffic.read_some()
    assert has_all(traffic.acknowledged)(traffic.taken)
    firsts = firsts_by_key(traffic.taken)
    assert firsts == {key: sorted(numbers) for key, numbers in firsts.items()}


async def test_what_was_committed_before_a_kill_stays_committed(
    fragile: Any, drain: Any, numbered: Numbered
) -> None:
    world, server = fragile
    topic = await world.topic()
    publisher = await world.publisher()
    member = await world.member("readers", topic)
    await publisher.publish(numbered(topic, 20))
    await drain(member, until=has_all(20))
    await asyncio.to_thread(server.kill)
    await member.close()
    await asyncio.to_thread(server.start)
    await publish_until_taken(publisher, numbered(topic, 5, first=100))
    successor = await world.member("readers", topic)
    taken = await drain(successor, until=lambda taken: {int(r.value) for r in taken} >= set(range(100, 105)))
    assert {int(r.value) for r in taken} == set(range(100, 105))


async def test_while_the_server_is_away_every_call_says_so_within_its_time(
    fragile: Any, numbered: Numbered
) -> None:
    world, server = fragile
    topic = await world.topic()
    member = await world.member("readers", topic)
    await asyncio.to_thread(server.kill)
    for call in (
        world.bus.publisher().start(),
        world.bus.publisher().publish(numbered(topic, 1)),
        world.bus.subscription("late", [topic]).start(),
        world.bus.create_topics(["never"], 1),
        member.lag(),
    ):
        async with asyncio.timeout(12):
            with pytest.raises(BusUnavailable):
                await call
    async with asyncio.timeout(12):
        await member.close()
