"""A one-time link for each trainee of a class that has ended; an answer that leads back to nobody (T06)."""

import asyncio

import pytest
from chuangpei.auth import Role


def refused(answer):
    return answer.status_code, answer.json()["code"]


def same_but_for_the_request(answer):
    """What a refusal says, without the path and the id of the request itself."""
    body = answer.json()
    return answer.status_code, {name: body[name] for name in body if name not in ("instance", "request_id")}


async def test_a_trainee_is_shown_the_own_link_and_answers_without_signing_in(world, feedback):
    filed = await feedback.asked(1)
    (link,) = await feedback.links(feedback.trainees[0])
    assert (link["class_id"], link["last_day"]) == (filed["id"], "2026-04-02")
    asked = await world.http.get(f"/training/v1/feedback/{link['token']}")
    assert (asked.json()["class_name"], len(asked.json()["questions"])) == ("第一期", 5)
    assert (await feedback.answer(link["token"], "案例很实用")).status_code == 204
    assert await world.count("SELECT scores FROM feedback_answers") == {
        "content": 5,
        "teaching": 4,
        "organisation": 4,
        "facilities": 3,
        "benefit": 5,
    }
    assert await feedback.links(feedback.trainees[0]) == []


async def test_the_same_link_is_shown_again_until_it_is_spent(feedback):
    await feedback.asked(1)
    assert await feedback.links(feedback.trainees[0]) == await feedback.links(feedback.trainees[0])


async def test_nobody_is_shown_the_link_of_another(world, feedback):
    await feedback.asked(2)
    first, second = await feedback.tokens()
    assert first != second
    assert await feedback.links(world.trainee()) == []


async def test_a_token_has_128_bits_and_only_its_hash_is_kept(world, feedback):
    await feedback.asked(1)
    (token,) = await feedback.tokens()
    assert len(token) == 22
    kept = await world.count(
        "SELECT string_agg(t::text, ' ') FROM (SELECT i::text AS t FROM feedback_invitations i"
        " UNION ALL SELECT encode(token_hash, 'escape') FROM feedback_tokens) AS t"
    )
    assert token not in kept


async def test_one_link_used_eight_times_at_once_gives_one_answer(world, feedback):
    await feedback.asked(1)
    (token,) = await feedback.tokens()
    answers = await asyncio.gather(*(feedback.answer(token) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [204, *[404] * 7]
    assert await world.count("SELECT count(*) FROM feedback_answers") == 1


async def test_a_wrong_a_spent_and_a_late_link_are_answered_alike(world, feedback):
    await feedback.asked(2)
    spent, late = await feedback.tokens()
    await feedback.answer(spent)
    found = [await feedback.answer("x" * 22), await feedback.answer(spent)]
    reading = [await world.http.get(f"/training/v1/feedback/{token}") for token in ("x" * 22, spent)]
    feedback.a_day_after_the_end(31)
    found.append(await feedback.answer(late))
    reading.append(await world.http.get(f"/training/v1/feedback/{late}"))
    await feedback.timers()
    found.append(await feedback.answer(late))
    told = [same_but_for_the_request(one) for one in found + reading]
    assert told[0][0] == 404
    assert all(one == told[0] for one in told)


async def test_the_last_day_is_a_whole_day(feedback):
    await feedback.asked(2)
    first, second = await feedback.tokens()
    feedback.world.clock.set(feedback.world.at(31, 23, 59))
    assert (await feedback.answer(first)).status_code == 204
    feedback.world.clock.set(feedback.world.at(32, 0, 0))
    assert (await feedback.answer(second)).status_code == 404


async def test_an_answer_that_is_refused_leaves_the_link_good(feedback):
    await feedback.asked(1)
    (token,) = await feedback.tokens()
    assert (await feedback.answer(token, content=6)).status_code == 422
    assert (await feedback.answer(token, colour=3)).status_code == 422
    assert (await feedback.answer(token)).status_code == 204


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"scores": {"content": 5}}, "/scores/teaching"),
        ({"scores": {"content": 0}}, "/scores/content"),
        ({"scores": {"content": 2.5}}, "/scores/content"),
        ({}, "/scores"),
        ({"scores": {}, "name": "张三丰"}, "/name"),
        ({"scores": {}, "comment": "长" * 1001}, "/comment"),
    ],
)
async def test_what_is_wrong_with_an_answer_is_named(world, feedback, body, pointer):
    await feedback.asked(1)
    (token,) = await feedback.tokens()
    answer = await world.http.post(f"/training/v1/feedback/{token}", json=body)
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


async def test_nothing_that_is_kept_joins_an_answer_to_a_person(world, feedback):
    await feedback.asked(5)
    before = await world.count("SELECT count(*) FROM audit_log")
    for token in await feedback.tokens():
        await feedback.answer(token)
    assert await world.count("SELECT count(*) FROM audit_log") == before
    columns = await world.count(
        "SELECT array_agg(column_name::text ORDER BY column_name::text) FROM information_schema.columns"
        " WHERE table_name = 'feedback_answers'"
    )
    assert columns == ["class_id", "comment", "id", "scores"]
    assert await world.count("SELECT count(*) FROM feedback_tokens") == 0
    # Ids at random (version 4), not made from the clock (version 7).
    assert await world.count("SELECT bool_and(substr(id::text, 15, 1) = '4') FROM feedback_answers")
    assert await world.count("SELECT bool_and(substr(id::text, 15, 1) = '4') FROM feedback_invitations")


