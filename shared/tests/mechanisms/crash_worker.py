"""A real worker of the miniature service that dies, or lets PostgreSQL die, at a named step.

``python crash_worker.py '{"dsn": …, "bus": …, "entity": …, "step": "relay sent", "then": "die"}'``

``then`` is ``die`` (SIGKILL to itself) or ``wait`` (it says the step on standard output and stands still
until a line comes on standard input). Without ``step`` it simply works. It stops at the step's second round,
when the first has already left its traces.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable

from chuangpei.bus.port import Bus
from chuangpei.consumer import Consumer
from chuangpei.events.base import topic_of
from chuangpei.relay import Relay
from chuangpei.testing.miniature import opened, record_effect, written_as

TASK = json.loads(sys.argv[1])
ROUND = 2


def steps_of(part: str) -> Callable[[str], Awaitable[None]]:
    """Counts the rounds of the step asked for, and ends or waits in the second."""
    rounds = 0

    async def at(step: str) -> None:
        nonlocal rounds
        if f"{part} {step}" != TASK.get("step"):
            return
        rounds += 1
        if rounds == ROUND and TASK["then"] == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if rounds == ROUND:
            print(step, flush=True)  # noqa: T201  # the test reads it
            sys.stdin.readline()

    return at


def bus_of(url: str) -> Bus:
    """The bus of the test; Kafka with the shortest session a broker allows."""
    if url.startswith("kafka://"):
        from chuangpei.bus.kafka import KafkaBus

        return KafkaBus(url.removeprefix("kafka://"), session_seconds=6)
    from chuangpei.bus.postgres import PostgresBus

    return PostgresBus(url)


async def main() -> None:
    """Relay and consumer in small batches, so that there is more than one round."""
    bus = bus_of(TASK["bus"])
    event = written_as(TASK["entity"])
    async with opened(TASK["dsn"]) as database:
        relay = Relay(
            database, bus.publisher(), "/miniature", batch=2, poll_seconds=0.05, on_step=steps_of("relay")
        )
        consumer = Consumer(
            database,
            bus.subscription("miniature-svc", [topic_of(event.TYPE)]),
            {event: record_effect},
            batch=2,
            retry_seconds=0.05,
            on_step=steps_of("consumer"),
        )
        await asyncio.gather(relay.run(), consumer.run())


asyncio.run(main())
