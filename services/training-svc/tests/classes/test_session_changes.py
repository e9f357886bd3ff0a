"""Moving and cancelling one session: until its attendance begins, with nobody in the way (T05, T06)."""

import asyncio

import asyncpg
import pytest
from chuangpei.events.training import ClassChanged


def failed(answer):
    return [(one["rule"], one["fact"]) for one in answer.json()["findings"] if one["outcome"] == "failed"]


def session(world, day, begin, end, room="301"):
    return {
        "starts_at": world.at(day, begin).isoformat(),
        "ends_at": world.at(day, end).isoformat(),
        "room": room,
    }


@pytest.fixture
async def filed(world):
    """A class of 20 hours in five sessions, four more than the standard asks."""
    institution = await world.qualified()
    hours = [(0, 8, 12), (0, 13, 17), (1, 8, 12), (1, 13, 17), (1, 18, 22)]
    return institution, await world.filed(institution, sessions=[session(world, *one) for one in hours])


async def amend(world, institution, filed, number, **wish):
    path = f"/classes/{filed['id']}/sessions/{filed['sessions'][number]['id']}/amend"
    body = {"reason": "讲师临时有事"} | wish
    return await world.post(path, body, by=world.of_institution(institution), version=filed["version"])


async def cancel(world, institution, filed, number):
    path = f"/classes/{filed['id']}/sessions/{filed['sessions'][number]['id']}/cancel"
    body = {"reason": "讲师生病"}
    return await world.post(path, body, by=world.of_institution(institution), version=filed["version"])


async def test_a_session_is_moved_with_its_reason_history_and_event(world, filed):
    institution, before = filed
    old, to = before["sessions"][0], session(world, 0, 18, 22, "大礼堂")
    answer = await amend(world, institution, before, 0, **to)
    assert answer.status_code == 200, answer.text
    moved = next(one for one in answer.json()["sessions"] if one["id"] == old["id"])
    assert moved["room"] == "大礼堂"
    assert moved["starts_at"] == "2026-03-02T10:00:00Z"
    (kept,) = (await world.get(f"/classes/{before['id']}/amendments", world.officer())).json()["items"]
    assert kept["before"][f"sessions/{old['id']}"]["room"] == "301"
    assert kept["after"][f"sessions/{old['id']}"]["room"] == "大礼堂"
    (event,) = [one for one in await world.events() if isinstance(one, ClassChanged)]
    assert event.changed == (f"sessions/{old['id']}",)
    times = (
        "SELECT count(*) FROM session_instructors AS taught JOIN sessions USING (starts_at, ends_at)"
        " WHERE sessions.id = $1::uuid AND taught.session_id = sessions.id"
    )
    assert await world.count(times, old["id"]) == 1


async def test_a_session_stands_once_its_attendance_may_be_recorded(world, filed):
    institution, before = filed
    world.clock.set(world.at(0, 7, 29))
    assert (await amend(world, institution, before, 0, room="302")).status_code == 200
    world.clock.set(world.at(0, 7, 30))
    late = await amend(world, institution, {**before, "version": 2}, 0, room="303")
    assert (late.status_code, late.json()["code"]) == (422, "class_change_refused")
    assert ("T06", "2026-03-02 07:30") in failed(late)
    assert ("T06", "2026-03-02 07:30") in failed(
        await cancel(world, institution, {**before, "version": 2}, 0)
    )


async def test_no_session_is_moved_into_the_past_or_outside_the_class_or_upon_another(world, filed):
    institution, before = filed
    world.clock.set(world.at(0, 12, 15))
    past = await amend(world, institution, before, 2, **session(world, 0, 6, 10))
    assert ("T06", "2026-03-02 06:00") in failed(past)
    outside = await amend(world, institution, before, 2, **session(world, 2, 8, 12))
    assert failed(outside) == [("T06", "2026-03-04 08:00")]
    upon = await amend(world, institution, before, 2, **session(world, 1, 14, 18))
    assert failed(upon) == [("T06", "2026-03-03 14:00")]


