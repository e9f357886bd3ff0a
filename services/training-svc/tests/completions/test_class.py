"""Completing a whole class in one call (C01, C02, C03)."""

import asyncio

import pytest
from chuangpei.events.training import TrainingCompleted


@pytest.fixture
async def over(world):
    """A class that is over: one attended all four sessions, one three, one none; 80 percent are asked."""
    institution = await world.qualified()
    filed = await world.filed(institution)
    trainees = [await world.enrolled(institution, filed) for _ in range(3)]
    await world.attended(institution, filed, trainees[0], 4)
    await world.attended(institution, filed, trainees[1], 3)
    world.clock.set(world.at(1, 17))
    return institution, filed, trainees


async def complete(world, institution, filed, **more):
    return await world.post(f"/classes/{filed['id']}/complete", by=world.of_institution(institution), **more)


async def test_who_reaches_the_standard_completes_and_of_the_others_it_is_told_why_not(world, over):
    institution, filed, (all_four, three, none) = over
    answer = await complete(world, institution, filed)
    assert answer.status_code == 200, answer.text
    (completed,) = answer.json()["completed"]
    assert (completed["id"], completed["state"], completed["sessions_attended"]) == (
        all_four["id"],
        "completed",
        4,
    )
    facts = {
        one["id"]: [(found["outcome"], found["fact"]) for found in one["findings"]]
        for one in answer.json()["not_completed"]
    }
    assert facts[three["id"]] == [("passed", "2026-03-03 17:00"), ("failed", "3/4")]
    assert facts[none["id"]][1] == ("failed", "0/4")
    told = [event for event in await world.events() if isinstance(event, TrainingCompleted)]
    assert [str(event.enrolment_id) for event in told] == [all_four["id"]]
    audited = "SELECT count(*) FROM audit_log WHERE action = 'complete' AND object_id = $1"
    assert await world.count(audited, all_four["id"]) == 1


async def test_before_the_last_session_is_over_nobody_completes(world, over):
    institution, filed, _ = over
    world.clock.set(world.at(1, 16, 59))
    answer = (await complete(world, institution, filed)).json()
    assert (answer["completed"], len(answer["not_completed"])) == ([], 3)
    assert {one["findings"][0]["outcome"] for one in answer["not_completed"]} == {"failed"}


async def test_a_second_call_names_only_those_who_had_not_completed(world, over):
    institution, filed, (all_four, *_) = over
    await complete(world, institution, filed)
    again = (await complete(world, institution, filed)).json()
    assert again["completed"] == []
    assert all_four["id"] not in {one["id"] for one in again["not_completed"]}


async def test_five_calls_at_once_complete_each_trainee_once(world, over):
    institution, filed, _ = over
    answers = await asyncio.gather(*(complete(world, institution, filed) for _ in range(5)))
    assert sorted(len(answer.json()["completed"]) for answer in answers) == [0, 0, 0, 0, 1]
    assert len([event for event in await world.events() if isinstance(event, TrainingCompleted)]) == 1


async def test_a_call_sent_again_gets_the_same_answer(world, over):
    institution, filed, _ = over
    same = {"headers": {"idempotency-key": "complete-the-class"}}
    first = await complete(world, institution, filed, **same)
    assert (await complete(world, institution, filed, **same)).json() == first.json()


async def test_the_answer_that_is_kept_tells_nothing_that_rests_encrypted(world):
    institution = await world.qualified()
    filed = await world.filed(institution)
    priority = {"group": "veteran", "evidence": "优待证310001已核验"}
    enrolment = await world.enrolled(institution, filed, priority=priority)
    await world.attended(institution, filed, enrolment, 4)
    answer = await complete(world, institution, filed)
    assert [one["priority_group"] for one in answer.json()["completed"]] == ["veteran"]
    kept = "SELECT string_agg(convert_from(body, 'UTF8'), ' ') FROM idempotency_keys"
    assert "310001" not in await world.count(kept)


async def test_another_institution_completes_no_class(world, over):
    _, filed, _ = over
    assert (await complete(world, await world.institution(), filed)).status_code == 404
