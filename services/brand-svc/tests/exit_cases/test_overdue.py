"""Whoever has a case in hand has a last day; once it is over, the city sees and all are told once (B11)."""

import asyncio

from brand_svc.exit_cases.decisions import tell_overdue
from chuangpei.events.brand import ExitCaseOverdue


async def tell(city):
    async with city.service.database.transaction() as tx:
        return await tell_overdue(tx, city.service)


async def overdue(city, headers=None):
    items = (await city.get("/exit-cases", headers or city.bureau, overdue=True)).json()["items"]
    return [one["id"] for one in items]


async def test_a_district_that_lets_thirty_working_days_pass_is_overdue_and_told_of_once(holder):
    city = holder
    case = await city.opened()
    assert case["due_on"] == "2026-08-12"
    city.clock.advance(days=42)
    assert (await tell(city), await overdue(city)) == (0, [])
    city.clock.advance(days=1)
    assert await overdue(city) == [case["id"]]
    assert [await tell(city), await tell(city)] == [1, 0]
    [told] = await city.events(ExitCaseOverdue)
    assert (str(told.case_id), told.state, str(told.due_on)) == (case["id"], "opened", "2026-08-12")
    [shown] = await city.cases()
    assert (shown["overdue"], shown["version"]) == (True, case["version"])
    assert await overdue(city, city.officer("310104")) == []


async def test_the_city_has_its_own_days_and_is_told_of_as_well(holder):
    city = holder
    await city.opened()
    city.clock.advance(days=43)
    await tell(city)
    [case] = await city.cases()
    case = await city.heard(case)
    body = {"founded": True, "statement": "属实"}
    [case] = await city.cases()
    case = await city.step(case, "/exit-cases/{}/verify", city.officer(), body)
    assert (case["overdue"], case["due_on"]) == (False, "2026-09-10")
    city.clock.advance(days=60)
    assert await tell(city) == 1
    assert [one.state for one in await city.events(ExitCaseOverdue)] == ["opened", "reported"]


async def test_two_who_look_at_once_tell_it_once(institutions):
    city = institutions
    await city.recognise("A", "B", "C")
    for who in "ABC":
        await city.opened(who)
    city.clock.advance(days=60)
    assert sum(await asyncio.gather(tell(city), tell(city))) == 3
    assert len(await city.events(ExitCaseOverdue)) == 3


async def test_a_decided_case_is_never_overdue(holder):
    city = holder
    await city.revoked()
    city.clock.advance(days=365)
    assert (await tell(city), await overdue(city)) == (0, [])


async def test_cases_are_listed_by_what_is_due_first_and_exported(institutions):
    city = institutions
    await city.recognise("A", "B", "C")
    for who in "BAC":
        await city.opened(who)
        city.clock.advance(days=7)
    page = (await city.get("/exit-cases", city.bureau, sort="-due_on", limit=2)).json()
    rest = (
        await city.get("/exit-cases", city.bureau, sort="-due_on", limit=2, cursor=page["next_cursor"])
    ).json()
    names = [one["institution_name"] for one in (*page["items"], *rest["items"])]
    assert names == ["徐汇职业培训中心", "申城技能培训学校", "浦江人力资源有限公司"]
    file = await city.get("/exit-cases/export", city.officer("310104"), undecided=True)
    assert (file.status_code, len(file.text.strip().splitlines())) == (200, 2)
    assert (await city.get("/exit-cases/export", city.bureau, format="xlsx")).content[:2] == b"PK"
