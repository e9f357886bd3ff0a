"""Only who is active in the pool is put on a class; open classes show who is to be replaced (T10)."""

import asyncio
from datetime import date, timedelta

import asyncpg
import pytest


def failed(answer):
    return [(one["rule"], one["fact"]) for one in answer.json()["findings"] if one["outcome"] == "failed"]


@pytest.fixture
async def institution(world):
    return await world.qualified()


@pytest.fixture
def teacher(world):
    return {"name": "王老师", "id_number": world.id_number(date(1975, 5, 5))}


async def file(world, institution, *named, **own):
    body = world.class_body(institution, instructors=list(named), **own)
    return await world.post("/classes", body, by=world.of_institution(institution))


async def test_who_is_not_in_the_pool_teaches_no_class(world, institution, teacher):
    answer = await file(world, institution, teacher)
    assert (answer.status_code, answer.json()["code"]) == (422, "class_refused")
    assert failed(answer) == [("T10", "王* not in the pool")]


async def test_everyone_who_may_not_teach_is_named_with_why(world, institution, teacher):
    await world.applied(institution, **teacher)
    suspended = await world.decided(await world.admitted(institution), "suspend", reason="投诉核查")
    await world.project("SYB", stage=2)
    elsewhere = await world.admitted(institution, name="赵老师", projects=["SYB"])
    named = [teacher, {"instructor_id": suspended["id"]}, {"instructor_id": elsewhere["id"]}]
    answer = await file(world, institution, *named)
    (pool, project) = failed(answer)
    assert set(pool[1].split(", ")) == {"王* applied", "李* suspended"}
    assert project == ("T10", "赵*")


async def test_an_instructor_of_another_institution_is_named_by_id(world, institution, teacher):
    member = await world.admitted(await world.institution("310104"), **teacher)
    answer = await file(world, institution, {"instructor_id": member["id"]})
    shown = {"name": "王*", "id_number": member["id_number"], "flag": None}
    assert answer.json()["instructors"] == [shown]


async def test_an_instructor_of_another_institution_is_named_by_real_name(world, institution, teacher):
    await world.admitted(await world.institution("310104"), **teacher)
    assert (await file(world, institution, teacher)).status_code == 201


@pytest.mark.parametrize(
    ("named", "pointer"),
    [
        ({"instructor_id": "00000000-0000-0000-0000-000000000001"}, "/instructors/0/instructor_id"),
        ({}, "/instructors/0"),
        ({"name": "王老师"}, "/instructors/0"),
    ],
)
async def test_an_instructor_is_named_in_one_whole_way(world, institution, named, pointer):
    answer = await file(world, institution, named)
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


async def test_a_real_name_is_the_one_in_the_pool(world, institution, teacher):
    await world.admitted(institution, **teacher)
    answer = await file(world, institution, teacher | {"name": "王某"})
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("/instructors/0/name", "name_differs")
    ]


async def test_one_person_is_not_named_by_id_and_by_name(world, institution, teacher):
    member = await world.admitted(institution, **teacher)
    answer = await file(world, institution, teacher, {"instructor_id": member["id"]})
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("/instructors/1/instructor_id", "named_twice")
    ]


@pytest.mark.parametrize(
    ("last_day", "fails"),
    [(date(2027, 4, 21), []), (date(2027, 4, 22), [("T10", "王* appraisal due 2027-02-20")])],
)
async def test_an_appraisal_overdue_beyond_the_grace_bars_from_teaching(
    world, institution, teacher, last_day, fails
):
    await world.admitted(institution, **teacher)  # on 2026-02-20; the grace after a year is 60 days
    days = (last_day - timedelta(days=1), last_day)
    sessions = [
        {"starts_at": f"{day} 08:00:00+08:00", "ends_at": f"{day} 17:00:00+08:00", "room": "301"}
        for day in days
    ]
    answer = await file(
        world, institution, teacher, starts_on=str(days[0]), ends_on=str(days[1]), sessions=sessions
    )
    assert failed(answer) == fails if fails else answer.status_code == 201, answer.text


