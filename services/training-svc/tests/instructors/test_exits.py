"""Leaving the pool on notice, coming back when it was wrong or when the bar is over (T10 及时退出)."""

import asyncio

import pytest
from training_svc.exits.use_cases import take_effect


@pytest.fixture
async def institution(world):
    return await world.qualified()


@pytest.fixture
def body(world):
    return world.application()


@pytest.fixture
async def instructor(world, institution, body):
    return await world.admitted(institution, **body)


async def notice(world, instructor, ground="misconduct", version=None):
    return await world.post(
        f"/instructors/{instructor['id']}/exits",
        {"ground": ground, "reason": "核查属实"},
        by=world.centre,
        version=version or instructor["version"],
    )


async def now(world, instructor):
    return (await world.get(f"/instructors/{instructor['id']}", world.centre)).json()


async def left(world):
    async with world.service.database.transaction() as tx:
        return await take_effect(tx, world.service)


async def file(world, institution, instructor, **own):
    body = world.class_body(institution, instructors=[{"instructor_id": instructor["id"]}], **own)
    return await world.post("/classes", body, by=world.of_institution(institution))


async def test_who_has_notice_teaches_no_new_class_and_open_ones_show_a_flag(world, institution, instructor):
    filed = (await file(world, institution, instructor)).json()
    assert (await notice(world, instructor)).status_code == 201
    answer = await file(world, institution, instructor, sessions=world.sessions(room="302"))
    (failed,) = [one for one in answer.json()["findings"] if one["outcome"] == "failed"]
    assert (failed["rule"], failed["fact"]) == ("T10", "李* exiting")

    async def flag():
        shown = (await world.get(f"/classes/{filed['id']}", world.of_institution(institution))).json()
        return shown["flagged"], shown["instructors"][0]["flag"]

    assert await flag() == (True, "exiting")
    world.clock.advance(days=10)
    assert await flag() == (True, "exited")
    await left(world)
    assert await flag() == (True, "exited")
    flagged = (await world.get("/classes?flagged=true", world.officer())).json()["items"]
    assert [one["id"] for one in flagged] == [filed["id"]]


async def test_a_filing_and_an_exit_at_once_leave_no_class_that_nobody_flags(world, institution, instructor):
    filings = [file(world, institution, instructor, sessions=world.sessions(room=f"{n}")) for n in range(3)]
    *filed, noticed = await asyncio.gather(*filings, notice(world, instructor))
    assert noticed.status_code == 201
    assert {answer.status_code for answer in filed} <= {201, 409, 422}
    flagged = (await world.get("/classes?flagged=true", world.officer())).json()["items"]
    there = [answer.json()["id"] for answer in filed if answer.status_code == 201]
    assert [one["id"] for one in flagged] == there


@pytest.mark.parametrize(
    ("ground", "may_return_on"), [("misconduct", "2029-03-02"), ("own_request", "2026-03-02")]
)
async def test_the_ground_decides_how_long_the_bar_is(world, instructor, ground, may_return_on):
    noticed = (await notice(world, instructor, ground)).json()
    assert (noticed["takes_effect_on"], noticed["may_return_on"]) == ("2026-03-02", may_return_on)


async def test_an_appraisal_is_overdue_only_after_its_grace(world, instructor):
    world.clock.advance(days=365 + 60)
    early = await notice(world, instructor, "overdue_appraisal")
    assert (early.status_code, early.json()["code"]) == (422, "instructor_refused")
    world.clock.advance(days=1)
    assert (await notice(world, instructor, "overdue_appraisal")).status_code == 201


async def test_a_failed_appraisal_is_no_ground_that_is_named_by_hand(world, instructor):
    answer = await notice(world, instructor, "failed_appraisal")
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/ground"]


