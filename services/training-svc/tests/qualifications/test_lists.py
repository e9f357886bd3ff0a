"""The list of qualifications: filtered, sorted, as a file, always within what one may see (T07)."""

import csv
import io
from datetime import timedelta

import pytest

XUHUI = "310104"


@pytest.fixture
async def three(world):
    """One approved in Pudong, one submitted there, one approved in Xuhui."""
    first = await world.qualified()
    waiting = await world.institution()
    await world.submitted(waiting)
    return first, waiting, await world.qualified(XUHUI)


async def found(world, query, by=None):
    answer = await world.get(f"/qualifications?{query}", by or world.centre)
    assert answer.status_code == 200, answer.text
    return [one["credit_code"] for one in answer.json()["items"]]


async def test_qualifications_are_found_by_what_they_are_of(world, three):
    first, waiting, xuhui = (one["credit_code"] for one in three)
    assert await found(world, "state=submitted") == [waiting]
    assert await found(world, "district=310104") == [xuhui]
    assert await found(world, f"credit_code={first}") == [first]
    assert await found(world, f"institution_id={three[1]['id']}") == [waiting]
    assert await found(world, "project_code=IYB&standard_version=2026-1&sort=-credit_code") == [
        xuhui,
        waiting,
        first,
    ]
    assert await found(world, "project_code=EYB") == []
    assert await found(world, "state=approved", world.officer()) == [first]


async def test_those_that_end_soon_are_found(world, three):
    first, _, xuhui = (one["credit_code"] for one in three)
    assert await found(world, "valid_until_by=2029-02-20") == [first, xuhui]
    assert await found(world, "valid_until_by=2029-02-19") == []


async def test_what_has_expired_is_listed_as_such_before_the_timer_comes_by(world, three):
    first, waiting, xuhui = (one["credit_code"] for one in three)
    world.clock.advance(days=3 * 365 + 2)
    assert await found(world, "state=approved") == []
    assert await found(world, "state=expired&limit=1") == [first]
    assert await found(world, "state=expired&sort=-id") == [xuhui, first]
    assert await found(world, "state=submitted") == [waiting]


@pytest.mark.parametrize("query", ["state=gone", "colour=red", "today=2026-01-01", "sort=state"])
async def test_what_the_list_cannot_do_is_refused_by_name(lasting_world, query):
    answer = await lasting_world.get(f"/qualifications?{query}", lasting_world.centre)
    assert answer.json()["errors"][0]["pointer"] == f"/query/{query.partition('=')[0]}"


async def test_the_export_has_what_one_may_see_and_asked_for(world, three):
    answer = await world.get("/qualifications/export?state=approved", world.officer(XUHUI))
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["统一社会信用代码"], row["状态"]) == (three[2]["credit_code"], "approved")
    assert row["有效期止"] == (world.clock.today() + timedelta(days=3 * 365 + 1)).isoformat()
