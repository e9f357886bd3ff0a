"""Institutions are ranked on results, every score explained; published rankings are frozen (T08 优奖劣汰)."""

import csv
import io
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest
from chuangpei.auth import Role

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_DAY = date(2026, 3, 2)
PUDONG, XUHUI = "310115", "310104"
# Copies of one trainee, so that a column more on the table is no matter here.
_TRAINEES = """
WITH made AS (
    INSERT INTO enrolments
    SELECT (jsonb_populate_record(one, jsonb_build_object('id', gen_random_uuid(), 'person_key', 'p' || n,
        'state', 'completed', 'completed_at', now(), 'completed_on', '2026-03-03',
        'sessions_attended', $3::int, 'sessions_held', 4))).*
    FROM enrolments one, generate_series(1, $2::int) n WHERE one.id = $1 RETURNING id
)
INSERT INTO results (enrolment_id, attempts, passed, evaluated_on, void)
SELECT id, 1, row_number() OVER () <= $4::int, '2026-03-10', false FROM made
"""


async def completed(world, institution, filed, *, trainees=20, passed=20, attended=4):
    """So many trainees of the class complete."""
    one = await world.enrolled(institution, filed)
    await world.count(_TRAINEES, one["id"], trainees, attended, passed)
    by = world.of_institution(institution)
    await world.made(f"/enrolments/{one['id']}/withdraw", {"reason": "本人申请退班"}, by, one["version"])


async def trained(world, *, district=PUDONG, name="甲校", trainees=20, passed=20, attended=4, room="301"):
    """An institution with a class that has ended, of trainees who completed."""
    institution = await world.qualified(district)
    await world.made(
        f"/institutions/{institution['id']}/amend",
        {"name": name, "reason": "更名"},
        world.officer(district),
        1,
    )
    filed = await world.filed(institution, sessions=world.sessions(room=room))
    await completed(world, institution, filed, trainees=trainees, passed=passed, attended=attended)
    return institution, filed


async def complained(world, institution):
    body = {
        "credit_code": institution["credit_code"],
        "subject": "fees",
        "content": "收费与公示不符",
        "channel": "letter",
    }
    filed = await world.made("/complaints", body, world.officer())
    await world.made(f"/complaints/{filed['id']}/investigate", None, world.officer(), 1)
    await world.made(f"/complaints/{filed['id']}/uphold", {"outcome": "属实"}, world.officer(), 2)


async def ranking(world, query="year=2026", by=None):
    answer = await world.get(f"/rankings?{query}", by or world.centre)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def ended(world):
    """Two institutions of Pudong and one of Xuhui, after their classes have ended."""
    best = await trained(world, name="甲校")
    worst = await trained(world, name="乙校", passed=2, attended=1)
    other = await trained(world, district=XUHUI, name="丙校", passed=10)
    world.clock.set(world.at(2))
    return best, worst, other


async def test_institutions_stand_in_the_order_of_their_scores(world, ended):
    found = await ranking(world)
    assert [(one["rank"], one["name"], one["score"], one["failing"]) for one in found["items"]] == [
        (1, "甲校", 10_000, False),
        (2, "丙校", 7_500, False),
        (3, "乙校", 3_625, True),
    ]
    assert found["formula"]["weights"] == {
        "pass_rate": 40,
        "attendance": 20,
        "follow_up": 20,
        "complaints": 20,
    }


async def test_each_score_explains_its_components_and_what_has_no_data_is_shown_as_such(world, ended):
    _, (worst, _), _ = ended
    await complained(world, worst)
    entry = (await ranking(world))["items"][-1]
    parts = {part["component"]: part for part in entry["components"]}
    assert (parts["pass_rate"]["count"], parts["pass_rate"]["out_of"], parts["pass_rate"]["value"]) == (
        2,
        20,
        1_000,
    )
    assert (parts["attendance"]["count"], parts["attendance"]["out_of"]) == (20, 80)
    assert parts["follow_up"]["value"] is None
    assert (parts["complaints"]["count"], parts["complaints"]["value"]) == (1, 0)
    assert entry["score"] == (40 * 1_000 + 20 * 2_500 + 20 * 0) // 80


async def test_a_void_result_is_no_pass(world, ended):
    await world.count(
        "UPDATE results SET void = true, revoked_on = '2026-04-01', revocation_reason = 'evaluation_fraud'"
    )
    assert {part["count"] for one in (await ranking(world))["items"] for part in one["components"][:1]} == {0}


async def test_who_has_not_completed_counts_with_the_attendance_recorded(world):
    institution = await world.qualified()
    filed = await world.filed(institution)
    enrolment = await world.enrolled(institution, filed)
    await world.attended(institution, filed, enrolment, 3)
    world.clock.set(world.at(2))
    (entry,) = (await ranking(world))["items"]
    parts = {part["component"]: (part["count"], part["out_of"]) for part in entry["components"]}
    assert (parts["pass_rate"], parts["attendance"]) == ((0, 1), (3, 4))


