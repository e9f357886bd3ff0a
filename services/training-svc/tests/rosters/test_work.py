"""The work on rosters: in stretches, by several at once, through crashes, with its progress (T06)."""

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from chuangpei.kernel.clock import DevelopmentClock
from pydantic import SecretStr
from training_svc.rosters import work
from training_svc.rosters.work import work_on_rosters


@pytest.fixture
async def filed(world):
    institution = await world.qualified()
    return institution, await world.filed(institution)


async def read(world, sent):
    return (await world.get(f"/rosters/{sent.json()['id']}", world.officer())).json()


@pytest.fixture
def short_stretches(monkeypatch):
    monkeypatch.setattr(work, "CHECKED_AT_ONCE", 4)
    monkeypatch.setattr(work, "ENROLLED_AT_ONCE", 3)


@pytest.mark.usefixtures("short_stretches")
async def test_progress_only_grows_and_ends_at_a_hundred(world, filed):
    people = [world.trainee(phone="1" if number % 4 == 0 else "13800001234") for number in range(12)]
    sent = await world.sent_roster(*filed, world.roster_file(people), "good_rows")
    seen = [sent.json()]
    while await world.one_stretch():
        seen.append(await read(world, sent))
    assert [one["state"] for one in seen] == [
        "received", "checking", "checking", "importing", "importing", "importing", "done",
    ]  # fmt: skip
    percents = [one["progress_percent"] for one in seen]
    assert percents == sorted(set(percents))
    assert (percents[0], percents[-1]) == (0, 100)
    assert (seen[-1]["enrolled"], seen[-1]["bad"]) == (9, 3)


@pytest.mark.usefixtures("short_stretches")
async def test_people_named_twice_far_apart_are_found(world, filed):
    people = [world.trainee() for _ in range(9)]
    roster = await world.roster(*filed, world.roster_file([*people, people[0]]), "good_rows")
    assert (roster["enrolled"], roster["bad"]) == (9, 1)
    found = await world.count("SELECT reason_zh FROM roster_errors")
    assert found == "第2行与第11行为同一人"


@pytest.mark.usefixtures("short_stretches")
async def test_a_small_file_does_not_wait_for_a_large_one(world, filed):
    large = await world.sent_roster(*filed, world.roster_file([world.trainee() for _ in range(20)]))
    small = await world.sent_roster(*filed, world.roster_file([world.trainee()]))
    for _ in range(4):
        world.clock.advance(seconds=1)
        await world.one_stretch()
    assert (await read(world, small))["state"] == "done"
    assert (await read(world, large))["state"] == "checking"


@pytest.mark.usefixtures("short_stretches")
async def test_several_workers_share_the_work_and_enrol_everybody_once(world, filed):
    institution, _ = filed
    other = await world.filed(institution, sessions=world.sessions(room="302"))
    sent = [
        await world.sent_roster(
            institution, one, world.roster_file([world.trainee() for _ in range(20)]), mode
        )
        for one in (filed[1], other)
        for mode in ("good_rows",)
    ]
    for _ in range(40):
        await asyncio.gather(*(work_on_rosters(world.service) for _ in range(4)))
    assert [(await read(world, one))["state"] for one in sent] == ["done", "done"]
    assert await world.count("SELECT count(*) FROM enrolments") == 40
    assert await world.count("SELECT count(DISTINCT person_key) FROM enrolments") == 40


@pytest.mark.usefixtures("short_stretches")
@pytest.mark.parametrize("mode", ["good_rows", "all_or_nothing"])
async def test_work_that_is_cut_off_anywhere_goes_on_and_enrols_nobody_twice(world, filed, mode):
    sent = await world.sent_roster(*filed, world.roster_file([world.trainee() for _ in range(8)]), mode)
    for seconds in (0.002, 0.004, 0.008, 0.012, 0.016, 0.02, 0.03, 0.04, 0.05):
        one = asyncio.create_task(work_on_rosters(world.service))
        await asyncio.sleep(seconds)
        one.cancel()
        await asyncio.wait([one])
    await world.worked()
    roster = await read(world, sent)
    assert (roster["state"], roster["enrolled"]) == ("done", 8)
    assert await world.count("SELECT count(*) FROM enrolments") == 8
    assert await world.count("SELECT enrolled FROM classes") == 8


async def test_work_that_fails_is_put_off_and_in_the_end_given_up_with_the_rows_removed(world, filed):
    sent = await world.sent_roster(*filed, world.roster_file([world.trainee()]))
    await world.count("UPDATE roster_rows SET sealed = 'k0.lost'")
    assert await world.one_stretch() == 1
    assert await world.one_stretch() == 0, "it is put off"
    assert (await read(world, sent))["state"] == "received"
    for _ in range(5):
        world.clock.advance(minutes=5)
        await world.one_stretch()
    assert (await read(world, sent))["state"] == "failed"
    assert await world.count("SELECT count(*) FROM roster_rows") == 0
    assert await world.one_stretch() == 0


