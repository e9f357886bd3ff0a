"""Leaving a class before its completion: withdrawing, enrolling again, changing into another class (T06)."""

import asyncio

import asyncpg
import pytest
from chuangpei.auth import Role
from chuangpei.events.training import EnrolmentPromoted, TrainingCompleted


def failed(answer):
    return [(one["rule"], one["fact"]) for one in answer.json()["findings"] if one["outcome"] == "failed"]


@pytest.fixture
async def two_classes(world):
    """An institution with a class on the first two days, and another one of the project on the next two."""
    institution = await world.qualified()
    first = await world.filed(institution)
    days = {"starts_on": "2026-03-04", "ends_on": "2026-03-05"}
    second = await world.filed(
        institution, name="第二期", capacity=1, sessions=world.sessions(first=2), **days
    )
    return institution, first, second


async def withdraw(world, by, enrolment, *, mine=False, version=None):
    path = f"{'/my' if mine else ''}/enrolments/{enrolment['id']}/withdraw"
    return await world.post(path, {"reason": "工作冲突"}, by=by, version=version or enrolment["version"])


async def transfer(world, by, enrolment, target):
    body = {"class_id": target["id"], "reason": "改读第二期"}
    path = f"/enrolments/{enrolment['id']}/transfer"
    return await world.post(path, body, by=by, version=enrolment["version"])


async def seen(world, institution, enrolment):
    return (await world.get(f"/enrolments/{enrolment['id']}", world.of_institution(institution))).json()


async def places(world, institution, filed):
    found = (await world.get(f"/classes/{filed['id']}", world.of_institution(institution))).json()
    return found["enrolled"], found["waiting"]


async def completed(world, institution, filed, enrolment):
    await world.attended(institution, filed, enrolment, 4)
    path = f"/enrolments/{enrolment['id']}/complete"
    return await world.made(path, None, world.of_institution(institution), enrolment["version"])


async def test_who_withdraws_is_kept_with_the_reason_and_who_did_it_and_the_place_is_free(world, two_classes):
    institution, first, _ = two_classes
    enrolment = await world.enrolled(institution, first)
    answer = await withdraw(world, world.officer(subject="officer-7"), enrolment)
    assert answer.status_code == 200, answer.text
    left = await seen(world, institution, enrolment)
    assert (left["state"], left["end_reason"], left["ended_by"]) == ("withdrawn", "工作冲突", "officer-7")
    assert await places(world, institution, first) == (0, 0)
    audited = "SELECT from_state || ' ' || to_state || ' ' || reason FROM audit_log WHERE action = 'withdraw'"
    assert await world.count(audited) == "enrolled withdrawn 工作冲突"


async def test_a_citizen_withdraws_from_the_own_enrolment_only(world, two_classes):
    institution, first, _ = two_classes
    me = world.trainee()
    enrolment = await world.enrolled(institution, first, **me)
    stranger = world.by(Role.CITIZEN, id_number=world.id_number())
    assert (await withdraw(world, stranger, enrolment, mine=True)).status_code == 404
    mine = await withdraw(world, world.by(Role.CITIZEN, id_number=me["id_number"]), enrolment, mine=True)
    assert mine.json()["state"] == "withdrawn"


async def test_who_withdrew_enrols_again_by_a_new_record_at_the_end_of_the_line(world, two_classes):
    institution, _, second = two_classes
    me = world.trainee()
    old = await world.enrolled(institution, second, **me)
    waiting = await world.enrolled(institution, second)
    assert (await withdraw(world, world.of_institution(institution), old)).status_code == 200
    again = await world.enrolled(institution, second, **me)
    assert again["id"] != old["id"]
    assert again["state"] == "waiting"
    assert (await seen(world, institution, waiting))["state"] == "enrolled"
    assert (await seen(world, institution, old))["state"] == "withdrawn"


async def test_who_withdrew_attends_nothing_more_and_does_not_complete(world, two_classes):
    institution, first, _ = two_classes
    enrolment = await world.enrolled(institution, first)
    left = (await withdraw(world, world.of_institution(institution), enrolment)).json()
    world.clock.set(world.at(1, 17))
    session, by = first["sessions"][0], world.of_institution(institution)
    body = {"records": [world.presence(enrolment, session)]}
    refused = await world.post(f"/sessions/{session['id']}/attendance", body, by=by)
    assert [one["code"] for one in refused.json()["errors"]] == ["not_enrolled"]
    answer = await world.post(f"/enrolments/{enrolment['id']}/complete", by=by, version=left["version"])
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_nobody_withdraws_twice_or_by_an_old_version(world, two_classes):
    institution, first, _ = two_classes
    by, enrolment = world.of_institution(institution), await world.enrolled(institution, first)
    left = (await withdraw(world, by, enrolment)).json()
    assert (await withdraw(world, by, enrolment)).status_code == 412
    again = await withdraw(world, by, left)
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_state")


