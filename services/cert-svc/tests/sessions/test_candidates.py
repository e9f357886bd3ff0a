"""Who is evaluated at a session: put on it by the rules, taken off, present or not (T06, C04)."""

import asyncio

import asyncpg
import pytest
from chuangpei.events.cert import EvaluationSessionChanged

STRANGER = "01977777-7777-7777-8777-777777777777"


def findings_against(answer):
    return [one["en"] for one in answer.json()["findings"] if one["outcome"] == "failed"]


async def class_of(office, *trainees):
    """Trainees who completed one class."""
    first, *others = trainees
    events = [await office.complete(who=first)]
    for who in others:
        event = office.completion(who=who).model_copy(update={"class_id": events[0].class_id})
        await office.deliver(event)
        events.append(event)
    return events


async def test_one_evaluation_is_put_on_a_session_and_counted_and_told(office, sessions):
    planned = await sessions.planned()
    evaluation = await office.evaluation_of(await office.complete())
    answer = await sessions.seat(planned, evaluation_id=evaluation["id"])
    assert answer.status_code == 201, answer.text
    [candidate] = answer.json()["candidates"]
    assert (candidate["trainee"], candidate["present"], candidate["scored"]) == ("张*", None, False)
    current = (await sessions.read(planned)).json()
    assert (current["candidates"], current["version"]) == (1, 2)
    events = [one for one in await office.emitted() if isinstance(one, EvaluationSessionChanged)]
    assert [one.candidates for one in events] == [1]


async def test_every_open_evaluation_of_a_class_is_put_on_it_while_places_are_left(office, sessions):
    planned = await sessions.planned(capacity=2)
    events = await class_of(office, "trainee", "other_trainee", "outsider")
    answer = (await sessions.seat(planned, class_id=str(events[0].class_id))).json()
    assert [one["enrolment_id"] for one in answer["candidates"]] == [
        str(one.enrolment_id) for one in events[:2]
    ]
    [refused] = answer["refused"]
    assert [one["en"] for one in refused["findings"]] == ["The session has no place left"]


async def test_who_was_scored_already_and_who_never_completed_are_on_no_session(office, sessions):
    planned = await sessions.planned()
    event = await office.complete()
    scored = (await office.score(await office.evaluation_of(event), 80)).json()
    refused = await sessions.seat(planned, evaluation_id=scored["id"])
    assert findings_against(refused) == ["Only an evaluation not yet scored is put on a session"]
    for who in ({"class_id": str(event.class_id)}, {"class_id": STRANGER}, {"evaluation_id": STRANGER}):
        assert (await sessions.seat(planned, **who)).status_code == 404


@pytest.mark.parametrize("who", [{}, {"class_id": STRANGER, "evaluation_id": STRANGER}])
async def test_either_an_evaluation_or_a_class_is_named(sessions, who):
    refused = await sessions.seat(await sessions.planned(), **who)
    assert refused.json()["errors"][0]["pointer"] == "/class_id"


async def test_another_project_is_refused_with_every_reason(office, sessions):
    planned = await sessions.planned("teacher", project_code="P4")
    evaluation = await office.evaluation_of(await office.complete())
    assert findings_against(await sessions.seat(planned, evaluation_id=evaluation["id"])) == [
        "A session evaluates the trainees of its project",
        "Who taught the class may not evaluate it",
    ]


@pytest.mark.parametrize(
    ("evaluator", "reason"),
    [
        ("teacher", "Who taught the class may not evaluate it"),
        ("trainee", "Nobody may evaluate their own training"),
    ],
)
async def test_nobody_is_put_before_an_evaluator_in_conflict(office, sessions, evaluator, reason):
    event = await office.complete()
    planned = await sessions.planned("scorer", evaluator)
    refused = await sessions.seat(planned, class_id=str(event.class_id))
    assert findings_against(refused) == [reason]
    await sessions.seated(other := await sessions.planned("confirmer"), event)
    change = {"evaluator_ids": [await sessions.evaluator_id(evaluator)], "reason": "换人"}
    await sessions.step(planned, "cancel", {"reason": "回避"})
    current = (await sessions.read(other)).json()
    assert findings_against(await sessions.step(current, "amend", change)) == [reason]


async def test_a_body_does_not_evaluate_those_it_trained(office, sessions, body):
    event = office.completion()
    institution = event.institution.model_copy(update={"credit_code": body["credit_code"]})
    await office.deliver(event.model_copy(update={"institution": institution}))
    refused = await sessions.seat(await sessions.planned(), class_id=str(event.class_id))
    assert findings_against(refused) == ["An institution may not evaluate those it trained"]


