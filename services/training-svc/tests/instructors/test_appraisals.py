"""Appraisals of instructors: points by part, a pass mark of the day, and what follows (T10)."""

import asyncio

import asyncpg
import pytest
from chuangpei.events.training import InstructorAppraisalDue, InstructorExited, InstructorReinstated
from training_svc.exits.use_cases import take_effect
from training_svc.instructors.use_cases import tell_due


@pytest.fixture
async def institution(world):
    return await world.qualified()


@pytest.fixture
async def instructor(world, institution):
    """Admitted on 2026-02-20, so due for appraisal on 2027-02-20."""
    return await world.admitted(institution)


async def now(world, instructor):
    return (await world.get(f"/instructors/{instructor['id']}", world.officer())).json()


async def amend(world, appraisal, version=None, **change):
    return await world.post(
        f"/appraisals/{appraisal['id']}/amend",
        change | {"reason": "计分有误"},
        by=world.officer(),
        version=version or appraisal["version"],
    )


async def run(world, timer):
    async with world.service.database.transaction() as tx:
        return await timer(tx, world.service)


async def told(world, *kinds):
    return [event for event in await world.events() if isinstance(event, kinds)]


async def test_an_appraisal_is_due_from_its_day_on_and_told_once(world, instructor):
    world.clock.advance(days=364)
    assert (await now(world, instructor))["state"] == "active"
    assert await run(world, tell_due) == 0
    world.clock.advance(days=1)
    assert (await now(world, instructor))["state"] == "appraisal_due"
    found = (await world.get("/instructors?state=appraisal_due", world.centre)).json()["items"]
    assert [one["id"] for one in found] == [instructor["id"]]
    assert (await world.get("/instructors?state=active", world.centre)).json()["items"] == []
    assert [await run(world, tell_due) for _ in range(2)] == [1, 0]
    (event,) = await told(world, InstructorAppraisalDue)
    assert (str(event.instructor_id), str(event.due_on)) == (instructor["id"], "2027-02-20")


async def test_two_timers_at_once_tell_each_appraisal_once(world, institution):
    for _ in range(3):
        await world.admitted(institution)
    world.clock.advance(days=400)
    assert sum(await asyncio.gather(*(run(world, tell_due) for _ in range(4)))) == 3
    assert len(await told(world, InstructorAppraisalDue)) == 3


async def test_who_passes_is_due_again_an_interval_later(world, instructor):
    world.clock.advance(days=370)
    await run(world, tell_due)
    appraisal = await world.appraised(instructor, 60)
    assert (appraisal["total"], appraisal["pass_mark"], appraisal["outcome"]) == (60, 60, "passed")
    assert [(one["rule"], one["fact"], one["required"]) for one in appraisal["findings"]] == [
        ("T10", "60", "≥ 60")
    ]
    after = await now(world, instructor)
    assert (after["state"], after["appraisal_due_on"]) == ("active", "2028-02-25")
    world.clock.advance(days=365)
    assert await run(world, tell_due) == 1


async def test_who_fails_gets_notice_and_leaves_when_it_is_over(world, instructor):
    appraisal = await world.appraised(instructor, 59)
    assert appraisal["outcome"] == "failed"
    after = await now(world, instructor)
    assert (after["state"], after["exits_on"], after["may_apply_again_on"]) == (
        "exiting",
        "2026-03-02",
        "2027-03-02",
    )
    (one,) = (await world.get("/instructor-exits", world.officer())).json()["items"]
    assert (one["ground"], one["appraisal_id"], one["state"]) == (
        "failed_appraisal",
        appraisal["id"],
        "noticed",
    )
    assert "59" in one["reason"]
    world.clock.advance(days=9)
    assert await run(world, take_effect) == 0
    world.clock.advance(days=1)
    assert (await now(world, instructor))["state"] == "exited"
    exited = (await world.get("/instructors?state=exited", world.centre)).json()["items"]
    assert [one["id"] for one in exited] == [instructor["id"]]
    effective = (await world.get("/instructor-exits?state=effective", world.centre)).json()["items"]
    assert [one["state"] for one in effective] == ["effective"]
    assert [await run(world, take_effect) for _ in range(2)] == [1, 0]
    (event,) = await told(world, InstructorExited)
    assert (event.ground, str(event.exited_on), str(event.may_return_on)) == (
        "failed_appraisal",
        "2026-03-02",
        "2027-03-02",
    )


