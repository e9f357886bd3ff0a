"""Ranking a round and trying a rubric on it: the order told, the places frozen, what moves (B04)."""

import asyncio

import asyncpg
import pytest


@pytest.fixture
async def scored(new_panel):
    """A closed round in which A has 8 of 10 everywhere, B 6 and C 7."""
    panel = await new_panel.begin("A", "B", "C")
    await panel.add("P", "Q", "R")
    await panel.open()
    await panel.draw()
    for who, mark in (("A", 8), ("B", 6), ("C", 7)):
        assert (await panel.scored(who, mark, mark))["state"] == "settled"
    panel.round = await panel.city.close(panel.round)
    return panel


async def ranking(panel, headers=None, **query):
    path = f"/rounds/{panel.round['id']}/ranking"
    answer = await panel.city.get(path, headers or panel.city.bureau, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def places(panel, items):
    names = {panel.city.code(who): who for who in "ABC"}
    return [(names[one["credit_code"]], one["rank"]) for one in items]


async def publish(panel):
    return await panel.city.post(f"/rounds/{panel.round['id']}/ranking", panel.city.centre)


async def trial(panel, rubric, **query):
    query["round_id"] = panel.round["id"]
    answer = await panel.city.get(f"/rubrics/{rubric['id']}/trial", panel.city.bureau, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_the_highest_total_is_first_and_every_part_is_shown(scored):
    items = await ranking(scored)
    assert places(scored, items) == [("A", 1), ("C", 2), ("B", 3)]
    for one in items:
        assert one["total"] == sum(part["points"] for part in one["parts"])
    assert [one["total"] for one in items] == [5800, 5200, 4600]
    assert [one["passes"] for one in items] == [False, False, False]


async def test_a_district_sees_its_own_places_of_the_whole_ranking(scored):
    city = scored.city
    assert places(scored, await ranking(scored, city.officer("310104"))) == [("C", 2)]
    assert places(scored, await ranking(scored, district="310115")) == [("A", 1), ("B", 3)]
    first = await city.get(f"/rounds/{scored.round['id']}/ranking", city.bureau, limit=2)
    rest = await city.get(
        f"/rounds/{scored.round['id']}/ranking", city.bureau, limit=2, cursor=first.json()["next_cursor"]
    )
    assert places(scored, rest.json()["items"]) == [("B", 3)]


async def test_a_published_ranking_is_frozen_whatever_is_moderated_or_told_later(scored):
    city = scored.city
    made = (await publish(scored)).json()
    assert (made["number"], made["subjects"]) == (1, 3)
    assert (await scored.moderate(await scored.scoring("B"), courses=10, tasks=10)).status_code == 200
    assert places(scored, await ranking(scored)) == [("B", 1), ("A", 2), ("C", 3)]
    entries = (await city.get(f"/rankings/{made['id']}/entries", city.bureau)).json()["items"]
    assert places(scored, entries) == [("A", 1), ("C", 2), ("B", 3)]
    again = (await publish(scored)).json()
    assert again["number"] == 2
    listed = (await city.get("/rankings", city.officer(), round_id=scored.round["id"])).json()["items"]
    assert [one["number"] for one in listed] == [2, 1]
    with pytest.raises(asyncpg.RestrictViolationError):
        await city.rows("UPDATE ranking_entries SET total = 1")
    own = (await city.get(f"/rankings/{made['id']}/entries", city.officer("310104"))).json()["items"]
    assert places(scored, own) == [("C", 2)]


async def test_who_withdraws_is_neither_ranked_nor_waited_for(new_panel):
    panel = await new_panel.begin("A", "B")
    await panel.add("P", "Q")
    await panel.open()
    await panel.draw()
    await panel.scored("A", 8, 8)
    city = panel.city
    [own] = (await city.get("/applications", city.institution("B"))).json()["items"]
    body = {"reason": "另作安排"}
    answer = await city.post(
        f"/applications/{own['id']}/withdraw", city.institution("B"), body, own["version"]
    )
    assert answer.status_code == 200, answer.text
    panel.round = await city.close(panel.round)
    assert (await publish(panel)).json()["subjects"] == 1
    assert places(panel, await ranking(panel)) == [("A", 1)]


async def test_two_who_publish_at_once_get_two_numbers(scored):
    answers = await asyncio.gather(publish(scored), publish(scored))
    assert sorted(one.json()["number"] for one in answers) == [1, 2]


async def test_nothing_is_published_before_every_subject_is_settled(new_panel):
    panel = await new_panel.begin("A", "B")
    await panel.add("P", "Q")
    await panel.open()
    assert (await publish(panel)).json()["code"] == "not_allowed_in_state"
    panel.round = await panel.city.close(panel.round)
    await panel.draw()
    await panel.scored("A", 8, 8)
    refused = await publish(panel)
    assert (refused.status_code, refused.json()["code"]) == (409, "ranking_incomplete")
    assert "1" in refused.json()["detail"]
    assert places(panel, await ranking(panel)) == [("A", 1)]


async def test_a_score_set_aside_while_the_ranking_is_published_has_one_of_two_outcomes(scored):
    tied = (await scored.drawn("A", state="scored"))[1]
    published, declared = await asyncio.gather(publish(scored), scored.tie(tied.who))
    assert declared.status_code == 201
    assert published.status_code in (201, 409)
    assert (await scored.scoring("A"))["state"] == "open"
    assert (await publish(scored)).json()["code"] == "ranking_incomplete"


async def test_a_draft_rubric_shows_what_it_would_move_before_it_is_published(scored):
    city = scored.city
    assert (await scored.moderate(await scored.scoring("C"), tasks=10)).status_code == 200
    draft = await city.drafted("2028-1", pass_mark=50)
    moved = await trial(scored, draft)
    assert [(one["moved"], one["crosses"]) for one in moved] == [(0, True), (0, True), (0, False)]
    assert [one["passes_after"] for one in moved] == [True, True, False]
    heavier = city.rubric_body("2028-2")
    tasks = heavier["content"]["sections"][0]
    tasks["weight"] = tasks["indicators"][0]["weight"] = 40
    heavier["content"]["sections"][2]["weight"] = 10
    heavier["content"]["sections"][2]["indicators"].pop(0)
    other = (await city.post("/rubrics", city.centre, heavier)).json()
    moved = await trial(scored, other, sort="-moved")
    assert [(one["rank_before"], one["rank_after"], one["moved"]) for one in moved] == [
        (2, 1, 1),
        (3, 3, 0),
        (1, 2, -1),
    ]
    assert [one["total_after"] - one["total_before"] for one in moved] == [2000, 1200, 1600]
    assert [one["total_after"] for one in await trial(scored, other, crosses=True)] == [7800, 7400]


async def test_an_indicator_that_is_asked_anew_has_no_marks_and_says_so(scored):
    body = scored.city.rubric_body("2028-1")
    body["content"]["sections"][0]["indicators"][0]["code"] = "alliances"
    draft = (await scored.city.post("/rubrics", scored.city.centre, body)).json()
    for one in await trial(scored, draft):
        assert one["unmarked"] == ["alliances"]
        assert one["total_after"] < one["total_before"]


async def test_the_rankings_and_the_trial_are_exported(scored):
    city = scored.city
    made = (await publish(scored)).json()
    for path in (f"/rounds/{scored.round['id']}/ranking/export", f"/rankings/{made['id']}/entries/export"):
        lines = (await city.get(path, city.bureau)).text.splitlines()
        assert len(lines) == 4
        assert "58.00" in lines[1]
    assert "3" in (await city.get("/rankings/export", city.bureau)).text
    file = await city.get(
        f"/rubrics/{scored.rubric['id']}/trial/export", city.bureau, round_id=scored.round["id"]
    )
    assert len(file.text.splitlines()) == 4


async def test_a_round_without_a_rubric_or_no_round_has_no_ranking(institutions):
    city = institutions
    brand_round = await city.open_round()
    refused = await city.get(f"/rounds/{brand_round['id']}/ranking", city.bureau)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_rubric")
    nowhere = "00000000-0000-0000-0000-000000000000"
    for path in (f"/rounds/{nowhere}/ranking", f"/rankings/{nowhere}", f"/rankings/{nowhere}/entries"):
        assert (await city.get(path, city.bureau)).status_code == 404
