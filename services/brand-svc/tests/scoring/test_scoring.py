"""Two blind scores, a third where they differ, moderation, and every point explained (B04)."""

import asyncio

import asyncpg
import pytest


async def test_two_assessors_score_blind_and_their_mean_settles_it(panel):
    assert await panel.draw() == {"assigned": 2, "vacant": 0}
    tasks = await panel.drawn()
    first, second = tasks[1], tasks[2]
    task = (await panel.city.get(f"/my/assignments/{first.id}", panel.by(first.who))).json()
    assert task["materials"]["statement"] == "深耕智能制造培训"
    assert len(task["sections"]) == 4
    assert (await panel.gives(first, 8)).status_code == 200
    assert (await panel.scoring())["state"] == "open"
    hidden = await panel.explanation()
    assert (hidden.status_code, hidden.json()["code"]) == (409, "not_settled")
    for who in (first.who, second.who):
        assert (await panel.explanation(headers=panel.by(who))).status_code == 404
    other = await panel.city.get(f"/my/assignments/{first.id}", panel.by(second.who))
    assert other.status_code == 404
    assert (await panel.gives(second, 7, courses=10)).status_code == 200
    assert (await panel.scoring())["state"] == "settled"
    shown = (await panel.explanation(headers=panel.by(second.who))).json()
    courses = shown["sections"][1]["indicators"][0]
    assert [(one["assessor"], one["mark"]) for one in courses["marks"]] == [(1, 8), (2, 10)]
    assert (courses["share"], courses["points"]) == (9000, 1800)


async def test_every_point_is_explained_down_to_its_evidence(panel):
    await panel.draw()
    await panel.scored("A", 8, 7)
    shown = (await panel.explanation()).json()
    assert [one["points"] for one in shown["scores"]] == [4800, 4200]
    assert all(one["used"] for one in shown["scores"])
    sections = shown["sections"]
    assert shown["total"] == sum(one["points"] for one in sections)
    for section in sections:
        assert section["points"] == sum(one["points"] for one in section["indicators"])
        assert section["weight"] == sum(one["weight"] for one in section["indicators"])
    complaints = sections[3]["indicators"][1]
    assert (complaints["points"], complaints["automatic"]["measured"]["value"]) == (1000, 0)
    [link] = complaints["automatic"]["facts"]
    facts = await panel.city.http.get(link, headers=panel.city.bureau)
    assert facts.status_code == 200
    passing = sections[2]["indicators"][0]
    assert (passing["points"], passing["automatic"]["measured"]["value"]) == (0, None)
    assert not any(name in str(shown) for name in ("王P", "王*", panel.key("P")))


async def test_a_third_is_asked_where_two_differ_beyond_the_limit(panel):
    await panel.draw()
    scoring = await panel.scored("A", 9, 5)
    assert scoring["state"] == "third_wanted"
    assert (await panel.explanation()).json()["code"] == "not_settled"
    before = {one.who for one in (await panel.drawn(state="scored")).values()}
    assert await panel.draw() == {"assigned": 1, "vacant": 0}
    third = (await panel.drawn())[3]
    assert third.who not in before
    scoring = await panel.scored("A", 6)
    assert scoring["state"] == "settled"
    shown = (await panel.explanation()).json()
    assert [(one["assessor"], one["used"]) for one in shown["scores"]] == [
        (1, False),
        (2, True),
        (3, True),
    ]
    assert shown["sections"][0]["points"] == 1100


async def test_at_the_limit_itself_no_third_is_asked(panel):
    await panel.draw()
    tasks = await panel.drawn()
    assert (await panel.gives(tasks[1], 8)).status_code == 200
    assert (await panel.gives(tasks[2], 8, tasks=3)).status_code == 200
    assert (await panel.scoring())["state"] == "settled"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda body: body["marks"].pop(), "missing"),
        (lambda body: body["marks"][0].update(mark=11), "beyond_the_scale"),
        (lambda body: body["marks"][0].update(indicator="passing"), "unknown_indicator"),
        (lambda body: body["marks"].append(dict(body["marks"][0])), None),
    ],
)
async def test_marks_that_do_not_fit_the_rubric_are_refused(panel, spoil, code):
    await panel.draw()
    task = (await panel.drawn())[1]
    body = panel.marks()
    spoil(body)
    path = f"/my/assignments/{task.id}/score"
    refused = await panel.city.post(path, panel.by(task.who), body, task.version)
    assert refused.status_code == 422
    assert code is None or code in {one["code"] for one in refused.json()["errors"]}


