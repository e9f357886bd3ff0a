"""Training plans (年度培训计划, O02): submitted by the district, accepted, adjusted, measured against."""

import asyncio
import csv
import io
from datetime import date

import asyncpg
import pytest
from chuangpei.auth import Role
from chuangpei.testing.clock import FixedClock

PUDONG, XUHUI = "310115", "310104"
STUDENTS = {"stage": 3, "target_group": "student", "people": 30, "classes": 1}
GENERAL = {"stage": 3, "target_group": "general", "people": 10, "classes": 1}
FIRST_STAGE = {"stage": 1, "target_group": "general", "people": 200, "classes": 4}


async def submitted(world, *lines, district=PUDONG, year=2026):
    body = {"year": year, "lines": list(lines or (STUDENTS, GENERAL))}
    return await world.made("/training-plans", body, world.officer(district))


async def accepted(world, *lines, **own):
    plan = await submitted(world, *lines, **own)
    return await world.made(f"/training-plans/{plan['id']}/accept", None, world.centre, plan["version"])


async def progress(world, by, query="year=2026"):
    answer = await world.get(f"/training-plans/progress?{query}", by)
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


async def test_a_district_submits_its_plan_and_the_centre_accepts_it(world):
    plan = await accepted(world)
    assert (plan["state"], plan["people"], plan["classes"]) == ("accepted", 40, 2)
    assert plan["lines"] == [GENERAL, STUDENTS]


async def test_a_returned_plan_is_submitted_anew_with_other_lines(world):
    plan = await submitted(world)
    path = f"/training-plans/{plan['id']}"
    returned = await world.made(f"{path}/return", {"reason": "未安排退役军人班次"}, world.centre, 1)
    assert (returned["state"], returned["reason"]) == ("returned", "未安排退役军人班次")
    again = await world.made(f"{path}/resubmit", {"lines": [FIRST_STAGE]}, world.officer(), 2)
    assert (again["state"], again["reason"], again["lines"]) == ("submitted", None, [FIRST_STAGE])
    assert (await world.made(f"{path}/accept", None, world.centre, 3))["state"] == "accepted"


async def test_a_district_has_one_plan_a_year_whoever_submits_it(world):
    body = {"year": 2026, "lines": [GENERAL]}
    officers = [world.officer(subject=f"officer-{number}") for number in range(8)]
    answers = await asyncio.gather(*(world.post("/training-plans", body, by=one) for one in officers))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"plan_exists"}
    assert (await submitted(world, year=2027))["year"] == 2027
    assert (await submitted(world, district=XUHUI))["district"] == XUHUI


async def test_the_database_itself_has_one_plan_a_district_and_year(world):
    await submitted(world)
    with pytest.raises(asyncpg.UniqueViolationError):
        await world.count(
            "INSERT INTO training_plans SELECT gen_random_uuid(), district, year, state, submitted_at,"
            " submitted_on, submitted_by, NULL, NULL, NULL, NULL, 1 FROM training_plans"
        )


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("accept", None),
        ("return", {"reason": "计划不全"}),
        ("resubmit", {"lines": [GENERAL]}),
    ],
)
async def test_what_is_accepted_stays_but_by_amendment(world, step, body):
    plan = await accepted(world)
    by = world.officer() if step == "resubmit" else world.centre
    answer = await world.post(f"/training-plans/{plan['id']}/{step}", body, by=by, version=2)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_an_adjusted_plan_keeps_the_lines_before(world):
    plan = await accepted(world)
    path = f"/training-plans/{plan['id']}"
    more = STUDENTS | {"people": 60, "classes": 2}
    amended = await world.made(f"{path}/amend", {"lines": [more], "reason": "需求增加"}, world.centre, 2)
    assert (amended["people"], amended["lines"]) == (60, [more])
    (kept,) = (await world.get(f"{path}/amendments", world.officer())).json()["items"]
    assert (kept["before"]["lines"], kept["after"]["lines"]) == ([GENERAL, STUDENTS], [more])
    assert kept["reason"] == "需求增加"


async def test_an_amendment_that_changes_nothing_is_refused(world):
    plan = await accepted(world)
    body = {"lines": [STUDENTS, GENERAL], "reason": "核对"}
    answer = await world.post(f"/training-plans/{plan['id']}/amend", body, by=world.centre, version=2)
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_amended")


