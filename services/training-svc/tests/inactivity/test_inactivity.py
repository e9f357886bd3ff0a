"""That an institution has held no class for long is told once for each such time (T08, ground X4)."""

import asyncio
from datetime import date

import pytest
from chuangpei.events.training import InstitutionInactive
from chuangpei.testing.clock import FixedClock
from training_svc.inactivity.use_cases import tell_inactive


async def tell(world):
    async with world.service.database.transaction() as tx:
        return await tell_inactive(tx, world.service)


async def told(world):
    return [one for one in await world.events() if isinstance(one, InstitutionInactive)]


def on(world, day):
    world.clock.set(FixedClock.on(day).now())


async def test_a_year_without_a_class_since_its_registration_is_told_with_what_x4_asks(world):
    institution = await world.institution()  # 2026-02-20
    on(world, date(2027, 2, 20))
    assert await tell(world) == 0
    on(world, date(2027, 2, 21))
    assert await tell(world) == 1
    assert await told(world) == [
        InstitutionInactive(
            credit_code=institution["credit_code"],
            institution_id=institution["id"],
            district="310115",
            last_class_ended_on=None,
            inactive_since=date(2026, 2, 20),
            has_site=False,
            full_time_instructors=0,
            told_on=date(2027, 2, 21),
        )
    ]


async def test_it_is_told_once_however_often_one_looks(world):
    await world.institution()
    on(world, date(2027, 3, 1))
    assert [await tell(world), await tell(world)] == [1, 0]
    on(world, date(2029, 3, 1))
    assert await tell(world) == 0


async def test_two_who_look_at_once_tell_it_once(world):
    for _ in range(3):
        await world.institution()
    on(world, date(2027, 3, 1))
    assert sum(await asyncio.gather(tell(world), tell(world))) == 3
    assert len(await told(world)) == 3


@pytest.mark.parametrize(("ends_on", "has_site"), [(None, True), ("2027-01-31", False)])
async def test_a_site_that_is_in_use_is_told_too(world, ends_on, has_site):
    institution = await world.institution()
    site = {
        "address": "示例路2号",
        "district": "310115",
        "area_m2": 100,
        "rooms": [{"name": "1", "area_m2": 50, "seats": 30}],
        "starts_on": "2026-01-01",
        "ends_on": ends_on,
    }
    await world.made(f"/institutions/{institution['id']}/sites", site, world.officer())
    on(world, date(2027, 3, 1))
    await tell(world)
    assert [one.has_site for one in await told(world)] == [has_site]


async def test_its_full_time_instructors_in_the_pool_are_counted(world):
    institution = await world.qualified()
    await world.admitted(institution)
    await world.admitted(institution, employment="part_time")
    await world.applied(institution)
    on(world, date(2027, 3, 1))
    await tell(world)
    assert [one.full_time_instructors for one in await told(world)] == [1]


async def test_one_that_holds_a_class_again_and_stops_again_is_told_again(world):
    institution = await world.qualified()
    on(world, date(2027, 3, 1))
    assert await tell(world) == 1
    body = world.class_body(
        institution,
        starts_on="2027-04-05",
        ends_on="2027-04-06",
        sessions=[
            {
                "starts_at": f"2027-04-0{day}T0{hour}:00:00Z",
                "ends_at": f"2027-04-0{day}T0{hour + 4}:00:00Z",
                "room": "1",
            }
            for day in (5, 6)
            for hour in (0, 5)
        ],
    )
    await world.made("/classes", await world.teachable(institution, body), world.of_institution(institution))
    assert await tell(world) == 0
    on(world, date(2028, 4, 6))
    assert await tell(world) == 0
    on(world, date(2028, 4, 7))
    assert await tell(world) == 1
    first, second = await told(world)
    assert (first.last_class_ended_on, second.last_class_ended_on) == (None, date(2027, 4, 6))


async def test_a_cancelled_class_was_not_held(world):
    institution = await world.qualified()
    filed = await world.filed(institution)
    await world.made(f"/classes/{filed['id']}/cancel", {"reason": "报名不足"}, world.officer(), 1)
    on(world, date(2027, 2, 21))
    await tell(world)
    assert [one.last_class_ended_on for one in await told(world)] == [None]


async def test_of_a_closed_institution_nothing_is_told(world):
    institution = await world.institution()
    await world.made(f"/institutions/{institution['id']}/close", {"reason": "停办"}, world.officer(), 1)
    on(world, date(2027, 3, 1))
    assert await tell(world) == 0


async def test_once_the_law_has_ended_nobody_is_told(world):
    await world.institution()
    on(world, date(2031, 1, 1))
    assert await tell(world) == 0


async def test_that_its_last_site_went_meanwhile_is_told_as_well(world):
    institution = await world.institution()
    site = {
        "address": "示例路2号",
        "district": "310115",
        "area_m2": 100,
        "rooms": [{"name": "1", "area_m2": 50, "seats": 30}],
        "starts_on": "2026-01-01",
        "ends_on": "2027-06-30",
    }
    await world.made(f"/institutions/{institution['id']}/sites", site, world.officer())
    on(world, date(2027, 3, 1))
    assert await tell(world) == 1
    on(world, date(2027, 6, 30))
    assert await tell(world) == 0
    on(world, date(2027, 7, 1))
    assert [await tell(world), await tell(world)] == [1, 0]
    first, second = await told(world)
    assert (first.has_site, second.has_site) == (True, False)
    assert first.inactive_since == second.inactive_since
