"""A body plans when, where and by whom it evaluates; it is changed with its reason (T06, C04)."""

import asyncio
from datetime import datetime, timedelta

import asyncpg
import pytest
from chuangpei.auth import Role
from chuangpei.events.cert import (
    EvaluationSessionCancelled,
    EvaluationSessionChanged,
    EvaluationSessionPlanned,
)

START = "2026-06-15T09:00:00+08:00"
ANOTHER = "91310115MA1K35X104"


def findings_against(answer):
    return [one["en"] for one in answer.json()["findings"] if one["outcome"] == "failed"]


def wrong(answer):
    return [(one["pointer"], one["code"]) for one in answer.json()["errors"]]


def later(**by):
    return (datetime.fromisoformat(START) + timedelta(**by)).isoformat()


async def told(office, kind):
    return [event for event in await office.emitted() if isinstance(event, kind)]


async def test_an_evaluator_of_the_body_plans_a_session_with_named_colleagues(office, sessions, body):
    planned = await sessions.planned("scorer", "confirmer")
    assert (planned["state"], planned["has_begun"], planned["candidates"]) == ("planned", False, 0)
    assert planned["starts_at"] == "2026-06-15T01:00:00Z"
    assert len(planned["evaluators"]) == 2
    assert {one["masked_name"] for one in planned["evaluators"]} == {"王*"}
    [event] = await told(office, EvaluationSessionPlanned)
    assert (str(event.session_id), event.place, event.candidates) == (
        planned["id"],
        planned["place"],
        0,
    )


async def test_the_city_centre_plans_for_any_body_and_an_evaluator_for_their_own_alone(office, sessions):
    assert (await sessions.plan(by=office.centre)).status_code == 201
    other = (await office.choose_body(credit_code=ANOTHER)).json()
    assert (await sessions.plan(body_id=other["id"])).status_code == 404


async def test_a_planner_signs_in_with_a_real_name(office, sessions):
    refused = await sessions.plan(by=office.as_(Role.EVALUATOR, subject="nameless"))
    assert refused.json()["code"] == "real_name_required"


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        (
            {"starts_at": "2026-06-01T09:00:00+08:00"},
            [("/starts_at", "in_the_past"), ("/ends_at", "not_one_day")],
        ),
        ({"ends_at": "2026-06-15T09:00:00+08:00"}, [("/ends_at", "not_one_day")]),
        ({"ends_at": "2026-06-16T00:00:00+08:00"}, [("/ends_at", "not_one_day")]),
        (
            {"evaluator_ids": ["01977777-7777-7777-8777-777777777777"]},
            [("/evaluator_ids/0", "unknown_evaluator")],
        ),
    ],
)
async def test_a_session_that_cannot_be_is_refused_field_by_field(sessions, given, errors):
    refused = await sessions.plan(**given)
    assert (refused.status_code, wrong(refused)) == (422, errors)


@pytest.mark.parametrize(
    "given", [{"starts_at": "2026-06-15T09:00:00"}, {"capacity": 0}, {"evaluator_ids": []}]
)
async def test_a_time_without_its_zone_no_place_and_no_evaluator_are_refused(sessions, given):
    assert (await sessions.plan(**given)).status_code == 422


async def test_who_was_removed_from_the_roster_is_not_named(office, sessions, body):
    evaluator_id = await sessions.evaluator_id("scorer")
    await office.http.post(
        f"/cert/v1/evaluation-bodies/{body['id']}/evaluators/{evaluator_id}/remove",
        json={"reason": "已离职"},
        headers=office.centre | {"if-match": '"1"'},
    )
    assert wrong(await sessions.plan("scorer")) == [("/evaluator_ids/0", "unknown_evaluator")]


@pytest.mark.parametrize(
    ("scope", "last_day"), [(["P9"], "2026-12-31"), (["P3"], "2026-06-14")], ids=["scope", "term"]
)
async def test_a_session_lies_in_the_term_and_scope_of_its_body(office, sessions, body, scope, last_day):
    change = {"project_codes": scope, "last_day": last_day, "reason": "缩小范围"}
    await office.http.post(
        f"/cert/v1/evaluation-bodies/{body['id']}/amend",
        json=change,
        headers=office.centre | {"if-match": '"1"'},
    )
    refused = await sessions.plan()
    assert findings_against(refused) == ["A session lies within the term and scope of its body"]


async def test_of_several_sessions_at_once_an_evaluator_is_named_at_one(sessions):
    await sessions.evaluator_id("scorer")
    answers = await asyncio.gather(*(sessions.plan("scorer") for _ in range(6)))
    assert sorted(one.status_code for one in answers) == [201] + [409] * 5
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"evaluator_busy"}


