"""Existing brands come up for assessment by their district: kept, or ended (B06, D08)."""

import asyncio

import asyncpg
import pytest
from chuangpei.auth import Role

OUTCOMES = {"passed": "kept", "failed": "ended", "absent": "ended_absent"}


@pytest.fixture
async def round_of_holder(holder):
    """A round opened two years after A won its brand."""
    holder.clock.advance(days=730)
    return holder, await holder.open_round()


async def test_every_brand_in_force_comes_up_when_the_round_opens(institutions):
    city = institutions
    await city.recognise("A", "C")
    await city.revoked("C", "X4")
    city.clock.advance(days=730)
    assert (await city.get("/assessments", city.bureau)).json()["items"] == []
    await city.open_round()
    [due] = (await city.get("/assessments", city.bureau)).json()["items"]
    assert (due["institution_name"], due["state"], due["tier"]) == ("申城技能培训学校", "due", "district")


async def test_who_holds_a_brand_is_assessed_and_does_not_apply_anew(round_of_holder):
    city, brand_round = round_of_holder
    refused = await city.apply(brand_round, "A")
    assert (refused.status_code, refused.json()["code"]) == (422, "not_eligible")
    assert [one["rule"] for one in refused.json()["findings"] if one["outcome"] == "failed"] == ["B06"]


@pytest.mark.parametrize(("outcome", "state"), OUTCOMES.items())
async def test_what_the_district_found_decides_what_becomes_of_the_brand(round_of_holder, outcome, state):
    city, brand_round = round_of_holder
    assessment = await city.assessment(brand_round)
    if outcome != "absent":
        assessment = await city.enter(assessment)
    brand_round = await city.close(brand_round)
    assessment = await city.assess(assessment, outcome)
    assert (assessment["state"], assessment["assessed_on"]) == (outcome, "2028-06-30")
    listing = (await city.deliberate(brand_round, [assessment] if outcome == "passed" else [])).json()
    assert await city.holders() == {"A"}
    assert (await city.publish(listing)).status_code == 200
    assert (await city.assessment(brand_round))["state"] == state
    assert await city.holders() == ({"A"} if outcome == "passed" else set())
    assert (await city.history())["brands"][-1]["state"] == "ended"
    if outcome != "passed":  # no ban follows
        assert (await city.apply(await city.open_round(), "A")).status_code == 200


async def test_who_does_not_take_part_ends_without_anybody_saying_so(round_of_holder):
    city, brand_round = round_of_holder
    brand_round = await city.close(brand_round)
    assert (await city.publish((await city.deliberate(brand_round, [])).json())).status_code == 200
    assert (await city.assessment(brand_round))["state"] == "ended_absent"
    for sql in ("UPDATE assessments SET state = 'due'", "DELETE FROM assessments"):
        with pytest.raises(asyncpg.RestrictViolationError, match="published"):
            await city.rows(sql)


async def test_what_was_handed_in_may_be_replaced_until_the_applications_close(round_of_holder):
    city, brand_round = round_of_holder
    entered = await city.enter(await city.assessment(brand_round))
    again = await city.enter(entered)
    assert (again["state"], again["version"]) == ("entered", 3)
    assert again["materials"]["figures"]["trainees"] == 2000
    await city.close(brand_round)
    path = f"/assessments/{again['id']}/enter"
    refused = await city.post(path, city.institution(), again["materials"], again["version"])
    assert (refused.status_code, refused.json()["code"]) == (409, "not_accepting_applications")


