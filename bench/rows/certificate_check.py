"""``http.certificate_check`` and ``http.gate``: the public check of a certificate by its number."""

import random
from collections.abc import AsyncIterator

import cert_svc.app

from bench import data
from bench.ground import Ground, Server, serving
from bench.load import Latencies, request
from bench.measure import Pairs, Row, Target, in_turn


async def rows(ground: Ground) -> AsyncIterator[Row]:
    """Both servers stand ready; the load goes to one at a time."""
    dsn = await ground.database("bench_cert", cert_svc.app.MIGRATIONS)
    await data.add_certificates(dsn, 1, ground.scale.certificates)
    bus = await ground.bus_url()
    async with (
        serving("bench.ours:cert", dsn=dsn, bus=bus, key_file=str(ground.key_file)) as ours,
        serving("bench.peers.certificate_check:create", dsn=dsn) as peer,
    ):
        pairs, runs = await _measured(ground, ours, peer)
        yield pairs.row(
            "http.certificate_check",
            "requests/s",
            Target("at least", 0.80),
            "FastAPI and raw asyncpg, the same SELECT, nothing else",
            f"processor time a request: ours {ours.microseconds:.0f} µs, peer {peer.microseconds:.0f} µs",
        )
    yield Pairs([run.p99_ms for run in runs], [run.p50_ms for run in runs]).row(
        "http.gate", "ms", Target("at most", 2.5), "p50 of the same runs", "p99 of the certificate check"
    )


async def _measured(ground: Ground, ours: Server, peer: Server) -> tuple[Pairs, list[Latencies]]:
    scale, draw = ground.scale, random.Random(1)  # noqa: S311  # a series that repeats
    runs: list[Latencies] = []

    def requests(path: str) -> list[bytes]:
        drawn = (draw.randint(1, scale.certificates) for _ in range(scale.requests))
        return [request("GET", f"{path}/{data.certificate_number(number)}") for number in drawn]

    async def of_ours() -> float:
        runs.append(await ours.drive(requests("/cert/v1/certificates")))
        return runs[-1].per_second

    async def of_peer() -> float:
        return (await peer.drive(requests("/certificates"))).per_second

    await in_turn(of_ours, of_peer, 2)
    ours.forget()
    peer.forget()
    runs.clear()
    return await in_turn(of_ours, of_peer, scale.rounds), runs
