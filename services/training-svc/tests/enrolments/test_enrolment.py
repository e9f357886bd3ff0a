"""Enrolling by real name, while there is a place (T02, T03, T06)."""

import asyncio
from datetime import date, timedelta

import pytest
from chuangpei.auth import Role
from chuangpei.kernel.resident_id import make_resident_id


@pytest.fixture
async def filed(world):
    institution = await world.qualified()
    return institution, await world.filed(institution)


async def enrol(world, institution, filed, **own):
    return await world.post(
        f"/classes/{filed['id']}/enrolments", world.trainee(**own), by=world.of_institution(institution)
    )


async def test_a_trainee_enrols_and_shows_masked(world, filed):
    institution, training_class = filed
    body = world.trainee(name="司马相如")
    enrolled = await world.made(
        f"/classes/{training_class['id']}/enrolments", body, world.of_institution(institution)
    )
    assert (enrolled["state"], enrolled["name"], enrolled["phone"]) == ("enrolled", "司马*", "138****1234")
    assert enrolled["id_number"] == "310" + "*" * 13 + body["id_number"][-2:]
    seen = await world.get(f"/classes/{training_class['id']}", world.of_institution(institution))
    assert seen.json()["enrolled"] == 1


async def test_names_numbers_and_phones_rest_encrypted(world, filed):
    institution, training_class = filed
    body = world.trainee(name="司马相如")
    await world.made(f"/classes/{training_class['id']}/enrolments", body, world.of_institution(institution))
    for table in ("enrolments", "audit_log", "outbox", "idempotency_keys"):
        stored = await world.count(f"SELECT string_agg(t::text, ' ') FROM {table} t")  # noqa: S608 -- our tables
        assert not any(value in (stored or "") for value in body.values()), table
    privacy = world.service.privacy
    sealed = await world.count("SELECT phone_encrypted FROM enrolments")
    assert privacy.at_rest.decrypt(sealed, "person.phone") == body["phone"]
    assert await world.count("SELECT person_key FROM enrolments") == privacy.person_key(body["id_number"])


@pytest.mark.parametrize(
    "id_number",
    [
        make_resident_id("810000", date(1990, 1, 1), 1),
        make_resident_id("820000", date(1990, 1, 1), 1),
        make_resident_id("830000", date(1990, 1, 1), 1),
        make_resident_id("931156", date(1990, 1, 1), 1),
    ],
)
async def test_residents_of_hong_kong_macao_taiwan_and_foreigners_enrol_too(world, filed, id_number):
    assert (await enrol(world, *filed, id_number=id_number)).status_code == 201


async def test_one_person_has_one_place_in_a_class_however_the_number_is_written(world, filed):
    numbers = (make_resident_id("310101", date(1990, 1, 1), order) for order in range(1000))
    number = next(number for number in numbers if number.endswith("X"))
    assert (await enrol(world, *filed, id_number=number)).status_code == 201
    again = await enrol(world, *filed, id_number=f"{number[:6]} {number[6:].lower()}")
    assert (again.status_code, again.json()["code"]) == (409, "already_enrolled")
    assert await world.count("SELECT enrolled FROM classes") == 1


async def test_fifty_at_once_for_twenty_places_fill_them_and_thirty_wait(world):
    institution = await world.qualified()
    filed = await world.filed(institution, capacity=20)
    answers = await asyncio.gather(*(enrol(world, institution, filed) for _ in range(50)))
    states = [answer.json()["state"] for answer in answers]
    assert sorted(states) == ["enrolled"] * 20 + ["waiting"] * 30
    for state, counter, count in (("enrolled", "enrolled", 20), ("waiting", "waiting", 30)):
        assert await world.count("SELECT count(*) FROM enrolments WHERE state = $1", state) == count
        assert await world.count(f"SELECT {counter} FROM classes") == count  # noqa: S608 -- named above
    assert await world.count("SELECT count(*) FROM idempotency_keys WHERE status IS NULL") == 0


