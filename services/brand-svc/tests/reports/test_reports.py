"""Reports: from anybody or an agency, named or not, accepted or not, and what follows (B10, B11)."""

import asyncio

import pytest

CONTENT = "该机构九月全月无人上课，却申报了两个班。"


def body(city, who="A", *, reporter=None):
    return {"credit_code": city.code(who), "content": CONTENT, "reporter": reporter}


async def received(city, who="A", **own):
    answer = await city.post("/reports", {}, body(city, who, **own))
    assert answer.status_code == 201, answer.text
    [report] = (await city.get("/reports", city.bureau, sort="-id", limit=1)).json()["items"]
    return answer.json(), report


ACCEPT = {"ground": "X4", "outcome": "线索具体，予以受理"}


async def test_anybody_reports_without_a_name_and_follows_it_by_the_receipt(holder):
    city = holder
    receipt, report = await received(city)
    assert (report["reporter_name"], report["channel"], report["state"]) == (None, "public", "received")
    path = f"/reports/receipts/{receipt['receipt']}"
    assert (await city.get(path)).json() == receipt
    await city.step(report, "/reports/{}/accept", city.officer(), ACCEPT)
    assert (await city.get(path)).json()["state"] == "accepted"
    assert (await city.get("/reports/receipts/" + "0" * 20)).status_code == 404
    assert (await city.get("/reports/receipts/guess")).status_code == 422


async def test_a_named_reporter_is_masked_encrypted_and_opened_with_a_reason(holder):
    city = holder
    _, report = await received(city, reporter={"name": "张三丰", "phone": "13800001111"})
    assert (report["reporter_name"], report["reporter_phone"]) == ("张*", "138****1111")
    assert "content" not in report
    [row] = await city.rows("SELECT row_to_json(reports)::text AS text FROM reports")
    assert not any(clear in row["text"] for clear in ("张三丰", "13800001111", "无人上课"))
    path = f"/reports/{report['id']}/disclose"
    opened = (await city.post(path, city.officer(), {"reason": "核查举报内容"})).json()
    assert (opened["content"], opened["reporter_name"]) == (CONTENT, "张三丰")
    assert opened["reporter_phone"] == "13800001111"
    [look] = await city.rows("SELECT reason FROM audit_log WHERE action = 'disclose_report'")
    assert look["reason"] == "核查举报内容"


async def test_an_accepted_report_opens_a_case_that_does_not_name_the_reporter(holder):
    city = holder
    _, report = await received(city, reporter={"name": "张三丰", "phone": "13800001111"})
    accepted = await city.step(report, "/reports/{}/accept", city.officer(), ACCEPT)
    assert (accepted["state"], accepted["ground"]) == ("accepted", "X4")
    [case] = await city.cases()
    [signal] = case["signals"]
    assert (signal["id"], signal["source"], signal["ground"]) == (report["id"], "report", "X4")
    assert "张" not in str(signal)


async def test_a_report_and_an_event_on_one_ground_are_one_case(holder):
    city = holder
    case = await city.opened("A", "X4")
    _, report = await received(city)
    await city.step(report, "/reports/{}/accept", city.officer(), ACCEPT)
    [joined] = await city.cases()
    assert (joined["id"], len(joined["signals"])) == (case["id"], 2)


async def test_who_accepted_a_report_does_not_verify_the_case(holder):
    city = holder
    _, report = await received(city)
    await city.step(report, "/reports/{}/accept", city.officer(), ACCEPT)
    [case] = await city.cases()
    refused = await city.post(
        f"/exit-cases/{case['id']}/verify",
        city.officer(),
        {"founded": False, "statement": "查无实据"},
        case["version"],
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "four_eyes")


async def test_a_declined_report_opens_nothing_and_may_be_looked_at_anew(holder):
    city = holder
    _, report = await received(city)
    declined = await city.step(report, "/reports/{}/decline", city.officer(), {"outcome": "无可查证的事实"})
    assert (declined["state"], await city.cases()) == ("declined", [])
    again = await city.step(declined, "/reports/{}/reopen", city.officer(), {"reason": "补充了照片"})
    assert (again["state"], again["outcome"]) == ("received", None)
    [kept] = (await city.get(f"/reports/{report['id']}/amendments", city.officer())).json()["items"]
    assert kept["before"] == {"state": "declined", "outcome": "无可查证的事实"}
    accepted = await city.step(again, "/reports/{}/accept", city.officer(), ACCEPT)
    refused = await city.post(
        f"/reports/{report['id']}/reopen", city.officer(), {"reason": "撤回受理"}, accepted["version"]
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed_in_state")


async def test_accepted_and_declined_at_once_it_is_one_of_the_two(holder):
    city = holder
    _, report = await received(city)
    path = f"/reports/{report['id']}"
    answers = await asyncio.gather(
        *(
            act
            for _ in range(3)
            for act in (
                city.post(f"{path}/accept", city.officer(), ACCEPT, 1),
                city.post(f"{path}/decline", city.officer(), {"outcome": "无事实"}, 1),
            )
        )
    )
    assert sorted(one.status_code for one in answers) == [200, *[412] * 5]
    state = (await city.get(path, city.officer())).json()["state"]
    assert len(await city.cases()) == (1 if state == "accepted" else 0)


@pytest.mark.parametrize(("role", "channel"), [("agency", "agency"), ("district_officer", "transferred")])
async def test_an_agency_or_an_officer_passes_on_what_somebody_reports(holder, role, channel):
    city = holder
    headers = city.officer() if role == "district_officer" else city.as_(role)
    assert (await city.post("/reports/transferred", headers, body(city))).status_code == 201
    [report] = (await city.get("/reports", city.bureau)).json()["items"]
    assert (report["channel"], report["received_on"]) == (channel, "2026-07-01")


async def test_sent_twice_with_one_key_it_is_one_report(holder):
    city = holder
    headers = {"idempotency-key": "the-same-report"}
    answers = [await city.http.post("/brand/v1/reports", headers=headers, json=body(city)) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len((await city.get("/reports", city.bureau)).json()["items"]) == 1


async def test_one_address_reports_so_often_a_minute_and_no_more(holder):
    city = holder
    answers = [await city.post("/reports", {}, body(city)) for _ in range(11)]
    assert [one.status_code for one in answers] == [201] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0
    signed_in = await city.post("/reports/transferred", city.officer(), body(city))
    assert signed_in.status_code == 201


async def test_districts_see_their_own_reports_and_nobody_else_does(holder):
    city = holder
    _, report = await received(city, "A")
    stranger = city.officer("310104")
    assert (await city.get("/reports", stranger)).json()["items"] == []
    for path in ("", "/amendments"):
        assert (await city.get(f"/reports/{report['id']}{path}", stranger)).status_code == 404
    for step, said in (
        ("accept", ACCEPT),
        ("decline", {"outcome": "无事实"}),
        ("reopen", {"reason": "重新审查"}),
        ("disclose", {"reason": "查看原文"}),
    ):
        answer = await city.post(f"/reports/{report['id']}/{step}", stranger, said, 1)
        assert answer.status_code == 404
    file = await city.get("/reports/export", city.officer(), format="csv")
    assert len(file.text.strip().splitlines()) == 2
    assert "无人上课" not in file.text


async def test_an_institution_that_nobody_knows_cannot_be_reported(city):
    refused = await city.post("/reports", {}, body(city))
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_institution")