async def test_what_a_body_does_not_evaluate_is_not_found_by_its_evaluators(office, sessions, body):
    planned = await sessions.planned()
    evaluation = await office.evaluation_of(await office.complete())
    await office.http.post(
        f"/cert/v1/evaluation-bodies/{body['id']}/amend",
        json={"project_codes": ["P9"], "reason": "缩小范围"},
        headers=office.centre | {"if-match": '"1"'},
    )
    assert (await sessions.seat(planned, evaluation_id=evaluation["id"])).status_code == 404
    refused = await sessions.seat(planned, office.centre, evaluation_id=evaluation["id"])
    assert findings_against(refused) == ["A session lies within the term and scope of its body"]


async def test_an_evaluation_is_on_one_session_at_a_time_however_many_try(office, sessions):
    evaluation = await office.evaluation_of(await office.complete())
    at_hours = [
        await sessions.planned(
            "scorer",
            starts_at=f"2026-06-15T{hour:02}:00:00+08:00",
            ends_at=f"2026-06-15T{hour + 1:02}:00:00+08:00",
        )
        for hour in range(9, 15)
    ]
    answers = await asyncio.gather(*(sessions.seat(one, evaluation_id=evaluation["id"]) for one in at_hours))
    assert sorted(one.status_code for one in answers) == [201] + [422] * 5
    for one in answers:
        if one.status_code == 422:
            assert findings_against(one) == ["The evaluation is on a session already"]
    with pytest.raises(asyncpg.UniqueViolationError):
        await office.sql(
            "INSERT INTO session_candidates (id, session_id, evaluation_id, person_key, starts_at, ends_at, "
            "live, added_at, added_by, version) "
            "SELECT gen_random_uuid(), other.id, evaluation_id, person_key, other.starts_at, other.ends_at, "
            "other.live, added_at, added_by, 1 "
            "FROM session_candidates, evaluation_sessions AS other WHERE other.id <> session_id LIMIT 1",
        )


async def test_nobody_is_a_candidate_of_two_sessions_at_the_same_time(office, sessions):
    first, second = await office.complete(), await office.complete()
    await sessions.seated(await sessions.planned("scorer"), first)
    other = await sessions.planned("confirmer")
    refused = await sessions.seat(other, class_id=str(second.class_id))
    assert findings_against(refused) == ["The candidate is at another session at that time"]


async def test_a_session_is_not_moved_to_where_its_candidate_is_elsewhere(office, sessions):
    await sessions.seated(await sessions.planned("scorer"), await office.complete())
    hours = {"starts_at": "2026-06-15T14:00:00+08:00", "ends_at": "2026-06-15T15:00:00+08:00"}
    afternoon = await sessions.planned("confirmer", **hours)
    await sessions.seated(afternoon, await office.complete())
    current = (await sessions.read(afternoon)).json()
    moved = {"starts_at": "2026-06-15T11:00:00+08:00", "reason": "提前"}
    assert (await sessions.step(current, "amend", moved)).json()["code"] == "candidate_busy"


async def test_no_more_candidates_than_places_however_many_come_at_once(office, sessions):
    planned = await sessions.planned(capacity=1)
    events = [await office.complete(who=who) for who in ("trainee", "other_trainee", "outsider")]
    answers = await asyncio.gather(
        *(sessions.seat(planned, class_id=str(event.class_id)) for event in events)
    )
    assert sorted(one.status_code for one in answers) == [201, 422, 422]
    assert (await sessions.read(planned)).json()["candidates"] == 1
    with pytest.raises(asyncpg.CheckViolationError):
        await office.sql("UPDATE evaluation_sessions SET candidates = 2")


async def test_a_session_has_no_fewer_places_than_candidates(office, sessions):
    planned = await sessions.planned()
    events = await class_of(office, "trainee", "other_trainee")
    await sessions.seat(planned, class_id=str(events[0].class_id))
    current = (await sessions.read(planned)).json()
    refused = await sessions.step(current, "amend", {"capacity": 1, "reason": "场地较小"})
    assert refused.json()["errors"][0]["code"] == "below_candidates"


async def test_a_candidate_is_taken_off_with_a_reason_and_waits_for_another_session(office, sessions):
    planned = await sessions.planned(capacity=1)
    candidate = await sessions.seated(planned, await office.complete())
    off = (await sessions.of_candidate(candidate, "take-off", {"reason": "考生申请改期"})).json()
    assert (off["remove_reason"], off["version"]) == ("考生申请改期", 2)
    assert (await sessions.read(planned)).json()["candidates"] == 0
    again = await sessions.seat(planned, evaluation_id=candidate["evaluation_id"])
    assert again.status_code == 201, "the place and the evaluation are free again"
    assert (await sessions.of_candidate(candidate, "take-off", {"reason": "再次"})).status_code == 404
    with pytest.raises(asyncpg.RestrictViolationError):
        await office.sql(
            "UPDATE session_candidates SET removed_at = NULL, removed_by = NULL, remove_reason = NULL"
        )


