"""How much is measured: a quick run has fewer rows and shorter rounds, and is as honest as a full one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Counts of one run. ``rounds`` are pairs of ours and the peer, of which the median counts."""

    quick: bool
    rounds: int
    certificates: int
    requests: int
    submissions: int
    events: int
    latency_events: int
    batch_claims: int
    brand_facts: int
    growth_small: int
    growth_large: int
    growth_requests: int
    windows_large: int


QUICK = Scale(
    quick=True,
    rounds=5,
    certificates=20_000,
    requests=5_000,
    submissions=450,
    events=20_000,
    latency_events=500,
    batch_claims=50_000,
    brand_facts=200_000,
    growth_small=10_000,
    growth_large=100_000,
    growth_requests=300,
    windows_large=500_000,
)

FULL = Scale(
    quick=False,
    rounds=9,
    certificates=200_000,
    requests=20_000,
    submissions=4_000,
    events=100_000,
    latency_events=1_000,
    batch_claims=1_000_000,
    brand_facts=5_000_000,
    growth_small=10_000,
    growth_large=1_000_000,
    growth_requests=400,
    windows_large=10_000_000,
)
