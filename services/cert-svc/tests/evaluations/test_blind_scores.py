"""Two people score without seeing each other's score, a third where they differ too much (盲评; T05, C04)."""

import asyncio

import asyncpg
import pytest
from chuangpei.auth import Role
from chuangpei.events.cert import EvaluationConfirmed

PARTS = ("written", "plan", "defence")


def all_of(points):
    return dict.fromkeys(PARTS, points)


@pytest.fixture
async def event(office):
    await office.deliver(office.norm(most_difference=10))
    return await office.complete(norm_version="2026-A")


@pytest.fixture
async def evaluation(office, event):
    return await office.evaluation_of(event)


async def scored(office, evaluation, *points):
    """The evaluation after so many blind scores, each by another person."""
    for who, given in zip(("scorer", "third", "other_trainee"), points, strict=False):
        answer = await office.score_parts(evaluation, all_of(given), who)
        assert answer.status_code == 200, answer.text
        evaluation = answer.json()
    return evaluation


async def blind_scores(office, evaluation, headers):
    answer = await office.http.get(f"/cert/v1/evaluations/{evaluation['id']}/blind-scores", headers=headers)
    return [(one["scored_by"], one["score"]) for one in answer.json()]


async def timeline(office, evaluation, headers):
    answer = await office.http.get(f"/cert/v1/evaluations/{evaluation['id']}/timeline", headers=headers)
    return answer.json()


async def test_two_scores_within_the_limit_lead_to_their_mean_part_by_part(office, evaluation):
    first = (await office.score_parts(evaluation, {"written": 80, "plan": 71, "defence": 60})).json()
    assert (first["state"], first["score"]) == ("second_wanted", None)
    second = await office.score_parts(first, {"written": 75, "plan": 70, "defence": 60}, "third")
    settled = second.json()
    assert (settled["state"], [one["points"] for one in settled["parts"]]) == ("scored", [78, 71, 60])
    # 78 x 0.40 + 71 x 0.35 + 60 x 0.25 = 71.05
    assert (settled["score"], settled["scored_by"]) == (71, "third")


async def test_scores_too_far_apart_want_a_third_and_the_nearer_of_the_two_counts(office, evaluation):
    differing = await scored(office, evaluation, 80, 60)
    assert (differing["state"], differing["score"]) == ("third_wanted", None)
    settled = (await office.score_parts(differing, all_of(66), "other_trainee")).json()
    assert (settled["state"], settled["score"]) == ("scored", 63)


async def test_what_blind_scores_lead_to_is_confirmed_and_told_like_any_score(office, event, evaluation):
    confirmed = (await office.confirm(await scored(office, evaluation, 80, 75))).json()
    assert (confirmed["score"], confirmed["passed"]) == (78, True)
    assert "training_qualification" in await office.certificates(event)
    [told] = [one for one in await office.emitted() if isinstance(one, EvaluationConfirmed)]
    assert (told.score, told.passed) == (78, True)


@pytest.mark.parametrize("points", [(80,), (80, 60)])
async def test_nobody_is_shown_a_blind_score_but_who_gave_it_until_they_lead_to_a_result(
    office, evaluation, points
):
    await scored(office, evaluation, *points)
    others = [office.evaluator("confirmer"), office.centre, office.as_(Role.AUDITOR)]
    for headers in others:
        assert await blind_scores(office, evaluation, headers) == []
        for path in ("", f"/{evaluation['id']}", "/export", f"/{evaluation['id']}/timeline"):
            shown = await office.http.get(f"/cert/v1/evaluations{path}", headers=headers)
            assert shown.status_code == 200
            assert "scorer" not in shown.text.replace("scored_by", "")
            assert ":80" not in shown.text
            assert ",80" not in shown.text
            assert "创业计划书完整" not in shown.text
    assert await blind_scores(office, evaluation, office.evaluator("scorer")) == [("scorer", 80)]
    own = (await timeline(office, evaluation, office.evaluator("scorer")))[1]
    assert (own["actor"], own["score"], own["parts"]) == ("scorer", 80, all_of(80))


async def test_that_a_blind_score_was_given_is_seen_by_all(office, evaluation):
    await scored(office, evaluation, 80, 60)
    steps = await timeline(office, evaluation, office.evaluator("confirmer"))
    assert [(one["action"], one["to_state"], one["actor"]) for one in steps] == [
        ("open", "open", "system"),
        ("score_blind", "second_wanted", None),
        ("score_blind", "third_wanted", None),
    ]


async def test_once_they_lead_to_a_result_every_blind_score_is_readable(office, evaluation):
    await scored(office, evaluation, 80, 60, 70)
    given = [("scorer", 80), ("third", 60), ("other_trainee", 70)]
    assert await blind_scores(office, evaluation, office.evaluator("confirmer")) == given
    steps = await timeline(office, evaluation, office.as_(Role.DISTRICT_OFFICER, district="310115"))
    assert [(one["actor"], one["score"]) for one in steps[1:]] == given


async def test_blind_scores_of_what_one_may_not_see_are_not_found(office, evaluation):
    headers = office.as_(Role.DISTRICT_OFFICER, district="310104")
    answer = await office.http.get(f"/cert/v1/evaluations/{evaluation['id']}/blind-scores", headers=headers)
    assert answer.status_code == 404