async def test_an_assessor_scores_once_and_nothing_of_anybody_else(panel):
    await panel.draw()
    tasks = await panel.drawn()
    stranger = await panel.city.post(
        f"/my/assignments/{tasks[1].id}/score", panel.by("S"), panel.marks(), tasks[1].version
    )
    assert stranger.status_code == 404
    assert (await panel.gives(tasks[1])).status_code == 200
    again = await panel.gives(tasks[1], version=tasks[1].version + 1)
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_state")
    mine = (await panel.city.get("/my/assignments", panel.by(tasks[1].who), state="scored")).json()
    assert [one["id"] for one in mine["items"]] == [tasks[1].id]


async def test_two_who_score_at_once_both_count(panel):
    await panel.draw()
    tasks = await panel.drawn()
    answers = await asyncio.gather(panel.gives(tasks[1], 8), panel.gives(tasks[2], 7))
    assert [one.status_code for one in answers] == [200, 200]
    assert (await panel.scoring())["state"] == "settled"
    assert len((await panel.explanation()).json()["scores"]) == 2


async def test_the_city_moderates_with_a_reason_and_what_was_given_stays(panel):
    await panel.draw()
    open_scoring = await panel.scoring()
    assert (await panel.moderate(open_scoring, courses=5)).status_code == 409
    scoring = await panel.scored("A", 8, 8)
    before = (await panel.explanation()).json()
    refused = await panel.moderate(scoring, passing=5)
    assert refused.json()["errors"][0]["code"] == "unknown_indicator"
    answer = await panel.moderate(scoring, courses=5)
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "moderated"
    after = (await panel.explanation()).json()
    assert before["total"] - after["total"] == 600
    courses = after["sections"][1]["indicators"][0]
    assert [one["mark"] for one in courses["marks"]] == [8, 8]
    [moderation] = after["moderations"]
    assert (moderation["marks"], moderation["reason"]) == ({"courses": 5}, "经复核核减")
    assert moderation["points_before"] - moderation["points"] == 600
    assert (await panel.moderate(scoring, courses=4)).status_code == 412


async def test_a_score_that_comes_in_while_the_city_moderates_has_one_outcome(panel):
    await panel.draw()
    scoring = await panel.scored("A", 9, 5)
    await panel.draw()
    third = (await panel.drawn())[3]
    scored, moderated = await asyncio.gather(panel.gives(third, 6), panel.moderate(scoring, courses=5))
    assert scored.status_code == 200
    assert moderated.status_code in (409, 412)
    assert (await panel.scoring())["state"] == "settled"
    assert (await panel.explanation()).json()["moderations"] == []


async def test_of_two_moderations_at_once_one_is_refused(panel):
    await panel.draw()
    scoring = await panel.scored("A", 8, 8)
    answers = await asyncio.gather(panel.moderate(scoring, courses=5), panel.moderate(scoring, courses=6))
    assert sorted(one.status_code for one in answers) == [200, 412]


async def test_a_late_assessor_is_replaced_and_another_drawn(panel):
    await panel.draw()
    panel.city.clock.advance(days=15)
    late = (await panel.drawn())[1]
    assert late.late is False
    panel.city.clock.advance(days=1)
    late = (await panel.drawn())[1]
    assert late.late is True
    body = {"reason": "逾期未评"}
    answer = await panel.city.post(f"/assignments/{late.id}/replace", panel.city.centre, body, late.version)
    assert answer.json()["state"] == "replaced"
    assert (await panel.gives(late, version=late.version + 1)).status_code == 409
    assert await panel.draw() == {"assigned": 1, "vacant": 0}
    tasks = await panel.drawn()
    assert late.who not in {one.who for one in tasks.values()}


async def test_an_assessor_withdraws_with_a_reason(panel):
    await panel.draw()
    task = (await panel.drawn())[2]
    path = f"/my/assignments/{task.id}/withdraw"
    answer = await panel.city.post(path, panel.by(task.who), {"reason": "亲属任职"}, task.version)
    assert answer.json()["state"] == "withdrawn"
    [gone] = (await panel.drawn(state="withdrawn")).values()
    assert gone.end_reason == "亲属任职"
    assert await panel.draw() == {"assigned": 1, "vacant": 0}


