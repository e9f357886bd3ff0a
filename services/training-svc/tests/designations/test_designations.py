"""The city centre names institutions examples (示范机构), for a term, with a reason (T08)."""

import asyncio
from datetime import date, timedelta

import pytest
from chuangpei.auth import Role
from chuangpei.events.training import InstitutionDesignated, InstitutionDesignationWithdrawn


def term(**own):
    return {"starts_on": "2026-02-20", "ends_on": "2028-02-19", "reason": "年度排名第一"} | own


async def named(world, institution, **own):
    return await world.made(f"/institutions/{institution['id']}/designations", term(**own), world.centre)


async def is_example(world, institution):
    return (await world.get(f"/institutions/{institution['id']}", world.officer())).json()["designated"]


async def test_an_institution_is_an_example_on_the_days_of_its_term(world):
    institution = await world.institution()
    made = await named(world, institution)
    assert (made["state"], made["in_force"]) == ("designated", True)
    assert await is_example(world, institution)
    _, event = await world.events()
    assert event == InstitutionDesignated(
        credit_code=institution["credit_code"],
        institution_id=institution["id"],
        designation_id=made["id"],
        starts_on=date(2026, 2, 20),
        ends_on=date(2028, 2, 19),
        designated_on=world.clock.today(),
    )
    found = await world.get("/institutions?designated=true", world.officer())
    assert [one["id"] for one in found.json()["items"]] == [institution["id"]]
    world.clock.advance(timedelta(days=729))
    assert await is_example(world, institution)
    world.clock.advance(days=1)
    assert not await is_example(world, institution)
    assert not (await world.get(f"/designations/{made['id']}", world.officer())).json()["in_force"]


async def test_a_designation_is_withdrawn_with_a_reason(world):
    institution = await world.institution()
    made = await named(world, institution)
    body = {"reason": "培训质量下滑"}
    withdrawn = await world.made(f"/designations/{made['id']}/withdraw", body, world.centre, 1)
    assert (withdrawn["state"], withdrawn["withdraw_reason"]) == ("withdrawn", "培训质量下滑")
    assert not await is_example(world, institution)
    assert isinstance((await world.events())[-1], InstitutionDesignationWithdrawn)
    again = await world.post(f"/designations/{made['id']}/withdraw", body, by=world.centre, version=2)
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_state")
    await named(world, institution)  # and may be named anew


