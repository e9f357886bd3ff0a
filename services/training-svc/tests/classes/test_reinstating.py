"""A cancellation made by mistake is taken back where nobody else's rights are hurt (T06)."""

import asyncio

import asyncpg
import pytest
from chuangpei.events.training import ClassChanged, ClassReinstated, EnrolmentPromoted

AGAIN = {"cancelled": False, "reason": "误点取消"}


def failed(answer):
    return [(one["rule"], one["fact"]) for one in answer.json()["findings"] if one["outcome"] == "failed"]


@pytest.fixture
async def school(world):
    return await world.qualified()


@pytest.fixture
async def filed(world, school):
    return await world.filed(school, capacity=2)


async def cancelled(world, school, filed):
    by = world.of_institution(school)
    now = (await world.get(f"/classes/{filed['id']}", by)).json()
    return await world.made(f"/classes/{filed['id']}/cancel", {"reason": "人数不足"}, by, now["version"])


async def amend(world, school, one, body):
    path = f"/classes/{one['id']}/amend"
    return await world.post(path, body, by=world.of_institution(school), version=one["version"])


async def states(world, filed):
    found = await world.get(f"/classes/{filed['id']}/enrolments", world.officer())
    return [one["state"] for one in found.json()["items"]]


async def test_a_class_cancelled_by_mistake_is_held_after_all_with_its_sessions_teachers_and_trainees(
    world, school, filed
):
    people = [world.trainee() for _ in range(3)]
    for one in people:
        await world.enrolled(school, filed, **one)
    answer = await amend(world, school, await cancelled(world, school, filed), AGAIN)
    assert answer.status_code == 200, answer.text
    now = answer.json()
    assert (now["state"], now["cancel_reason"], now["enrolled"], now["waiting"]) == ("filed", None, 2, 1)
    assert [one["cancelled_at"] for one in now["sessions"]] == [None] * 4
    assert now["instructors"] == filed["instructors"]
    assert await states(world, filed) == ["enrolled", "enrolled", "waiting"]
    (event,) = [one for one in await world.events() if isinstance(one, ClassReinstated)]
    keys = {world.service.privacy.person_key(one["id_number"]) for one in people}
    assert (set(event.person_keys), event.reason) == (keys, "误点取消")
    assert {one.cancelled for one in event.sessions} == {False}
    (kept,) = (await world.get(f"/classes/{filed['id']}/amendments", world.officer())).json()["items"]
    assert (kept["before"]["cancel_reason"], kept["after"]["state"]) == ("人数不足", "filed")


async def test_attendance_taken_before_counts_again(world, school, filed):
    enrolment = await world.enrolled(school, filed)
    await world.attended(school, filed, enrolment, 2)
    world.clock.set(world.at(0, 18))
    once = await cancelled(world, school, filed)
    assert [one["cancelled_at"] is None for one in once["sessions"]] == [True, True, False, False]
    assert (await amend(world, school, once, AGAIN)).status_code == 200
    shown = (await world.get(f"/enrolments/{enrolment['id']}", world.officer())).json()
    assert (shown["state"], [one["fact"] for one in shown["findings"]][-1]) == ("enrolled", "2/4")


async def test_whose_hours_were_taken_meanwhile_stays_out_and_who_waited_moves_up(world, school, filed):
    people = [world.trainee() for _ in range(3)]
    for one in people:
        await world.enrolled(school, filed, **one)
    once = await cancelled(world, school, filed)
    other = await world.filed(school, sessions=world.sessions(room="302"))
    await world.enrolled(school, other, **people[0])
    assert (await amend(world, school, once, AGAIN)).status_code == 200
    assert await states(world, filed) == ["cancelled", "enrolled", "enrolled"]
    assert await states(world, other) == ["enrolled"]
    assert [type(one) for one in (await world.events())[-2:]] == [EnrolmentPromoted, ClassReinstated]
    (event,) = [one for one in await world.events() if isinstance(one, ClassReinstated)]
    assert world.service.privacy.person_key(people[0]["id_number"]) not in event.person_keys


async def test_who_withdrew_before_stays_out(world, school, filed):
    gone = await world.enrolled(school, filed)
    by = world.of_institution(school)
    await world.made(f"/enrolments/{gone['id']}/withdraw", {"reason": "工作"}, by, gone["version"])
    assert (await amend(world, school, await cancelled(world, school, filed), AGAIN)).status_code == 200
    assert await states(world, filed) == ["withdrawn"]


async def test_a_class_whose_room_was_taken_is_not_reinstated(world, school, filed):
    once = await cancelled(world, school, filed)
    await world.filed(school)
    answer = await amend(world, school, once, AGAIN)
    assert (answer.status_code, answer.json()["code"]) == (409, "class_clash")
    assert failed(answer)[0] == ("T06", "301 2026-03-02 08:00")
    assert (await world.get(f"/classes/{filed['id']}", world.officer())).json()["state"] == "cancelled"


async def test_of_a_class_reinstated_and_another_filed_in_its_room_at_once_one_is_held(world, school, filed):
    once = await cancelled(world, school, filed)
    body = await world.teachable(school, world.class_body(school))
    answers = await asyncio.gather(
        amend(world, school, once, AGAIN), world.post("/classes", body, by=world.of_institution(school))
    )
    assert sorted(answer.is_success for answer in answers) == [False, True]
    assert next(one for one in answers if not one.is_success).json()["code"] == "class_clash"