async def test_who_left_applies_anew_only_once_the_bar_is_over(world, institution, instructor, body):
    await notice(world, instructor)
    world.clock.advance(days=10)
    await left(world)
    path, by = f"/institutions/{institution['id']}/instructors", world.of_institution(institution)
    early = await world.post(path, body, by=by)
    (finding,) = early.json()["findings"]
    assert (early.status_code, finding["rule"], finding["required"]) == (422, "T10", "≥ 2029-03-02")
    world.clock.set(world.at(365 * 3 + 1))
    again = await world.made(path, body, by)
    assert (again["id"], again["state"], again["exits_on"]) == (instructor["id"], "applied", None)
    readmitted = await world.decided(await world.decided(again, "vet"), "admit")
    assert readmitted["state"] == "active"
    assert (await notice(world, readmitted, "own_request")).status_code == 201


async def test_nobody_applies_anew_before_the_exit_has_taken_effect(world, institution, instructor, body):
    await notice(world, instructor, "own_request")
    world.clock.advance(days=10)
    path, by = f"/institutions/{institution['id']}/instructors", world.of_institution(institution)
    assert (await world.post(path, body, by=by)).status_code == 409
    await left(world)
    assert (await world.post(path, body, by=by)).status_code == 201


async def test_an_exit_without_reason_is_withdrawn(world, instructor):
    noticed = (await notice(world, instructor)).json()
    path = f"/instructor-exits/{noticed['id']}/withdraw"
    withdrawn = await world.made(path, {"reason": "经复核不属实"}, world.centre, noticed["version"])
    assert (withdrawn["state"], withdrawn["withdrawn_because"]) == ("withdrawn", "经复核不属实")
    after = await now(world, instructor)
    assert (after["state"], after["appraisal_due_on"]) == ("active", instructor["appraisal_due_on"])
    again = await world.post(path, {"reason": "再次"}, by=world.centre, version=withdrawn["version"])
    assert again.status_code == 409


async def test_an_exit_for_a_failed_appraisal_is_not_withdrawn_by_hand(world, instructor):
    await world.appraised(instructor, 10)
    (one,) = (await world.get("/instructor-exits", world.centre)).json()["items"]
    path = f"/instructor-exits/{one['id']}/withdraw"
    answer = await world.post(path, {"reason": "情有可原"}, by=world.centre, version=one["version"])
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")
    assert "更正考核" in answer.json()["detail"]


async def test_an_old_exit_is_not_withdrawn_from_who_came_back(world, institution, instructor, body):
    noticed = (await notice(world, instructor, "own_request")).json()
    world.clock.advance(days=10)
    await left(world)
    again = await world.made(
        f"/institutions/{institution['id']}/instructors", body, world.of_institution(institution)
    )
    effective = (await world.get(f"/instructor-exits/{noticed['id']}", world.centre)).json()
    path = f"/instructor-exits/{noticed['id']}/withdraw"
    answer = await world.post(path, {"reason": "撤回"}, by=world.centre, version=effective["version"])
    assert answer.status_code == 409
    assert (await now(world, again))["state"] == "applied"


async def test_nobody_gets_notice_twice(world, instructor):
    await notice(world, instructor)
    answer = await notice(world, instructor, version=(await now(world, instructor))["version"])
    assert answer.status_code == 409


async def test_who_is_suspended_may_get_notice(world, instructor):
    suspended = await world.decided(instructor, "suspend", reason="投诉核查")
    assert (await notice(world, suspended)).status_code == 201


async def test_exits_are_filtered_and_exported(world, institution, instructor):
    await notice(world, instructor)
    await notice(world, await world.admitted(institution, name="赵老师"), "own_request")

    async def grounds(query):
        found = (await world.get(f"/instructor-exits?{query}", world.officer())).json()["items"]
        return [one["ground"] for one in found]

    assert await grounds("state=noticed&sort=-noticed_on") == ["own_request", "misconduct"]
    assert await grounds("ground=own_request") == ["own_request"]
    assert await grounds(f"instructor_id={instructor['id']}") == ["misconduct"]
    assert await grounds("state=effective") == []
    assert await grounds("noticed_from=2026-02-21") == []
    text = (await world.get("/instructor-exits/export?ground=misconduct", world.officer())).text
    assert "核查属实" in text
    assert len(text.strip().splitlines()) == 2