async def test_an_evaluator_goes_from_one_session_straight_to_the_next(sessions):
    await sessions.planned("scorer", ends_at=later(hours=1))
    await sessions.planned("scorer", starts_at=later(hours=1))
    assert (await sessions.plan("scorer", starts_at=later(minutes=90))).json()["code"] == "evaluator_busy"


async def test_the_database_itself_lets_nobody_evaluate_at_two_sessions(office, sessions):
    await sessions.planned("scorer")
    other = await sessions.planned("confirmer")
    with pytest.raises(asyncpg.ExclusionViolationError):
        await office.sql(
            "INSERT INTO session_evaluators SELECT $1, evaluator_id, person_key, starts_at, ends_at, live "
            "FROM session_evaluators WHERE session_id <> $1",
            other["id"],
        )


async def test_an_amendment_is_kept_with_its_reason_and_told(office, sessions):
    planned = await sessions.planned("scorer")
    change = {
        "place": "张江路100号401室",
        "starts_at": later(hours=1),
        "evaluator_ids": [await sessions.evaluator_id("confirmer")],
        "reason": "教室被占用",
    }
    amended = (await sessions.step(planned, "amend", change)).json()
    assert (amended["place"], amended["starts_at"], amended["version"]) == (
        "张江路100号401室",
        "2026-06-15T02:00:00Z",
        2,
    )
    answer = await office.http.get(f"/cert/v1/sessions/{planned['id']}/amendments", headers=office.centre)
    [kept] = answer.json()["items"]
    assert set(kept["after"]) == {"place", "starts_at", "evaluator_ids"}
    assert kept["before"]["place"] == planned["place"]
    [event] = await told(office, EvaluationSessionChanged)
    assert event.place == "张江路100号401室"
    assert (await sessions.plan("scorer")).status_code == 201, "who was replaced is free again"


async def test_an_amendment_that_changes_nothing_is_refused_and_so_is_a_stale_one(sessions):
    planned = await sessions.planned()
    nothing = await sessions.step(planned, "amend", {"capacity": 30, "reason": "再次"})
    assert nothing.json()["code"] == "nothing_amended"
    await sessions.step(planned, "amend", {"capacity": 20, "reason": "场地较小"})
    assert (await sessions.step(planned, "amend", {"capacity": 10, "reason": "再次"})).status_code == 412


async def test_a_session_is_not_moved_to_where_its_evaluator_is_elsewhere(sessions):
    await sessions.planned("scorer")
    other = await sessions.planned("scorer", starts_at=later(hours=4), ends_at=later(hours=5))
    moved = {"starts_at": START, "ends_at": later(hours=1), "reason": "提前"}
    assert (await sessions.step(other, "amend", moved)).json()["code"] == "evaluator_busy"


async def test_what_has_begun_is_amended_no_more(office, sessions):
    planned = await sessions.planned()
    office.clock.advance(days=14)
    assert (await sessions.read(planned)).json()["has_begun"] is True
    refused = await sessions.step(planned, "amend", {"capacity": 20, "reason": "场地较小"})
    assert refused.json()["code"] == "not_allowed_in_state"


async def test_a_cancelled_session_frees_its_people_and_is_told(office, sessions):
    planned = await sessions.planned("scorer")
    candidate = await sessions.seated(planned, await office.complete())
    current = (await sessions.read(planned)).json()
    cancelled = (await sessions.step(current, "cancel", {"reason": "场地停电"})).json()
    assert (cancelled["state"], cancelled["cancel_reason"]) == ("cancelled", "场地停电")
    again = await sessions.planned("scorer")
    assert (await sessions.seat(again, evaluation_id=candidate["evaluation_id"])).status_code == 201
    [event] = await told(office, EvaluationSessionCancelled)
    assert event.candidates == 1


async def test_what_was_cancelled_stays_cancelled(office, sessions):
    planned = await sessions.planned()
    cancelled = (await sessions.step(planned, "cancel", {"reason": "场地停电"})).json()
    office.clock.advance(days=15)
    for step, body in (
        ("cancel", {"reason": "再次"}),
        ("amend", {"capacity": 9, "reason": "再次"}),
        ("close", {}),
    ):
        answer = await sessions.step(cancelled, step, body)
        assert answer.json()["code"] == "not_allowed_in_state", step
    with pytest.raises(asyncpg.RestrictViolationError):
        await office.sql("UPDATE evaluation_sessions SET state = 'planned', live = true")