async def test_a_class_is_not_reinstated_with_too_few_hours_left_or_for_an_organiser_that_closed(
    world, school, filed
):
    once = await cancelled(world, school, filed)
    world.clock.set(world.at(0, 9))
    late = await amend(world, school, once, AGAIN)
    assert (late.status_code, late.json()["code"]) == (422, "class_change_refused")
    assert ("T05", "720") in failed(late)
    await world.made(f"/institutions/{school['id']}/close", {"reason": "停办"}, world.officer(), 1)
    assert ("T06", "closed") in failed(await amend(world, school, once, AGAIN))
    world.clock.set(world.at(1, 17))
    assert ("T06", "2026-03-03 17:00") in failed(await amend(world, school, once, AGAIN))


async def test_why_a_class_was_cancelled_is_amended_with_its_history(world, school, filed):
    once = await cancelled(world, school, filed)
    body = {"cancel_reason": "讲师生病", "reason": "登记有误"}
    amended = (await amend(world, school, once, body)).json()
    assert (amended["state"], amended["cancel_reason"]) == ("cancelled", "讲师生病")
    (kept,) = (await world.get(f"/classes/{filed['id']}/amendments", world.officer())).json()["items"]
    assert (kept["before"]["cancel_reason"], kept["reason"]) == ("人数不足", "登记有误")
    assert (await amend(world, school, amended, body)).json()["code"] == "nothing_amended"


async def test_only_a_cancelled_class_has_a_cancellation_to_amend_and_it_is_amended_alone(
    world, school, filed
):
    assert (await amend(world, school, filed, AGAIN)).json()["code"] == "not_allowed_in_state"
    answer = await amend(world, school, filed, AGAIN | {"capacity": 5})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_a_session_cancelled_by_mistake_is_held_after_all(world, school):
    days = {"starts_on": "2026-03-02", "ends_on": "2026-03-04"}
    filed = await world.filed(school, sessions=world.sessions(days=3), **days)
    person, by = world.trainee(), world.of_institution(school)
    await world.enrolled(school, filed, **person)
    path = f"/classes/{filed['id']}/sessions/{filed['sessions'][-1]['id']}"
    once = await world.made(f"{path}/cancel", {"reason": "停电"}, by, filed["version"])
    again = await world.post(f"{path}/amend", AGAIN, by=by, version=once["version"])
    assert again.status_code == 200, again.text
    assert again.json()["sessions"][-1]["cancelled_at"] is None
    assert isinstance((await world.events())[-1], ClassChanged)
    twice = await world.post(f"{path}/amend", AGAIN, by=by, version=again.json()["version"])
    assert (twice.status_code, twice.json()["code"]) == (409, "not_allowed_in_state")
    assert await world.count("SELECT count(*) FROM session_instructors") == 6
    assert await world.count("SELECT hours @> $1::timestamptz FROM enrolment_hours", world.at(2, 14))


async def test_a_session_is_not_held_after_all_where_a_trainee_sits_elsewhere_but_at_another_time_it_is(
    world, school
):
    days = {"starts_on": "2026-03-02", "ends_on": "2026-03-04"}
    filed = await world.filed(school, sessions=world.sessions(days=3), **days)
    person, by = world.trainee(), world.of_institution(school)
    await world.enrolled(school, filed, **person)
    path = f"/classes/{filed['id']}/sessions/{filed['sessions'][-1]['id']}"
    once = await world.made(f"{path}/cancel", {"reason": "停电"}, by, filed["version"])
    short = [one | {"room": "302"} for one in world.sessions(days=1, first=2)[1:]]
    long = [one | {"room": "302"} for one in world.sessions(days=3, first=3)]
    other = await world.filed(school, sessions=short + long, starts_on="2026-03-04", ends_on="2026-03-07")
    await world.enrolled(school, other, **person)
    taken = await world.post(f"{path}/amend", AGAIN, by=by, version=once["version"])
    assert (taken.status_code, taken.json()["code"]) == (409, "class_clash")
    evening = {"starts_at": world.at(2, 18).isoformat(), "ends_at": world.at(2, 22).isoformat()}
    moved = await world.post(f"{path}/amend", AGAIN | evening, by=by, version=once["version"])
    assert moved.status_code == 200, moved.text


async def test_the_database_itself_brings_nothing_back_without_an_amendment(world, school, filed):
    await world.enrolled(school, filed)
    await cancelled(world, school, filed)
    for sql in (
        "UPDATE classes SET state = 'filed', cancelled_at = NULL, cancelled_by = NULL, cancel_reason = NULL",
        "UPDATE classes SET cancel_reason = '其他'",
        "UPDATE classes SET capacity = 9",
        "UPDATE sessions SET cancelled_at = NULL",
        "UPDATE sessions SET room = '9'",
        "UPDATE enrolments SET state = 'enrolled', ended_at = NULL, ended_by = NULL, end_reason = NULL",
        "UPDATE enrolments SET end_reason = '其他'",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await world.count(sql)
