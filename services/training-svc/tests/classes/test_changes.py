"""Changing a filed class: name, days, places, instructors; with reason and history (T05, T06, T10)."""

import asyncio
from datetime import date

import asyncpg
import pytest
from chuangpei.events.training import ClassChanged, TrainingCompleted


def failed(answer):
    return [(one["rule"], one["fact"]) for one in answer.json()["findings"] if one["outcome"] == "failed"]


@pytest.fixture
async def filed(world):
    institution = await world.qualified()
    return institution, await world.filed(institution, capacity=20)


async def amend(world, institution, filed, **wish):
    path, body = f"/classes/{filed['id']}/amend", {"reason": "场地调整"} | wish
    return await world.post(path, body, by=world.of_institution(institution), version=filed["version"])


async def amended(world, institution, filed, **wish):
    answer = await amend(world, institution, filed, **wish)
    assert answer.status_code == 200, answer.text
    return answer.json()


def teacher(world, name="王老师"):
    return {"name": name, "id_number": world.id_number(date(1975, 5, 5))}


async def in_the_pool(world, institution, *people):
    await world.teachable(institution, {"instructors": list(people), "project_code": "IYB"})


async def test_a_change_is_kept_with_what_stood_before_who_and_why_and_is_told(world, filed):
    institution, before = filed
    changed = await amended(world, institution, before, name="春季班", capacity=25)
    assert (changed["name"], changed["capacity"], changed["version"]) == ("春季班", 25, 2)
    (kept,) = (await world.get(f"/classes/{before['id']}/amendments", world.officer())).json()["items"]
    assert (kept["before"], kept["after"]) == (
        {"name": "第一期", "capacity": 20},
        {"name": "春季班", "capacity": 25},
    )
    assert kept["reason"] == "场地调整"
    (event,) = [one for one in await world.events() if isinstance(one, ClassChanged)]
    assert (event.changed, event.capacity, event.reason) == (("name", "capacity"), 25, "场地调整")


async def test_the_district_changes_a_class_of_its_own_too(world, filed):
    _, before = filed
    path, body = f"/classes/{before['id']}/amend", {"capacity": 10, "reason": "消防检查"}
    assert (await world.post(path, body, by=world.officer(), version=1)).status_code == 200


async def test_a_change_that_changes_nothing_is_refused_and_leaves_nothing(world, filed):
    answer = await amend(world, *filed, capacity=20)
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_amended")
    assert await world.count("SELECT version FROM classes") == 1


async def test_changing_needs_a_reason_and_the_version_that_was_read(world, filed):
    institution, before = filed
    path, by = f"/classes/{before['id']}/amend", world.of_institution(institution)
    assert (await world.post(path, {"capacity": 10, "reason": "场地"}, by=by)).status_code == 428
    assert (await world.post(path, {"capacity": 10, "reason": "场地"}, by=by, version=9)).status_code == 412
    bare = await world.post(path, {"capacity": 10}, by=by, version=1)
    assert [one["pointer"] for one in bare.json()["errors"]] == ["/reason"]


