"""Exit cases: the district verifies and reports, the city bureau revokes or dismisses (B10–B12, D07)."""

import asyncio
from datetime import date

import pytest
from chuangpei.events.brand import BrandRevoked


async def test_the_district_reports_a_founded_case_with_its_statement(holder):
    city = holder
    city.clock.advance(days=2)
    case = await city.reported()
    assert (case["state"], case["statement"], case["verified_on"]) == ("reported", "情况属实", "2026-07-03")
    assert case["decided_on"] is None
    assert await city.holders() == {"A"}


async def test_the_district_closes_an_unfounded_case_and_the_brand_stays(holder):
    city = holder
    body = {"founded": False, "statement": "查无实据"}
    case = await city.step(await city.opened(), "/exit-cases/{}/verify", city.officer(), body)
    assert (case["state"], case["decided_on"]) == ("closed_unfounded", "2026-07-01")
    assert await city.holders() == {"A"}
    assert await city.events(BrandRevoked) == []


async def test_another_district_sees_no_case_and_cannot_verify_it(holder):
    city = holder
    case, stranger = await city.opened(), city.officer("310104")
    assert (await city.get(f"/exit-cases/{case['id']}", stranger)).status_code == 404
    assert (await city.get("/exit-cases", stranger)).json()["items"] == []
    body = {"founded": True, "statement": "越权核实"}
    answer = await city.post(f"/exit-cases/{case['id']}/verify", stranger, body, case["version"])
    assert answer.status_code == 404
    assert (await city.cases()) == [case]


@pytest.mark.parametrize("step", ["revoke", "dismiss"])
async def test_the_city_decides_nothing_before_the_district_has_reported(holder, step):
    city = holder
    case = await city.opened()
    refused = await city.post(
        f"/exit-cases/{case['id']}/{step}", city.bureau, {"reason": "径行处理"}, case["version"]
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed_in_state")
    assert await city.holders() == {"A"}


async def test_the_bureau_dismisses_and_the_brand_stays(holder):
    city = holder
    case = await city.step(
        await city.reported(), "/exit-cases/{}/dismiss", city.bureau, {"reason": "情节轻微，责令整改"}
    )
    assert (case["state"], case["reason"]) == ("dismissed", "情节轻微，责令整改")
    assert await city.holders() == {"A"}
    await city.recommended(await city.open_round(), "A")


async def test_a_revoked_brand_leaves_the_public_list_at_once_and_its_history_says_why(holder):
    city = holder
    city.clock.advance(days=14)
    await city.revoked("A", "X3")
    assert await city.holders() == set()
    history = await city.history()
    assert history["holds_brand"] is False
    [brand] = history["brands"]
    assert (brand["state"], brand["ended_on"], brand["revoked_for"]) == ("revoked", "2026-07-15", "X3")


async def test_the_ban_names_its_days_ground_and_law(holder):
    city = holder
    city.clock.advance(days=14)
    case = await city.revoked("A", "X3")
    [ban] = await city.rows("SELECT * FROM bans")
    assert (str(ban["case_id"]), ban["ground"]) == (case["id"], "X3")
    assert (ban["revoked_on"], ban["may_apply_again_on"]) == (date(2026, 7, 15), date(2028, 7, 16))
    assert len(ban["parameters_version"]) == 12


async def test_revoking_closes_what_else_is_undecided_against_the_brand(holder):
    city = holder
    await city.deliver(city.revocation("A", "X1"), city.revocation("A", "X4"))
    await city.revoked("A", "X2")
    states = {case["ground"]: case["state"] for case in await city.cases()}
    assert states == {"X1": "superseded", "X2": "revoked", "X4": "superseded"}
    assert len(await city.events(BrandRevoked)) == 1


async def test_of_two_bureau_officers_revoking_at_once_one_revokes(holder):
    city = holder
    case = await city.reported()
    answers = await asyncio.gather(*(city.revoke(case) for _ in range(6)))
    assert sorted(one.status_code for one in answers) == [200, *[412] * 5]
    assert len(await city.events(BrandRevoked)) == 1
    assert len(await city.rows("SELECT 1 FROM bans")) == 1
    assert len(await city.rows("SELECT 1 FROM audit_log WHERE action = 'revoke_brand'")) == 1


async def test_of_two_cases_revoked_at_once_one_revokes_and_the_other_is_superseded(holder):
    city = holder
    cases = [await city.reported("A", ground) for ground in ("X1", "X2", "X3", "X4")]
    answers = await asyncio.gather(*(city.revoke(case) for case in cases))
    assert sorted(one.status_code for one in answers) == [200, 412, 412, 412]
    assert len(await city.events(BrandRevoked)) == 1
    assert sorted(case["state"] for case in await city.cases()) == ["revoked", *["superseded"] * 3]


async def test_of_revoking_and_dismissing_at_once_one_decides(holder):
    city = holder
    case = await city.reported()
    path = f"/exit-cases/{case['id']}"
    body = {"reason": "同时处理"}
    answers = await asyncio.gather(
        *(
            city.post(f"{path}/{step}", city.bureau, body, case["version"])
            for step in ("revoke", "dismiss") * 3
        )
    )
    assert sorted(one.status_code for one in answers) == [200, *[412] * 5]
    [decided] = await city.cases()
    revoked = decided["state"] == "revoked"
    assert await city.holders() == (set() if revoked else {"A"})
    assert len(await city.events(BrandRevoked)) == int(revoked)


async def test_a_district_verifying_twice_at_once_verifies_once(holder):
    city = holder
    case = await city.heard(await city.opened())
    path, version = f"/exit-cases/{case['id']}/verify", case["version"]
    answers = await asyncio.gather(
        *(
            city.post(path, city.officer(), {"founded": founded, "statement": "核实"}, version)
            for founded in (True, False, True, False)
        )
    )
    assert sorted(one.status_code for one in answers) == [200, 412, 412, 412]
    [row] = await city.rows("SELECT count(*) AS n FROM audit_log WHERE action = 'verify_exit_case'")
    assert row["n"] == 1


async def test_a_decided_case_cannot_be_decided_again(holder):
    city = holder
    case = await city.revoked()
    for step in ("revoke", "dismiss"):
        refused = await city.post(
            f"/exit-cases/{case['id']}/{step}", city.bureau, {"reason": "再次处理"}, case["version"]
        )
        assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed_in_state")


@pytest.mark.parametrize("step", ["verify", "revoke", "dismiss"])
async def test_a_change_needs_the_version_read_last(holder, step):
    city = holder
    case = await city.reported()
    verifying = step == "verify"
    headers = city.officer() if verifying else city.bureau
    body = {"founded": True, "statement": "核实"} if verifying else {"reason": "处理"}
    path = f"/exit-cases/{case['id']}/{step}"
    assert (await city.post(path, headers, body)).status_code == 428
    assert (await city.post(path, headers, body, version=1)).status_code == 412
    assert await city.cases() == [case]


async def test_each_step_leaves_its_line_in_the_audit_log(holder):
    city = holder
    case = await city.revoked()
    rows = await city.rows(
        "SELECT action, role, from_state, to_state, reason FROM audit_log WHERE object_id = $1 ORDER BY id",
        case["id"],
    )
    assert [tuple(row) for row in rows] == [
        ("open_exit_case", "system", None, "opened", None),
        ("notify_exit_case", "district_officer", "opened", "noticed", None),
        ("answer_exit_case", "institution", "noticed", "heard", None),
        ("verify_exit_case", "district_officer", "heard", "reported", "情况属实"),
        ("revoke_brand", "city_bureau", "reported", "revoked", "情节属实"),
    ]
