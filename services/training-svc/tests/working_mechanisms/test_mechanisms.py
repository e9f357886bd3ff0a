"""Working mechanisms (工作机制, O01): filed by the district, taken on file or returned by the city centre."""

import asyncio
import csv
import io

import pytest

PUDONG, XUHUI = "310115", "310104"
CONTACT = {"name": "李建国", "phone": "13800001234"}
BODY = {
    "title": "浦东新区创业培训工作机制",
    "document_reference": "浦人社〔2026〕12号",
    "responsible_unit": "浦东新区就业促进中心",
    "contact": CONTACT,
}


async def filed(world, district=PUDONG, **own):
    return await world.made("/working-mechanisms", BODY | own, world.officer(district))


async def accepted(world):
    one = await filed(world)
    return await world.made(f"/working-mechanisms/{one['id']}/accept", None, world.centre, 1)


async def test_a_district_files_its_mechanism_and_the_centre_takes_it_on_file(world):
    one = await filed(world)
    assert (one["state"], one["district"], one["filed_on"]) == (
        "filed",
        PUDONG,
        world.clock.today().isoformat(),
    )
    accepted = await world.made(f"/working-mechanisms/{one['id']}/accept", None, world.centre, 1)
    assert (accepted["state"], accepted["decided_on"]) == ("accepted", world.clock.today().isoformat())


async def test_a_returned_mechanism_says_why_and_is_filed_anew(world):
    one = await filed(world)
    path = f"/working-mechanisms/{one['id']}/return"
    returned = await world.made(path, {"reason": "未明确监督评估职责"}, world.centre, 1)
    assert (returned["state"], returned["reason"]) == ("returned", "未明确监督评估职责")
    assert (await filed(world, title="新机制"))["state"] == "filed"


async def test_a_district_waits_for_one_answer_at_a_time(world):
    officers = [world.officer(subject=f"officer-{number}") for number in range(8)]
    answers = await asyncio.gather(*(world.post("/working-mechanisms", BODY, by=one) for one in officers))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"mechanism_pending"}
    assert (await filed(world, XUHUI))["state"] == "filed"


@pytest.mark.parametrize(
    ("first", "then"), [("accept", "return"), ("return", "accept"), ("accept", "accept")]
)
async def test_what_is_decided_is_not_decided_again(world, first, then):
    one = await filed(world)
    bodies = {"accept": None, "return": {"reason": "职责不清"}}
    await world.made(f"/working-mechanisms/{one['id']}/{first}", bodies[first], world.centre, 1)
    answer = await world.post(
        f"/working-mechanisms/{one['id']}/{then}", bodies[then], by=world.centre, version=2
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_the_contact_rests_encrypted_and_is_shown_masked(world):
    one = await filed(world)
    assert (one["contact_name"], one["contact_phone"]) == ("李*", "138****1234")
    kept = await world.count(
        "SELECT (SELECT string_agg(m::text, ' ') FROM working_mechanisms m)"
        " || (SELECT string_agg(a::text, ' ') FROM audit_log a)"
    )
    assert not any(clear in kept for clear in CONTACT.values())


async def test_an_amended_contact_is_told_even_where_the_masks_look_alike(world):
    one = await accepted(world)
    path = f"/working-mechanisms/{one['id']}"
    body = {"contact": {"name": "李大同", "phone": "13899991234"}, "reason": "人员调整"}
    amended = await world.made(f"{path}/amend", body, world.officer(), 2)
    assert (amended["contact_name"], amended["contact_phone"], amended["version"]) == (
        "李*",
        "138****1234",
        3,
    )
    (kept,) = (await world.get(f"{path}/amendments", world.officer())).json()["items"]
    assert (kept["before"], kept["after"]) == ({"contact_of_version": "2"}, {"contact_of_version": "3"})


async def test_an_amendment_names_the_old_and_the_new_unit(world):
    one = await accepted(world)
    path = f"/working-mechanisms/{one['id']}"
    body = {"responsible_unit": "浦东新区人社局", "reason": "机构调整"}
    await world.made(f"{path}/amend", body, world.officer(), 2)
    (kept,) = (await world.get(f"{path}/amendments", world.centre)).json()["items"]
    assert kept["before"] == {"responsible_unit": "浦东新区就业促进中心"}
    assert kept["after"] == {"responsible_unit": "浦东新区人社局"}


@pytest.mark.parametrize("change", [{"contact": CONTACT}, {"document_reference": "浦人社〔2026〕12号"}, {}])
async def test_an_amendment_that_changes_nothing_is_refused(world, change):
    one = await accepted(world)
    path = f"/working-mechanisms/{one['id']}/amend"
    answer = await world.post(path, change | {"reason": "核对"}, by=world.officer(), version=2)
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_amended")
    assert (await world.get(f"/working-mechanisms/{one['id']}", world.officer())).json()["version"] == 2


async def test_only_what_is_on_file_is_amended(world):
    one = await filed(world)
    body = {"responsible_unit": "浦东新区人社局", "reason": "机构调整"}
    answer = await world.post(f"/working-mechanisms/{one['id']}/amend", body, by=world.officer(), version=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_another_district_sees_and_amends_nothing(world):
    one = await accepted(world)
    path, other = f"/working-mechanisms/{one['id']}", world.officer(XUHUI)
    assert (await world.get(path, other)).status_code == 404
    assert (await world.get(f"{path}/amendments", other)).status_code == 404
    body = {"responsible_unit": "他区", "reason": "误改"}
    assert (await world.post(f"{path}/amend", body, by=other, version=2)).status_code == 404
    assert (await world.get("/working-mechanisms", other)).json()["items"] == []


async def test_mechanisms_are_filtered_sorted_paged_and_exported(world):
    await filed(world, XUHUI)
    world.clock.advance(days=1)
    await accepted(world)
    listed = (await world.get("/working-mechanisms?sort=-filed_on&limit=1", world.centre)).json()
    assert [one["district"] for one in listed["items"]] == [PUDONG]
    rest = await world.get(
        f"/working-mechanisms?sort=-filed_on&limit=1&cursor={listed['next_cursor']}", world.centre
    )
    assert [one["district"] for one in rest.json()["items"]] == [XUHUI]
    for query, district in [("state=accepted", PUDONG), (f"district={XUHUI}", XUHUI)]:
        items = (await world.get(f"/working-mechanisms?{query}", world.centre)).json()["items"]
        assert [one["district"] for one in items] == [district]
    file = await world.get("/working-mechanisms/export", world.officer(XUHUI))
    (line,) = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
    assert (line["区"], line["联系电话"]) == (XUHUI, "138****1234")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"contact": {"name": "李建国"}}, "/contact/phone"),
        ({"contact": CONTACT | {"phone": "12"}}, "/contact/phone"),
        ({"document_reference": ""}, "/document_reference"),
        ({"district": XUHUI}, "/district"),
    ],
)
async def test_what_is_wrong_with_a_filing_is_named(world, change, pointer):
    answer = await world.post("/working-mechanisms", BODY | change, by=world.officer())
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