async def test_a_roster_that_fails_holds_up_no_other(world, filed):
    await world.sent_roster(*filed, world.roster_file([world.trainee()]))
    await world.count("UPDATE roster_rows SET sealed = 'k0.lost'")
    good = await world.sent_roster(*filed, world.roster_file([world.trainee()]))
    await world.worked()
    assert (await read(world, good))["state"] == "done"


@pytest.mark.parametrize(("mode", "state"), [("good_rows", "done"), ("all_or_nothing", "refused")])
@pytest.mark.parametrize("stretches", [0, 1])
async def test_of_a_class_that_is_cancelled_each_row_is_refused_with_the_reason(
    world, filed, mode, state, stretches
):
    institution, training_class = filed
    sent = await world.sent_roster(*filed, world.roster_file([world.trainee()]), mode)
    for _ in range(stretches):
        await world.one_stretch()
    path, by = f"/classes/{training_class['id']}/cancel", world.of_institution(institution)
    await world.made(path, {"reason": "报名人数不足"}, by, training_class["version"])
    await world.worked()
    roster = await read(world, sent)
    assert (roster["state"], roster["good"], roster["bad"]) == (state, 0, 1)
    (error,) = (await world.get(f"/rosters/{roster['id']}/errors", by)).json()["items"]
    assert (error["column"], error["code"]) == (None, "T06")


@pytest.mark.parametrize("mode", ["good_rows", "all_or_nothing"])
async def test_ten_thousand_rows_show_their_progress_to_the_end(world, mode):
    await world.project()
    await world.standard(max_class_size=1_000)
    institution = await world.qualified()
    training_class = await world.filed(institution, capacity=1_000)
    content = world.roster_file([world.trainee() for _ in range(10_000)])
    sent = await world.sent_roster(institution, training_class, content, mode)
    percents = []
    while await world.one_stretch():
        percents.append((await read(world, sent))["progress_percent"])
    roster = await read(world, sent)
    assert (roster["state"], roster["rows"]) == ("done", 10_000)
    assert (roster["enrolled"], roster["waiting"]) == (1_000, 9_000)
    assert percents == sorted(set(percents))
    assert len(percents) > 20
    assert await world.count("SELECT count(*) FROM roster_rows") == 0


def as_variable(value):
    if isinstance(value, dict):
        return json.dumps({name: as_variable(one) for name, one in value.items()})
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def worker_environment(world, clock_file):
    """The settings of the world as the environment of a process has them."""
    settings = world.service.settings
    given = {name: getattr(settings, name) for name in settings.model_fields_set} | {"clock_file": clock_file}
    return dict(os.environ) | {f"CHUANGPEI_{name.upper()}": as_variable(one) for name, one in given.items()}


@asynccontextmanager
async def worker(environment):
    """A worker process of the service, killed in the end as an outage kills it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "training_svc", "worker", env=environment
    )
    try:
        yield
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def until(world, sql):
    async with asyncio.timeout(120):
        while not await world.count(sql):  # noqa: ASYNC110 -- another process does the work
            await asyncio.sleep(0.01)


async def test_a_worker_that_is_killed_is_followed_by_one_that_ends_its_work(world, tmp_path):
    DevelopmentClock(tmp_path / "clock").set_to(world.clock.now() + timedelta(hours=1))
    await world.project()
    await world.standard(max_class_size=1_000)
    institution = await world.qualified()
    training_class = await world.filed(institution, capacity=1_000)
    content = world.roster_file([world.trainee() for _ in range(4_000)])
    sent = await world.sent_roster(institution, training_class, content, "good_rows")
    environment = worker_environment(world, tmp_path / "clock")
    async with worker(environment):
        await until(world, "SELECT enrolled > 0 FROM roster_imports")
    left = await read(world, sent)
    assert left["state"] == "importing"
    assert 0 < left["enrolled"] + left["waiting"] < 4_000
    async with worker(environment):
        await until(world, "SELECT state = 'done' FROM roster_imports")
    done = await read(world, sent)
    assert (done["enrolled"], done["waiting"]) == (1_000, 3_000)
    assert await world.count("SELECT count(DISTINCT person_key) FROM enrolments") == 4_000
    assert await world.count("SELECT count(*) FROM enrolments") == 4_000
    assert await world.count("SELECT enrolled FROM classes") == 1_000