async def test_ten_changes_at_once_of_one_version_are_one_change(world, filed):
    answers = await asyncio.gather(*(amend(world, *filed, capacity=10 + number) for number in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 9]
    assert await world.count("SELECT count(*) FROM amendments WHERE object_type = 'class'") == 1


async def test_the_places_are_never_fewer_than_those_enrolled_nor_more_than_the_standard(world, filed):
    institution, before = filed
    for _ in range(3):
        await world.enrolled(institution, before)
    assert failed(await amend(world, institution, before, capacity=2)) == [("T06", "2")]
    assert failed(await amend(world, institution, before, capacity=31)) == [("T05", "31")]
    assert (await amended(world, institution, before, capacity=3))["capacity"] == 3


async def test_people_who_enrol_while_the_places_are_cut_never_outnumber_them(world, filed):
    institution, before = filed
    await asyncio.gather(
        *(world.enrolled(institution, before) for _ in range(8)),
        amend(world, institution, before, capacity=4),
    )
    held = "SELECT (enrolled <= capacity AND (waiting = 0 OR enrolled = capacity)) FROM classes"
    assert await world.count(held)
    assert await world.count("SELECT enrolled + waiting FROM classes") == 8


async def test_the_first_day_moves_before_it_has_come_to_no_past_day_and_with_the_sessions_inside(
    world, filed
):
    institution, before = filed
    assert failed(await amend(world, institution, before, starts_on="2026-03-03")) == [
        ("T06", "2026-03-02 08:00, 2026-03-02 13:00")
    ]
    moved = await amended(world, institution, before, starts_on="2026-02-25")
    world.clock.set(world.at(-4))
    assert failed(await amend(world, institution, moved, starts_on="2026-02-24")) == [("T06", "2026-02-24")]
    reversed_days = await amend(world, institution, moved, ends_on="2026-02-24")
    assert [one["pointer"] for one in reversed_days.json()["errors"]] == ["/ends_on"]


async def test_nothing_of_a_class_changes_once_it_has_ended(world, filed):
    institution, before = filed
    world.clock.set(world.at(1, 23, 59))
    running = await amended(world, institution, before, capacity=21)
    world.clock.set(world.at(2, 0))
    assert failed(await amend(world, institution, running, capacity=22)) == [("T06", "2026-03-04")]


async def test_no_class_begins_before_its_standard_is_effective(world):
    await world.project()
    await world.standard(effective_from="2026-02-25")
    world.clock.set(world.at(-3))
    institution = await world.qualified()
    before = await world.filed(institution)
    world.clock.set(world.at(-6))
    assert ("T05", "2026-02-24") in failed(await amend(world, institution, before, starts_on="2026-02-24"))


async def test_another_instructor_teaches_the_sessions_to_come_and_the_first_one_is_known_still(world, filed):
    institution, before = filed
    (first,) = before["instructors"]
    trainee = await world.enrolled(institution, before)
    await world.attended(institution, before, trainee, 2)
    new = teacher(world)
    await in_the_pool(world, institution, new)
    changed = await amended(world, institution, before, instructors=[new])
    assert [one["name"] for one in changed["instructors"]] == ["王*"]
    assert [one["id_number"] for one in changed["former_instructors"]] == [first["id_number"]]
    taught = "SELECT count(*) FROM session_instructors WHERE person_key = $1"
    assert await world.count(taught, world.service.privacy.person_key(new["id_number"])) == 2
    rest = {**before, "sessions": before["sessions"][2:]}
    await world.attended(institution, rest, trainee, 2)
    path = f"/enrolments/{trainee['id']}/complete"
    await world.made(path, None, world.of_institution(institution), trainee["version"])
    (event,) = [one for one in await world.events() if isinstance(one, TrainingCompleted)]
    assert len(event.instructor_keys) == 2


async def test_an_instructor_replaced_before_teaching_is_forgotten_and_may_enrol(world, filed):
    institution, before = filed
    old, new = teacher(world, "李四"), teacher(world)
    await in_the_pool(world, institution, old, new)
    named = await amended(world, institution, before, instructors=[old])
    changed = await amended(world, institution, named, instructors=[new])
    assert changed["former_instructors"] == []
    assert (await world.enrolled(institution, changed, **old))["state"] == "enrolled"


async def test_who_is_not_in_the_pool_or_is_a_trainee_or_teaches_elsewhere_is_not_put_on_a_class(
    world, filed
):
    institution, before = filed
    outside = await amend(world, institution, before, instructors=[teacher(world)])
    assert failed(outside) == [("T10", "王* not in the pool")]
    trainee = teacher(world, "张三")
    await in_the_pool(world, institution, trainee)
    await world.enrolled(institution, before, **trainee)
    assert failed(await amend(world, institution, before, instructors=[trainee])) == [("T06", "张*")]
    busy = teacher(world, "赵六")
    await world.filed(institution, sessions=world.sessions(room="302"), instructors=[busy])
    taken = await amend(world, institution, before, instructors=[busy])
    assert (taken.status_code, taken.json()["code"]) == (409, "class_clash")
    assert failed(taken)[0] == ("T10", "赵* 2026-03-02 08:00")


async def test_of_two_classes_that_take_one_instructor_at_once_one_does(world, filed):
    institution, one = filed
    other = await world.filed(institution, sessions=world.sessions(room="302"))
    new = teacher(world)
    await in_the_pool(world, institution, new)
    answers = await asyncio.gather(
        *(amend(world, institution, each, instructors=[new]) for each in (one, other))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_cancelled_class_is_frozen_in_the_database(world, filed):
    institution, before = filed
    path = f"/classes/{before['id']}/cancel"
    await world.made(path, {"reason": "报名不足"}, world.of_institution(institution), 1)
    with pytest.raises(asyncpg.RestrictViolationError):
        await world.count("UPDATE classes SET capacity = 9")
