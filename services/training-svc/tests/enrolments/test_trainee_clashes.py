"""Nobody sits in two classes at one time, in whatever order the two requests come (T06)."""

import asyncio

import asyncpg
import pytest


def failed(answer):
    return [(one["rule"], one["fact"]) for one in answer.json()["findings"] if one["outcome"] == "failed"]


async def enrol(world, institution, filed, person):
    return await world.post(
        f"/classes/{filed['id']}/enrolments", person, by=world.of_institution(institution)
    )


async def test_who_sits_in_a_class_elsewhere_at_that_time_is_refused_by_its_name(world):
    one, other = await world.qualified(), await world.qualified("310104")
    person = world.trainee()
    await world.enrolled(one, await world.filed(one, name="浦东第一期"), **person)
    answer = await enrol(world, other, await world.filed(other), person)
    assert (answer.status_code, answer.json()["code"]) == (409, "trainee_clash")
    assert failed(answer) == [("T06", "张* 浦东第一期 2026-03-02 08:00")]
    assert person["id_number"] not in answer.text
    assert await world.count("SELECT count(*) FROM enrolments") == 1


async def test_who_waits_for_a_class_keeps_its_hours_free(world):
    institution = await world.qualified()
    full = await world.filed(institution, capacity=1)
    await world.enrolled(institution, full)
    person = world.trainee()
    assert (await world.enrolled(institution, full, **person))["state"] == "waiting"
    other = await world.filed(institution, sessions=world.sessions(room="302"))
    assert (await enrol(world, institution, other, person)).json()["code"] == "trainee_clash"


async def test_classes_that_follow_each_other_or_interlace_do_not_clash(world):
    institution = await world.qualified()
    person = world.trainee()
    await world.enrolled(institution, await world.filed(institution), **person)
    between = [
        {
            "starts_at": world.at(day, begin).isoformat(),
            "ends_at": world.at(day, end).isoformat(),
            "room": "9",
        }
        for day, begin, end in [(0, 12, 13), (0, 17, 23), (1, 0, 8), (1, 12, 13)]
    ]
    interlaced = await world.filed(institution, sessions=between)
    assert (await enrol(world, institution, interlaced, person)).status_code == 201


async def test_who_withdrew_has_the_hours_again(world):
    institution = await world.qualified()
    person = world.trainee()
    first = await world.enrolled(institution, await world.filed(institution), **person)
    other = await world.filed(institution, sessions=world.sessions(room="302"))
    path = f"/enrolments/{first['id']}/withdraw"
    await world.made(path, {"reason": "改读他班"}, world.of_institution(institution), first["version"])
    assert (await enrol(world, institution, other, person)).status_code == 201


async def test_of_ten_classes_at_one_time_a_person_who_enrols_in_all_at_once_gets_one(world):
    institution = await world.qualified()
    rooms = [await world.filed(institution, sessions=world.sessions(room=f"4{n:02}")) for n in range(10)]
    person = world.trainee()
    answers = await asyncio.gather(*(enrol(world, institution, one, person) for one in rooms))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 9]
    assert await world.count("SELECT sum(enrolled) FROM classes") == 1
    assert all(answer.json()["findings"] for answer in answers if answer.status_code == 409)


async def test_a_session_is_not_moved_to_where_a_trainee_sits_elsewhere(world):
    institution = await world.qualified()
    first, person = await world.filed(institution), world.trainee()
    days = {"starts_on": "2026-03-02", "ends_on": "2026-03-05"}
    later = world.sessions(room="5", first=2)
    second = await world.filed(institution, name="第二期", sessions=later, **days)
    for filed in (first, second):
        await world.enrolled(institution, filed, **person)
    path = f"/classes/{second['id']}/sessions/{second['sessions'][0]['id']}/amend"
    to_the_first_day = {
        "starts_at": world.at(0, 10).isoformat(),
        "ends_at": world.at(0, 14).isoformat(),
        "reason": "调课",
    }
    answer = await world.post(
        path, to_the_first_day, by=world.of_institution(institution), version=second["version"]
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "class_clash")
    assert failed(answer) == [("T06", "张* 第一期 2026-03-02 08:00")]
    evening = to_the_first_day | {
        "starts_at": world.at(0, 18).isoformat(),
        "ends_at": world.at(0, 22).isoformat(),
    }
    moved = await world.post(path, evening, by=world.of_institution(institution), version=second["version"])
    assert moved.status_code == 200, moved.text


async def test_the_database_itself_lets_nobody_sit_in_two_places(world):
    institution = await world.qualified()
    person = world.trainee()
    await world.enrolled(institution, await world.filed(institution), **person)
    other = await world.filed(institution, sessions=world.sessions(room="302"))
    stranger = await world.enrolled(institution, other)
    sql = "UPDATE enrolment_hours SET person_key = $1 WHERE enrolment_id = $2::uuid"
    with pytest.raises(asyncpg.ExclusionViolationError):
        await world.count(sql, world.service.privacy.person_key(person["id_number"]), stranger["id"])