@pytest.mark.parametrize("subject", ["scorer", "second-account"])
async def test_nobody_gives_two_blind_scores_nor_amends_one(office, evaluation, subject):
    first = await scored(office, evaluation, 80)
    refused = await office.http.post(
        f"/cert/v1/evaluations/{first['id']}/score",
        json={"parts": all_of(90)},
        headers=office.as_(Role.EVALUATOR, "scorer", subject=subject) | {"if-match": '"2"'},
    )
    assert refused.status_code == 422
    against = [one["en"] for one in refused.json()["findings"] if one["outcome"] == "failed"]
    assert against == ["Each blind score is given by another person, once"]


@pytest.mark.parametrize("who", ["scorer", "third"])
async def test_no_blind_scorer_confirms(office, event, evaluation, who):
    refused = await office.confirm(await scored(office, evaluation, 80, 75), who)
    assert (refused.status_code, refused.json()["code"]) == (409, "four_eyes")
    assert list(await office.certificates(event)) == ["training_completion"]


@pytest.mark.parametrize("points", [(80,), (80, 60)])
async def test_what_is_not_settled_is_not_confirmed(office, evaluation, points):
    refused = await office.confirm(await scored(office, evaluation, *points))
    assert refused.json()["code"] == "not_allowed_in_state"


async def test_once_settled_no_further_score_is_taken(office, evaluation):
    settled = await scored(office, evaluation, 80, 75)
    refused = await office.score_parts(settled, all_of(99), "other_trainee")
    assert refused.json()["code"] == "not_allowed_in_state"


async def test_the_second_score_comes_from_the_same_body(bare_office):
    office, people = bare_office, {}
    for code, name, who in (("52310000MJ4900002N", "甲", "scorer"), ("91310115MA1K35X104", "乙", "third")):
        people[who] = (await office.choose_body(credit_code=code, name=name)).json()
        assert (await office.add_evaluator(people[who]["id"], who)).status_code == 201
    await office.deliver(office.norm(most_difference=10))
    evaluation = await office.evaluation_of(await office.complete(norm_version="2026-A"))
    first = (await office.score_parts(evaluation, all_of(80))).json()
    assert first["body_id"] == people["scorer"]["id"]
    refused = await office.score_parts(first, all_of(80), "third")
    against = [one["en"] for one in refused.json()["findings"] if one["outcome"] == "failed"]
    assert against == ["One body answers for the whole of an evaluation"]


async def test_of_several_second_scores_at_once_one_is_taken_and_the_others_are_told(office, evaluation):
    first = await scored(office, evaluation, 90)
    people = ("third", "confirmer", "other_trainee")
    answers = await asyncio.gather(*(office.score_parts(first, all_of(70), who) for who in people))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
    # Who was told reads it again and gives the third score.
    [third, *_] = [who for who, answer in zip(people, answers, strict=True) if answer.status_code == 412]
    settled = await office.score_parts(first | {"version": 3}, all_of(70), third)
    assert (settled.json()["state"], settled.json()["score"]) == ("scored", 70)
    kept = await office.sql("SELECT place, points FROM blind_scores ORDER BY place")
    assert [tuple(row) for row in kept] == [(1, 90), (2, 70), (3, 70)]


async def test_a_retake_is_scored_blind_too(office, evaluation):
    failed = (await office.confirm(await scored(office, evaluation, 20, 25))).json()
    again = (await office.retake(failed)).json()
    assert (again["most_difference"], (await scored(office, again, 80))["state"]) == (10, "second_wanted")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE blind_scores SET points = 99",
        "DELETE FROM blind_scores",
        "UPDATE evaluations SET most_difference = 50",
        (
            "UPDATE evaluations SET state = 'scored', score = 80, part_points = '{}', comment = '',"
            " scored_by = 'x', scored_by_key = 'x', scored_at = now(), evaluated_on = now()"
        ),
    ],
)
async def test_the_database_keeps_blind_scores_and_wants_two_for_a_result(office, evaluation, statement):
    await scored(office, evaluation, 80)
    with pytest.raises(asyncpg.RestrictViolationError):
        await office.sql(statement)


@pytest.mark.parametrize("who", ["scored_by", "person_key"])
async def test_the_database_takes_one_blind_score_of_a_person(office, evaluation, who):
    await scored(office, evaluation, 80)
    another = {"scored_by": "'another'", "person_key": "'another'"} | {who: who}
    with pytest.raises(asyncpg.UniqueViolationError):
        await office.sql(
            "INSERT INTO blind_scores SELECT evaluation_id, 2, points, part_points, comment,"  # noqa: S608  # written above
            f" {another['scored_by']}, {another['person_key']}, scored_at, evaluated_on FROM blind_scores"
        )


async def test_the_database_lets_no_blind_scorer_confirm(office, evaluation):
    await scored(office, evaluation, 80, 75)
    with pytest.raises(asyncpg.RestrictViolationError):
        await office.sql(
            "UPDATE evaluations SET state = 'confirmed', passed = true, confirmed_at = now(),"
            " confirmed_by = 'scorer', confirmed_by_key = 'x'"
        )