async def test_who_is_void_before_the_session_is_taken_off_and_starts_anew_on_it(office, sessions):
    planned = await sessions.planned(capacity=1)
    event = await office.complete()
    candidate = await sessions.seated(planned, event)
    voided = await office.step(
        await office.evaluation_of(event), "void", office.centre, note="报名信息有误，评价作废"
    )
    assert voided.status_code == 200, voided.text
    [shown] = await sessions.candidates(planned)
    assert shown["scored"] is False
    off = await sessions.of_candidate(candidate, "take-off", {"reason": "评价已作废"})
    assert off.status_code == 200, off.text
    again = await sessions.seat(planned, class_id=str(event.class_id))
    assert (again.status_code, len(again.json()["candidates"])) == (201, 1)


async def test_once_it_has_begun_nobody_is_put_on_it_but_who_came_is_recorded(office, sessions):
    planned = await sessions.planned()
    candidate = await sessions.seated(planned, await office.complete())
    early = await sessions.of_candidate(candidate, "presence", {"present": True})
    assert findings_against(early) == ["Presence is recorded once the session has begun"]
    late = await office.complete(who="other_trainee")
    office.clock.advance(days=14)
    refused = await sessions.seat(planned, class_id=str(late.class_id))
    assert refused.json()["code"] == "not_allowed_in_state"
    came = (await sessions.of_candidate(candidate, "presence", {"present": True})).json()
    assert (came["present"], came["version"]) == (True, 2)
    stale = await sessions.of_candidate(candidate, "presence", {"present": False})
    assert stale.status_code == 412
    gone = await sessions.of_candidate(came, "take-off", {"reason": "考生申请改期"})
    assert gone.json()["code"] == "not_allowed_in_state"


async def test_who_was_absent_may_be_put_on_the_next_session(office, sessions):
    candidate = await sessions.seated(await sessions.planned(), await office.complete())
    office.clock.advance(days=14)
    absent = (
        await sessions.of_candidate(candidate, "presence", {"present": False, "note": "因病缺席"})
    ).json()
    hours = {"starts_at": "2026-06-20T09:00:00+08:00", "ends_at": "2026-06-20T11:00:00+08:00"}
    following = await sessions.planned(**hours)
    answer = await sessions.seat(following, evaluation_id=candidate["evaluation_id"])
    assert answer.status_code == 201, answer.text
    corrected = await sessions.of_candidate(absent, "presence", {"present": True, "note": "登记有误"})
    assert corrected.json()["code"] == "seated_elsewhere"


async def test_who_was_scored_cannot_have_been_absent(office, sessions):
    planned = await sessions.planned()
    candidate = await sessions.seated(planned, await office.complete())
    office.clock.advance(days=14)
    [evaluation] = (await office.http.get("/cert/v1/evaluations", headers=office.centre)).json()["items"]
    await office.score(evaluation, 80)
    refused = await sessions.of_candidate(candidate, "presence", {"present": False})
    assert findings_against(refused) == ["A candidate who was scored cannot be recorded as absent"]
    off = await sessions.of_candidate(candidate, "take-off", {"reason": "考生申请改期"})
    assert off.json()["code"] == "candidate_scored"
    current = (await sessions.read(planned)).json()
    cancelled = await sessions.step(current, "cancel", {"reason": "场地停电"})
    assert cancelled.json()["code"] == "candidate_scored"


async def test_candidates_are_found_by_class_and_presence_masked_and_exported(office, sessions):
    planned = await sessions.planned()
    first = await sessions.seated(planned, await office.complete())
    second = await sessions.seated(planned, await office.complete(who="other_trainee"))
    await sessions.of_candidate(second, "take-off", {"reason": "考生申请改期"})
    office.clock.advance(days=14)
    await sessions.of_candidate(first, "presence", {"present": True})
    for params, expected in (
        ({}, [first, second]),
        ({"class_id": first["class_id"]}, [first]),
        ({"present": "true"}, [first]),
        ({"removed": "true"}, [second]),
        ({"removed": "false"}, [first]),
    ):
        found = await sessions.candidates(planned, **params)
        assert [one["id"] for one in found] == [one["id"] for one in expected], params
        file = await office.http.get(
            f"/cert/v1/sessions/{planned['id']}/candidates/export", params=params, headers=office.centre
        )
        assert file.text.count("\r\n") == len(expected) + 1
        assert "张三丰" not in file.text
