"""Objections hold one claim alone, and are decided by the district (S09, D03, D04)."""

import asyncio
from datetime import datetime

import pytest
from chuangpei.events.subsidy import ClaimCleared, ClaimHeld, ClaimStopped
from chuangpei.kernel.clock import SHANGHAI
from chuangpei.testing.api import key

TEXT = "该人员并非该企业的合伙人，请核实。"


async def objected(office, claim, **given):
    notice = await office.notice_of(claim)
    return await office.http.post(
        f"/subsidy/v1/notices/{notice['id']}/objections", json={"text": TEXT} | given, headers=key()
    )


async def decided(office, objection, verb, who="approver", version=1, district="310115"):
    headers = office.officer(who, district)
    return await office.post(
        f"/objections/{objection['id']}/{verb}", headers, {"reason": "经核查工商登记"}, version
    )


async def test_an_objection_holds_its_claim_alone(office):
    first = await office.noticed()
    second = await office.noticed(await office.submitted(who="partner"))
    answer = await objected(office, first)
    assert answer.status_code == 201, answer.text
    office.clock.advance(days=30)
    assert await office.clear_due() == 1
    assert (await office.state_of(first), await office.state_of(second)) == ("held", "cleared")
    assert [str(event.claim_id) for event in await office.emitted(ClaimHeld)] == [first["id"]]
    notice = await office.notice_of(first)
    assert (await office.get(f"/notices/{notice['id']}"))["state"] == "held"


async def test_an_anonymous_objection_needs_no_name_and_a_named_one_is_masked(office):
    claim = await office.noticed()
    await objected(office, claim)
    await objected(office, claim, name="李四光", contact="13800000000")
    items = (await office.get("/objections", office.officer()))["items"]
    assert [(item["name"], item["has_contact"], item["text"]) for item in items] == [
        ("李*", True, TEXT),
        (None, False, TEXT),
    ]
    [row] = await office.sql("SELECT string_agg(o::text, '') AS all FROM objections o")
    assert "李四光" not in row["all"]
    assert "13800000000" not in row["all"]
    assert len(await office.emitted(ClaimHeld)) == 1


async def test_a_dismissed_objection_lets_the_notice_go_on(office):
    claim = await office.noticed()
    objection = (await objected(office, claim)).json()
    answer = await decided(office, objection, "dismiss")
    assert (answer.status_code, answer.json()["state"]) == (200, "dismissed")
    assert await office.state_of(claim) == "noticed"
    office.clock.advance(days=30)
    assert await office.clear_due() == 1


async def test_dismissed_after_the_notice_is_over_the_claim_is_cleared_at_once(office):
    claim = await office.noticed()
    objection = (await objected(office, claim)).json()
    office.clock.advance(days=30)
    await decided(office, objection, "dismiss")
    assert await office.state_of(claim) == "cleared"
    assert len(await office.emitted(ClaimCleared)) == 1


async def test_of_two_objections_both_must_be_dismissed(office):
    claim = await office.noticed()
    first, second = (await objected(office, claim)).json(), (await objected(office, claim)).json()
    await decided(office, first, "dismiss")
    assert await office.state_of(claim) == "held"
    await decided(office, second, "dismiss")
    assert await office.state_of(claim) == "noticed"


async def test_an_upheld_objection_stops_the_claim_and_frees_its_place(office):
    certificate = await office.certificate()
    claim = await office.noticed(await office.submitted(certificate))
    first, second = (await objected(office, claim)).json(), (await objected(office, claim)).json()
    answer = await decided(office, first, "uphold")
    assert (answer.status_code, answer.json()["state"]) == (200, "upheld")
    shown = await office.shown(claim)
    assert (shown["state"], shown["decision_reason"]) == ("stopped", "经核查工商登记")
    assert [event.cause for event in await office.emitted(ClaimStopped)] == ["objection_upheld"]
    states = {
        item["id"]: item["state"] for item in (await office.get("/objections", office.officer()))["items"]
    }
    assert states == {first["id"]: "upheld", second["id"]: "lapsed"}
    await office.submitted(certificate)


async def test_a_decided_objection_is_not_decided_again(office):
    objection = (await objected(office, await office.noticed())).json()
    await decided(office, objection, "dismiss")
    answer = await decided(office, objection, "uphold", version=2)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")
    assert (await decided(office, objection, "uphold", version=1)).status_code == 412


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        (datetime(2026, 6, 5, 23, 59, 59, tzinfo=SHANGHAI), 201),
        (datetime(2026, 6, 6, 0, 0, 0, tzinfo=SHANGHAI), 409),
    ],
)
async def test_objections_are_taken_until_the_last_second_of_the_last_day(office, moment, status):
    claim = await office.noticed()
    office.clock.set(moment)
    assert (await objected(office, claim)).status_code == status


async def test_a_claim_that_ended_takes_no_objection(office):
    claim = await office.noticed()
    await office.step(claim, "withdraw", "holder")
    answer = await objected(office, claim)
    assert (answer.status_code, answer.json()["code"]) == (409, "notice_closed")


async def test_withdrawing_a_held_claim_lapses_its_objections(office):
    claim = await office.noticed()
    await objected(office, claim)
    held = await office.shown(claim)
    assert (await office.step(held, "withdraw", "holder")).status_code == 200
    [item] = (await office.get("/objections", office.officer()))["items"]
    assert item["state"] == "lapsed"


async def test_another_districts_officer_neither_sees_nor_decides(office):
    objection = (await objected(office, await office.noticed())).json()
    assert (await office.get("/objections", office.officer("approver", "310104")))["items"] == []
    for verb in ("uphold", "dismiss"):
        assert (await decided(office, objection, verb, district="310104")).status_code == 404


async def test_the_same_objection_sent_again_is_one(office):
    notice = await office.notice_of(await office.noticed())
    path, headers = f"/subsidy/v1/notices/{notice['id']}/objections", key()
    answers = [await office.http.post(path, json={"text": TEXT}, headers=headers) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert len(await office.sql("SELECT 1 FROM objections")) == 1


async def test_two_decisions_at_once_are_one(office):
    objection = (await objected(office, await office.noticed())).json()
    answers = await asyncio.gather(*(decided(office, objection, verb) for verb in ("uphold", "dismiss") * 3))
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 5]


async def test_an_objection_and_the_clearing_at_once_never_lose_the_objection(office):
    claim = await office.noticed()
    office.clock.set(datetime(2026, 6, 5, 23, 59, 59, tzinfo=SHANGHAI))
    answer, _ = await asyncio.gather(objected(office, claim), office.clear_due())
    assert answer.status_code == 201
    office.clock.advance(days=10)
    await office.clear_due()
    assert await office.state_of(claim) == "held"