async def test_a_plan_that_is_not_accepted_is_not_amended(world):
    plan = await submitted(world)
    body = {"lines": [GENERAL], "reason": "核对"}
    answer = await world.post(f"/training-plans/{plan['id']}/amend", body, by=world.centre, version=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


@pytest.mark.parametrize(
    ("today", "year", "rules"),
    [
        (date(2026, 12, 31), 2026, []),
        (date(2027, 1, 1), 2026, ["O02"]),
        (date(2026, 2, 1), 2025, ["O06", "O02"]),
        (date(2026, 2, 1), 2030, []),
        (date(2026, 2, 1), 2031, ["O06"]),
    ],
)
async def test_a_plan_is_for_a_year_of_the_document_that_is_not_over(world, today, year, rules):
    world.clock.set(FixedClock.on(today).now())
    answer = await world.post("/training-plans", {"year": year, "lines": [GENERAL]}, by=world.officer())
    assert answer.status_code == (422 if rules else 201)
    found = answer.json().get("findings", [])
    assert [one["rule"] for one in found if one["outcome"] == "failed"] == rules


@pytest.mark.parametrize(
    ("lines", "pointer"),
    [
        ([], "/lines"),
        ([GENERAL, GENERAL | {"people": 5}], "/lines"),
        ([GENERAL | {"people": 0}], "/lines/0/people"),
        ([GENERAL | {"classes": -1}], "/lines/0/classes"),
        ([GENERAL | {"stage": 5}], "/lines/0/stage"),
        ([GENERAL | {"target_group": "everyone"}], "/lines/0/target_group"),
    ],
)
async def test_what_is_wrong_with_a_plan_is_named(world, lines, pointer):
    answer = await world.post("/training-plans", {"year": 2026, "lines": lines}, by=world.officer())
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_another_district_sees_and_does_nothing(world):
    plan = await submitted(world)
    path, other = f"/training-plans/{plan['id']}", world.officer(XUHUI)
    await world.made(f"{path}/return", {"reason": "计划不全"}, world.centre, 1)
    for reading in (path, f"{path}/amendments"):
        assert (await world.get(reading, other)).status_code == 404
    answer = await world.post(f"{path}/resubmit", {"lines": [GENERAL]}, by=other, version=2)
    assert answer.status_code == 404
    assert (await world.get("/training-plans", other)).json()["items"] == []


async def test_plans_are_filtered_sorted_paged_and_exported(world):
    await accepted(world)
    await submitted(world, FIRST_STAGE, year=2027)
    await submitted(world, FIRST_STAGE, district=XUHUI)
    first = (await world.get("/training-plans?sort=-year&limit=2", world.centre)).json()
    rest = await world.get(f"/training-plans?sort=-year&limit=2&cursor={first['next_cursor']}", world.centre)
    years = [one["year"] for one in first["items"] + rest.json()["items"]]
    assert years == [2027, 2026, 2026]
    for query, expected in [
        ("state=accepted", [(PUDONG, 2026, 40)]),
        ("year=2027", [(PUDONG, 2027, 200)]),
        (f"district={XUHUI}", [(XUHUI, 2026, 200)]),
    ]:
        items = (await world.get(f"/training-plans?{query}", world.centre)).json()["items"]
        assert [(one["district"], one["year"], one["people"]) for one in items] == expected
    file = await world.get("/training-plans/export?year=2026", world.officer())
    (line,) = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
    assert (line["区"], line["计划人数"], line["状态"]) == (PUDONG, "40", "accepted")


async def a_class_with(world, enrolled, completed, **own):
    """A class of a qualified institution in which some of the enrolled completed."""
    institution = await world.qualified()
    filed = await world.filed(institution, **own)
    people = [await world.enrolled(institution, filed) for _ in range(enrolled)]
    before = world.clock.now()
    for person in people[:completed]:
        await world.attended(institution, filed, person, 4)
        await world.made(f"/enrolments/{person['id']}/complete", None, world.of_institution(institution), 1)
    world.clock.set(before)


async def test_what_was_planned_stands_beside_what_was_done(world):
    await accepted(world, GENERAL, STUDENTS | {"people": 2}, FIRST_STAGE)
    await a_class_with(world, enrolled=3, completed=2)
    await a_class_with(world, enrolled=1, completed=1)
    assert await progress(world, world.officer()) == [
        {
            "district": PUDONG,
            "stage": 1,
            "target_group": None,
            "planned_classes": 4,
            "classes": 0,
            "planned_people": 200,
            "enrolled": 0,
            "completed": 0,
            "completed_percent": 0,
        },
        {
            "district": PUDONG,
            "stage": 3,
            "target_group": None,
            "planned_classes": 2,
            "classes": 2,
            "planned_people": 12,
            "enrolled": 4,
            "completed": 3,
            "completed_percent": 25,
        },
    ]


def declared(group):
    return {"priority": {"group": group, "evidence": "已核验证件"}}


def by_group(rows):
    return {
        one["target_group"]: (one["planned_people"], one["classes"], one["enrolled"], one["completed"])
        for one in rows
    }


async def test_target_groups_are_measured_by_the_priority_group_of_each_enrolment(world):
    await accepted(world, GENERAL, STUDENTS)
    institution = await world.qualified()
    first = await world.filed(institution)
    second = await world.filed(institution, sessions=world.sessions(room="302"))
    await world.enrolled(institution, first, **declared("student"))
    await world.enrolled(institution, first, **declared("veteran"))
    await world.enrolled(institution, second, **declared("veteran"))
    person = await world.enrolled(institution, first)
    await world.filed(institution, sessions=world.sessions(room="303"))
    before = world.clock.now()
    await world.attended(institution, first, person, 4)
    await world.made(f"/enrolments/{person['id']}/complete", None, world.of_institution(institution), 1)
    world.clock.set(before)
    assert by_group(await progress(world, world.officer(), "year=2026&by=target_group")) == {
        "general": (10, 1, 1, 1),
        "student": (30, 1, 1, 0),
        "veteran": (0, 2, 2, 0),
    }
    file = await world.get("/training-plans/progress/export?year=2026&by=target_group", world.officer())
    found = [line["培训对象"] for line in csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))]
    assert found == ["general", "student", "veteran"]


