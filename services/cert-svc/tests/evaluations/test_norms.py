"""An evaluation is measured by the norm that the class cites: its parts, pass mark and retakes (T05, D12)."""

from datetime import UTC, datetime

import asyncpg
import pytest

FIT = {"written": 80, "plan": 60, "defence": 70}


@pytest.fixture
async def evaluation(office):
    await office.deliver(office.norm())
    return await office.evaluation_of(await office.complete(norm_version="2026-A"))


async def test_an_evaluation_shows_the_parts_of_its_norm(evaluation):
    assert (evaluation["norm_version"], evaluation["pass_mark"]) == ("2026-A", 70)
    assert [(one["code"], one["weight"], one["points"]) for one in evaluation["parts"]] == [
        ("written", 40, None),
        ("plan", 35, None),
        ("defence", 25, None),
    ]


async def test_the_whole_is_weighed_from_the_parts_and_decided_by_the_norms_pass_mark(office, evaluation):
    scored = (await office.score_parts(evaluation, FIT)).json()
    # 80 x 0.40 + 60 x 0.35 + 70 x 0.25 = 70.5
    assert scored["score"] == 71
    assert [one["points"] for one in scored["parts"]] == [80, 60, 70]
    assert (await office.confirm(scored)).json()["passed"] is True


async def test_what_would_pass_by_the_dated_number_fails_by_the_norm(office, evaluation):
    scored = (await office.score_parts(evaluation, dict.fromkeys(FIT, 65))).json()
    failed = (await office.confirm(scored)).json()
    assert (failed["passed"], failed["retakes_left"], failed["retake_until"]) == (False, 1, "2026-08-20")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"parts": {"written": 80, "plan": 60}}, "/parts/defence"),
        ({"parts": FIT | {"essay": 90}}, "/parts/essay"),
        ({"parts": FIT | {"plan": 101}}, "/parts/plan"),
        ({"score": 80}, "/parts"),
    ],
)
async def test_each_part_of_the_norm_is_scored_and_no_other(office, evaluation, body, pointer):
    answer = await office.http.post(
        f"/cert/v1/evaluations/{evaluation['id']}/score",
        json=body,
        headers=office.evaluator("scorer") | {"if-match": '"1"'},
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize("body", [{}, {"score": 80, "parts": FIT}, {"score": None, "parts": None}])
async def test_either_the_whole_or_the_parts_are_given(office, evaluation, body):
    answer = await office.http.post(
        f"/cert/v1/evaluations/{evaluation['id']}/score",
        json=body,
        headers=office.evaluator("scorer") | {"if-match": '"1"'},
    )
    assert answer.status_code == 422


@pytest.fixture
async def with_own_marks(office):
    norm = office.norm()
    written, plan, defence = norm.parts
    marked = (
        written.model_copy(update={"pass_mark": 60}),
        plan,
        defence.model_copy(update={"pass_mark": 50}),
    )
    await office.deliver(norm.model_copy(update={"parts": marked, "dispute_days": 7}))
    return await office.evaluation_of(await office.complete(norm_version="2026-A"))


@pytest.mark.parametrize(
    ("parts", "against"),
    [
        ({"written": 60, "plan": 100, "defence": 50}, []),
        ({"written": 59, "plan": 100, "defence": 50}, [("59", "≥ 60")]),
        ({"written": 100, "plan": 100, "defence": 49}, [("49", "≥ 50")]),
        ({"written": 59, "plan": 70, "defence": 49}, [("60", "≥ 70"), ("59", "≥ 60"), ("49", "≥ 50")]),
    ],
)
async def test_each_part_has_to_reach_its_own_mark_and_the_result_says_why(
    office, with_own_marks, parts, against
):
    confirmed = (await office.confirm((await office.score_parts(with_own_marks, parts)).json())).json()
    assert confirmed["passed"] is (against == [])
    found = [(one["fact"], one["required"]) for one in confirmed["findings"] if one["outcome"] == "failed"]
    assert found == against
    assert [one["pass_mark"] for one in confirmed["parts"]] == [60, None, 50]


async def test_a_pass_below_a_parts_own_mark_is_forbidden_by_the_database(office, with_own_marks):
    await office.score_parts(with_own_marks, {"written": 59, "plan": 100, "defence": 100})
    with pytest.raises(asyncpg.CheckViolationError):
        await office.sql(
            "UPDATE evaluations SET state = 'confirmed', passed = true, confirmed_at = now(),"
            " confirmed_by = 'x', confirmed_by_key = 'x'"
        )


async def test_before_a_result_there_are_no_reasons(office, with_own_marks):
    assert (with_own_marks["findings"], with_own_marks["dispute_days"]) == ([], 7)


async def test_a_norm_that_is_silent_leaves_the_dated_days_to_dispute(evaluation):
    assert evaluation["dispute_days"] == 15


async def test_without_a_norm_there_are_no_parts(office):
    evaluation = await office.evaluation_of(await office.complete())
    answer = await office.score_parts(evaluation, FIT)
    assert answer.json()["errors"][0]["code"] == "no_parts"
    assert (evaluation["norm_version"], evaluation["parts"], evaluation["pass_mark"]) == (None, [], 60)


async def test_a_retake_is_measured_by_the_same_norm_and_within_its_time(office, evaluation):
    failed = (
        await office.confirm((await office.score_parts(evaluation, dict.fromkeys(FIT, 1))).json())
    ).json()
    office.clock.set(datetime(2026, 8, 20, 16, 0, tzinfo=UTC))
    assert (await office.retake(failed)).status_code == 422
    office.clock.set(datetime(2026, 8, 20, 15, 59, tzinfo=UTC))
    again = (await office.retake(failed)).json()
    assert (again["norm_version"], again["pass_mark"]) == ("2026-A", 70)
    failed = (await office.confirm((await office.score_parts(again, dict.fromkeys(FIT, 1))).json())).json()
    assert [
        one["rule"] for one in (await office.retake(failed)).json()["findings"] if one["outcome"] == "failed"
    ] == ["D12"]


async def test_a_completion_waits_for_the_norm_it_cites(office):
    event = await office.complete(norm_version="2026-A")
    assert await office.certificates(event) == {}
    parked = await office.sql("SELECT * FROM parked_messages")
    assert len(parked) == 1


async def test_the_highest_revision_holds_in_whatever_order_they_come(office):
    first = office.norm()
    later = first.model_copy(update={"revision": 3, "pass_mark": 75})
    await office.deliver(later, first, first.model_copy(update={"revision": 2, "pass_mark": 50}))
    evaluation = await office.evaluation_of(await office.complete(norm_version="2026-A"))
    assert evaluation["pass_mark"] == 75


async def test_what_an_evaluation_is_measured_by_never_changes(office, evaluation):
    amended = office.norm(revision=9, pass_mark=10)
    [known] = await office.sql("SELECT norm_id FROM evaluation_norms")
    await office.deliver(amended.model_copy(update={"norm_id": known["norm_id"]}))
    scored = (await office.score_parts(evaluation, dict.fromkeys(FIT, 65))).json()
    assert (await office.confirm(scored)).json()["passed"] is False
    other = await office.evaluation_of(await office.complete(norm_version="2026-A"))
    assert other["pass_mark"] == 10
    with pytest.raises(asyncpg.RestrictViolationError):
        await office.sql("UPDATE evaluations SET pass_mark = 20 WHERE state = 'open'")