async def test_twenty_enrolments_of_one_person_at_once_give_one(world, filed):
    same = world.trainee()
    answers = await asyncio.gather(*(enrol(world, *filed, **same) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert await world.count("SELECT enrolled FROM classes") == 1


async def test_one_key_sent_ten_times_at_once_enrols_once(world, filed):
    institution, training_class = filed
    body, same_key = world.trainee(), {"idempotency-key": "enrolment-1"}
    path = f"/classes/{training_class['id']}/enrolments"
    answers = await asyncio.gather(
        *(world.post(path, body, by=world.of_institution(institution), headers=same_key) for _ in range(10))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await world.count("SELECT enrolled FROM classes") == 1


async def test_who_comes_to_a_full_class_waits_and_nobody_enrols_twice(world):
    institution = await world.qualified()
    filed = await world.filed(institution, capacity=1)
    first = world.trainee()
    assert (await enrol(world, institution, filed, **first)).status_code == 201
    second = world.trainee()
    assert (await enrol(world, institution, filed, **second)).json()["state"] == "waiting"
    for again in (first, second):
        assert (await enrol(world, institution, filed, **again)).json()["code"] == "already_enrolled"
    assert await world.count("SELECT enrolled * 10 + waiting FROM classes") == 11


async def test_one_may_enrol_until_the_end_of_the_last_day_in_shanghai(world, filed):
    world.clock.set(world.at(1, 23, 59))
    assert (await enrol(world, *filed)).status_code == 201
    world.clock.set(world.at(2, 0))
    late = await enrol(world, *filed)
    assert (late.status_code, late.json()["code"]) == (422, "enrolment_refused")
    (finding,) = [one for one in late.json()["findings"] if one["outcome"] == "failed"]
    assert (finding["rule"], finding["fact"], finding["required"]) == ("T06", "2026-03-04", "≤ 2026-03-03")


async def test_nobody_enrols_before_being_born(world, filed):
    tomorrow = world.clock.today() + timedelta(days=1)
    answer = await enrol(world, *filed, id_number=world.id_number(tomorrow))
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("/id_number", "not_born")]


async def test_who_teaches_the_class_does_not_enrol_in_it(world):
    institution = await world.qualified()
    teacher = {"name": "李老师", "id_number": world.id_number()}
    filed = await world.filed(institution, instructors=[teacher])
    refused = await enrol(world, institution, filed, **teacher)
    assert (refused.status_code, refused.json()["code"]) == (422, "enrolment_refused")
    assert [one["zh"] for one in refused.json()["findings"] if one["outcome"] == "failed"] == [
        "本班讲师不得报名本班"
    ]
    assert await world.count("SELECT enrolled FROM classes") == 0
    other = await world.filed(
        institution, sessions=world.sessions(first=2), starts_on="2026-03-04", ends_on="2026-03-05"
    )
    assert (await enrol(world, institution, other, **teacher)).status_code == 201


@pytest.mark.parametrize("name", ["\U00030edd\U00030ede", "\U00031350", "张\ue863", "阿依古丽·买买提"])
async def test_rare_characters_of_a_name_are_no_hindrance(world, filed, name):
    assert (await enrol(world, *filed, name=name)).status_code == 201


@pytest.mark.parametrize("name", ["张\u200b三", "张\u202e三", "张\u3000三", "张\n三", "张\u2028三"])
async def test_a_name_has_nothing_that_cannot_be_seen(world, filed, name):
    answer = await enrol(world, *filed, name=name)
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/name"]


async def test_another_institution_enrols_nobody(world, filed):
    _, training_class = filed
    other = await world.institution()
    assert (await enrol(world, other, training_class)).status_code == 404


async def test_a_citizen_sees_the_own_enrolments_only(world, filed):
    institution, training_class = filed
    mine, other = world.trainee(), world.trainee()
    enrolment = await world.enrolled(institution, training_class, **mine)
    await world.enrolled(institution, training_class, **other)
    (seen,) = (await world.get("/my/enrolments", world.by(Role.CITIZEN, id_number=mine["id_number"]))).json()[
        "items"
    ]
    assert seen["id"] == enrolment["id"]
    assert (seen["class_name"], seen["project_code"], seen["district"]) == ("第一期", "IYB", "310115")
    stranger = world.by(Role.CITIZEN, id_number=world.id_number())
    assert (await world.get("/my/enrolments", stranger)).json()["items"] == []


async def test_a_citizen_filters_sorts_and_pages_the_own_enrolments(world, filed):
    institution, first = filed
    mine = world.trainee()
    days = {"starts_on": "2026-03-04", "ends_on": "2026-03-05"}
    second = await world.filed(institution, name="第二期", sessions=world.sessions(first=2), **days)
    late = await world.enrolled(institution, second, **mine)
    await world.enrolled(institution, first, **mine)
    path, by = f"/enrolments/{late['id']}/withdraw", world.of_institution(institution)
    await world.made(path, {"reason": "工作冲突"}, by, late["version"])
    me = world.by(Role.CITIZEN, id_number=mine["id_number"])

    async def names(query):
        answer = await world.get(f"/my/enrolments?{query}", me)
        assert answer.status_code == 200, answer.text
        return [one["class_name"] for one in answer.json()["items"]], answer.json()["next_cursor"]

    assert await names("sort=starts_on") == (["第一期", "第二期"], None)
    assert (await names("state=withdrawn"))[0] == ["第二期"]
    assert (await names("starts_until=2026-03-03&project_code=IYB"))[0] == ["第一期"]
    page, cursor = await names("sort=-starts_on&limit=1")
    rest, end = await names(f"sort=-starts_on&limit=1&cursor={cursor}")
    assert (page, rest, end) == (["第二期"], ["第一期"], None)


async def test_a_class_lists_its_trainees_masked(world, filed):
    institution, training_class = filed
    for _ in range(3):
        await world.enrolled(institution, training_class)
    found = await world.get(f"/classes/{training_class['id']}/enrolments", world.officer())
    assert [one["name"] for one in found.json()["items"]] == ["张*"] * 3
