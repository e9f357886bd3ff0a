"""Nobody is revoked unheard: notice, answer or waiver, and what the district may do meanwhile (B11)."""

import asyncio
from datetime import timedelta

import pytest
from chuangpei.events.brand import BrandRevoked, ExitCaseChanged

FOUNDED = {"founded": True, "statement": "情况属实"}
EVIDENCE = [{"title": "现场检查笔录", "reference": "浦人社检〔2026〕31号", "dated": None, "sha256": None}]


async def verify(city, case, body=FOUNDED, headers=None):
    return await city.post(
        f"/exit-cases/{case['id']}/verify", headers or city.officer(), body, case["version"]
    )


async def test_the_institution_is_told_what_is_to_be_found_and_has_five_working_days(holder):
    city = holder
    body = {"notice": "拟认定你单位协助骗取补贴，属X2。", "evidence": EVIDENCE[:1]}
    case = await city.step(await city.opened(), "/exit-cases/{}/notify", city.officer(), body)
    # 2026-07-01 is a Wednesday: the fifth working day after it is the next Wednesday.
    assert (case["state"], case["noticed_on"], case["answer_by"]) == ("noticed", "2026-07-01", "2026-07-08")
    shown = (await city.get(f"/my/exit-cases/{case['id']}", city.institution())).json()
    assert (shown["notice"], shown["notice_evidence"]) == (body["notice"], EVIDENCE)
    assert shown["answer_by"] == "2026-07-08"


async def test_before_it_is_told_the_institution_finds_no_case_and_another_never_does(holder):
    city = holder
    case = await city.opened()
    path, mine = f"/my/exit-cases/{case['id']}", city.institution()
    assert (await city.get(path, mine)).status_code == 404
    assert (await city.get("/my/exit-cases", mine)).json()["items"] == []
    answer = await city.post(f"{path}/answer", mine, {"answer": "不属实"}, case["version"])
    assert answer.status_code == 404
    case = await city.notified(case)
    assert [one["id"] for one in (await city.get("/my/exit-cases", mine)).json()["items"]] == [case["id"]]
    assert (await city.get(path, city.institution("B"))).status_code == 404
    refused = await city.post(f"{path}/waive", city.institution("B"), version=case["version"])
    assert refused.status_code == 404


async def test_who_told_of_it_and_what_the_office_writes_is_not_shown_to_the_institution(holder):
    city = holder
    case = await city.reported()
    shown = (await city.get(f"/my/exit-cases/{case['id']}", city.institution())).json()
    assert not {"signals", "statement", "evidence", "verified_by", "due_on"} & shown.keys()
    file = await city.get("/my/exit-cases/export", city.institution(), format="csv")
    assert "情况不实" in file.text
    assert "情况属实" not in file.text


@pytest.mark.parametrize("step", ["opened", "noticed"])
async def test_the_district_reports_nothing_before_the_institution_was_heard(holder, step):
    city = holder
    case = await city.opened()
    if step == "noticed":
        case = await city.notified(case)
    refused = await verify(city, case)
    code = "not_allowed_in_state" if step == "opened" else "hearing_runs"
    assert (refused.status_code, refused.json()["code"]) == (409, code)
    city.clock.advance(days=365)
    assert (await verify(city, case)).status_code == (409 if step == "opened" else 200)


async def test_it_goes_on_the_day_after_the_last_day_for_an_answer(holder):
    city = holder
    case = await city.notified(await city.opened())
    city.clock.advance(days=7)
    refused = await verify(city, case)
    assert (refused.json()["code"], "2026-07-08" in refused.json()["detail"]) == ("hearing_runs", True)
    city.clock.advance(days=1)
    answer = await verify(city, case)
    assert (answer.status_code, answer.json()["answered_on"]) == (200, None)


async def test_an_answer_comes_with_its_evidence_and_lets_the_district_go_on_at_once(holder):
    city = holder
    case = await city.notified(await city.opened())
    body = {"answer": "学员均实际到课", "evidence": EVIDENCE}
    await city.step(case, "/my/exit-cases/{}/answer", city.institution(), body)
    [case] = await city.cases()
    assert (case["state"], case["answer"], case["answer_evidence"]) == ("heard", "学员均实际到课", EVIDENCE)
    assert (await verify(city, case)).status_code == 200


async def test_an_institution_may_waive_to_answer(holder):
    city = holder
    case = await city.notified(await city.opened())
    await city.step(case, "/my/exit-cases/{}/waive", city.institution())
    [case] = await city.cases()
    assert (case["state"], case["waived"], case["answer"]) == ("heard", True, None)
    assert (await verify(city, case)).status_code == 200