async def test_follow_up_counts_once_a_check_of_it_is_due(world):
    institution = await world.qualified()
    filed = await world.filed(institution)
    enrolment = await world.enrolled(institution, filed)
    await world.attended(institution, filed, enrolment, 4)
    by = world.of_institution(institution)
    await world.made(f"/enrolments/{enrolment['id']}/complete", None, by, enrolment["version"])

    async def followed_up():
        (entry,) = (await ranking(world))["items"]
        part = entry["components"][2]
        assert part["component"] == "follow_up"
        return part["count"], part["out_of"], part["value"]

    assert await followed_up() == (0, 0, None)
    world.clock.set(world.at(200))
    assert await followed_up() == (0, 1, 0)
    (listed,) = (await world.get("/follow-ups", by)).json()["items"]
    follow_up = (await world.get(f"/follow-ups/{listed['id']}", by)).json()
    (check,) = follow_up["checks"]
    await world.made(
        f"/follow-ups/{listed['id']}/checks/{check['id']}/record",
        {"note": "尚未开业"},
        by,
        follow_up["version"],
    )
    assert await followed_up() == (1, 1, 10_000)


async def test_with_too_few_trainees_there_is_a_score_but_no_rank(world):
    await trained(world, name="少数学校", trainees=19, passed=0, attended=0)
    world.clock.set(world.at(2))
    (entry,) = (await ranking(world))["items"]
    assert (entry["rank"], entry["failing"], entry["trainees"]) == (None, False, 19)
    assert entry["score"] is not None


async def test_a_stage_without_evaluation_is_passed_by_completing(world):
    await world.project("GYB", stage=1)
    await world.standard("GYB")
    centre = await world.institution(kind="district_centre")
    filed = await world.filed(centre, project_code="GYB")
    await completed(world, centre, filed, passed=0)
    world.clock.set(world.at(2))
    (entry,) = (await ranking(world))["items"]
    assert entry["components"][0]["count"] == 20


async def test_only_classes_that_ended_in_the_year_count_and_those_of_the_district(world, ended):
    assert (await ranking(world, "year=2027"))["items"] == []
    (only,) = (await ranking(world, f"year=2026&district={XUHUI}"))["items"]
    assert only["name"] == "丙校"


async def test_a_class_that_has_not_ended_counts_for_nothing(world):
    await trained(world)
    world.clock.set(world.at(0))
    assert (await ranking(world))["items"] == []


async def test_an_officer_asks_for_the_own_district_only(world, ended):
    officer = world.officer()
    assert len((await ranking(world, f"year=2026&district={PUDONG}", officer))["items"]) == 2
    for query in ("year=2026", f"year=2026&district={XUHUI}"):
        for path in (f"/rankings?{query}", f"/rankings/export?{query}"):
            assert (await world.get(path, officer)).status_code == 404


async def test_a_year_at_whose_end_no_law_is_in_force_is_not_ranked(world):
    answer = await world.get("/rankings?year=2031", world.centre)
    assert (answer.status_code, answer.json()["code"]) == (422, "ranking_refused")
    assert [one["rule"] for one in answer.json()["findings"]] == ["O06"]


async def test_the_export_has_the_places_with_their_figures(world, ended):
    answer = await world.get("/rankings/export?year=2026", world.centre)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["名次"], row["机构名称"], row["得分"], row["合格"]) for row in rows] == [
        ("1", "甲校", "100.00", "20/20"),
        ("2", "丙校", "75.00", "10/20"),
        ("3", "乙校", "36.25", "2/20"),
    ]
    assert {row["跟踪服务"] for row in rows} == {""}
    xlsx = await world.get("/rankings/export?year=2026&format=xlsx", world.centre)
    assert xlsx.content.startswith(b"PK")


async def test_from_2027_on_the_evaluations_of_the_institution_count(world):
    world.clock.set(datetime(2027, 1, 2, 9, tzinfo=SHANGHAI))
    institution = await world.qualified()
    days = {"starts_on": "2027-02-01", "ends_on": "2027-02-02"}
    filed = await world.filed(
        institution, sessions=world.sessions(first=(date(2027, 2, 1) - FIRST_DAY).days), **days
    )
    await completed(world, institution, filed)
    world.clock.set(datetime(2027, 12, 31, 9, tzinfo=SHANGHAI))
    for kind, one, points in (
        ("institution", institution, {"premises": 10, "teachers": 10, "process": 15, "results": 15}),
        ("class", filed, {"attendance": 0, "teaching": 0, "satisfaction": 0}),
    ):
        body = {"object_kind": kind, "object_id": one["id"], "scores": points}
        period = {"period_from": "2027-01-01", "period_to": "2027-12-31"}
        await world.made("/periodic-evaluations", body | period, world.officer())
    (entry,) = (await ranking(world, "year=2027"))["items"]
    parts = {part["component"]: part for part in entry["components"]}
    assert (parts["evaluation"]["count"], parts["evaluation"]["out_of"]) == (50, 100)
    assert (parts["evaluation"]["weight"], parts["follow_up"]["value"]) == (20, None)
    assert entry["score"] == (35 * 10_000 + 2 * 15 * 10_000 + 20 * 5_000) // 85
    of_district = await ranking(world, f"year=2027&district={PUDONG}")
    assert of_district["items"][0]["score"] == entry["score"]
    export = await world.get("/rankings/export?year=2027", world.centre)
    assert "50/100" in export.text