async def test_a_session_is_closed_after_its_end_with_who_came(office, sessions):
    planned = await sessions.planned(capacity=2)
    first = await sessions.seated(planned, await office.complete())
    second = await sessions.seated(planned, await office.complete(who="other_trainee"))
    current = (await sessions.read(planned)).json()
    came = {"presences": [{"candidate_id": first["id"], "present": True}]}
    office.clock.advance(days=14, hours=1)
    early = await sessions.step(current, "close", came)
    assert (early.status_code, early.json()["code"]) == (409, "not_allowed_in_state")
    office.clock.advance(hours=2)
    incomplete = await sessions.step(current, "close", came)
    assert incomplete.json()["code"] == "presence_missing"
    came["presences"].append({"candidate_id": second["id"], "present": False, "note": "因病缺席"})
    closed = (await sessions.step(current, "close", came)).json()
    assert closed["state"] == "held"
    shown = await sessions.candidates(planned)
    assert [(one["present"], one["presence_note"]) for one in shown] == [(True, ""), (False, "因病缺席")]
    again = await sessions.step(closed, "cancel", {"reason": "再次"})
    assert again.json()["code"] == "not_allowed_in_state"


async def test_closing_names_who_is_no_candidate(office, sessions):
    planned = await sessions.planned()
    office.clock.advance(days=15)
    stranger = {"candidate_id": "01977777-7777-7777-8777-777777777777", "present": True}
    refused = await sessions.step(planned, "close", {"presences": [stranger]})
    assert wrong(refused) == [("/presences/0", "unknown_candidate")]


async def test_sessions_are_found_by_body_project_place_and_time_and_exported(office, sessions, body):
    first = await sessions.planned("scorer")
    second = await sessions.planned("confirmer", district="310104", starts_at=later(hours=1))
    for params, expected in (
        ({}, [first, second]),
        ({"sort": "-starts_at"}, [second, first]),
        ({"body_id": body["id"], "project_code": "P3", "state": "planned"}, [first, second]),
        ({"district": "310104"}, [second]),
        ({"starts_from": later(minutes=30)}, [second]),
        ({"starts_until": later(minutes=30)}, [first]),
        ({"state": "held"}, []),
    ):
        assert await sessions.listed(office.centre, **params) == [one["id"] for one in expected], params
        file = await office.http.get("/cert/v1/sessions/export", params=params, headers=office.centre)
        assert file.text.count("\r\n") == len(expected) + 1


async def test_a_trainee_sees_where_and_when_their_own_session_is_and_nobody_elses(office, sessions):
    planned = await sessions.planned()
    candidate = await sessions.seated(planned, await office.complete())
    own, other = office.as_(Role.CITIZEN, "trainee"), office.as_(Role.CITIZEN, "other_trainee")
    assert await sessions.listed(own) == [planned["id"]]
    assert await sessions.listed(other) == []
    seen = (await sessions.read(planned, own)).json()
    assert (seen["place"], seen["starts_at"], seen["evaluators"]) == (
        planned["place"],
        planned["starts_at"],
        None,
    )
    assert (await sessions.read(planned, other)).status_code == 404
    await sessions.of_candidate(candidate, "take-off", {"reason": "考生申请改期"})
    assert await sessions.listed(own) == []


async def test_another_bodys_evaluator_and_another_districts_officer_find_nothing(office, sessions, officer):
    planned = await sessions.planned()
    other = (await office.choose_body(credit_code=ANOTHER)).json()
    assert (await office.add_evaluator(other["id"], "outsider")).status_code == 201
    outside = [office.evaluator("outsider"), office.as_(Role.DISTRICT_OFFICER, district="310104")]
    for headers in outside:
        assert await sessions.listed(headers) == []
        for path in ("", "/amendments", "/candidates", "/candidates/export"):
            answer = await office.http.get(f"/cert/v1/sessions/{planned['id']}{path}", headers=headers)
            assert answer.status_code == 404, path
    for headers in (sessions.planner, officer):
        assert await sessions.listed(headers) == [planned["id"]]
    refused = await office.http.post(
        f"/cert/v1/sessions/{planned['id']}/cancel",
        json={"reason": "场地停电"},
        headers=outside[0] | {"if-match": '"1"'},
    )
    assert refused.status_code == 404


async def test_an_evaluator_sees_the_roster_of_their_own_body_alone(office, body):
    other = (await office.choose_body(credit_code=ANOTHER)).json()
    for body_id, status in ((body["id"], 200), (other["id"], 404)):
        answer = await office.http.get(
            f"/cert/v1/evaluation-bodies/{body_id}/evaluators", headers=office.evaluator("scorer")
        )
        assert answer.status_code == status
