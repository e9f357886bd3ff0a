"""Institutions are renamed, move and close; what stood before is kept, what was frozen stays (T06, S07)."""

import asyncio

from chuangpei.auth import Role
from chuangpei.events.training import InstitutionUpdated

PUDONG, XUHUI = "310115", "310104"


def amendment(**changes):
    return {"reason": "举办者申请变更"} | changes


async def test_a_new_name_is_taken_with_its_reason_and_the_old_one_kept(world):
    institution = await world.institution(name="旧名学校")
    path = f"/institutions/{institution['id']}"
    amended = await world.made(
        f"{path}/amend", amendment(name="新名学校"), world.officer(subject="officer-7"), 1
    )
    assert (amended["name"], amended["version"]) == ("新名学校", 2)
    (kept,) = (await world.get(f"{path}/amendments", world.of_institution(institution))).json()["items"]
    assert (kept["before"], kept["after"]) == ({"name": "旧名学校"}, {"name": "新名学校"})
    assert (kept["amended_by"], kept["reason"]) == ("officer-7", "举办者申请变更")
    _, event = await world.events()
    assert event == InstitutionUpdated(
        credit_code=institution["credit_code"],
        institution_id=institution["id"],
        name="新名学校",
        district=PUDONG,
        kind="private_training_institution",
        closed_on=None,
        updated_on=world.clock.today(),
    )


async def test_moving_to_another_district_leaves_the_district_of_its_classes(world):
    institution = await world.qualified()
    filed = await world.filed(institution)
    moved = await world.made(
        f"/institutions/{institution['id']}/amend", amendment(district=XUHUI), world.officer(), 1
    )
    assert moved["district"] == XUHUI
    assert (await world.get(f"/classes/{filed['id']}", world.officer())).json()["district"] == PUDONG
    assert (await world.get(f"/institutions/{institution['id']}", world.officer())).status_code == 404
    assert (await world.get(f"/institutions/{institution['id']}", world.officer(XUHUI))).status_code == 200


async def test_an_amendment_that_changes_nothing_is_refused(world):
    institution = await world.institution(name="甲校")
    for body in (amendment(name="甲校"), amendment()):
        answer = await world.post(
            f"/institutions/{institution['id']}/amend", body, by=world.officer(), version=1
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "nothing_amended")
    assert len(await world.events()) == 1


async def test_an_amendment_needs_a_reason_and_the_version_read_last(world):
    institution = await world.institution()
    path, by = f"/institutions/{institution['id']}/amend", world.officer()
    answer = await world.post(path, {"name": "新名"}, by=by, version=1)
    assert answer.json()["errors"][0]["pointer"] == "/reason"
    assert (await world.post(path, amendment(name="新名"), by=by)).status_code == 428
    assert (await world.post(path, amendment(name="新名"), by=by, version=7)).status_code == 412