async def test_a_session_that_would_end_before_it_starts_or_be_too_short_is_refused(world, filed):
    institution, before = filed
    turned = await amend(world, institution, before, 0, ends_at=world.at(0, 8).isoformat())
    assert [one["pointer"] for one in turned.json()["errors"]] == ["/ends_at"]
    cut = (await cancel(world, institution, before, 4)).json()
    short = await amend(world, institution, cut, 0, **session(world, 0, 8, 11))
    assert failed(short) == [("T05", "900")]


async def test_a_room_or_an_instructor_that_is_taken_stands_in_the_way(world, filed):
    institution, before = filed
    other = await world.filed(institution, sessions=world.sessions(room="302"))
    assert other["sessions"]
    taken = await amend(world, institution, before, 0, room="302")
    assert (taken.status_code, taken.json()["code"]) == (409, "class_clash")
    assert failed(taken) == [("T06", "302 2026-03-02 08:00")]


async def test_a_session_may_be_moved_into_its_own_time(world, filed):
    answer = await amend(world, *filed, 0, **session(world, 0, 7, 12))
    assert answer.status_code == 200, answer.text


async def test_of_two_sessions_moved_into_one_room_at_once_one_is(world, filed):
    institution, one = filed
    other = await world.filed(institution, sessions=world.sessions(room="302"))
    answers = await asyncio.gather(
        *(amend(world, institution, each, 0, **session(world, 0, 18, 22, "大礼堂")) for each in (one, other))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_cancelled_session_frees_room_and_instructor_and_is_not_counted(world, filed):
    institution, before = filed
    trainee = await world.enrolled(institution, before)
    answer = await cancel(world, institution, before, 0)
    assert answer.status_code == 200, answer.text
    changed = answer.json()
    assert changed["sessions"][0]["cancelled_at"] is not None
    other = [session(world, 0, 8, 12), session(world, 0, 18, 22, "9"), *world.sessions(room="8")[2:]]
    assert (await world.filed(institution, sessions=other))["id"]
    await world.attended(institution, {**before, "sessions": before["sessions"][1:]}, trainee, 4)
    path = f"/enrolments/{trainee['id']}/complete"
    done = await world.made(path, None, world.of_institution(institution), trainee["version"])
    assert (done["sessions_attended"], done["sessions_held"]) == (4, 4)


async def test_nobody_attends_a_cancelled_session_and_its_hours_are_the_trainees_again(world, filed):
    institution, before = filed
    person = world.trainee()
    trainee = await world.enrolled(institution, before, **person)
    await cancel(world, institution, before, 4)
    evening = [session(world, 1, 18, 22, "9"), *(session(world, 2, h, h + 4, "9") for h in (8, 13, 18))]
    days = {"starts_on": "2026-03-03", "ends_on": "2026-03-04"}
    other = await world.filed(institution, sessions=evening, **days)
    assert (await world.enrolled(institution, other, **person))["state"] == "enrolled"
    world.clock.set(world.at(1, 22))
    last = before["sessions"][4]
    body = {"records": [world.presence(trainee, last)]}
    refused = await world.post(
        f"/sessions/{last['id']}/attendance", body, by=world.of_institution(institution)
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed_in_state")
    code = await world.get(f"/sessions/{last['id']}/code", world.of_institution(institution))
    assert code.status_code == 409


async def test_what_is_left_reaches_the_hours_of_the_standard(world, filed):
    institution, before = filed
    changed = (await cancel(world, institution, before, 0)).json()
    refused = await cancel(world, institution, changed, 1)
    assert failed(refused) == [("T05", "720")]


async def test_a_session_is_cancelled_once_and_a_cancelled_one_is_not_moved(world, filed):
    institution, before = filed
    changed = (await cancel(world, institution, before, 0)).json()
    for again in (
        await cancel(world, institution, changed, 0),
        await amend(world, institution, changed, 0, room="9"),
    ):
        assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_state")
    with pytest.raises(asyncpg.RestrictViolationError):
        await world.count("UPDATE sessions SET room = 'x' WHERE cancelled_at IS NOT NULL")


async def test_a_session_of_another_class_is_not_there(world, filed):
    institution, before = filed
    other = await world.filed(institution, sessions=world.sessions(room="302"))
    answer = await amend(world, institution, {**before, "sessions": other["sessions"]}, 0, room="9")
    assert answer.status_code == 404