async def test_two_timers_at_once_tell_each_exit_once(world, institution):
    for _ in range(3):
        await world.appraised(await world.admitted(institution), 10)
    world.clock.advance(days=10)
    assert sum(await asyncio.gather(*(run(world, take_effect) for _ in range(4)))) == 3
    assert len(await told(world, InstructorExited)) == 3


async def test_a_corrected_score_undoes_the_exit_before_it_takes_effect(world, instructor):
    appraisal = await world.appraised(instructor, 59)
    amended = (await amend(world, appraisal, scores=world.appraisal(61)["scores"])).json()
    assert (amended["total"], amended["outcome"]) == (61, "passed")
    after = await now(world, instructor)
    assert (after["state"], after["exits_on"], after["appraisal_due_on"]) == ("active", None, "2027-02-20")
    (one,) = (await world.get("/instructor-exits", world.officer())).json()["items"]
    assert (one["state"], one["withdrawn_because"]) == ("withdrawn", "计分有误")
    world.clock.advance(days=30)
    assert await run(world, take_effect) == 0
    assert await told(world, InstructorExited, InstructorReinstated) == []
    (kept,) = (await world.get(f"/appraisals/{appraisal['id']}/amendments", world.officer())).json()["items"]
    assert (kept["before"]["outcome"], kept["after"]["outcome"], kept["reason"]) == (
        "failed",
        "passed",
        "计分有误",
    )
    assert (kept["before"]["total"], kept["after"]["total"]) == (59, 61)


async def test_a_corrected_score_undoes_an_exit_that_was_told_and_tells_so(world, instructor):
    appraisal = await world.appraised(instructor, 59)
    world.clock.advance(days=20)
    await run(world, take_effect)
    assert (await amend(world, appraisal, scores=world.appraisal(90)["scores"])).status_code == 200
    assert (await now(world, instructor))["state"] == "active"
    kinds = [type(one) for one in await told(world, InstructorExited, InstructorReinstated)]
    assert kinds == [InstructorExited, InstructorReinstated]


async def test_a_score_corrected_downwards_gives_notice(world, instructor):
    appraisal = await world.appraised(instructor, 61)
    assert (await amend(world, appraisal, scores=world.appraisal(59)["scores"])).status_code == 200
    assert (await now(world, instructor))["state"] == "exiting"


async def test_an_appraisal_may_be_corrected_there_and_back(world, instructor):
    appraisal = await world.appraised(instructor, 59)
    for total, state in [(61, "active"), (58, "exiting"), (62, "active")]:
        appraisal = (await amend(world, appraisal, scores=world.appraisal(total)["scores"])).json()
        assert (await now(world, instructor))["state"] == state
    assert await world.count("SELECT count(*) FROM instructor_exits WHERE state = 'withdrawn'") == 2


async def test_a_corrected_day_moves_the_next_appraisal(world, instructor):
    world.clock.advance(days=5)
    appraisal = await world.appraised(instructor, 80)
    assert (await now(world, instructor))["appraisal_due_on"] == "2027-02-25"
    assert (await amend(world, appraisal, held_on="2026-02-23")).status_code == 200
    assert (await now(world, instructor))["appraisal_due_on"] == "2027-02-23"


async def test_an_older_appraisal_is_corrected_without_consequence(world, instructor):
    first = await world.appraised(instructor, 80)
    world.clock.advance(days=300)
    await world.appraised(instructor, 90)
    assert (await amend(world, first, scores=world.appraisal(10)["scores"])).json()["outcome"] == "failed"
    assert (await now(world, instructor))["state"] == "active"


