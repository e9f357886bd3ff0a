"""Adding a make-up session 补课 to a filed class: to come, nobody in the way, counted (T05, T06, T10)."""

import asyncio

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
    institution = await world.qualified()
    return institution, await world.filed(institution)


async def add(world, institution, filed, added):
    body = added | {"reason": "停电补课"}
    path, by = f"/classes/{filed['id']}/sessions", world.of_institution(institution)
    return await world.post(path, body, by=by, version=filed["version"])


async def added(world, institution, filed, one):
    answer = await add(world, institution, filed, one)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_session_is_added_with_its_reason_history_and_event_and_is_taught(world, filed):
    institution, before = filed
    changed = await added(world, institution, before, session(world, 0, 18, 20))
    known = {one["id"] for one in before["sessions"]}
    (new,) = [one for one in changed["sessions"] if one["id"] not in known]
    assert (new["starts_at"], new["cancelled_at"]) == ("2026-03-02T10:00:00Z", None)
    assert changed["version"] == before["version"] + 1
    (kept,) = (await world.get(f"/classes/{before['id']}/amendments", world.officer())).json()["items"]
    name = f"sessions/{new['id']}"
    assert (kept["before"], kept["after"][name]["room"], kept["reason"]) == ({name: None}, "301", "停电补课")
    (event,) = [one for one in await world.events() if isinstance(one, ClassChanged)]
    assert (event.changed, len(event.sessions)) == ((name,), 5)
    taught = "SELECT count(*) FROM session_instructors WHERE session_id = $1::uuid"
    assert await world.count(taught, new["id"]) == 1


async def test_completion_counts_the_session_that_was_added(world, filed):
    institution, before = filed
    trainee = await world.enrolled(institution, before)
    changed = await added(world, institution, before, session(world, 1, 18, 20))
    await world.attended(institution, before, trainee, 4)
    path, by = f"/enrolments/{trainee['id']}/complete", world.of_institution(institution)
    early = await world.post(path, by=by, version=1)
    assert failed(early) == [("C02", "2026-03-03 17:00")]
    await world.attended(institution, {**changed, "sessions": changed["sessions"][4:]}, trainee, 1)
    done = await world.made(path, None, by, 1)
    assert (done["sessions_attended"], done["sessions_held"]) == (5, 5)


async def test_what_was_cancelled_is_made_up_for(world, filed):
    institution, before = filed
    by = world.of_institution(institution)
    cancelling = f"/classes/{before['id']}/sessions/{before['sessions'][0]['id']}/cancel"
    short = await world.post(cancelling, {"reason": "停电"}, by=by, version=before["version"])
    assert failed(short) == [("T05", "720")]
    changed = await added(world, institution, before, session(world, 1, 18, 22))
    left = await world.made(cancelling, {"reason": "停电"}, by, changed["version"])
    assert sum(one["cancelled_at"] is None for one in left["sessions"]) == 4


@pytest.mark.parametrize(
    ("wish", "fact"),
    [
        ((0, 6, 8), "2026-03-02 06:00"),
        ((2, 8, 10), "2026-03-04 08:00"),
        ((1, 16, 18), "2026-03-03 16:00"),
    ],
    ids=["in the past", "after the last day", "upon another session"],
)
async def test_a_session_is_added_to_come_within_the_class_and_beside_the_others(world, filed, wish, fact):
    institution, before = filed
    world.clock.set(world.at(0, 12, 15))
    answer = await add(world, institution, before, session(world, *wish))
    assert (answer.status_code, answer.json()["code"]) == (422, "class_change_refused")
    assert failed(answer) == [("T06", fact)]


async def test_no_session_is_added_once_the_last_one_is_over(world, filed):
    institution, before = filed
    world.clock.set(world.at(1, 16, 59))
    changed = await added(world, institution, before, session(world, 1, 18, 19))
    world.clock.set(world.at(1, 19))
    late = await add(world, institution, changed, session(world, 1, 20, 21))
    assert failed(late) == [("T06", "2026-03-03 19:00")]


async def test_a_cancelled_class_gets_no_session_and_another_version_is_refused(world, filed):
    institution, before = filed
    stale = await add(world, institution, {**before, "version": 7}, session(world, 0, 18, 20))
    assert stale.status_code == 412
    cancelling = f"/classes/{before['id']}/cancel"
    body, by = {"reason": "人数不足"}, world.of_institution(institution)
    cancelled = await world.made(cancelling, body, by, before["version"])
    answer = await add(world, institution, cancelled, session(world, 0, 18, 20))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_a_room_that_is_taken_stands_in_the_way(world, filed):
    institution, before = filed
    await world.filed(institution, sessions=[session(world, 0, 18, 22, "9"), *world.sessions(room="8")[1:]])
    answer = await add(world, institution, before, session(world, 0, 18, 20, "9"))
    assert (answer.status_code, failed(answer)) == (409, [("T06", "9 2026-03-02 18:00")])


async def test_an_instructor_who_teaches_elsewhere_stands_in_the_way(world):
    institution = await world.qualified()
    head = {"instructors": [{"instructor_id": (await world.admitted(institution))["id"]}]}
    one = await world.filed(institution, **head)
    evenings = [session(world, day, 18, 22, "9") for day in (0, 1)]
    days = {"starts_on": "2026-03-02", "ends_on": "2026-03-05"}
    later = [*evenings, *world.sessions(room="9", days=1, first=2)]
    await world.filed(institution, sessions=later, **days, **head)
    answer = await add(world, institution, one, session(world, 1, 18, 20))
    assert (answer.status_code, failed(answer)) == (409, [("T10", "李* 2026-03-03 18:00")])


async def test_a_trainee_who_sits_elsewhere_stands_in_the_way(world, filed):
    institution, before = filed
    person = world.trainee()
    await world.enrolled(institution, before, **person)
    evenings = [session(world, day, 18, 22, "9") for day in (0, 1)]
    days = {"starts_on": "2026-03-02", "ends_on": "2026-03-05"}
    later = [*evenings, *world.sessions(room="9", days=1, first=2)]
    other = await world.filed(institution, name="第二期", sessions=later, **days)
    await world.enrolled(institution, other, **person)
    answer = await add(world, institution, before, session(world, 1, 18, 20))
    assert (answer.status_code, failed(answer)) == (409, [("T06", "张* 第二期 2026-03-03 18:00")])


async def test_of_two_sessions_added_in_one_room_at_once_one_is(world, filed):
    institution, one = filed
    other = await world.filed(institution, sessions=world.sessions(room="302"))
    wish = session(world, 0, 18, 20, "大礼堂")
    answers = await asyncio.gather(*(add(world, institution, each, wish) for each in (one, other)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
