"""Results of feedback (T06): of five or more, once a round has closed, and no figure betrays fewer."""

import base64
import csv
import io
from datetime import date

import pytest
from chuangpei.auth import Role

AVERAGES = {"content": 500, "teaching": 400, "organisation": 400, "facilities": 300, "benefit": 500}


def rows(answer):
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def everything(feedback):
    return [await feedback.results(of) for of in ("classes", "institutions", "instructors")]


async def test_five_answers_are_shown_once_the_round_has_closed(feedback):
    filed = await feedback.closed(answers=5)
    (of_class,), (of_institution,), (of_instructor,) = await everything(feedback)
    assert (of_class["id"], of_class["answers"], of_class["invited"]) == (filed["id"], 5, 6)
    for result in (of_class, of_institution, of_instructor):
        assert (result["average"], result["averages"], result["answers"]) == (420, AVERAGES, 5)
    assert (of_institution["classes"], of_instructor["classes"], of_instructor["name"]) == (1, 1, "李*")
    assert (await feedback.round_of(filed))["answers"] == 5


async def test_four_answers_are_never_shown_and_do_not_stay(world, feedback):
    filed = await feedback.closed(answers=4)
    assert await everything(feedback) == [[], [], []]
    shown = await feedback.round_of(filed)
    assert (shown["closed_on"], shown["answers"]) == ("2026-04-03", None)
    assert (await world.get(f"/classes/{filed['id']}/feedback-comments", world.centre)).json()["items"] == []
    assert await world.count("SELECT count(*) FROM feedback_answers") == 0


async def test_nothing_is_shown_before_the_round_closes(world, feedback):
    filed = await feedback.asked(6)
    for token in await feedback.tokens():
        await feedback.answer(token, "案例很实用")
        assert await everything(feedback) == [[], [], []]
    path = f"/classes/{filed['id']}/feedback-comments"
    assert (await world.get(path, feedback.organiser)).json()["items"] == []


async def test_only_what_is_shown_is_summed_so_that_no_difference_betrays_a_small_class(world, feedback):
    instructor = [{"name": "李老师", "id_number": world.id_number()}]
    first, start = await feedback.asked(6, instructors=instructor), world.clock.now()
    for token in await feedback.tokens():
        await feedback.answer(token)
    world.clock.set(world.at(-5))
    later = {"starts_on": "2026-03-02", "sessions": world.sessions(room="302")}
    own = [{"name": "王老师", "id_number": world.id_number()}]
    await feedback.a_class(4, instructors=own, **later)
    world.clock.set(start)
    await feedback.timers()
    for token in await feedback.tokens():
        await feedback.answer(token, content=1, teaching=1, organisation=1, facilities=1, benefit=1)
    feedback.a_day_after_the_end(31)
    await feedback.timers()
    (of_class,), (of_institution,), (of_instructor,) = await everything(feedback)
    assert of_class["id"] == first["id"]
    assert (of_institution["classes"], of_institution["answers"], of_institution["average"]) == (1, 6, 420)
    assert (of_instructor["name"], of_instructor["answers"]) == ("李*", 6)


async def test_two_shown_classes_add_up(world, feedback):
    teachers = [{"name": "李老师", "id_number": world.id_number()}]
    await feedback.asked(5, instructors=teachers)
    for token in await feedback.tokens():
        await feedback.answer(token)
    world.clock.set(world.at(-5))
    await feedback.a_class(
        5,
        instructors=teachers,
        starts_on="2026-03-02",
        ends_on="2026-03-04",
        sessions=[
            {"starts_at": world.at(2, 0).isoformat(), "ends_at": world.at(2, 16).isoformat(), "room": "9"}
        ],
    )
    world.clock.set(world.at(4))
    await feedback.timers()
    for token in await feedback.tokens():
        await feedback.answer(token, content=1, teaching=1, organisation=1, facilities=1, benefit=1)
    world.clock.set(world.at(40))
    await feedback.timers()
    (of_institution,) = await feedback.results("institutions")
    (of_instructor,) = await feedback.results("instructors")
    for result in (of_institution, of_instructor):
        assert (result["classes"], result["answers"], result["average"]) == (2, 10, 260)
        assert result["averages"] == {
            "content": 300,
            "teaching": 250,
            "organisation": 250,
            "facilities": 200,
            "benefit": 300,
        }
    ranked = await feedback.results("classes", query="?sort=-average")
    assert [one["average"] for one in ranked] == [420, 100]
    (late,) = await feedback.results("classes", query="?ended_since=2026-03-04")
    assert late["average"] == 100