async def test_the_places_are_filtered_sorted_and_paged_without_changing_who_stands_where(world, ended):
    world.clock.set(world.at(-10))
    await trained(world, name="丁校", trainees=5, room="302")
    world.clock.set(world.at(2))

    async def places(query):
        return [(one["place"], one["name"]) for one in (await ranking(world, f"year=2026{query}"))["items"]]

    assert await places("") == [(1, "甲校"), (2, "丙校"), (3, "乙校"), (4, "丁校")]
    assert await places("&failing=true") == [(3, "乙校")]
    assert await places("&ranked=false") == [(4, "丁校")]
    assert await places("&sort=-place&limit=1") == [(4, "丁校")]
    assert (await places("&sort=trainees"))[0] == (4, "丁校")
    first = await ranking(world, "year=2026&limit=3")
    rest = await ranking(world, f"year=2026&limit=3&cursor={first['next_cursor']}")
    assert [one["place"] for page in (first, rest) for one in page["items"]] == [1, 2, 3, 4]
    assert (rest["next_cursor"], rest["formula"]) == (None, first["formula"])
    export = await world.get("/rankings/export?year=2026&failing=true", world.centre)
    assert [line.split(",")[1] for line in export.text.splitlines()[1:]] == ["乙校"]


async def test_what_is_published_is_frozen_whatever_happens_later(world, ended):
    (best, _), *_ = ended
    published = await world.made("/rankings/published", {"year": 2026, "district": None}, world.centre)
    await complained(world, best)
    now = {one["name"]: one["components"][3]["count"] for one in (await ranking(world))["items"]}
    assert now == {"甲校": 1, "乙校": 0, "丙校": 0}
    path = f"/rankings/published/{published['id']}"
    page = (await world.get(f"{path}/entries", world.of_institution(best))).json()["items"]
    assert [(one["place"], one["name"], one["score"]) for one in page] == [
        (1, "甲校", 10_000),
        (2, "丙校", 7_500),
        (3, "乙校", 3_625),
    ]
    assert page[0]["components"][3]["count"] == 0
    shown = (await world.get(path, world.of_institution(best))).json()
    assert (shown["institutions"], shown["formula"]["failing_below"]) == (3, 6_000)
    export = await world.get(f"{path}/entries/export", world.officer())
    assert len(export.text.splitlines()) == 4
    for table in ("rankings", "ranking_entries"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await world.count(f"DELETE FROM {table}")  # noqa: S608 -- the tables are named above


async def test_the_failing_are_flagged_by_the_ranking_published_last(world, ended):
    _, (worst, filed), _ = ended

    async def failing():
        answer = await world.get("/institutions?failing=true", world.centre)
        return [one["id"] for one in answer.json()["items"]]

    assert await failing() == []
    await world.made("/rankings/published", {"year": 2026}, world.centre)
    assert await failing() == [worst["id"]]
    assert (await world.get(f"/institutions/{worst['id']}", world.officer())).json()["failing"] is True
    await world.count(
        "UPDATE results SET passed = true WHERE enrolment_id IN"
        " (SELECT id FROM enrolments WHERE class_id = $1)",
        filed["id"],
    )
    await world.made("/rankings/published", {"year": 2026, "district": PUDONG}, world.centre)
    assert await failing() == []


async def test_published_rankings_are_found_by_year_and_district(world):
    for year, district in ((2026, PUDONG), (2026, None), (2027, PUDONG)):
        await world.made("/rankings/published", {"year": year, "district": district}, world.centre)
        world.clock.advance(timedelta(minutes=1))

    async def found(query):
        answer = await world.get(f"/rankings/published?{query}", world.officer(XUHUI))
        assert answer.status_code == 200, answer.text
        return [(one["year"], one["district"]) for one in answer.json()["items"]]

    assert await found("") == [(2027, PUDONG), (2026, None), (2026, PUDONG)]
    assert await found(f"year=2026&district={PUDONG}") == [(2026, PUDONG)]
    assert len((await world.get("/rankings/published/export", world.officer())).text.splitlines()) == 4


async def test_a_ranking_that_was_not_published_is_not_there(world):
    nowhere = "/rankings/published/00000000-0000-0000-0000-000000000001"
    for path in (nowhere, f"{nowhere}/entries", f"{nowhere}/entries/export"):
        assert (await world.get(path, world.by(Role.AUDITOR))).status_code == 404
