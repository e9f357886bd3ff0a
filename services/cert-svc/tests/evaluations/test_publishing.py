"""A result is shown to the trainee once it is published, and nothing before (成绩公布; C04)."""

import pytest
from chuangpei.auth import Role
from chuangpei.events.cert import EvaluationPublished


@pytest.fixture
async def event(office):
    return await office.complete()


@pytest.fixture
async def confirmed(office, event):
    return await office.evaluated(event, 55)


async def seen_by(office, headers, **params):
    answer = await office.http.get("/cert/v1/evaluations", params=params, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_a_trainee_sees_nothing_of_an_evaluation_before_it_is_published(office, event):
    evaluation = await office.evaluation_of(event)
    confirmed = await office.evaluated(event, 55)
    assert await seen_by(office, office.trainee) == []
    for path in ("", "/timeline", "/dispute"):
        answer = await office.http.get(
            f"/cert/v1/evaluations/{evaluation['id']}{path}", headers=office.trainee
        )
        assert answer.status_code == 404
    refused = await office.step(confirmed, "dispute", office.trainee, grounds="请核对评分表")
    assert refused.status_code == 404


async def test_a_published_result_shows_the_trainee_score_reasons_and_the_last_day_to_dispute(
    office, confirmed
):
    published = await office.step(confirmed, "publish", office.evaluator("third"))
    assert published.status_code == 200, published.text
    [shown] = await seen_by(office, office.trainee)
    assert (shown["state"], shown["score"], shown["passed"]) == ("published", 55, False)
    [against] = shown["findings"]
    assert (against["fact"], against["required"], against["outcome"]) == ("55", "≥ 60", "failed")
    # Published on 2026-06-01, with 15 days to dispute.
    assert shown["last_dispute_day"] == "2026-06-16"
    assert [shown[name] for name in ("scored_by", "confirmed_by", "comment")] == [None] * 3
    file = await office.http.get("/cert/v1/evaluations/export", headers=office.trainee)
    assert file.text.count("\r\n") == 2
    assert "scorer" not in file.text


async def test_another_trainee_does_not_see_it(office, event):
    await office.published(event, 55)
    other = office.as_(Role.CITIZEN, "other_trainee")
    assert await seen_by(office, other) == []
    assert await seen_by(office, other, enrolment_id=str(event.enrolment_id)) == []


async def test_the_trainee_is_told_of_each_step_but_neither_by_whom_nor_of_amended_scores(office, event):
    scored = (await office.score(await office.evaluation_of(event), 28)).json()
    confirmed = (await office.confirm((await office.score(scored, 55)).json())).json()
    await office.step(confirmed, "publish", office.evaluator("third"))
    steps = await office.http.get(f"/cert/v1/evaluations/{scored['id']}/timeline", headers=office.trainee)
    assert [(one["action"], one["actor"], one["score"], one["reason"]) for one in steps.json()] == [
        ("open", None, None, None),
        ("score", None, None, None),
        ("score", None, None, None),
        ("confirm", None, 55, None),
        ("publish", None, 55, None),
    ]


async def test_blind_scores_are_the_offices_alone(office, event):
    published = await office.published(event, 55)
    answer = await office.http.get(
        f"/cert/v1/evaluations/{published['id']}/blind-scores", headers=office.trainee
    )
    assert answer.status_code == 403


async def test_the_city_centre_publishes_too(office, confirmed):
    assert (await office.step(confirmed, "publish", office.centre)).json()["state"] == "published"


async def test_the_evaluator_of_another_body_does_not_publish(bare_office):
    office = bare_office
    bodies = [
        (await office.choose_body(credit_code=code, name=name)).json()
        for code, name in (("52310000MJ4900002N", "甲"), ("91310115MA1K35X104", "乙"))
    ]
    for body, who in ((bodies[0], "scorer"), (bodies[0], "confirmer"), (bodies[1], "third")):
        await office.add_evaluator(body["id"], who)
    confirmed = await office.evaluated(await office.complete(), 80)
    refused = await office.step(confirmed, "publish", office.evaluator("third"))
    against = [one["en"] for one in refused.json()["findings"] if one["outcome"] == "failed"]
    assert against == ["The body that answers for the result, or the city centre, does this"]
    assert (await office.step(confirmed, "publish", office.evaluator("scorer"))).status_code == 200


async def test_an_evaluator_without_a_real_name_does_not_publish(office, confirmed):
    refused = await office.step(confirmed, "publish", office.as_(Role.EVALUATOR, subject="nameless"))
    assert refused.json()["code"] == "real_name_required"


async def test_only_a_confirmed_result_is_published_and_once(office, event):
    evaluation = await office.evaluation_of(event)
    assert (await office.step(evaluation, "publish", office.centre)).json()["code"] == "not_allowed_in_state"
    published = await office.published(event, 55)
    again = await office.step(published, "publish", office.centre)
    assert again.json()["code"] == "not_allowed_in_state"


async def test_a_result_that_changed_meanwhile_is_not_published_unseen(office, confirmed):
    stale = confirmed | {"version": confirmed["version"] - 1}
    assert (await office.step(stale, "publish", office.centre)).status_code == 412


async def test_the_others_are_told_without_a_name(office, event):
    await office.published(event, 82)
    [told] = [one for one in await office.emitted() if isinstance(one, EvaluationPublished)]
    assert (told.passed, told.score, told.pass_mark) == (True, 82, 60)
    assert (told.published_on.isoformat(), told.last_dispute_day.isoformat()) == ("2026-06-01", "2026-06-16")


async def test_a_failed_result_is_retaken_whether_it_is_published_or_not(office, event):
    published = await office.published(event, 40)
    assert (await office.retake(published)).status_code == 201
