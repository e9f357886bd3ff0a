"""Who is on a session is scored there: by its evaluators, once it has begun, and not if absent (T06, C04)."""

import asyncio
from uuid import UUID

import pytest
from cert_svc.evaluations.use_cases import score
from cert_svc.sessions.use_cases import cancel
from chuangpei.auth import Principal, Role

NOT_BEGUN = "Nobody is scored before the session begins"
NOT_THERE = "Who is on a session is scored by its evaluators"


def findings_against(answer):
    return [one["en"] for one in answer.json()["findings"] if one["outcome"] == "failed"]


@pytest.fixture
async def event(office):
    return await office.complete()


@pytest.fixture
async def planned(sessions):
    return await sessions.planned("scorer")


@pytest.fixture
async def candidate(sessions, planned, event):
    return await sessions.seated(planned, event)


@pytest.fixture
async def evaluation(office, event, candidate):
    return await office.evaluation_of(event)


async def test_before_the_session_begins_nobody_is_scored_and_by_others_never(office, evaluation):
    assert findings_against(await office.score(evaluation, 80, "third")) == [NOT_THERE, NOT_BEGUN]
    office.clock.advance(days=14)
    assert findings_against(await office.score(evaluation, 80, "third")) == [NOT_THERE]
    assert (await office.score(evaluation, 80, "scorer")).status_code == 200


async def test_another_person_confirms_who_need_not_have_been_there(office, evaluation):
    office.clock.advance(days=14)
    scored = (await office.score(evaluation, 80)).json()
    assert (await office.confirm(scored, "third")).json()["passed"] is True


async def test_who_was_absent_is_scored_at_the_next_session(office, sessions, candidate, evaluation):
    office.clock.advance(days=14)
    await sessions.of_candidate(candidate, "presence", {"present": False, "note": "因病缺席"})
    assert findings_against(await office.score(evaluation, 0)) == ["Who was absent is not scored"]
    hours = {"starts_at": "2026-06-20T09:00:00+08:00", "ends_at": "2026-06-20T11:00:00+08:00"}
    following = await sessions.planned("third", **hours)
    await sessions.seat(following, evaluation_id=evaluation["id"])
    office.clock.advance(days=5)
    assert findings_against(await office.score(evaluation, 80)) == [NOT_THERE]
    assert (await office.score(evaluation, 80, "third")).status_code == 200


async def test_who_was_taken_off_is_on_no_session(office, sessions, candidate, evaluation):
    await sessions.of_candidate(candidate, "take-off", {"reason": "考生申请改期"})
    assert (await office.score(evaluation, 80, "third")).status_code == 200


async def test_a_third_blind_score_is_given_by_one_who_was_not_there(office, sessions):
    await office.deliver(office.norm(most_difference=10))
    event = await office.complete(norm_version="2026-A")
    await sessions.seated(await sessions.planned("scorer", "confirmer"), event)
    office.clock.advance(days=14)
    evaluation = await office.evaluation_of(event)
    for who, points in (("scorer", 80), ("confirmer", 50)):
        parts = dict.fromkeys(("written", "plan", "defence"), points)
        outside = await office.score_parts(evaluation, parts, "third")
        assert findings_against(outside) == [NOT_THERE]
        evaluation = (await office.score_parts(evaluation, parts, who)).json()
    third = await office.score_parts(evaluation, parts, "third")
    assert third.json()["state"] == "scored"


async def test_a_score_waits_for_a_cancelling_under_way_and_then_needs_no_session(
    office, sessions, planned, evaluation
):
    current = (await sessions.read(planned)).json()
    async with office.service.database.transaction() as tx:
        centre = Principal("centre", Role.CITY_CENTRE)
        await cancel(tx, office.service, centre, current["id"], current["version"], "场地停电")
        scoring = asyncio.create_task(office.score(evaluation, 80, "third"))
        while not await office.sql("SELECT pid FROM pg_locks WHERE NOT granted"):
            assert not scoring.done(), "it was scored while the session was being cancelled"
    assert (await scoring).status_code == 200


async def test_a_cancelling_waits_for_a_score_under_way_and_is_then_refused(
    office, sessions, planned, evaluation
):
    office.clock.advance(days=14)
    current = (await sessions.read(planned)).json()
    scorer = Principal("scorer", Role.EVALUATOR, person_key=office.key_of("scorer"))
    async with office.service.database.transaction() as tx:
        await score(tx, office.service, scorer, UUID(evaluation["id"]), 1, points=80, comment="")
        cancelling = asyncio.create_task(sessions.step(current, "cancel", {"reason": "场地停电"}))
        while not await office.sql("SELECT pid FROM pg_locks WHERE NOT granted"):
            assert not cancelling.done(), "it was cancelled while somebody was being scored"
    assert (await cancelling).json()["code"] == "candidate_scored"
