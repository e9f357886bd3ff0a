"""``brand.rank_publish``: the ranking of 2,000 subjects reckoned and published, beside bare SQL."""

import gc
import json
import time
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import asyncpg
import brand_svc.app
from brand_svc.rankings import use_cases
from brand_svc.service import Service
from chuangpei.auth import Principal, Role

from bench import ours as our_services
from bench.ground import Ground
from bench.measure import Row, Target, in_turn
from bench.peers.rank_publish import RANK_AND_PUBLISH

_SUBJECTS = 2_000
_ROUND, _RUBRIC = UUID(int=1), UUID(int=2)
_CENTRE = Principal("centre-1", Role.CITY_CENTRE)
_SLOW = 900.0
_MEASURED = {
    "pass_rate": (5_000, 10_000),
    "trainees_completed": (0, 500),
    "jobs_per_hundred": (0, 200),
    "complaints_upheld": (20, 0),
}
_DIMENSIONS = ("demonstration", "innovation", "results", "compliance")


def rubric() -> dict[str, object]:
    """Four dimensions of 25 points: four judged indicators of 5 and one automatic of 5 each."""
    shown = {"name": "指标", "weight": 5, "evidence": "材料"}
    sections = []
    for dimension, (measure, (nothing_at, full_at)) in zip(_DIMENSIONS, _MEASURED.items(), strict=True):
        judged = [shown | {"code": f"{dimension}-{n}", "scale": 10, "automatic": None} for n in range(4)]
        automatic = {"measure": measure, "nothing_at": nothing_at, "full_at": full_at}
        indicators = [*judged, shown | {"code": measure, "scale": None, "automatic": automatic}]
        sections.append({"dimension": dimension, "weight": 25, "indicators": indicators})
    return {
        "sections": sections,
        "most_difference": 10,
        "pass_mark": 60,
        "city_mark": 85,
        "tie_order": ["results", "compliance", "innovation", "demonstration"],
    }


# No trigger is asked while the rows are made, so the counts are summed up from the facts here.
_FILL = """
SET session_replication_role = replica;
INSERT INTO institutions (credit_code, institution_id, name, district, kind, registered_on)
  SELECT 'C' || lpad(n::text, 17, '0'), gen_random_uuid(), '机构' || n, '310115', 'x', '2020-01-01'
  FROM generate_series(1, {subjects}) AS n;
INSERT INTO rounds (id, name, opens_on, closes_on, review_until, deliberation_until, publication_on, state,
    findings, version)
  VALUES ('{round}', '一轮', '2026-07-01', '2026-08-01', '2026-08-20', '2026-09-01', '2026-09-10', 'closed',
    '[]', 1);
INSERT INTO rubrics (id, label, name, effective_from, content, state, made_at, made_by, version)
  VALUES ('{rubric}', 'bench', '规则', '2026-07-01', '{content}', 'published', now(), 'x', 1);
INSERT INTO round_rubrics (round_id, rubric_id, first_year, last_year, chosen_at, chosen_by)
  VALUES ('{round}', '{rubric}', 2024, 2026, now(), 'x');
INSERT INTO scorings (id, round_id, rubric_id, subject_kind, subject_id, credit_code, institution_name,
    district, state, shares, opened_at, version)
  SELECT gen_random_uuid(), '{round}', '{rubric}', 'application', gen_random_uuid(),
    'C' || lpad(n::text, 17, '0'), '机构' || n, '310115', 'settled',
    (SELECT jsonb_object_agg(dimension || '-' || k, abs(hashint4(n * 31 + k * 7 + length(dimension))) % 10001)
     FROM unnest(ARRAY['demonstration', 'innovation', 'results', 'compliance']) AS dimension,
       generate_series(0, 3) AS k),
    now(), 1
  FROM generate_series(1, {subjects}) AS n;
INSERT INTO indicator_facts (id, kind, reference, credit_code, day, amount, counts, source, event_id, told_at)
  SELECT gen_random_uuid(), (ARRAY['evaluation', 'completion', 'class', 'opening', 'complaint'])[1 + n % 5],
    gen_random_uuid(), 'C' || lpad((1 + abs(hashint4(n)) % {subjects})::text, 17, '0'),
    '2024-01-01'::date + abs(hashint4(n + 1)) % 1000, abs(hashint4(n + 2)) % 2, true, 'x',
    gen_random_uuid(), now()
  FROM generate_series(1, {facts}) AS n;
INSERT INTO indicator_counts (credit_code, year, kind, facts, amount)
  SELECT credit_code, extract(year FROM day), kind, count(*), sum(amount) FROM indicator_facts
  GROUP BY 1, 2, 3;
SET session_replication_role = origin;
"""


async def rows(ground: Ground) -> AsyncIterator[Row]:
    """Each round publishes the ranking once more; the peer makes the same rows in one statement."""
    dsn = await ground.database("bench_rank_publish", brand_svc.app.MIGRATIONS)
    service = our_services.brand_service(dsn, await ground.bus_url(), str(ground.key_file))
    await service.database.open()
    bare = await asyncpg.connect(dsn, timeout=10, server_settings={"jit": "off"})
    facts = ground.scale.brand_facts
    try:
        content = json.dumps(rubric(), ensure_ascii=False)
        fill = _FILL.format(subjects=_SUBJECTS, facts=facts, round=_ROUND, rubric=_RUBRIC, content=content)
        await bare.execute(fill, timeout=_SLOW)
        await bare.execute("VACUUM (ANALYZE)", timeout=_SLOW)

        async def ours() -> float:
            return await _seconds_of_ours(service)

        async def peer() -> float:
            return await _seconds_of_peer(bare)

        await in_turn(ours, peer, 1)
        await _same_ranking(bare)
        pairs = await in_turn(ours, peer, ground.scale.rounds)
        yield pairs.row(
            "brand.rank_publish",
            "s",
            Target("at most", 1.3),
            "the same places with the same parts and figures, made by one statement of bare SQL",
            f"{_SUBJECTS:,} subjects of 20 indicators beside {facts:,} counted facts; with the commit",
        )
    finally:
        await bare.close(timeout=10)
        await service.database.close()


async def _seconds_of_ours(service: Service) -> float:
    gc.collect()
    begun = time.perf_counter()
    async with service.database.transaction() as tx:
        made = await use_cases.publish(tx, service, _CENTRE, _ROUND)
    seconds = time.perf_counter() - begun
    assert isinstance(made, dict)
    assert made["subjects"] == _SUBJECTS
    return seconds


async def _seconds_of_peer(bare: asyncpg.Connection) -> float:
    gc.collect()
    begun = time.perf_counter()
    async with bare.transaction():
        # It knows nothing of how many rows its steps have, and would compare each with each.
        await bare.execute("SET LOCAL enable_nestloop = off")
        await bare.fetchval("SELECT 1 FROM rounds WHERE id = $1 FOR UPDATE", _ROUND)
        await bare.execute(RANK_AND_PUBLISH, uuid4(), _ROUND)
    return time.perf_counter() - begun


async def _same_ranking(bare: asyncpg.Connection) -> None:
    """Holds that both made the same: the warm-up left one of each."""
    differing = await bare.fetchval(
        "SELECT count(*) FROM ranking_entries AS one JOIN ranking_entries AS other USING (scoring_id)"
        " WHERE one.ranking_id < other.ranking_id AND (one.total <> other.total OR one.rank <> other.rank"
        " OR one.parts <> other.parts OR one.figures <> other.figures)"
    )
    assert differing == 0, f"{differing} places differ"
