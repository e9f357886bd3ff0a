"""Signals: what a revoked certificate means for its institution (D09)."""

import random
from uuid import uuid4

import pytest
from chuangpei.events.brand import ExitCaseOpened
from chuangpei.testing.events import received


@pytest.mark.parametrize("ground", ["X1", "X2", "X3", "X4", "X5"])
async def test_a_reason_on_an_exit_ground_opens_a_case_against_a_holder(holder, ground):
    city = holder
    await city.deliver(city.revocation("A", ground, number="CP-77"))
    [case] = await city.cases()
    assert (case["ground"], case["state"], case["district"]) == (ground, "opened", "310115")
    assert case["opened_on"] == "2026-07-01"
    [signal] = case["signals"]
    assert (signal["reference"], signal["source"]) == ("CP-77", "certificate.revoked")
    assert (signal["reason_code"], signal["occurred_on"]) == ("subsidy_fraud", "2026-07-10")
    [opened] = await city.events(ExitCaseOpened)
    assert (str(opened.case_id), opened.ground) == (case["id"], ground)
    assert await city.holders() == {"A"}


async def test_another_reason_opens_nothing_and_leaves_no_signal(holder):
    city = holder
    await city.deliver(city.revocation("A", None))
    assert await city.cases() == []
    assert (await city.get("/signals", city.bureau)).json()["items"] == []


async def test_a_second_signal_on_the_ground_joins_the_open_case(holder):
    city = holder
    await city.deliver(city.revocation("A", number="CP-1"), city.revocation("A", number="CP-2"))
    await city.deliver(city.revocation("A", number="CP-3"))
    [case] = await city.cases()
    assert {one["reference"] for one in case["signals"]} == {"CP-1", "CP-2", "CP-3"}
    assert len(await city.events(ExitCaseOpened)) == 1


async def test_another_ground_opens_a_case_of_its_own(holder):
    city = holder
    await city.deliver(city.revocation("A", "X1"), city.revocation("A", "X2"))
    assert sorted(case["ground"] for case in await city.cases()) == ["X1", "X2"]


async def test_an_event_delivered_again_is_listed_once(holder):
    city = holder
    event, event_id = city.revocation("A"), uuid4()
    for _ in range(2):
        await city.deliver(received(event, event_id=event_id), received(event, event_id=event_id))
    [case] = await city.cases()
    assert [one["id"] for one in case["signals"]] == [str(event_id)]
    assert case["version"] == 1
    assert len(await city.events(ExitCaseOpened)) == 1


async def test_a_signal_without_a_brand_is_kept_and_opens_no_case(institutions):
    city = institutions
    await city.deliver(city.revocation("B"))
    assert await city.cases("B") == []
    [signal] = (await city.get("/signals", city.officer())).json()["items"]
    assert signal["case_id"] is None
    assert await city.events() == []


async def test_a_signal_that_comes_before_its_institution_is_kept_and_seen_later(city):
    await city.deliver(city.revocation("A", on=city.clock.today()))
    await city.register("A")
    application = (await city.recommended(await city.open_round(), "A"))["A"]
    [warning] = [one for one in application["findings"] if one["outcome"] == "warned"]
    assert (warning["rule"], warning["fact"].endswith("1 条")) == ("B02", True)
    [brand_round] = (await city.get("/rounds")).json()["items"]
    brand_round = await city.close(brand_round)
    listing = (await city.deliberate(brand_round, [application])).json()
    assert [one["rule"] for one in listing["warnings"]] == ["B02"]
    assert (await city.publish(listing)).status_code == 200
    [signal] = (await city.get("/signals", city.bureau)).json()["items"]
    assert signal["credit_code"] == application["credit_code"]
    assert await city.cases() == []


async def test_a_signal_after_an_unfounded_case_opens_a_new_one(holder):
    city = holder
    await city.deliver(city.revocation("A", number="CP-1"))
    [case] = await city.cases()
    body = {"founded": False, "statement": "查无实据"}
    await city.step(case, "/exit-cases/{}/verify", city.officer(), body)
    await city.deliver(city.revocation("A", number="CP-2"))
    first, second = await city.cases()
    assert (first["state"], second["state"]) == ("closed_unfounded", "opened")
    assert [one["reference"] for one in second["signals"]] == ["CP-2"]