async def test_comments_are_shown_in_an_order_by_chance_and_as_text(world, feedback):
    filed = await feedback.asked(5)
    given = ["=HYPERLINK(1)", "<script>alert(1)</script>", "好", "很好", "非常好"]
    for token, comment in zip(await feedback.tokens(), given, strict=True):
        await feedback.answer(token, comment)
    feedback.a_day_after_the_end(31)
    await feedback.timers()
    path = f"/classes/{filed['id']}/feedback-comments"
    shown = [one["comment"] for one in (await world.get(path, feedback.organiser)).json()["items"]]
    assert sorted(shown) == sorted(given)
    ids = await world.count("SELECT array_agg(comment ORDER BY id) FROM feedback_answers")
    assert shown == ids
    exported = {line["意见建议"] for line in rows(await world.get(f"{path}/export", feedback.organiser))}
    assert exported == {"'=HYPERLINK(1)", *given[1:]}


async def test_results_are_seen_by_the_institution_its_district_and_the_city(world, feedback):
    await feedback.closed(answers=5)
    for by in (feedback.organiser, world.officer(), world.centre, world.by(Role.AUDITOR)):
        for of in ("classes", "institutions", "instructors"):
            assert len(await feedback.results(of, by)) == 1, of
    stranger = world.of_institution(await world.institution())
    for by in (stranger, world.officer("310104")):
        for of in ("classes", "institutions", "instructors"):
            assert await feedback.results(of, by) == [], of


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("district=310115", 1),
        ("district=310104", 0),
        ("project_code=IYB&ended_until=2026-03-03", 1),
        ("ended_since=2026-03-04", 0),
    ],
)
async def test_results_of_classes_are_filtered(feedback, query, found):
    await feedback.closed(answers=5)
    assert len(await feedback.results("classes", feedback.world.centre, f"?{query}")) == found


async def test_results_are_taken_away_as_files(world, feedback):
    await feedback.closed(answers=5)
    for of in ("classes", "institutions", "instructors"):
        (line,) = rows(await world.get(f"/feedback-results/{of}/export?sort=-average", feedback.organiser))
        assert (line["评价人数"], line["平均分"]) == ("5", "4.20")
        assert line["各项平均分"].startswith("benefit 5.00; content 5.00")


async def test_the_pages_of_instructors_follow_on_and_their_cursors_name_nobody(world, feedback):
    people = [{"name": name, "id_number": world.id_number(date(1980, 1, 1))} for name in ("李老师", "王老师")]
    await feedback.closed(answers=5, instructors=people)
    path = "/feedback-results/instructors?limit=1"
    first = (await world.get(path, feedback.organiser)).json()
    cursor = first["next_cursor"]
    second = (await world.get(f"{path}&cursor={cursor}", feedback.organiser)).json()
    assert [page["items"][0]["name"] for page in (first, second)] == ["李*", "王*"]
    told = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    for one in people:
        assert world.service.privacy.person_key(one["id_number"]) not in told


async def test_who_taught_before_there_was_a_pool_has_results_too(world, feedback):
    await feedback.closed(answers=5)
    await world.count("ALTER TABLE class_instructors DROP CONSTRAINT fk_class_instructors_person_key")
    await world.count("UPDATE class_instructors SET person_key = 'of-old'")
    (old,) = (await world.get("/feedback-results/instructors", feedback.organiser)).json()["items"]
    assert (old["name"], old["classes"], old["answers"]) == ("李*", 1, 5)