async def test_a_late_answer_is_heard_as_long_as_the_district_has_not_gone_on(holder):
    city = holder
    case = await city.notified(await city.opened())
    city.clock.advance(days=20)
    late = await city.step(case, "/my/exit-cases/{}/answer", city.institution(), {"answer": "迟到的申辩"})
    assert late["state"] == "heard"
    [case] = await city.cases()
    assert (await verify(city, case)).status_code == 200
    [case] = await city.cases()
    path = f"/my/exit-cases/{case['id']}/answer"
    refused = await city.post(path, city.institution(), {"answer": "补充申辩"}, case["version"])
    assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed_in_state")


async def test_an_answer_and_a_report_at_once_have_one_outcome(holder):
    city = holder
    case = await city.notified(await city.opened())
    city.clock.advance(days=20)
    path = f"/my/exit-cases/{case['id']}/answer"
    answers = await asyncio.gather(
        *(
            act
            for _ in range(3)
            for act in (
                verify(city, case),
                city.post(path, city.institution(), {"answer": "同时申辩"}, case["version"]),
            )
        )
    )
    assert sorted(one.status_code for one in answers) == [200, *[412] * 5]
    [after] = await city.cases()
    assert (after["state"], after["version"]) in [("heard", 3), ("reported", 3)]


async def test_a_second_notice_asks_the_institution_anew_and_keeps_the_first(holder):
    city = holder
    case = await city.heard(await city.opened())
    city.clock.advance(days=1)
    [case] = await city.cases()
    case = await city.step(
        case, "/exit-cases/{}/notify", city.officer(), {"notice": "另查明伪造考勤，一并告知。"}
    )
    assert (case["state"], case["answer"], case["answer_by"]) == ("noticed", None, "2026-07-09")
    [kept] = (await city.get(f"/exit-cases/{case['id']}/amendments", city.officer())).json()["items"]
    assert kept["before"]["answer"] == "情况不实，请予查明。"
    assert kept["after"]["notice"] == "另查明伪造考勤，一并告知。"
    assert (await verify(city, case)).json()["code"] == "hearing_runs"


async def test_an_unfounded_case_is_closed_without_a_hearing(holder):
    city = holder
    answer = await verify(city, await city.opened(), {"founded": False, "statement": "查无实据"})
    assert (answer.status_code, answer.json()["state"]) == (200, "closed_unfounded")


async def test_the_city_returns_a_case_and_decides_on_what_is_then_reported(holder):
    city = holder
    case = await city.reported()
    case = await city.step(case, "/exit-cases/{}/return", city.bureau, {"reason": "考勤原件未附"})
    assert (case["state"], case["returned_for"]) == ("heard", "考勤原件未附")
    case = await city.step(
        case, "/exit-cases/{}/verify", city.officer(), FOUNDED | {"evidence": EVIDENCE, "statement": "已补正"}
    )
    assert (case["statement"], case["evidence"]) == ("已补正", EVIDENCE)
    [kept] = (await city.get(f"/exit-cases/{case['id']}/amendments", city.bureau)).json()["items"]
    assert kept["before"]["statement"] == "情况属实"
    assert (await city.revoke(case)).status_code == 200


async def test_the_district_corrects_its_report_before_the_city_decides_and_the_first_is_kept(holder):
    city = holder
    case = await city.reported()
    path = f"/exit-cases/{case['id']}/amend"
    body = {"statement": "情况属实，涉及三名学员", "reason": "漏写人数"}
    corrected = await city.step(case, "/exit-cases/{}/amend", city.officer(), body)
    assert corrected["statement"] == body["statement"]
    [kept] = (await city.get(f"/exit-cases/{case['id']}/amendments", city.officer())).json()["items"]
    assert (kept["before"], kept["reason"]) == ({"statement": "情况属实"}, "漏写人数")
    again = await city.post(path, city.officer(), body, corrected["version"])
    assert (again.status_code, again.json()["code"]) == (422, "nothing_amended")
    assert (await city.revoke(case)).status_code == 412
    assert (await city.revoke(corrected)).status_code == 200
    late = await city.post(path, city.officer(), body, corrected["version"] + 1)
    assert (late.status_code, late.json()["code"]) == (409, "not_allowed_in_state")


async def test_who_verified_does_not_decide_by_whatever_account(holder):
    city = holder
    case = await city.heard(await city.opened())
    person = {"id_number": "11010519491231002X"}
    officer = city.as_("district_officer", district="310115", subject="wang", **person)
    case = (await verify(city, case, headers=officer)).json()
    for account in ("wang", "wang-at-the-bureau"):
        headers = city.as_("city_bureau", subject=account, **person)
        for step in ("revoke", "dismiss", "return"):
            refused = await city.post(
                f"/exit-cases/{case['id']}/{step}", headers, {"reason": "本人处理"}, case["version"]
            )
            assert (refused.status_code, refused.json()["code"]) == (409, "four_eyes")
    assert await city.events(BrandRevoked) == []
    assert (await city.revoke(case)).status_code == 200