async def test_one_leaves_until_the_end_of_the_last_day_and_not_afterwards(world, two_classes):
    institution, first, _ = two_classes
    one, other = await world.enrolled(institution, first), await world.enrolled(institution, first)
    by = world.of_institution(institution)
    world.clock.set(world.at(1, 23, 59))
    assert (await withdraw(world, by, one)).status_code == 200
    world.clock.set(world.at(2, 0))
    late = await withdraw(world, by, other)
    assert (late.status_code, late.json()["code"]) == (422, "leaving_refused")
    assert failed(late) == [("T06", "2026-03-04")]


async def test_who_has_completed_neither_withdraws_nor_changes_class(world, two_classes):
    institution, first, second = two_classes
    done = await completed(world, institution, first, await world.enrolled(institution, first))
    by = world.of_institution(institution)
    for answer in (await withdraw(world, by, done), await transfer(world, by, done, second)):
        assert answer.status_code == 422
        assert failed(answer) == [("T06", "completed")]


async def test_who_changes_class_has_a_new_enrolment_and_leaves_the_attendance_with_the_old(
    world, two_classes
):
    institution, first, second = two_classes
    own = {"priority": {"group": "veteran", "evidence": "优待证已核验"}}
    enrolment = await world.enrolled(institution, first, **own)
    await world.attended(institution, first, enrolment, 2)
    entered = await transfer(world, world.of_institution(institution), enrolment, second)
    assert entered.status_code == 201, entered.text
    new, old = entered.json(), await seen(world, institution, enrolment)
    assert (new["state"], new["class_id"], new["transferred_from"]) == (
        "enrolled",
        second["id"],
        enrolment["id"],
    )
    assert (new["name"], new["phone"], new["priority_group"]) == (old["name"], old["phone"], "veteran")
    assert (old["state"], old["end_reason"]) == ("transferred", "改读第二期")
    assert (await places(world, institution, first), await places(world, institution, second)) == (
        (0, 0),
        (1, 0),
    )
    facts = [one["fact"] for one in (await seen(world, institution, new))["findings"]]
    assert facts[1] == "0/4"
    assert [one["fact"] for one in old["findings"]][1] == "2/4"


async def test_the_place_that_a_change_of_class_frees_goes_to_the_first_in_line(world, two_classes):
    institution, first, second = two_classes
    path, by = f"/classes/{first['id']}/amend", world.of_institution(institution)
    first = await world.made(path, {"capacity": 1, "reason": "小教室"}, by, first["version"])
    enrolment, waiting = await world.enrolled(institution, first), await world.enrolled(institution, first)
    assert (await transfer(world, by, enrolment, second)).status_code == 201
    assert (await seen(world, institution, waiting))["state"] == "enrolled"
    assert len([one for one in await world.events() if isinstance(one, EnrolmentPromoted)]) == 1


async def test_nobody_changes_into_a_full_class_and_nothing_changes(world, two_classes):
    institution, first, second = two_classes
    enrolment = await world.enrolled(institution, first)
    await world.enrolled(institution, second)
    full = await transfer(world, world.of_institution(institution), enrolment, second)
    assert (full.status_code, full.json()["code"]) == (409, "class_full")
    assert (await seen(world, institution, enrolment))["state"] == "enrolled"
    assert await places(world, institution, first) == (1, 0)


async def test_who_waits_does_not_change_class(world, two_classes):
    institution, first, second = two_classes
    await world.enrolled(institution, second)
    waiting = await world.enrolled(institution, second)
    answer = await transfer(world, world.of_institution(institution), waiting, first)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")
    assert await places(world, institution, second) == (1, 1)