async def test_of_two_who_amend_at_once_one_has_to_read_again(world):
    institution = await world.institution()
    answers = await asyncio.gather(
        *(
            world.post(
                f"/institutions/{institution['id']}/amend",
                amendment(name=name),
                by=world.officer(),
                version=1,
            )
            for name in ("一校", "二校")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_an_institution_closes_once_its_classes_have_ended(world):
    institution = await world.qualified()
    filed = await world.filed(institution)
    path, body = f"/institutions/{institution['id']}/close", {"reason": "举办者申请终止办学"}
    early = await world.post(path, body, by=world.officer(), version=1)
    assert (early.status_code, early.json()["code"]) == (422, "closing_refused")
    assert early.json()["findings"][0]["fact"] == filed["name"]
    world.clock.set(world.at(2))
    closed = await world.made(path, body, world.officer(), 1)
    assert (closed["state"], closed["closed_on"], closed["close_reason"]) == (
        "closed",
        "2026-03-04",
        "举办者申请终止办学",
    )
    assert (await world.events())[-1].closed_on == world.clock.today()
    again = await world.post(path, body, by=world.officer(), version=2)
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_state")


async def test_a_closing_is_amended_in_its_day_and_reason_and_told(world):
    institution = await world.institution()
    path = f"/institutions/{institution['id']}"
    await world.made(f"{path}/close", {"reason": "停办"}, world.officer(), 1)
    world.clock.advance(days=10)
    day = institution["registered_on"]
    body = amendment(closed_on=day, close_reason="举办者申请终止")
    amended = await world.made(f"{path}/amend", body, world.officer(), 2)
    assert (amended["closed_on"], amended["close_reason"]) == (day, "举办者申请终止")
    assert (await world.events())[-1].closed_on.isoformat() == day
    for wrong in ("2020-01-01", "2027-01-01"):
        answer = await world.post(f"{path}/amend", amendment(closed_on=wrong), by=world.officer(), version=3)
        assert answer.json()["errors"][0]["pointer"] == "/closed_on"


async def test_an_institution_did_not_close_while_a_class_of_it_ran(world):
    institution = await world.qualified()
    await world.filed(institution)
    world.clock.set(world.at(2))
    path = f"/institutions/{institution['id']}"
    await world.made(f"{path}/close", {"reason": "停办"}, world.officer(), 1)
    answer = await world.post(
        f"{path}/amend", amendment(closed_on="2026-03-03"), by=world.officer(), version=2
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "closing_refused")


async def test_a_mistaken_closing_is_taken_back_and_told(world):
    institution = await world.qualified()
    path = f"/institutions/{institution['id']}"
    await world.made(f"{path}/close", {"reason": "停办"}, world.officer(), 1)
    restored = await world.made(f"{path}/amend", amendment(closed=False), world.officer(), 2)
    assert (restored["state"], restored["closed_on"], restored["close_reason"]) == ("active", None, None)
    assert (await world.events())[-1].closed_on is None
    kept = (await world.get(f"{path}/amendments", world.officer())).json()["items"][-1]
    assert (kept["before"]["state"], kept["before"]["close_reason"]) == ("closed", "停办")
    await world.filed(institution)


async def test_what_is_open_has_no_closing_to_amend(world):
    institution = await world.institution()
    for body in (amendment(closed=False), amendment(close_reason="停办"), amendment(closed_on="2026-02-20")):
        answer = await world.post(
            f"/institutions/{institution['id']}/amend", body, by=world.officer(), version=1
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_an_institution_closes_once_its_classes_are_cancelled(world):
    institution = await world.qualified()
    filed = await world.filed(institution)
    await world.made(f"/classes/{filed['id']}/cancel", {"reason": "停办"}, world.officer(), 1)
    closed = await world.made(
        f"/institutions/{institution['id']}/close", {"reason": "停办"}, world.officer(), 1
    )
    assert closed["state"] == "closed"


async def test_a_closed_institution_files_no_class(world):
    institution = await world.qualified()
    body = await world.teachable(institution, world.class_body(institution))
    await world.made(f"/institutions/{institution['id']}/close", {"reason": "停办"}, world.officer(), 1)
    answer = await world.post("/classes", body, by=world.of_institution(institution))
    assert (answer.status_code, answer.json()["code"]) == (422, "class_refused")
    assert [one["rule"] for one in answer.json()["findings"] if one["outcome"] == "failed"] == ["T06"]
    found = await world.get("/institutions?state=closed", world.officer())
    assert [one["id"] for one in found.json()["items"]] == [institution["id"]]


async def test_a_class_filed_while_its_institution_closes_is_seen_or_refused(world):
    """Either the class comes first and the closing is refused, or the other way round; never both."""
    institution = await world.qualified()
    body = await world.teachable(institution, world.class_body(institution))
    filed, closed = await asyncio.gather(
        world.post("/classes", body, by=world.of_institution(institution)),
        world.post(
            f"/institutions/{institution['id']}/close", {"reason": "停办"}, by=world.officer(), version=1
        ),
    )
    assert {filed.is_success, closed.is_success} == {True, False}


async def test_closing_waits_for_a_class_that_is_being_filed(world):
    institution = await world.qualified()
    async with world.service.database.transaction() as tx:
        await tx.connection.fetchrow(
            "SELECT state FROM institutions WHERE id = $1 FOR SHARE", institution["id"]
        )
        closing = asyncio.create_task(
            world.post(
                f"/institutions/{institution['id']}/close", {"reason": "停办"}, by=world.officer(), version=1
            )
        )
        await world.somebody_waits_for_a_lock()
        assert not closing.done()
    assert (await closing).status_code == 200


async def test_the_contact_is_shown_masked_and_rests_encrypted(world):
    institution = await world.institution(contact={"name": "王经理", "phone": "13900001234"})
    assert institution["contact"] == {"name": "王*", "phone": "139****1234"}
    named = await world.made(
        f"/institutions/{institution['id']}/contact",
        {"name": "赵主任", "phone": "13700005678"},
        world.of_institution(institution),
        1,
    )
    assert (named["contact"], named["version"]) == ({"name": "赵*", "phone": "137****5678"}, 2)
    kept = await world.count("SELECT institutions::text FROM institutions")
    assert not any(clear in kept for clear in ("王经理", "赵主任", "13700005678"))


async def test_the_city_centre_amends_in_every_district_but_a_bureau_does_not(world):
    institution = await world.institution()
    path = f"/institutions/{institution['id']}/amend"
    assert (await world.made(path, amendment(name="新名"), world.centre, 1))["name"] == "新名"
    bureau = world.by(Role.CITY_BUREAU)
    assert (await world.post(path, amendment(name="再改"), by=bureau, version=2)).status_code == 403


async def test_a_closed_institution_records_no_site_course_or_instructor(world):
    institution = await world.qualified()
    path, by = f"/institutions/{institution['id']}", world.of_institution(institution)
    await world.made(f"{path}/close", {"reason": "举办者终止办学"}, world.officer(), 1)
    rooms = [{"name": "301", "area_m2": 60, "seats": 40}]
    site = {"address": "示例路2号", "district": PUDONG, "area_m2": 300, "rooms": rooms}
    course = {"institution_id": institution["id"], "project_code": "IYB", "name": "课程", "summary": "内容"}
    for refused, body, code in (
        (f"{path}/sites", site | {"starts_on": "2026-01-01", "ends_on": None}, "site_refused"),
        ("/courses", course | {"hours": 24, "online_percent": 40}, "course_refused"),
        (f"{path}/instructors", world.application(), "instructor_refused"),
    ):
        answer = await world.post(refused, body, by=by)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert [one["fact"] for one in answer.json()["findings"] if one["outcome"] == "failed"] == ["closed"]
