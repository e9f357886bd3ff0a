"""The city centre chooses who evaluates; they alone do, in term and scope, and answer for it (T06, C04)."""

import asyncio

import asyncpg
import pytest
from cert_svc.evaluation_bodies.use_cases import end
from chuangpei.auth import Principal, Role
from chuangpei.testing.api import key

PATH = "/cert/v1/evaluation-bodies"
ANOTHER = "91310115MA1K35X104"


def at_version(version):
    return {"if-match": f'"{version}"'}


def findings_against(answer):
    return [one["en"] for one in answer.json()["findings"] if one["outcome"] == "failed"]


NOT_IN_OFFICE = ["Only an evaluator of a body in its term and scope may evaluate"]


async def post(office, path, body, version=None):
    headers = office.centre | (key() if version is None else at_version(version))
    return await office.http.post(f"{PATH}{path}", json=body, headers=headers)


async def evaluators_of(office, body_id):
    answer = await office.http.get(f"{PATH}/{body_id}/evaluators", headers=office.centre)
    return answer.json()["items"]


async def test_a_body_is_chosen_with_its_scope_and_term(bare_office):
    answer = await bare_office.choose_body(project_codes=["P4", "P3", "P4"])
    assert answer.status_code == 201, answer.text
    chosen = answer.json()
    assert (chosen["project_codes"], chosen["in_office"], chosen["state"]) == (["P3", "P4"], True, "chosen")


async def test_what_is_begun_before_it_ends_is_refused(bare_office):
    answer = await bare_office.choose_body(last_day="2025-12-31")
    assert answer.json()["errors"][0]["pointer"] == "/last_day"


async def test_a_credit_code_that_does_not_check_is_refused(bare_office):
    answer = await bare_office.choose_body(credit_code="52310000MJ4900002P")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/credit_code")


async def test_one_organisation_has_one_term_at_a_time(bare_office):
    answers = await asyncio.gather(*(bare_office.choose_body() for _ in range(6)))
    assert sorted(one.status_code for one in answers) == [201] + [409] * 5
    following = await bare_office.choose_body(first_day="2036-01-01", last_day="2036-12-31")
    assert following.status_code == 201


async def test_a_body_ended_early_can_be_chosen_again(office, body):
    ended = await post(office, f"/{body['id']}/end", {"reason": "评价质量抽查不合格"}, body["version"])
    assert (ended.json()["state"], ended.json()["in_office"]) == ("ended", False)
    assert ended.json()["ended_on"] == "2026-06-01"
    again = (await office.choose_body()).json()
    assert (await office.add_evaluator(again["id"], "scorer")).status_code == 201


async def test_what_was_ended_stays_ended(office, body):
    ended = (await post(office, f"/{body['id']}/end", {"reason": "不合格"}, body["version"])).json()
    for step, change in (("end", {}), ("amend", {"name": "新名称"})):
        answer = await post(office, f"/{body['id']}/{step}", {"reason": "再次"} | change, ended["version"])
        assert answer.json()["code"] == "not_allowed_in_state"
    assert (await office.add_evaluator(body["id"], "scorer")).status_code == 409
    with pytest.raises(asyncpg.RestrictViolationError):
        await office.sql("UPDATE evaluation_bodies SET state = 'chosen'")


async def test_an_amendment_is_kept_with_its_reason(office, body):
    change = {"name": "新名称", "project_codes": ["P3"], "reason": "机构更名"}
    amended = (await post(office, f"/{body['id']}/amend", change, body["version"])).json()
    assert (amended["name"], amended["project_codes"], amended["version"]) == ("新名称", ["P3"], 2)
    [kept] = (await office.http.get(f"{PATH}/{body['id']}/amendments", headers=office.centre)).json()["items"]
    assert (kept["before"]["name"], kept["after"]["name"]) == ("上海示例评价中心", "新名称")
    nothing = await post(office, f"/{body['id']}/amend", {"name": "新名称", "reason": "再次"}, 2)
    assert nothing.json()["code"] == "nothing_amended"
    stale = await post(office, f"/{body['id']}/amend", {"name": "别名", "reason": "再次"}, 1)
    assert stale.status_code == 412


async def test_the_term_of_the_evaluators_moves_with_that_of_the_body(office, body):
    [first, *_] = await evaluators_of(office, body["id"])
    await post(office, f"/{body['id']}/evaluators/{first['id']}/remove", {"reason": "已离职"}, 1)
    amended = await post(
        office, f"/{body['id']}/amend", {"last_day": "2027-12-31", "reason": "缩短任期"}, body["version"]
    )
    assert amended.status_code == 200, amended.text
    assert {row[0].isoformat() for row in await office.sql("SELECT last_day FROM evaluators")} == {
        "2027-12-31"
    }


async def test_a_person_evaluates_for_one_body_at_a_time(office, body):
    other = (await office.choose_body(credit_code=ANOTHER, first_day="2027-01-01")).json()
    assert (await office.add_evaluator(other["id"], "scorer")).json()["code"] == "evaluator_exists"
    await post(office, f"/{body['id']}/amend", {"last_day": "2026-12-31", "reason": "缩短任期"}, 1)
    assert (await office.add_evaluator(other["id"], "scorer")).status_code == 201
    longer = await post(office, f"/{body['id']}/amend", {"last_day": "2027-01-01", "reason": "延长"}, 2)
    assert longer.json()["code"] == "evaluation_body_exists"


async def test_of_several_additions_of_one_person_at_once_one_stands(bare_office):
    chosen = (await bare_office.choose_body()).json()
    answers = await asyncio.gather(*(bare_office.add_evaluator(chosen["id"], "scorer") for _ in range(6)))
    assert sorted(one.status_code for one in answers) == [201] + [409] * 5