async def test_one_changes_within_the_project_only_and_not_into_the_same_class(world, two_classes):
    institution, first, _ = two_classes
    enrolment, by = await world.enrolled(institution, first), world.of_institution(institution)
    assert failed(await transfer(world, by, enrolment, first)) == [("T06", "same class")]
    await world.project("EYB")
    await world.standard("EYB")
    submitted = await world.submitted(institution, "EYB")
    await world.made(
        f"/qualifications/{submitted['id']}/approve",
        {"found": world.figures()},
        world.officer(),
        submitted["version"],
    )
    other = await world.filed(institution, project_code="EYB", sessions=world.sessions(room="302"))
    assert failed(await transfer(world, by, enrolment, other)) == [("T06", "EYB")]


async def test_one_changes_into_no_class_that_was_cancelled_or_is_over_or_that_one_teaches(
    world, two_classes
):
    institution, first, second = two_classes
    by = world.of_institution(institution)
    teacher = world.trainee(name="李老师")
    named = {"name": teacher["name"], "id_number": teacher["id_number"]}
    teaching = await world.filed(institution, sessions=world.sessions(room="303"), instructors=[named])
    enrolment = await world.enrolled(institution, second, **teacher)
    assert failed(await transfer(world, by, enrolment, teaching)) == [("T06", "instructor")]
    await world.made(f"/classes/{teaching['id']}/cancel", {"reason": "讲师生病"}, by, teaching["version"])
    assert ("T06", "cancelled") in failed(await transfer(world, by, enrolment, teaching))
    world.clock.set(world.at(2, 0))
    assert failed(await transfer(world, by, enrolment, first)) == [("T06", "2026-03-04")]


async def test_an_institution_moves_nobody_into_a_class_of_another_but_their_district_does(
    world, two_classes
):
    institution, _, second = two_classes
    other = await world.qualified()
    theirs = await world.filed(other)
    enrolment = await world.enrolled(other, theirs)
    assert (await transfer(world, world.of_institution(other), enrolment, second)).status_code == 404
    assert (await transfer(world, world.officer("310104"), enrolment, second)).status_code == 404
    moved = await transfer(world, world.officer(), enrolment, second)
    assert (moved.status_code, moved.json()["institution_id"]) == (201, institution["id"])


async def test_a_transfer_sent_twice_at_once_makes_one_enrolment(world, two_classes):
    institution, first, second = two_classes
    enrolment = await world.enrolled(institution, first)
    by = world.of_institution(institution)
    answers = await asyncio.gather(*(transfer(world, by, enrolment, second) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, *[412] * 4]
    assert await world.count("SELECT count(*) FROM enrolments WHERE state = 'enrolled'") == 1


async def test_people_who_change_class_both_ways_at_once_never_wait_for_each_other_for_ever(world):
    institution = await world.qualified()
    first = await world.filed(institution)
    days = {"starts_on": "2026-03-04", "ends_on": "2026-03-05"}
    second = await world.filed(institution, sessions=world.sessions(first=2), **days)
    there = [await world.enrolled(institution, first) for _ in range(5)]
    back = [await world.enrolled(institution, second) for _ in range(5)]
    by = world.of_institution(institution)
    moves = [transfer(world, by, one, second) for one in there] + [
        transfer(world, by, one, first) for one in back
    ]
    answers = await asyncio.gather(*moves)
    assert {answer.status_code for answer in answers} == {201}
    assert [await places(world, institution, one) for one in (first, second)] == [(5, 0), (5, 0)]


async def test_the_training_is_completed_once_and_by_the_class_changed_into(world, two_classes):
    institution, first, second = two_classes
    me = world.trainee()
    enrolment = await world.enrolled(institution, first, **me)
    await world.attended(institution, first, enrolment, 3)
    new = (await transfer(world, world.of_institution(institution), enrolment, second)).json()
    await completed(world, institution, second, new)
    (event,) = [one for one in await world.events() if isinstance(one, TrainingCompleted)]
    assert str(event.enrolment_id) == new["id"]
    old = await seen(world, institution, enrolment)
    answer = await world.post(
        f"/enrolments/{old['id']}/complete", by=world.of_institution(institution), version=old["version"]
    )
    assert answer.status_code == 409


@pytest.mark.parametrize("change", ["state = 'enrolled'", "end_reason = '另有原因'"])
async def test_what_ended_stays_as_it_was(world, two_classes, change):
    institution, first, _ = two_classes
    enrolment = await world.enrolled(institution, first)
    await withdraw(world, world.of_institution(institution), enrolment)
    with pytest.raises(asyncpg.RestrictViolationError):
        await world.count(f"UPDATE enrolments SET {change}")  # noqa: S608 -- the changes are named above