async def test_a_class_shows_who_is_to_be_replaced_until_it_ends(world, institution, teacher):
    member = await world.admitted(institution, **teacher)
    filed = (await file(world, institution, teacher)).json()
    calm = await world.filed(institution, sessions=world.sessions(room="302"))
    assert (filed["flagged"], calm["flagged"]) == (False, False)
    await world.decided(member, "suspend", reason="投诉核查")

    async def seen():
        by = world.of_institution(institution)
        shown = (await world.get(f"/classes/{filed['id']}", by)).json()
        lists = [
            (await world.get(f"/classes?flagged={flag}", by)).json()["items"] for flag in ("true", "false")
        ]
        return (
            shown["flagged"],
            shown["instructors"][0]["flag"],
            *([one["id"] for one in items] for items in lists),
        )

    assert await seen() == (True, "suspended", [filed["id"]], [calm["id"]])
    world.clock.set(world.at(1, 23, 59))
    assert (await seen())[0] is True
    world.clock.set(world.at(2, 0))
    assert await seen() == (False, None, [], [filed["id"], calm["id"]])


async def test_a_filing_and_a_suspension_at_once_never_leave_an_unseen_instructor(
    world, institution, teacher
):
    member = await world.admitted(institution, **teacher)
    path, by = f"/instructors/{member['id']}/suspend", world.centre
    async with world.service.database.transaction() as tx:
        await tx.connection.execute("UPDATE instructors SET state = 'suspended', version = version + 1")
        filing = asyncio.create_task(file(world, institution, teacher))
        await world.somebody_waits_for_a_lock()
    answer = await filing
    assert (answer.status_code, failed(answer)) == (422, [("T10", "王* suspended")])
    assert (await world.post(path, {"reason": "再次"}, by=by, version=member["version"])).status_code == 412


async def test_a_suspension_waits_for_a_filing_under_way(world, institution, teacher):
    member = await world.admitted(institution, **teacher)
    async with world.service.database.transaction() as tx:
        await tx.connection.execute("SELECT FROM instructors FOR SHARE")
        path = f"/instructors/{member['id']}/suspend"
        suspension = asyncio.create_task(
            world.post(path, {"reason": "投诉核查"}, by=world.centre, version=member["version"])
        )
        await world.somebody_waits_for_a_lock()
        assert not suspension.done()
    assert (await suspension).json()["state"] == "suspended"


@pytest.mark.parametrize("state", ["applied", "suspended"])
async def test_the_database_itself_puts_nobody_on_a_class_who_is_not_active(
    world, institution, teacher, state
):
    filed = await world.filed(institution)
    if state == "applied":
        await world.applied(institution, **teacher)
    else:
        await world.decided(await world.admitted(institution, **teacher), "suspend", reason="投诉核查")
    with pytest.raises(asyncpg.RestrictViolationError):
        await world.count(
            "INSERT INTO class_instructors SELECT $1, person_key, masked_name, masked_id_number,"
            " name_encrypted, id_number_encrypted FROM instructors WHERE state = $2",
            filed["id"],
            state,
        )


async def test_nobody_outside_the_pool_is_put_on_a_class(world, institution):
    filed = await world.filed(institution)
    with pytest.raises(asyncpg.RestrictViolationError):
        await world.count(
            "INSERT INTO class_instructors VALUES ($1, 'stranger', '', '', '', '')", filed["id"]
        )


async def test_the_export_of_classes_has_what_is_flagged(world, institution, teacher):
    member = await world.admitted(institution, **teacher)
    await file(world, institution, teacher, name="待换讲师班")
    await world.filed(institution, sessions=world.sessions(room="302"))
    await world.decided(member, "suspend", reason="投诉核查")
    text = (await world.get("/classes/export?flagged=true&sort=-starts_on", world.officer())).text
    assert "待换讲师班" in text
    assert len(text.strip().splitlines()) == 2