async def test_an_evaluator_is_kept_encrypted_and_shown_masked(office, body):
    shown = await office.http.get(f"{PATH}/{body['id']}/evaluators", headers=office.centre)
    assert "王*" in shown.text
    assert "王评分" not in shown.text
    assert "person_key" not in shown.text
    [row] = await office.sql("SELECT * FROM evaluators LIMIT 1")
    assert "王评分" not in str(dict(row))


@pytest.mark.parametrize(
    ("scope", "first_day", "last_day", "status"),
    [
        (["P3"], "2026-06-01", "2026-06-01", 200),
        ([], "2026-01-01", "2026-12-31", 200),
        (["P9"], "2026-01-01", "2026-12-31", 422),
        (["P3"], "2026-06-02", "2026-12-31", 422),
        (["P3"], "2026-01-01", "2026-05-31", 422),
    ],
)
async def test_only_a_body_in_term_and_scope_evaluates(bare_office, scope, first_day, last_day, status):
    chosen = (
        await bare_office.choose_body(project_codes=scope, first_day=first_day, last_day=last_day)
    ).json()
    await bare_office.add_evaluator(chosen["id"], "scorer")
    evaluation = await bare_office.evaluation_of(await bare_office.complete())
    answer = await bare_office.score(evaluation, 80)
    assert answer.status_code == status, answer.text
    seen = await bare_office.http.get(
        f"/cert/v1/evaluations/{evaluation['id']}", headers=bare_office.evaluator("scorer")
    )
    assert seen.status_code == (200 if status == 200 else 404)
    if status == 422:
        assert findings_against(answer) == NOT_IN_OFFICE


async def test_who_was_removed_evaluates_no_more_and_what_they_scored_stands(bare_office):
    office, chosen = bare_office, (await bare_office.choose_body()).json()
    scorer = (await office.add_evaluator(chosen["id"], "scorer")).json()
    await office.add_evaluator(chosen["id"], "confirmer")
    scored = (await office.score(await office.evaluation_of(await office.complete()), 80)).json()
    assert scored["body_id"] == chosen["id"]
    path = f"/{chosen['id']}/evaluators/{scorer['id']}/remove"
    removed = await post(office, path, {"reason": "已离职"}, 1)
    assert removed.json()["remove_reason"] == "已离职"
    again = await post(office, path, {"reason": "已离职"}, 2)
    assert again.json()["code"] == "not_allowed_in_state"
    assert findings_against(await office.score(scored, 90)) == NOT_IN_OFFICE
    assert (await office.confirm(scored)).json()["score"] == 80


async def test_the_body_that_scored_answers_for_the_whole(bare_office):
    for credit_code, who in (("52310000MJ4900002N", "scorer"), (ANOTHER, "confirmer")):
        chosen = (await bare_office.choose_body(credit_code=credit_code)).json()
        await bare_office.add_evaluator(chosen["id"], who)
    evaluation = await bare_office.evaluation_of(await bare_office.complete())
    scored = (await bare_office.score(evaluation, 80)).json()
    refused = await bare_office.confirm(scored)
    assert findings_against(refused) == ["One body answers for the whole of an evaluation"]


async def test_who_belongs_to_the_institution_that_trained_does_not_evaluate(office):
    event = await office.complete()
    evaluation = await office.evaluation_of(event)
    refused = await office.http.post(
        f"/cert/v1/evaluations/{evaluation['id']}/score",
        json={"score": 80},
        headers=office.as_(Role.EVALUATOR, "scorer", credit_code=event.institution.credit_code)
        | at_version(1),
    )
    assert findings_against(refused) == ["An institution may not evaluate those it trained"]


async def test_a_score_waits_for_an_ending_under_way_and_is_then_refused(office, body):
    evaluation = await office.evaluation_of(await office.complete())
    async with office.service.database.transaction() as tx:
        centre = Principal("centre", Role.CITY_CENTRE)
        await end(tx, office.service, centre, body["id"], body["version"], "评价质量不合格")
        scoring = asyncio.create_task(office.score(evaluation, 80))
        while not await office.sql("SELECT pid FROM pg_locks WHERE NOT granted"):
            assert not scoring.done(), "it was scored while the body was being ended"
    assert findings_against(await scoring) == NOT_IN_OFFICE


async def test_the_database_itself_wants_a_body_for_each_score(office):
    await office.complete()
    with pytest.raises(asyncpg.RestrictViolationError):
        await office.sql(
            "UPDATE evaluations SET state = 'scored', score = 80, comment = '', scored_by = 'a', "
            "scored_by_key = 'b', scored_at = now(), evaluated_on = '2026-06-01'"
        )


async def test_bodies_are_found_by_the_day_they_are_in_office_and_by_their_scope(bare_office):
    await bare_office.choose_body(project_codes=["P3"], last_day="2026-12-31")
    await bare_office.choose_body(credit_code=ANOTHER, name="另一机构", project_codes=["P4"])
    for params, names in (
        ({}, ["上海示例评价中心", "另一机构"]),
        ({"in_office_on": "2027-01-01"}, ["另一机构"]),
        ({"project_code": "P3"}, ["上海示例评价中心"]),
        ({"sort": "-last_day"}, ["另一机构", "上海示例评价中心"]),
        ({"state": "ended"}, []),
    ):
        answer = await bare_office.http.get(PATH, params=params, headers=bare_office.centre)
        assert [one["name"] for one in answer.json()["items"]] == names
    file = await bare_office.http.get(
        f"{PATH}/export", params={"state": "chosen"}, headers=bare_office.centre
    )
    assert file.text.count("\r\n") == 3