async def test_a_corrected_score_does_not_bring_back_who_applied_anew_since(world, institution, instructor):
    appraisal = await world.appraised(instructor, 59)
    world.clock.advance(days=400)
    await run(world, take_effect)
    person = await world.made(f"/instructors/{instructor['id']}/unmask", {"reason": "核对"}, world.officer())
    await world.applied(institution, id_number=person["id_number"])
    assert (await amend(world, appraisal, scores=world.appraisal(90)["scores"])).status_code == 200
    assert (await now(world, instructor))["state"] == "applied"


async def test_an_amendment_that_changes_nothing_is_refused(world, instructor):
    appraisal = await world.appraised(instructor, 80)
    answer = await amend(world, appraisal, scores=appraisal["scores"])
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_amended")
    assert (await amend(world, appraisal, version=9, comment="复核")).status_code == 412


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"held_on": "2026-02-21"}, "/held_on", "in_the_future"),
        ({"held_on": "2026-02-19"}, "/held_on", "before_admission"),
        ({"scores": {"teaching": 40}}, "/scores/research", "missing"),
        (
            {"scores": {"teaching": 41, "trainee_feedback": 0, "research": 0, "compliance": 0}},
            "/scores/teaching",
            "too_many_points",
        ),
        (
            {"scores": {"teaching": 1, "trainee_feedback": 0, "research": 0, "compliance": 0, "looks": 9}},
            "/scores/looks",
            "unknown_part",
        ),
    ],
)
async def test_what_is_wrong_with_an_appraisal_is_named(world, instructor, change, pointer, code):
    path = f"/instructors/{instructor['id']}/appraisals"
    answer = await world.post(path, world.appraisal(80) | change, by=world.officer())
    assert (pointer, code) in [(one["pointer"], one["code"]) for one in answer.json()["errors"]]
    assert await world.count("SELECT count(*) FROM appraisals") == 0


async def test_appraisals_follow_each_other_in_time(world, instructor):
    world.clock.advance(days=10)
    await world.appraised(instructor, 80)
    path = f"/instructors/{instructor['id']}/appraisals"
    again = await world.post(path, world.appraisal(80, held_on="2026-03-02"), by=world.officer())
    assert [one["code"] for one in again.json()["errors"]] == ["out_of_order"]


async def test_only_who_was_admitted_is_appraised(world, institution):
    applied = await world.applied(institution)
    path = f"/instructors/{applied['id']}/appraisals"
    assert (await world.post(path, world.appraisal(80), by=world.officer())).status_code == 409


async def test_of_ten_appraisals_at_once_one_is_recorded(world, instructor):
    path = f"/instructors/{instructor['id']}/appraisals"
    answers = await asyncio.gather(
        *(world.post(path, world.appraisal(50), by=world.officer()) for _ in range(10))
    )
    assert sorted(answer.status_code for answer in answers) == [201, *[422] * 9]
    assert await world.count("SELECT count(*) FROM instructor_exits") == 1


async def test_the_database_holds_no_outcome_that_the_points_do_not_give(world, instructor):
    await world.appraised(instructor, 80)
    with pytest.raises(asyncpg.CheckViolationError):
        await world.count("UPDATE appraisals SET outcome = 'failed'")


async def test_appraisals_are_filtered_sorted_and_exported(world, institution):
    for total in (95, 40, 70):
        await world.appraised(await world.admitted(institution), total)

    async def totals(query):
        found = (await world.get(f"/appraisals?{query}", world.officer())).json()["items"]
        return [one["total"] for one in found]

    assert await totals("sort=-total") == [95, 70, 40]
    assert await totals("outcome=failed") == [40]
    assert await totals("held_until=2026-02-19") == []
    text = (await world.get("/appraisals/export?outcome=passed&sort=total", world.centre)).text
    assert [line.split(",")[4] for line in text.strip().splitlines()[1:]] == ["70", "95"]
