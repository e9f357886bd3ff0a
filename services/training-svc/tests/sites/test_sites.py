"""Sites and their rooms, with the days on which they are used (T06)."""

import asyncio

import pytest


def site(**own):
    return {
        "address": "示例路2号3楼",
        "district": "310115",
        "area_m2": 300,
        "rooms": [{"name": "301", "area_m2": 60, "seats": 40}, {"name": "302", "area_m2": 80, "seats": 50}],
        "starts_on": "2026-01-01",
        "ends_on": None,
    } | own


async def added(world, institution, **own):
    return await world.made(
        f"/institutions/{institution['id']}/sites", site(**own), world.of_institution(institution)
    )


async def test_an_institution_records_its_site_with_rooms_area_and_seats(world):
    institution = await world.institution()
    made = await added(world, institution)
    assert site().items() <= made.items()
    assert made["credit_code"] == institution["credit_code"]
    assert (await world.get(f"/sites/{made['id']}", world.officer())).json() == made


async def test_a_site_is_amended_with_its_reason_and_history(world):
    institution = await world.institution()
    made = await added(world, institution)
    rooms = [{"name": "101", "area_m2": 30, "seats": 20}]
    amended = await world.made(
        f"/sites/{made['id']}/amend",
        {"rooms": rooms, "ends_on": "2026-12-31", "reason": "租期届满"},
        world.of_institution(institution),
        1,
    )
    assert (amended["rooms"], amended["ends_on"], amended["version"]) == (rooms, "2026-12-31", 2)
    (kept,) = (await world.get(f"/sites/{made['id']}/amendments", world.officer())).json()["items"]
    assert kept["before"] == {"rooms": made["rooms"], "ends_on": None}
    assert kept["after"] == {"rooms": rooms, "ends_on": "2026-12-31"}


async def test_the_same_rooms_in_another_order_are_no_amendment(world):
    institution = await world.institution()
    made = await added(world, institution)
    answer = await world.post(
        f"/sites/{made['id']}/amend",
        {"rooms": made["rooms"][::-1], "reason": "重新登记"},
        by=world.officer(),
        version=1,
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_amended")


@pytest.mark.parametrize(
    ("own", "pointer"),
    [
        ({"area_m2": 139}, "/rooms"),
        ({"area_m2": 0}, "/area_m2"),
        ({"rooms": []}, "/rooms"),
        ({"rooms": [{"name": "1", "area_m2": 9, "seats": 9}] * 2}, "/rooms"),
        ({"ends_on": "2025-12-31"}, "/ends_on"),
        ({"district": "110101"}, "/district"),
    ],
)
async def test_what_is_wrong_with_a_site_is_named(world, own, pointer):
    institution = await world.institution()
    answer = await world.post(f"/institutions/{institution['id']}/sites", site(**own), by=world.officer())
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_an_address_is_one_site_at_a_time(world):
    institution = await world.institution()
    path = f"/institutions/{institution['id']}/sites"
    answers = await asyncio.gather(*(world.post(path, site(), by=world.officer()) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    before = site(starts_on="2020-01-01", ends_on="2025-12-31")
    assert (await world.post(path, before, by=world.officer())).status_code == 201
    other = await world.institution()
    await added(world, other)  # another institution may be at the same address


async def test_an_amendment_does_not_make_two_sites_of_one_address(world):
    institution = await world.institution()
    await added(world, institution)
    other = await added(world, institution, address="别处1号")
    answer = await world.post(
        f"/sites/{other['id']}/amend",
        {"address": "示例路2号3楼", "reason": "搬迁"},
        by=world.officer(),
        version=1,
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "site_exists")


async def test_sites_are_found_by_day_and_area(world):
    institution = await world.institution()
    await added(world, institution)
    await added(world, institution, address="别处1号", area_m2=500, ends_on="2026-01-31")

    async def areas(query):
        answer = await world.get(f"/sites?{query}", world.officer())
        assert answer.status_code == 200, answer.text
        return [one["area_m2"] for one in answer.json()["items"]]

    assert await areas("sort=-area_m2") == [500, 300]
    assert await areas("in_use_on=2026-02-01") == [300]
    assert await areas("least_area_m2=301") == [500]
    assert await areas("district=310104") == []


async def test_who_is_barred_from_new_classes_records_its_sites_all_the_same(world):
    """To have a fit site may be what ends the bar; a closed institution records none."""
    institution = await world.institution()
    sanction = {"kind": "stop_for_rectification", "source": "区人社局", "document_number": "1号"}
    path = f"/institutions/{institution['id']}/sanctions"
    await world.made(path, sanction | {"starts_on": "2026-01-01"}, world.officer())
    assert (await added(world, institution))["rooms"] == site()["rooms"]