async def test_nobody_is_absent_while_it_may_still_take_part(round_of_holder):
    city, brand_round = round_of_holder
    due = await city.assessment(brand_round)
    body = {"outcome": "absent", "comment": "未参评"}
    path = f"/assessments/{due['id']}/assess"
    refused = await city.post(path, city.officer(), body, due["version"])
    assert (refused.status_code, refused.json()["code"]) == (409, "too_early")
    refused = await city.post(
        path, city.officer(), body | {"outcome": "failed", "evidence": city.evidence}, due["version"]
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed_in_state")
    city.clock.advance(days=31)
    assert (await city.assess(due, "absent"))["state"] == "absent"


async def test_only_its_own_district_and_institution_see_and_change_it(round_of_holder):
    city, brand_round = round_of_holder
    assessment = await city.enter(await city.assessment(brand_round))
    path = f"/assessments/{assessment['id']}"
    for stranger in (city.officer("310104"), city.institution("C")):
        assert (await city.get(path, stranger)).status_code == 404
        assert (await city.get(f"{path}/amendments", stranger)).status_code == 404
        assert (await city.get("/assessments", stranger)).json()["items"] == []
    body = {"outcome": "passed", "comment": "越权", "evidence": city.evidence}
    for step, who in (("assess", city.officer("310104")), ("enter", city.institution("C"))):
        sent = body if step == "assess" else assessment["materials"]
        assert (await city.post(f"{path}/{step}", who, sent, assessment["version"])).status_code == 404
    assert (await city.get(path, city.institution("A"))).json() == assessment


async def test_who_has_an_interest_in_the_institution_does_not_assess_it(round_of_holder):
    city, brand_round = round_of_holder
    own = {"id_number": "310115199003072311"}
    clerk = city.as_(Role.INSTITUTION, credit_code=city.code("A"), **own)
    due = await city.assessment(brand_round)
    entered = await city.step(due, "/assessments/{}/enter", clerk, city.materials)
    result = {"outcome": "passed", "comment": "达标", "evidence": city.evidence}
    path = f"/assessments/{entered['id']}/assess"
    for interested in (
        city.as_(Role.DISTRICT_OFFICER, district="310115", **own),
        city.as_(Role.DISTRICT_OFFICER, district="310115", credit_code=city.code("A")),
    ):
        refused = await city.post(path, interested, result, entered["version"])
        assert (refused.status_code, refused.json()["code"]) == (403, "own_interest")
    assert (await city.assess(entered))["state"] == "passed"


async def test_what_the_district_found_is_corrected_with_its_history_until_the_list_is_out(round_of_holder):
    city, brand_round = round_of_holder
    assessment = await city.assess(await city.enter(await city.assessment(brand_round)), "failed")
    body = {"outcome": "passed", "reason": "数据核对有误"}
    amended = await city.step(assessment, "/assessments/{}/amend", city.officer(), body)
    assert (amended["state"], amended["comment"]) == ("passed", "经评估")
    [kept] = (await city.get(f"/assessments/{amended['id']}/amendments", city.officer())).json()["items"]
    assert (kept["before"], kept["after"], kept["reason"]) == (
        {"outcome": "failed"},
        {"outcome": "passed"},
        "数据核对有误",
    )
    path = f"/assessments/{amended['id']}/amend"
    nothing = await city.post(path, city.officer(), body, amended["version"])
    assert (nothing.status_code, nothing.json()["code"]) == (422, "nothing_amended")
    brand_round = await city.close(brand_round)
    await city.publish((await city.deliberate(brand_round, [amended])).json())
    kept = await city.assessment(brand_round)
    refused = await city.post(path, city.officer(), body, kept["version"])
    assert refused.status_code == 409


async def test_a_result_corrected_after_the_deliberation_sends_the_list_back(round_of_holder):
    city, brand_round = round_of_holder
    passed = (await city.recommended(brand_round, "A"))["A"]
    brand_round = await city.close(brand_round)
    listing = (await city.deliberate(brand_round, [passed])).json()
    await city.step(
        passed, "/assessments/{}/amend", city.officer(), {"outcome": "failed", "reason": "复核不达标"}
    )
    refused = await city.publish(listing)
    assert (refused.status_code, refused.json()["code"]) == (422, "not_recommended")
    again = (await city.deliberate(listing, [])).json()
    assert (await city.publish(again)).status_code == 200
    assert await city.holders() == set()


async def test_a_brand_revoked_meanwhile_is_no_longer_assessed(round_of_holder):
    city, brand_round = round_of_holder
    entered = await city.enter(await city.assessment(brand_round))
    await city.revoked("A", "X4")
    path = f"/assessments/{entered['id']}/assess"
    body = {"outcome": "failed", "comment": "不达标", "evidence": city.evidence}
    refused = await city.post(path, city.officer(), body, entered["version"])
    assert (refused.status_code, refused.json()["code"]) == (409, "brand_over")
    brand_round = await city.close(brand_round)
    assert (await city.publish((await city.deliberate(brand_round, [])).json())).status_code == 200
    assert (await city.assessment(brand_round))["state"] == "discontinued"


async def test_two_officers_assessing_at_once_are_one_result(round_of_holder):
    city, brand_round = round_of_holder
    entered = await city.enter(await city.assessment(brand_round))
    body = {"comment": "评估", "evidence": city.evidence}
    answers = await asyncio.gather(
        *(
            city.post(f"/assessments/{entered['id']}/assess", city.officer(), body | {"outcome": one}, 2)
            for one in ("passed", "failed", "passed", "failed")
        )
    )
    assert sorted(one.status_code for one in answers) == [200, 412, 412, 412]


async def test_the_assessments_go_to_the_city_as_a_file(institutions):
    city = institutions
    await city.recognise("A", "B", "C")
    city.clock.advance(days=730)
    await city.open_round()
    own = await city.get("/assessments/export", city.officer(), format="csv", sort="institution_name")
    assert [line.split(",")[0] for line in own.text.splitlines()[1:]] == [
        "浦江人力资源有限公司",
        "申城技能培训学校",
    ]
    page = (await city.get("/assessments", city.bureau, limit=2, sort="district")).json()
    rest = (await city.get("/assessments", city.bureau, sort="district", cursor=page["next_cursor"])).json()
    assert [one["district"] for one in (*page["items"], *rest["items"])] == ["310104", "310115", "310115"]
