"""``http.claim_submit_with_relay``: what a relay that runs and is woken takes from the API."""

import json
from collections.abc import AsyncIterator

import subsidy_svc.app

from bench.bus import opened_bus
from bench.ground import Ground, running_program, serving
from bench.measure import Row, Target, in_turn
from bench.rows.claim_submit import claimants


async def rows(ground: Ground) -> AsyncIterator[Row]:
    """Two API processes of ours, each on its own database; only the first has a worker beside it."""
    rounds, key_file = ground.scale.rounds, str(ground.key_file)
    relayed, alone = [
        await ground.database(f"bench_{name}", subsidy_svc.app.MIGRATIONS) for name in ("relayed", "alone")
    ]
    bus = await ground.bus_url()
    worker = json.dumps({"dsn": relayed, "bus": bus, "key_file": key_file})
    async with (
        opened_bus(ground),
        running_program("-m", "bench.work", "subsidy", worker),
        serving("bench.ours:subsidy", dsn=relayed, bus=bus, key_file=key_file) as with_relay,
        serving("bench.ours:subsidy", dsn=alone, bus=bus, key_file=key_file) as without,
    ):
        ours = await claimants(
            ground, with_relay, relayed, "/subsidy/v1/claims", signs_in=True, rounds=rounds
        )
        peer = await claimants(ground, without, alone, "/subsidy/v1/claims", signs_in=True, rounds=rounds)
        await in_turn(ours.submit, peer.submit, 1)
        pairs = await in_turn(ours.submit, peer.submit, rounds)
        yield pairs.row(
            "http.claim_submit_with_relay",
            "claims/s",
            Target("at least", 0.90),
            "the same with the relay off",
            f"{ground.bus_name}; API and worker are processes of their own, as in production",
        )
