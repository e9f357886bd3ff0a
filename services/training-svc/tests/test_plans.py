"""At any size the lists, the clash check and the sweep walk along indexes (T06, T10)."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from chuangpei.paging import PageQuery
from training_svc.anomalies import repository, sightings
from training_svc.classes import clashes
from training_svc.enrolments import hours, lists
from training_svc.visibility import Reach

SIZES = {"classes": 400, "trainees": 25, "sessions": 8}
# Not the classes: 400 of them are read as fast in one go.
LARGE = (
    "attendance",
    "attendance_corrections",
    "enrolment_hours",
    "enrolments",
    "session_instructors",
    "sessions",
)
SEED = Path(__file__).with_name("seed.sql")


@pytest.fixture(scope="module")
async def filled(lasting_world):
    institution = await lasting_world.qualified()
    one = await lasting_world.filed(institution)
    await lasting_world.attended(institution, one, await lasting_world.enrolled(institution, one), 1)
    async with lasting_world.service.database.transaction() as tx:
        for name, size in SIZES.items():
            await tx.connection.execute("SELECT set_config('seed.' || $1, $2, true)", name, str(size))
        await tx.connection.execute(SEED.read_text(encoding="utf-8"))
    for table in (*LARGE, "classes", "institutions", "anomalies"):
        await lasting_world.count(f"ANALYZE {table}")
    return lasting_world


def steps(plan: dict[str, Any]) -> Iterator[str]:
    table = plan.get("Relation Name")
    if table:
        yield f"{plan['Node Type']} on {table}"
    for below in plan.get("Plans", ()):
        yield from steps(below)


def whole_tables(found: list[str]) -> list[str]:
    return [step for step in found if step in {f"Seq Scan on {table}" for table in LARGE}]


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
    assert not whole_tables(found)


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


@pytest.mark.parametrize(
    ("scope", "filters"),
    [
        ((Reach.DISTRICT, "310115"), {"state": "withdrawn"}),
        ((Reach.DISTRICT, "310115"), {"class_id": UUID(int=0x019A0000 << 96 | 42)}),
        ((Reach.INSTITUTION, "code-7"), {"state": "withdrawn"}),
        ((Reach.ALL, ""), {"state": "withdrawn"}),
        ((Reach.ALL, ""), {"person_key": "person-7/3"}),
    ],
)
async def test_no_first_page_of_enrolments_reads_a_whole_table(filled, scope, filters):
    reach, value = scope
    asked = lists.ALL.asked(PageQuery(), reach=reach, scope=value, **filters)
    values = {"scope": value, "most": 51} | {f"of_{name}": one for name, one in filters.items()}
    found = await planned(filled, lists.ALL.statement(asked), values)
    assert "enrolments" in " ".join(found)
    assert not whole_tables(found)


@pytest.mark.parametrize("name", ["_TAKEN_ROOMS", "_TAKEN_INSTRUCTORS", "_TAKEN_TRAINEES"])
async def test_no_query_of_the_clash_check_reads_a_whole_table(filled, name):
    starts = [filled.at(day, hour) for day in (42, 43) for hour in (8, 13)]
    values = {
        "rooms": ["r42"] * len(starts),
        "starts": starts,
        "ends": [one + timedelta(hours=4) for one in starts],
        "institution_id": UUID(int=0x019A0000 << 96 | 42),
        "class_id": UUID(int=0x019A0000 << 96 | 42),
        "person_keys": ["teacher-242", "person-121/3"],
        "own": [],
    }
    found = await planned(filled, getattr(clashes, name), values)
    assert {"sessions", "session_instructors", "enrolment_hours"} & {step.split()[-1] for step in found}
    assert not whole_tables(found)


async def test_taking_the_hours_of_a_class_reads_no_whole_table(filled):
    values = {
        "enrolment_id": UUID(int=1),
        "person_key": "person-21/3",
        "class_id": UUID(int=0x019A0000 << 96 | 42),
    }
    found = await planned(filled, hours._TAKE, values)
    assert "sessions" in " ".join(found)
    assert not whole_tables(found)


async def test_finding_who_of_a_roster_sits_or_teaches_then_reads_no_whole_table(filled):
    values = {"class_id": UUID(int=0x019A0000 << 96 | 42), "person_keys": ["person-121/3", "teacher-242"]}
    found = await planned(filled, hours._CLASHING_AMONG, values)
    assert {"enrolment_hours", "session_instructors"} <= {step.split()[-1] for step in found}
    assert not whole_tables(found)


@pytest.mark.parametrize(
    ("function", "taken", "read"),
    [
        ("refuse_who_teaches_then", "enrolment_hours", "session_instructors"),
        ("refuse_who_sits_then", "session_instructors", "enrolment_hours"),
    ],
)
async def test_holding_teachers_and_trainees_apart_reads_no_whole_table(filled, function, taken, read):
    source = await filled.count("SELECT prosrc FROM pg_proc WHERE proname = $1", function)
    (asked,) = re.findall(r"EXISTS \(\n(.*?)\n    \) THEN", source, re.DOTALL)
    async with filled.service.database.transaction() as tx:
        await tx.connection.execute(f"CREATE TEMP TABLE taken (LIKE {taken}) ON COMMIT DROP")
        ((plan,),) = await tx.connection.fetch(f"EXPLAIN (FORMAT JSON) {asked}")
    found = list(steps(plan[0]["Plan"]))
    assert read in " ".join(found)
    assert not whole_tables(found)


async def test_a_sweep_takes_no_more_than_it_may_whatever_the_plan(filled):
    async with filled.service.database.transaction() as tx:
        for way in ("hashagg", "hashjoin", "material", "mergejoin", "sort"):
            await tx.connection.execute(f"SET LOCAL enable_{way} = off")  # a loop within a loop is left
        await tx.connection.execute(
            "INSERT INTO attendance_unswept (attendance_id) SELECT id FROM attendance LIMIT 300"
        )
        assert len(await sightings.take(tx, 200)) == 200