async def test_a_signal_on_a_reported_case_joins_it(holder):
    city = holder
    case = await city.reported("A", "X2")
    await city.deliver(city.revocation("A", "X2", number="CP-9"))
    [joined] = await city.cases()
    assert joined["state"] == "reported"
    assert len(joined["signals"]) == 2
    stale = await city.revoke(case)
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert (await city.revoke(joined)).status_code == 200


async def test_a_signal_after_the_revocation_is_kept_without_a_case(holder):
    city = holder
    await city.revoked("A", "X2")
    await city.deliver(city.revocation("A", "X3"))
    assert [case["state"] for case in await city.cases()] == ["revoked"]
    assert len((await city.get("/signals", city.bureau)).json()["items"]) == 2


@pytest.mark.parametrize("seed", range(3))
async def test_twice_and_in_any_order_the_signals_come_to_the_same(institutions, seed):
    city = institutions
    await city.recognise("A", "C")
    events = [
        received(city.revocation(who, ground, number=f"{who}-{ground}-{n}"), event_id=uuid4())
        for who in ("A", "B", "C")
        for ground in ("X1", "X2", None)
        for n in range(2)
    ]
    shuffled = random.Random(seed).sample(events, len(events)) + random.Random(seed + 1).sample(events, 9)
    for start in range(0, len(shuffled), 5):
        await city.deliver(*shuffled[start : start + 5])
    seen = {
        (case["institution_name"], case["ground"]): sorted(one["reference"] for one in case["signals"])
        for who in ("A", "C")
        for case in await city.cases(who)
    }
    assert seen == {
        ("申城技能培训学校", "X1"): ["A-X1-0", "A-X1-1"],
        ("申城技能培训学校", "X2"): ["A-X2-0", "A-X2-1"],
        ("徐汇职业培训中心", "X1"): ["C-X1-0", "C-X1-1"],
        ("徐汇职业培训中心", "X2"): ["C-X2-0", "C-X2-1"],
    }
    assert len((await city.get("/signals", city.bureau)).json()["items"]) == 12
    assert len(await city.events(ExitCaseOpened)) == 4


async def test_districts_see_their_own_signals_alone(institutions):
    city = institutions
    await city.deliver(city.revocation("A"), city.revocation("C"))
    seen = (await city.get("/signals", city.officer("310104"))).json()["items"]
    assert [one["institution_name"] for one in seen] == ["徐汇职业培训中心"]
    assert len((await city.get("/signals", city.as_("auditor"))).json()["items"]) == 2
    [one] = (await city.get("/signals", city.bureau, credit_code=seen[0]["credit_code"])).json()["items"]
    assert one == seen[0]


async def test_a_confirmed_subsidy_fraud_of_an_institution_opens_a_case_on_x2(holder):
    city = holder
    await city.deliver(city.fraud("A", number="CP-9"))
    [case] = await city.cases()
    assert (case["ground"], case["state"]) == ("X2", "opened")
    [signal] = case["signals"]
    assert (signal["source"], signal["reference"]) == ("subsidy.fraud_confirmed", "CP-9")
    assert (signal["reason_code"], signal["occurred_on"]) == ("subsidy_fraud", "2026-07-11")


async def test_a_fraud_without_the_institution_opens_nothing(holder):
    city = holder
    await city.deliver(city.fraud("A", None))
    assert await city.cases() == []
    assert (await city.get("/signals", city.bureau)).json()["items"] == []


async def test_a_fraud_and_a_revocation_on_one_ground_are_one_case(holder):
    city = holder
    await city.deliver(city.revocation("A", "X2", number="CP-1"), city.fraud("A", number="CP-2"))
    [case] = await city.cases()
    assert {one["reference"] for one in case["signals"]} == {"CP-1", "CP-2"}