async def test_closing_writes_all_answers_anew_in_one_transaction(world, feedback):
    await feedback.asked(6)
    for token in await feedback.tokens():
        await feedback.answer(token)
    before = await world.count("SELECT array_agg(id) FROM feedback_answers")
    assert await world.count("SELECT count(DISTINCT xmin::text) FROM feedback_answers") == 6
    feedback.a_day_after_the_end(31)
    await feedback.timers()
    assert await world.count("SELECT count(DISTINCT xmin::text) FROM feedback_answers") == 1
    assert not set(before) & set(await world.count("SELECT array_agg(id) FROM feedback_answers"))


async def test_the_organiser_sees_who_was_asked_and_not_who_answered(world, feedback):
    filed = await feedback.asked(2)
    path = f"/classes/{filed['id']}/feedback-links"
    before = (await world.get(path, feedback.organiser)).json()
    assert [set(one) for one in before["items"]] == [
        {"enrolment_id", "name", "id_number", "opened_on", "last_day"}
    ] * 2
    assert {one["name"] for one in before["items"]} == {"张*"}
    round_before = await feedback.round_of(filed)
    await feedback.answer((await feedback.tokens())[0])
    assert (await world.get(path, feedback.organiser)).json() == before
    assert await feedback.round_of(filed) == round_before
    export = await world.get(f"{path}/export", feedback.organiser)
    assert "张*" in export.text
    assert feedback.trainees[0]["id_number"] not in export.text


@pytest.mark.parametrize("day", [0, 1])
async def test_nobody_is_asked_before_the_class_is_over(world, feedback, day):
    filed = await feedback.a_class(1)
    world.clock.set(world.at(day, 20))
    path = f"/classes/{filed['id']}/feedback-links"
    answer = await world.post(path, by=feedback.organiser)
    assert refused(answer) == (422, "feedback_refused")
    assert await feedback.timers() == (0, 0)


async def test_nobody_is_asked_when_the_days_for_answering_are_over(world, feedback):
    filed = await feedback.a_class(1)
    feedback.a_day_after_the_end(31)
    answer = await world.post(f"/classes/{filed['id']}/feedback-links", by=feedback.organiser)
    assert refused(answer) == (422, "feedback_refused")


async def test_the_trainees_of_a_class_are_asked_once(world, feedback):
    filed = await feedback.a_class(2)
    feedback.a_day_after_the_end()
    path = f"/classes/{filed['id']}/feedback-links"
    answers = await asyncio.gather(*(world.post(path, by=feedback.organiser) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert await world.count("SELECT count(*) FROM feedback_tokens") == 2
    assert await feedback.timers() == (0, 0)


async def test_where_the_organiser_does_not_ask_time_does(world, feedback):
    filed = await feedback.a_class(2)
    feedback.a_day_after_the_end()
    assert await feedback.timers() == (1, 0)
    assert await feedback.timers() == (0, 0)
    assert (await feedback.round_of(filed))["invited"] == 2
    assert len(await feedback.links(feedback.trainees[0])) == 1


async def test_two_timers_at_once_ask_each_class_once(world, feedback):
    await feedback.a_class(2)
    feedback.a_day_after_the_end()
    found = await asyncio.gather(feedback.timers(), feedback.timers())
    assert sorted(asked for asked, _ in found) == [0, 1]
    assert await world.count("SELECT count(*) FROM feedback_tokens") == 2


async def test_an_answer_and_the_closing_at_once_never_lose_the_answer(world, feedback):
    filed = await feedback.asked(5)
    tokens = await feedback.tokens()
    for token in tokens[:4]:
        await feedback.answer(token)
    service = world.service
    async with service.database.transaction() as tx:
        await tx.connection.execute("SELECT 1 FROM feedback_rounds FOR UPDATE")
        last = asyncio.create_task(feedback.answer(tokens[4]))
        await world.somebody_waits_for_a_lock()
        feedback.a_day_after_the_end(31)
        await tx.connection.execute("UPDATE feedback_rounds SET closed_on = '2026-04-03'")
    assert (await last).status_code == 404
    assert await world.count("SELECT count(*) FROM feedback_answers") == 4
    assert (await feedback.round_of(filed))["closed_on"] == "2026-04-03"


async def test_another_institution_and_another_district_see_and_ask_nothing(world, feedback):
    filed = await feedback.asked(1)
    strangers = [world.of_institution(await world.institution()), world.officer("310104")]
    for path in ("feedback", "feedback-links", "feedback-links/export", "feedback-comments"):
        for by in strangers:
            assert (await world.get(f"/classes/{filed['id']}/{path}", by)).status_code == 404
    answer = await world.post(f"/classes/{filed['id']}/feedback-links", by=strangers[0])
    assert answer.status_code == 404


async def test_a_class_that_was_not_asked_has_no_feedback(world, feedback):
    filed = await feedback.a_class(1)
    answer = await world.get(f"/classes/{filed['id']}/feedback", world.by(Role.AUDITOR))
    assert answer.status_code == 404


async def test_of_a_cancelled_class_nobody_is_asked(world, feedback):
    filed = await feedback.a_class(1)
    path = f"/classes/{filed['id']}"
    seen = (await world.get(path, feedback.organiser)).json()
    await world.made(f"{path}/cancel", {"reason": "报名人数不足"}, feedback.organiser, seen["version"])
    feedback.a_day_after_the_end()
    assert await feedback.timers() == (0, 0)
    answer = await world.post(f"{path}/feedback-links", by=feedback.organiser)
    assert refused(answer) == (409, "not_allowed_in_state")
    assert await world.count("SELECT count(*) FROM feedback_rounds") == 0