async def test_a_draw_leaves_vacant_what_nobody_may_score(panel):
    for who in ("P", "Q"):
        assert (await panel.tie(who)).status_code == 201
    assert await panel.draw() == {"assigned": 1, "vacant": 1}
    assert {one.who for one in (await panel.drawn()).values()} == {"R"}


async def test_draws_at_once_fill_each_place_once(panel):
    path = f"/rounds/{panel.round['id']}/draw"
    answers = await asyncio.gather(*(panel.city.post(path, panel.city.centre) for _ in range(3)))
    assert sorted(one.json()["assigned"] for one in answers) == [0, 0, 2]


async def test_scoring_is_opened_once_for_each_subject_and_holds_the_rubric(panel):
    city = panel.city
    assert await panel.open() == 0
    assert (await city.apply(panel.round, "B")).status_code == 200
    assert await panel.open() == 1
    other = await city.published_rubric("2026-2")
    refused = await city.choose(panel.round, other)
    assert (refused.status_code, refused.json()["code"]) == (409, "scoring_begun")
    with pytest.raises(asyncpg.RestrictViolationError):
        await city.rows("UPDATE round_rubrics SET first_year = 2000")


async def test_a_brand_that_takes_part_in_its_assessment_is_scored_beside_the_applications(new_panel):
    city = new_panel.city
    await city.recognise("A")
    city.clock.advance(days=730)
    panel = await new_panel.begin("B")
    assert await panel.open() == 1
    await city.enter(await city.assessment(panel.round))
    assert await panel.open() == 1
    assert (await panel.scoring("A"))["subject_kind"] == "assessment"
    await panel.add("P", "Q")
    assert await panel.draw() == {"assigned": 4, "vacant": 0}
    task = (await panel.drawn("A"))[1]
    shown = (await city.get(f"/my/assignments/{task.id}", panel.by(task.who))).json()
    assert shown["materials"]["statement"]
    assert (await panel.scored("A", 8, 8))["state"] == "settled"


async def test_nothing_is_scored_before_the_round_has_a_rubric(institutions):
    city = institutions
    brand_round = await city.open_round()
    refused = await city.post(f"/rounds/{brand_round['id']}/scorings", city.centre)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_rubric")


async def test_districts_see_their_own_and_institutions_theirs_once_published(panel):
    city = panel.city
    await panel.draw()
    scoring = await panel.scored("A", 8, 8)
    assert (await panel.explanation(headers=city.officer())).status_code == 200
    assert (await panel.explanation(headers=city.officer("310104"))).status_code == 404
    assert (await city.get(f"/scorings/{scoring['id']}", city.officer("310104"))).status_code == 404
    assert (await city.get("/scorings", city.officer("310104"))).json()["items"] == []
    assert (await panel.explanation(headers=city.institution("A"))).status_code == 404
    [application] = (await city.get("/applications", city.bureau)).json()["items"]
    application = await city.step(
        application, "/applications/{}/recommend", city.officer(), {"comment": "同意推荐"}
    )
    brand_round = await city.close(panel.round)
    brand_round = (await city.deliberate(brand_round, [application])).json()
    assert (await city.publish(brand_round)).status_code == 200
    assert (await panel.explanation(headers=city.institution("A"))).status_code == 200
    assert (await panel.explanation(headers=city.institution("B"))).status_code == 404
    with pytest.raises(asyncpg.RestrictViolationError):
        await city.rows("UPDATE scorings SET version = 9")


@pytest.mark.parametrize("deed", ["DELETE FROM scores", "UPDATE moderations SET reason = 'x'"])
async def test_no_score_and_no_moderation_ever_changes(panel, deed):
    await panel.draw()
    scoring = await panel.scored("A", 8, 8)
    assert (await panel.moderate(scoring, courses=5)).status_code == 200
    with pytest.raises(asyncpg.RestrictViolationError):
        await panel.city.rows(deed)


async def test_scorings_and_assignments_are_exported(panel):
    await panel.draw()
    file = await panel.city.get("/scorings/export", panel.city.officer())
    assert panel.city.code("A") in file.text
    file = await panel.city.get("/assignments/export", panel.city.bureau, state="assigned")
    assert "待评分" in file.text
    assert "王P" not in file.text