async def test_who_waits_withdrew_or_changed_class_counts_only_where_they_have_a_place(world):
    institution = await world.qualified()
    by = world.of_institution(institution)
    full = await world.filed(institution, capacity=2)
    other = await world.filed(institution, sessions=world.sessions(room="302"))
    left, moved, waiting = [
        await world.enrolled(institution, full, **declared(group))
        for group in ("student", "veteran", "disabled")
    ]
    assert waiting["state"] == "waiting"
    assert by_group(await progress(world, world.officer(), "year=2026&by=target_group")) == {
        "student": (0, 1, 1, 0),
        "veteran": (0, 1, 1, 0),
    }
    body = {"class_id": other["id"], "reason": "改读周末班"}
    await world.made(f"/enrolments/{moved['id']}/transfer", body, by, moved["version"])
    await world.made(f"/enrolments/{left['id']}/withdraw", {"reason": "工作冲突"}, by, left["version"])
    assert by_group(await progress(world, world.officer(), "year=2026&by=target_group")) == {
        "disabled": (0, 1, 1, 0),
        "veteran": (0, 1, 1, 0),
    }
    (row,) = await progress(world, world.officer())
    assert (row["classes"], row["enrolled"]) == (2, 2)


async def test_nothing_is_done_in_a_class_that_was_cancelled(world):
    await accepted(world, GENERAL)
    institution = await world.qualified()
    filed = await world.filed(institution)
    await world.enrolled(institution, filed)
    by = world.of_institution(institution)
    await world.made(f"/classes/{filed['id']}/cancel", {"reason": "报名人数不足"}, by, filed["version"])
    (row,) = await progress(world, world.officer())
    assert (row["classes"], row["enrolled"]) == (0, 0)


async def test_what_nobody_planned_is_shown_and_a_plan_not_accepted_does_not_count(world):
    await submitted(world)
    await a_class_with(world, enrolled=1, completed=0)
    (row,) = await progress(world, world.officer())
    assert (row["planned_people"], row["enrolled"], row["completed_percent"]) == (0, 1, None)


async def test_only_classes_that_begin_in_the_year_count(world):
    await a_class_with(world, enrolled=1, completed=0)
    assert await progress(world, world.officer(), "year=2027") == []


async def test_a_district_measures_itself_and_the_city_all(world):
    await accepted(world, GENERAL)
    await accepted(world, FIRST_STAGE, district=XUHUI)
    assert [row["district"] for row in await progress(world, world.officer())] == [PUDONG]
    assert await progress(world, world.officer(), f"year=2026&district={XUHUI}") == []
    auditor = world.by(Role.AUDITOR)
    assert [row["district"] for row in await progress(world, auditor)] == [XUHUI, PUDONG]
    assert [row["district"] for row in await progress(world, auditor, "year=2026&stage=1")] == [XUHUI]
    only = await progress(world, auditor, f"year=2026&district={PUDONG}")
    assert [row["district"] for row in only] == [PUDONG]


async def test_planned_against_done_is_taken_away_as_a_file(world):
    await accepted(world, GENERAL)
    answer = await world.get("/training-plans/progress/export?year=2026", world.officer())
    (line,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (line["计划人数"], line["结业人数"], line["完成率（%）"]) == ("10", "0", "0")
    assert (await world.get("/training-plans/progress/export", world.officer())).status_code == 422
