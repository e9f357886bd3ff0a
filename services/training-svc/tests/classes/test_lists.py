"""The lists of classes and enrolments: filtered, sorted, as files, each within what one may see (T06)."""

import csv
import io

import pytest
from chuangpei.auth import Role
from chuangpei.kernel.districts import DISTRICTS
from training_svc.enrolments import lists
from training_svc.enrolments.schemas import EnrolmentPage
from training_svc.visibility import Reach


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.fixture
async def three(world):
    """A class that runs now, one to come, and one that was cancelled; the first two of one institution."""
    institution, other = await world.qualified(), await world.qualified("310104")
    running = await world.filed(institution, name="甲班")
    days = {"starts_on": "2026-03-04", "ends_on": "2026-03-05"}
    later = world.sessions(room="5", first=2)
    coming = await world.filed(institution, name="乙班", sessions=later, **days)
    cancelled = await world.filed(other, name="丙班")
    path = f"/classes/{cancelled['id']}/cancel"
    await world.made(path, {"reason": "报名不足"}, world.of_institution(other), 1)
    world.clock.set(world.at(0, 9))
    return institution, running, coming, cancelled


async def names(world, query, by=None):
    answer = await world.get(f"/classes?{query}", by or world.centre)
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=filed", ["乙班"]),
        ("state=running", ["甲班"]),
        ("state=cancelled", ["丙班"]),
        ("state=ended", []),
        ("district=310104", ["丙班"]),
        ("stage=3&starts_from=2026-03-03", ["乙班"]),
        ("ends_until=2026-03-03&state=running", ["甲班"]),
        ("project_code=EYB", []),
        ("flagged=true", []),
        ("sort=-starts_on&district=310115", ["乙班", "甲班"]),
    ],
)
async def test_classes_are_found_by_where_they_stand_and_what_they_are(world, three, query, found):
    assert await names(world, query) == found


async def test_what_ended_is_told_by_the_day(world, three):
    world.clock.set(world.at(4))
    assert await names(world, "state=ended&sort=starts_on") == ["甲班", "乙班"]


async def test_the_classes_go_into_a_file_as_they_are_listed(world, three):
    answer = await world.get("/classes/export?state=running", world.officer())
    (row,) = rows_of(answer)
    assert (row["班级名称"], row["状态"], row["名额"], row["候补"]) == ("甲班", "running", "30", "0")


async def test_enrolments_are_found_by_class_state_group_project_and_day(world, three):
    institution, running, coming, _ = three
    own = {"priority": {"group": "veteran", "evidence": "已核验"}}
    first = await world.enrolled(institution, running, **own)
    second = await world.enrolled(institution, coming)
    path = f"/enrolments/{second['id']}/withdraw"
    await world.made(path, {"reason": "工作冲突"}, world.of_institution(institution), second["version"])

    async def found(query):
        answer = await world.get(f"/enrolments?{query}", world.officer())
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["items"]]

    assert await found("sort=-id") == [second["id"], first["id"]]
    assert await found("state=withdrawn") == [second["id"]]
    assert await found("priority_group=veteran&project_code=IYB") == [first["id"]]
    assert await found(f"institution_id={institution['id']}&district=310115") == [first["id"], second["id"]]
    assert await found("enrolled_from=2026-03-02T02:00:00Z") == []
    exported = rows_of(await world.get("/enrolments/export?state=withdrawn", world.officer()))
    assert [(row["班级名称"], row["姓名"], row["终止原因"]) for row in exported] == [
        ("乙班", "张*", "工作冲突")
    ]
    of_class = rows_of(await world.get(f"/classes/{running['id']}/enrolments/export", world.officer()))
    assert [row["重点群体"] for row in of_class] == ["veteran"]
    assert (await world.get("/enrolments?colour=red", world.officer())).status_code == 422


async def test_an_officer_finds_a_person_by_the_number_within_the_district_and_leaves_a_trace(world, three):
    institution, running, _, _ = three
    person = world.trainee()
    enrolment = await world.enrolled(institution, running, **person)
    await world.enrolled(institution, running)
    body = {"id_number": person["id_number"]}
    for reader in (world.officer(), world.centre, world.by(Role.AUDITOR)):
        found = await world.post("/enrolments/lookup", body, by=reader)
        assert [one["id"] for one in found.json()["items"]] == [enrolment["id"]]
    elsewhere = await world.post("/enrolments/lookup", body, by=world.officer("310104"))
    assert elsewhere.json()["items"] == []
    assert await world.count("SELECT count(*) FROM audit_log WHERE action = 'look_up_enrolments'") == 4
    assert person["id_number"] not in await world.count("SELECT string_agg(a::text, ' ') FROM audit_log a")


# A class like the first for each of the other institutions, and 3,000 enrolments like the first in each.
CLASSES = """
INSERT INTO classes SELECT (jsonb_populate_record(one, jsonb_build_object(
    'id', gen_random_uuid(), 'institution_id', other.id, 'district', other.district))).*
FROM classes AS one, institutions AS other WHERE other.id <> one.institution_id
"""
ENROLMENTS = """
INSERT INTO enrolments SELECT (jsonb_populate_record(one, jsonb_build_object(
    'id', gen_random_uuid(), 'class_id', of.id, 'institution_id', of.institution_id, 'district', of.district,
    'person_key', 'key-' || n))).*
FROM enrolments AS one, classes AS of, generate_series(1, 3000) AS n
"""


@pytest.fixture(scope="module")
async def many(lasting_world):
    """30,000 enrolments of 3,000 people in the classes of ten institutions, each of another district."""
    institution = await lasting_world.qualified()
    await lasting_world.enrolled(institution, await lasting_world.filed(institution))
    for district in [one for one in DISTRICTS if one != institution["district"]][:9]:
        await lasting_world.institution(district)
    for statement in (CLASSES, ENROLMENTS, "ANALYZE"):
        await lasting_world.count(statement)
    return lasting_world, institution


@pytest.mark.parametrize(
    ("reach", "filters", "index"),
    [
        (Reach.DISTRICT, {}, "ix_enrolments_district_id"),
        (Reach.INSTITUTION, {}, "ix_enrolments_institution_id_id"),
        (Reach.ALL, {"person_key": "key-7"}, "ix_enrolments_person_key_id"),
        (Reach.ALL, {}, "pk_enrolments"),
    ],
)
async def test_a_page_of_the_enrolments_is_read_from_an_index_in_its_order(many, reach, filters, index):
    world, institution = many
    scopes = {Reach.DISTRICT: institution["district"], Reach.INSTITUTION: institution["credit_code"]}
    asked = lists.ALL.asked(EnrolmentPage(), reach=reach, scope=scopes.get(reach), **filters)
    statement = lists.ALL.statement(asked)
    values = {f"of_{name}": value for name, value in filters.items()} | {"scope": asked.scope, "most": 51}
    async with world.service.database.transaction() as tx:
        await tx.connection.execute("SET LOCAL enable_seqscan = off")
        plan = await tx.connection.fetch(f"EXPLAIN {statement.sql}", *statement.arguments(values))
    text = "\n".join(row[0] for row in plan)
    assert index in text, text
    assert "Seq Scan on enrolments" not in text, text
    assert filters or "Sort" not in text, text