async def test_no_institution_is_designated_twice_at_a_time(world):
    institution = await world.institution()
    path = f"/institutions/{institution['id']}/designations"
    answers = await asyncio.gather(*(world.post(path, term(), by=world.centre) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    await named(world, institution, starts_on="2028-02-20", ends_on="2030-02-19")


async def test_who_is_closed_or_barred_is_no_example(world):
    institution = await world.institution()
    sanction = {
        "kind": "dishonesty_listing",
        "source": "市场监管局",
        "document_number": "1号",
        "starts_on": "2026-01-01",
    }
    await world.made(f"/institutions/{institution['id']}/sanctions", sanction, world.officer())
    await world.made(f"/institutions/{institution['id']}/close", {"reason": "停办"}, world.officer(), 1)
    answer = await world.post(f"/institutions/{institution['id']}/designations", term(), by=world.centre)
    assert (answer.status_code, answer.json()["code"]) == (422, "designation_refused")
    assert [one["rule"] for one in answer.json()["findings"]] == ["T06", "T08"]


async def test_a_wrong_term_is_amended_told_and_kept(world):
    institution = await world.institution()
    made = await named(world, institution)
    path = f"/designations/{made['id']}"
    amended = await world.made(
        f"{path}/amend", {"ends_on": "2027-02-19", "reason": "期限登记有误"}, world.centre, 1
    )
    assert (amended["ends_on"], amended["version"]) == ("2027-02-19", 2)
    assert (await world.events())[-1].ends_on == date(2027, 2, 19)
    (kept,) = (await world.get(f"{path}/amendments", world.officer())).json()["items"]
    assert kept["before"] == {"ends_on": "2028-02-19"}
    for body, code in (
        ({"ends_on": "2026-02-19", "reason": "登记有误"}, "invalid_input"),
        ({"ends_on": "2027-02-19", "reason": "登记有误"}, "nothing_amended"),
    ):
        answer = await world.post(f"{path}/amend", body, by=world.centre, version=2)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    await named(world, institution, starts_on="2027-02-20")
    clash = await world.post(
        f"{path}/amend", {"ends_on": "2027-02-20", "reason": "登记有误"}, by=world.centre, version=2
    )
    assert (clash.status_code, clash.json()["code"]) == (409, "designation_exists")


async def withdrawn(world, institution):
    made = await named(world, institution)
    body = {"reason": "培训质量下滑"}
    return await world.made(f"/designations/{made['id']}/withdraw", body, world.centre, 1)


async def test_of_a_withdrawn_one_another_day_is_told_and_another_term_is_not(world):
    one = await withdrawn(world, await world.institution())
    path, told = f"/designations/{one['id']}/amend", len(await world.events())
    world.clock.advance(days=3)
    await world.made(path, {"ends_on": "2027-02-19", "reason": "期限登记有误"}, world.centre, 2)
    assert len(await world.events()) == told
    body = {"withdrawn_on": "2026-02-21", "withdraw_reason": "发生重大事故", "reason": "日期登记有误"}
    amended = await world.made(path, body, world.centre, 3)
    assert (amended["withdrawn_on"], amended["withdraw_reason"]) == ("2026-02-21", "发生重大事故")
    event = (await world.events())[-1]
    assert isinstance(event, InstitutionDesignationWithdrawn)
    assert event.withdrawn_on == date(2026, 2, 21)
    for wrong in ("2026-02-19", "2026-02-24"):
        answer = await world.post(
            path, {"withdrawn_on": wrong, "reason": "登记有误"}, by=world.centre, version=4
        )
        assert answer.json()["errors"][0]["pointer"] == "/withdrawn_on"


async def test_a_mistaken_withdrawal_is_taken_back_and_told(world):
    institution = await world.institution()
    one = await withdrawn(world, institution)
    path, body = f"/designations/{one['id']}", {"withdrawn": False, "reason": "取消对象有误"}
    restored = await world.made(f"{path}/amend", body, world.centre, 2)
    assert (restored["state"], restored["in_force"], restored["withdraw_reason"]) == (
        "designated",
        True,
        None,
    )
    assert isinstance((await world.events())[-1], InstitutionDesignated)
    (kept,) = (await world.get(f"{path}/amendments", world.officer())).json()["items"]
    assert (kept["before"]["withdraw_reason"], kept["after"]["state"]) == ("培训质量下滑", "designated")
    again = await world.post(f"{path}/amend", body, by=world.centre, version=3)
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_state")


async def test_a_withdrawal_is_not_taken_back_beside_another_designation_or_for_one_that_closed(world):
    institution = await world.institution()
    one = await withdrawn(world, institution)
    path, body = f"/designations/{one['id']}/amend", {"withdrawn": False, "reason": "取消对象有误"}
    anew = await named(world, institution)
    clash = await world.post(path, body, by=world.centre, version=2)
    assert (clash.status_code, clash.json()["code"]) == (409, "designation_exists")
    await world.made(f"/designations/{anew['id']}/withdraw", {"reason": "重复"}, world.centre, 1)
    await world.made(f"/institutions/{institution['id']}/close", {"reason": "停办"}, world.officer(), 1)
    closed = await world.post(path, body, by=world.centre, version=2)
    assert (closed.status_code, closed.json()["code"]) == (422, "designation_refused")


@pytest.mark.parametrize("own", [{"ends_on": "2026-02-19"}, {"ends_on": None}])
async def test_a_term_has_an_end_that_comes_after_its_beginning(world, own):
    institution = await world.institution()
    answer = await world.post(f"/institutions/{institution['id']}/designations", term(**own), by=world.centre)
    assert answer.json()["errors"][0]["pointer"] == "/ends_on"


async def test_designations_are_found_by_state_and_day(world):
    first, second = await world.institution(), await world.institution()
    await named(world, first)
    await named(world, second, starts_on="2027-01-01")

    async def found(query):
        answer = await world.get(f"/designations?{query}", world.by(Role.AUDITOR))
        assert answer.status_code == 200, answer.text
        return [one["institution_id"] for one in answer.json()["items"]]

    assert await found("in_force_on=2026-12-31") == [first["id"]]
    assert await found("sort=-starts_on&state=designated") == [second["id"], first["id"]]
    export = await world.get("/designations/export", world.officer())
    assert len(export.text.splitlines()) == 3
