"""``growth.window_lookup``: a holder's window by its certificate, beside ten million and beside few."""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import asyncpg
import subsidy_svc.app
from chuangpei.auth import Role
from chuangpei.kernel.clock import SystemClock

from bench import claims_made
from bench import ours as our_services
from bench.ground import Ground, Server, serving
from bench.load import request
from bench.measure import Row, Target, in_turn
from bench.people import id_numbers


@dataclass(slots=True)
class _Side:
    """The service beside so many windows, and what the holders of some of them ask."""

    server: Server
    looks: list[bytes]

    async def look(self) -> float:
        """Each of the people looks at their window; the service has seen their tokens before."""
        return (await self.server.drive(self.looks)).p50_ms


async def rows(ground: Ground) -> AsyncIterator[Row]:
    """Two servers stand ready and take turns."""
    scale = ground.scale
    async with AsyncExitStack() as stack:
        large = await _side(ground, stack, "large", scale.windows_large)
        small = await _side(ground, stack, "small", scale.growth_small)
        await in_turn(large.look, small.look, 1)
        pairs = await in_turn(large.look, small.look, scale.rounds)
    yield pairs.row(
        "growth.window_lookup",
        "ms",
        Target("at most", 1.2),
        f"the same at {scale.growth_small:,} rows",
        f"p50 at 32 connections of a window by its certificate, at {scale.windows_large:,} windows; rows made"
        " by SQL, analysed",
    )


async def _side(ground: Ground, stack: AsyncExitStack, name: str, count: int) -> _Side:
    dsn = await ground.database(f"bench_windows_{name}", subsidy_svc.app.MIGRATIONS)
    bus, key_file = await ground.bus_url(), str(ground.key_file)
    service = our_services.subsidy_service(dsn, bus, key_file)
    persons = ground.scale.growth_requests
    every, keys, looks = count // persons, [], []
    for place, number in enumerate(id_numbers(persons), 1):
        keys.append(service.privacy.person_key(number))
        token = ground.issuer.token(Role.CITIZEN, subject=keys[-1][:24], id_number=number, seconds=36_000)
        path = f"/subsidy/v1/windows/{claims_made.id_of(every * place)}"
        looks.append(request("GET", path, {"authorization": f"Bearer {token}"}))
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        async with claims_made.without_indexes(connection, "windows"):
            today = SystemClock().today()
            await claims_made.add_windows(connection, service.privacy, count, every, keys, today)
        await claims_made.settled(connection)
    finally:
        await connection.close(timeout=10)
    random.Random(2).shuffle(looks)  # noqa: S311  # a series that repeats
    server = await stack.enter_async_context(
        serving("bench.ours:subsidy", dsn=dsn, bus=bus, key_file=key_file)
    )
    return _Side(server, looks)