async def test_who_stepped_aside_takes_no_part_by_whatever_account(holder):
    city = holder
    case = await city.opened()
    person = {"id_number": "11010519491231002X"}
    aside = city.as_("district_officer", district="310115", subject="li", **person)
    for _ in range(2):
        answer = await city.post(f"/exit-cases/{case['id']}/recuse", aside, {"reason": "配偶在该机构任职"})
        assert answer.status_code == 200
    other = city.as_("district_officer", district="310115", subject="li-2", **person)
    for headers in (aside, other):
        refused = await verify(city, case, {"founded": False, "statement": "查无实据"}, headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "own_interest")
    assert len(await city.rows("SELECT 1 FROM audit_log WHERE action = 'recuse_from_exit_case'")) == 1
    assert (await verify(city, case, {"founded": False, "statement": "查无实据"})).status_code == 200


async def test_a_case_closed_by_mistake_is_reopened_by_its_district_and_runs_its_course(holder):
    city = holder
    case = (await verify(city, await city.opened(), {"founded": False, "statement": "查无实据"})).json()
    path = f"/exit-cases/{case['id']}/reopen"
    refused = await city.post(path, city.bureau, {"reason": "市局恢复"}, case["version"])
    assert refused.status_code == 403
    case = await city.step(case, "/exit-cases/{}/reopen", city.officer(), {"reason": "漏查一份考勤"})
    assert (case["state"], case["decided_on"]) == ("opened", None)
    [kept] = (await city.get(f"/exit-cases/{case['id']}/amendments", city.bureau)).json()["items"]
    assert kept["reason"] == "漏查一份考勤"
    case = (await verify(city, await city.heard(case))).json()
    assert (await city.revoke(case)).status_code == 200
    assert await city.holders() == set()


async def test_a_dismissed_case_is_reopened_by_the_city_alone(holder):
    city = holder
    case = await city.step(
        await city.reported(), "/exit-cases/{}/dismiss", city.bureau, {"reason": "情节轻微"}
    )
    refused = await city.post(
        f"/exit-cases/{case['id']}/reopen", city.officer(), {"reason": "区里恢复"}, case["version"]
    )
    assert refused.status_code == 403
    case = await city.step(case, "/exit-cases/{}/reopen", city.bureau, {"reason": "适用有误"})
    assert (case["state"], case["reason"], case["decided_by"]) == ("reported", None, None)
    [kept] = (await city.get(f"/exit-cases/{case['id']}/amendments", city.bureau)).json()["items"]
    assert kept["before"]["reason"] == "情节轻微"
    assert (await city.revoke(case)).status_code == 200


async def test_no_case_is_reopened_beside_another_or_without_a_brand(holder):
    city = holder
    closed = (await verify(city, await city.opened(), {"founded": False, "statement": "查无实据"})).json()
    path, body = f"/exit-cases/{closed['id']}/reopen", {"reason": "误结案"}
    await city.opened()
    refused = await city.post(path, city.officer(), body, closed["version"])
    assert (refused.status_code, refused.json()["code"]) == (409, "another_case_open")
    city.clock.advance(days=730)
    await city.recognise("B")
    refused = await city.post(path, city.officer(), body, closed["version"])
    assert (refused.status_code, refused.json()["code"]) == (409, "no_brand_any_more")


async def test_a_signal_and_a_reopening_at_once_leave_one_undecided_case(holder):
    city = holder
    closed = (await verify(city, await city.opened(), {"founded": False, "statement": "查无实据"})).json()
    path, body = f"/exit-cases/{closed['id']}/reopen", {"reason": "误结案"}
    answer, _ = await asyncio.gather(
        city.post(path, city.officer(), body, closed["version"]),
        city.deliver(city.revocation("A", "X2", number="CP-2")),
    )
    undecided = [one for one in await city.cases() if one["decided_on"] is None]
    assert len(undecided) == 1
    assert (answer.status_code == 200) == (undecided[0]["id"] == closed["id"])


async def test_each_step_is_told_to_others(holder):
    city = holder
    await city.revoked()
    told = [event.state for event in await city.events(ExitCaseChanged)]
    assert told == ["noticed", "heard", "reported", "revoked"]


async def test_a_case_lapses_and_is_told_so(holder):
    city = holder
    await city.opened()
    city.clock.advance(timedelta(days=730))
    await city.recognise("B")
    assert [event.state for event in await city.events(ExitCaseChanged)] == ["lapsed"]
