"""Sessions are held in the rooms of recorded sites, or online within the standard's limit (T05, T06, T09)."""

import pytest
from chuangpei.events.training import ClassFiled


def failed(answer):
    return [(one["rule"], one["fact"]) for one in answer.json()["findings"] if one["outcome"] == "failed"]


@pytest.fixture
async def school(world):
    """An institution by a standard that asks for two square metres a trainee, at most half of it online."""
    await world.project()
    await world.standard(square_decimetres_per_trainee=200, max_online_percent=50)
    institution = await world.institution()
    await world.approved(await world.submitted(institution))
    return institution


async def site(world, school, *rooms, **own):
    named = [{"name": name, "area_m2": area, "seats": seats} for name, area, seats in rooms]
    body = {"address": "示例路2号", "district": "310115", "area_m2": 300, "rooms": named}
    period = {"starts_on": "2026-01-01", "ends_on": None}
    path = f"/institutions/{school['id']}/sites"
    return await world.made(path, body | period | own, world.of_institution(school))


async def file(world, school, **own):
    body = await world.teachable(school, world.class_body(school, **own))
    return await world.post("/classes", body, by=world.of_institution(school))


def first_session(filed):
    return f"/classes/{filed['id']}/sessions/{filed['sessions'][0]['id']}/amend"


def online(sessions, *numbers):
    return [
        one | {"room": "腾讯会议", "online": True} if n in numbers else one for n, one in enumerate(sessions)
    ]


async def test_where_no_site_is_recorded_the_room_found_at_the_approval_counts(world, school):
    assert (await file(world, school)).status_code == 201
    larger = await file(world, await world.qualified(), capacity=31)
    assert [one for one in failed(larger) if "6000" in one[1]] == [("T05", "6000")]


async def test_a_class_is_held_in_a_room_of_a_recorded_site(world, school):
    await site(world, school, ("301", 60, 30), ("302", 59, 30), ("303", 60, 29))
    assert (await file(world, school)).status_code == 201
    for room, finding in (
        ("302", ("T05", "5900")),
        ("303", ("T05", "29")),
        ("大礼堂", ("T06", "大礼堂 2026-03-02, 大礼堂 2026-03-03")),
    ):
        answer = await file(world, school, sessions=world.sessions(room=room))
        assert (answer.status_code, failed(answer)) == (422, [finding])


async def test_a_room_counts_on_days_on_which_its_site_is_used(world, school):
    await site(world, school, ("301", 60, 30), ends_on="2026-03-02")
    await site(world, school, ("401", 60, 30), address="示例路3号")
    answer = await file(world, school)
    assert failed(answer) == [("T06", "301 2026-03-03")]
    halves = world.sessions()[:2] + world.sessions(room="401")[2:]
    assert (await file(world, school, sessions=halves)).status_code == 201


async def test_of_two_rooms_of_one_name_the_larger_is_meant(world, school):
    await site(world, school, ("301", 20, 10))
    await site(world, school, ("301", 60, 30), address="示例路3号")
    assert (await file(world, school)).status_code == 201


async def test_a_session_is_moved_into_a_recorded_room_only(world, school):
    filed = (await file(world, school)).json()
    await site(world, school, ("301", 60, 30), ("302", 60, 30))
    path, by = (
        f"/classes/{filed['id']}/sessions/{filed['sessions'][0]['id']}/amend",
        world.of_institution(school),
    )
    away = await world.post(path, {"room": "大礼堂", "reason": "调课"}, by=by, version=1)
    assert (away.status_code, failed(away)) == (422, [("T06", "大礼堂 2026-03-02")])
    assert (await world.post(path, {"room": "302", "reason": "调课"}, by=by, version=1)).status_code == 200


async def test_as_much_is_online_as_the_standard_allows_and_needs_no_room(world, school):
    await site(world, school, ("301", 60, 30))
    answer = await file(world, school, sessions=online(world.sessions(), 0, 1))
    assert answer.status_code == 201, answer.text
    assert [one["online"] for one in answer.json()["sessions"]] == [True, True, False, False]
    (event,) = [one for one in await world.events() if isinstance(one, ClassFiled)]
    assert [one.online for one in event.sessions] == [True, True, False, False]
    more = await file(world, school, sessions=online(world.sessions(room="301"), 0, 1, 2))
    assert ("T05", "720/960") in failed(more)


async def test_classes_on_one_platform_at_one_time_do_not_clash(world, school):
    for room in ("301", "302"):
        sessions = online(world.sessions(room=room), 0, 1)
        assert (await file(world, school, sessions=sessions)).status_code == 201


async def test_a_session_goes_online_and_back_where_the_room_is_free(world, school):
    filed = (await file(world, school)).json()
    path, by = (
        f"/classes/{filed['id']}/sessions/{filed['sessions'][0]['id']}/amend",
        world.of_institution(school),
    )
    away = await world.made(path, {"online": True, "reason": "台风"}, by, 1)
    assert away["sessions"][0]["online"] is True
    (kept,) = (await world.get(f"/classes/{filed['id']}/amendments", by)).json()["items"]
    ((name, after),) = kept["after"].items()
    assert (kept["before"][name]["online"], after["online"]) == (False, True)
    other = world.sessions(days=1)[:1] + world.sessions(room="302")[1:]
    assert (await file(world, school, sessions=other)).status_code == 201
    back = await world.post(path, {"online": False, "reason": "恢复线下"}, by=by, version=2)
    assert (back.status_code, back.json()["code"]) == (409, "class_clash")
