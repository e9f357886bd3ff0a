"""At any size the sweep costs what is new: its queries walk along indexes (T06)."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chuangpei.paging import PageQuery
from training_svc.anomalies import repository, sightings
from training_svc.visibility import Reach

SIZES = {"classes": 400, "trainees": 25, "sessions": 8}
LARGE = ("attendance", "attendance_corrections", "enrolments", "sessions")
SEED = Path(__file__).with_name("seed.sql")


def seed(sizes: dict[str, int]) -> str:
    """The statements that multiply what is there."""
    text = SEED.read_text(encoding="utf-8")
    return re.sub(r"(?<!:):(classes|trainees|sessions)", lambda found: str(sizes[found[1]]), text)


@pytest.fixture(scope="module")
async def filled(lasting_world):
    institution = await lasting_world.qualified()
    one = await lasting_world.filed(institution)
    await lasting_world.attended(institution, one, await lasting_world.enrolled(institution, one), 1)
    async with lasting_world.service.database.transaction() as tx:
        await tx.connection.execute(seed(SIZES))
    for table in (*LARGE, "classes", "institutions", "anomalies"):
        await lasting_world.count(f"ANALYZE {table}")
    return lasting_world


def steps(plan: dict[str, Any]) -> Iterator[str]:
    table = plan.get("Relation Name")
    if table:
        yield f"{plan['Node Type']} on {table}"
    for below in plan.get("Plans", ()):
        yield from steps(below)


async def planned(world, statement, values):
    async with world.service.database.transaction() as tx:
        explained = f"EXPLAIN (FORMAT JSON) {statement.sql}"
        ((plan,),) = await tx.connection.fetch(explained, *statement.arguments(values))
    return list(steps(plan[0]["Plan"]))


@pytest.mark.parametrize(
    "name", ["_SIGHTINGS", "_ELSEWHERE", "_SAME_DEVICE", "_MINUTES", "_EDITS", "_SHARES"]
)
async def test_no_query_of_the_sweep_reads_a_whole_table(filled, name):
    of = {"_MINUTES": "session_id", "_SHARES": "class_id"}.get(name, "id")
    chosen = "SELECT array_agg(one) FROM (SELECT DISTINCT {0} AS one FROM attendance LIMIT 5) AS few"
    ids = await filled.count(chosen.format(of))
    found = await planned(filled, getattr(sightings, name), {"ids": ids, "minutes": [1440] * len(ids)})
    assert "attendance" in " ".join(found)
    assert not {f"Seq Scan on {table}" for table in LARGE} & set(found)


@pytest.mark.parametrize(
    "scope", [(Reach.DISTRICT, "310115"), (Reach.INSTITUTION, "code-7"), (Reach.ALL, "")]
)
@pytest.mark.parametrize("state", [None, "open"])
async def test_no_page_of_the_anomalies_reads_the_whole_table(filled, scope, state):
    reach, value = scope
    asked = repository.LIST.asked(PageQuery(), reach=reach, scope=value, state=state)
    statement = repository.LIST.statement(asked)
    found = await planned(filled, statement, {"scope": value, "most": 51, "of_state": state})
    assert "Seq Scan on anomalies" not in found
