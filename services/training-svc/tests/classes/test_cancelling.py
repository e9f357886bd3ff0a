"""Cancelling a class: its enrolments end, everybody is told, what was to come is free (T06)."""

import asyncio

import pytest
from chuangpei.events.training import ClassCancelled
from training_svc.classes import repository
from training_svc.visibility import EVERYTHING


def failed(answer):
    return [(one["rule"], one["fact"]) for one in answer.json()["findings"] if one["outcome"] == "failed"]


@pytest.fixture
async def filed(world):
    institution = await world.qualified()
    return institution, await world.filed(institution, capacity=2)


async def cancel(world, institution, filed):
    path, body = f"/classes/{filed['id']}/cancel", {"reason": "报名人数不足"}
    return await world.post(path, body, by=world.of_institution(institution), version=filed["version"])


async def told(world):
    return [one for one in await world.events() if isinstance(one, ClassCancelled)]


async def test_everybody_of_a_cancelled_class_is_told_and_their_enrolments_end(world, filed):
    institution, before = filed
    people = [world.trainee() for _ in range(3)]
    enrolled = [await world.enrolled(institution, before, **one) for one in people]
    gone = enrolled[0]
    path = f"/enrolments/{gone['id']}/withdraw"
    await world.made(path, {"reason": "工作冲突"}, world.of_institution(institution), gone["version"])
    answer = await cancel(world, institution, before)
    assert answer.status_code == 200, answer.text
    cancelled = answer.json()
    assert (cancelled["state"], cancelled["cancel_reason"]) == ("cancelled", "报名人数不足")
    assert (cancelled["enrolled"], cancelled["waiting"]) == (0, 0)
    found = await world.get(f"/classes/{before['id']}/enrolments", world.officer())
    assert [one["state"] for one in found.json()["items"]] == ["withdrawn", "cancelled", "cancelled"]
    (event,) = await told(world)
    keys = {world.service.privacy.person_key(one["id_number"]) for one in people[1:]}
    assert (set(event.person_keys), event.reason) == (keys, "报名人数不足")
    assert event.cancelled_on == world.clock.today()


async def test_a_cancelled_class_takes_nobody_and_is_not_changed_or_cancelled_again(world, filed):
    institution, before = filed
    cancelled = (await cancel(world, institution, before)).json()
    by, path = world.of_institution(institution), f"/classes/{before['id']}"
    refused = await world.post(f"{path}/enrolments", world.trainee(), by=by)
    assert (refused.status_code, failed(refused)) == (422, [("T06", "cancelled")])
    again = await cancel(world, institution, cancelled)
    body = {"capacity": 9, "reason": "场地"}
    amended = await world.post(f"{path}/amend", body, by=by, version=cancelled["version"])
    assert {answer.json()["code"] for answer in (again, amended)} == {"not_allowed_in_state"}


async def test_its_rooms_instructors_and_trainees_are_free_for_another_class(world, filed):
    institution, before = filed
    person = world.trainee()
    await world.enrolled(institution, before, **person)
    body = world.class_body(institution)
    teachable = await world.teachable(institution, body)
    by = world.of_institution(institution)
    assert (await world.post("/classes", teachable, by=by)).status_code == 409
    await cancel(world, institution, before)
    other = await world.made("/classes", teachable, by)
    assert (await world.enrolled(institution, other, **person))["state"] == "enrolled"


async def test_a_class_is_cancelled_before_its_last_session_is_over_and_not_afterwards(world, filed):
    institution, before = filed
    world.clock.set(world.at(1, 17))
    late = await cancel(world, institution, before)
    assert (late.status_code, failed(late)) == (422, [("T06", "2026-03-03 17:00")])
    world.clock.set(world.at(1, 16, 59))
    cancelled = await cancel(world, institution, before)
    assert cancelled.status_code == 200
    held = [one["cancelled_at"] is None for one in cancelled.json()["sessions"]]
    assert held == [True, True, True, True], "what was held stays so"


async def test_a_class_under_way_keeps_what_was_held_and_frees_what_was_to_come(world, filed):
    institution, before = filed
    trainee = await world.enrolled(institution, before)
    await world.attended(institution, before, trainee, 1)
    cancelled = (await cancel(world, institution, before)).json()
    assert [one["cancelled_at"] is None for one in cancelled["sessions"]] == [True, False, False, False]
    seen = await world.get(f"/enrolments/{trainee['id']}", world.of_institution(institution))
    assert seen.json()["state"] == "cancelled"
    assert [one["fact"] for one in seen.json()["findings"]][1] == "1/1"


async def test_an_enrolment_of_a_class_cancelled_before_it_began_is_explained_still(world, filed):
    institution, before = filed
    trainee = await world.enrolled(institution, before)
    await cancel(world, institution, before)
    seen = await world.get(f"/enrolments/{trainee['id']}", world.of_institution(institution))
    assert (seen.status_code, seen.json()["end_reason"]) == (200, "报名人数不足")


async def test_people_who_enrol_while_the_class_is_cancelled_are_refused_or_told(world, filed):
    institution, before = filed
    path, by = f"/classes/{before['id']}/enrolments", world.of_institution(institution)
    arrivals = [world.post(path, world.trainee(), by=by) for _ in range(6)]
    *answers, cancelled = await asyncio.gather(*arrivals, cancel(world, institution, before))
    assert cancelled.status_code == 200
    (event,) = await told(world)
    assert len(event.person_keys) == len([one for one in answers if one.status_code == 201])
    assert await world.count("SELECT count(*) FROM enrolments WHERE state <> 'cancelled'") == 0


async def test_a_class_of_very_many_is_told_in_several_events(world, filed):
    _, before = filed
    async with world.service.database.transaction() as tx:
        found = await repository.summary(tx, before["id"], EVERYTHING)
    found.cancel("someone", world.clock.now(), "报名人数不足")
    keys = [f"key-{number}" for number in range(12_001)]
    events = found.cancelled(keys)
    assert [len(one.person_keys) for one in events] == [5_000, 5_000, 2_001]
    assert [key for one in events for key in one.person_keys] == keys
    assert [len(one.person_keys) for one in found.cancelled([])] == [0]


async def test_the_district_cancels_a_class_of_its_own_and_the_audit_says_why(world, filed):
    _, before = filed
    body = {"reason": "消防检查不合格"}
    path = f"/classes/{before['id']}/cancel"
    assert (await world.post(path, body, by=world.officer(), version=1)).status_code == 200
    audited = "SELECT to_state || ' ' || reason FROM audit_log WHERE action = 'cancel_class'"
    assert await world.count(audited) == "cancelled 消防检查不合格"
