"""Review by the institution's district, with four eyes (S07, S08, D04, D05, D13)."""

from datetime import date

import pytest
from chuangpei.auth import Role
from chuangpei.events.subsidy import ClaimNoticed


async def test_approval_publishes_the_notice_at_once(office):
    claim = await office.noticed()
    assert (claim["state"], claim["notice_last_day"]) == ("noticed", "2026-06-05")
    [event] = await office.emitted(ClaimNoticed)
    assert (event.notice_first_day, event.notice_last_day) == (date(2026, 6, 1), date(2026, 6, 5))


async def test_who_accepts_does_not_approve(office):
    claim = await office.accepted()
    answer = await office.step(claim, "approve", "acceptor")
    assert (answer.status_code, answer.json()["code"]) == (409, "four_eyes")
    assert await office.state_of(claim) == "accepted"


async def test_another_account_of_the_same_person_does_not_approve_either(office):
    claim = await office.accepted()
    headers = office.as_(Role.DISTRICT_OFFICER, "acceptor", subject="second-account", district="310115")
    answer = await office.post(f"/claims/{claim['id']}/approve", headers, None, claim["version"])
    assert (answer.status_code, answer.json()["code"]) == (409, "four_eyes")


async def test_an_officer_without_a_real_name_is_known_by_the_account(office):
    submitted = await office.submitted()
    headers = office.as_(Role.DISTRICT_OFFICER, subject="clerk", district="310115")
    accepted = await office.post(f"/claims/{submitted['id']}/accept", headers, None, submitted["version"])
    answer = await office.post(
        f"/claims/{submitted['id']}/approve", headers, None, accepted.json()["version"]
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "four_eyes")


@pytest.mark.parametrize(
    ("state", "action", "who"),
    [
        ("submitted", "approve", "approver"),
        ("accepted", "accept", "acceptor"),
        ("noticed", "approve", "releaser"),
        ("noticed", "reject", "approver"),
        ("cleared", "withdraw", "holder"),
    ],
)
async def test_what_cannot_be_done_in_a_state_is_refused(office, state, action, who):
    claim = await getattr(office, state)()
    answer = await office.step(claim, action, who, {"reason": "不符合"} if action == "reject" else None)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")
    assert await office.state_of(claim) == state


async def test_a_change_needs_the_version_read_last(office):
    claim = await office.submitted()
    path, officer = f"/subsidy/v1/claims/{claim['id']}/accept", office.officer()
    assert (await office.http.post(path, headers=officer)).status_code == 428
    stale = await office.http.post(path, headers=officer | {"if-match": '"7"'})
    assert stale.status_code == 412
    accepted = await office.http.post(path, headers=officer | {"if-match": '"1"'})
    assert (accepted.status_code, accepted.headers["etag"]) == (200, '"2"')


async def test_another_districts_officer_finds_nothing(office):
    claim = await office.submitted()
    other = office.officer("approver", district="310104")
    for action in ("accept", "approve", "reject"):
        body = {"reason": "不符合"} if action == "reject" else None
        answer = await office.post(f"/claims/{claim['id']}/{action}", other, body, claim["version"])
        assert answer.status_code == 404, action
    assert (await office.http.get(f"/subsidy/v1/claims/{claim['id']}", headers=other)).status_code == 404
    assert (await office.get("/claims", other))["items"] == []


async def test_the_district_is_that_of_the_institution(office):
    certificate = await office.certificate(district="310104")
    claim = await office.submitted(certificate)
    answer = await office.step(claim, "accept", "acceptor")
    assert (answer.status_code, answer.json()["district"]) == (200, "310104")


async def test_each_decision_leaves_its_row_in_the_audit_log(office):
    claim = await office.cleared()
    rows = await office.sql(
        "SELECT actor, role, action, from_state, to_state FROM audit_log WHERE object_id = $1 ORDER BY id",
        claim["id"],
    )
    assert [tuple(row) for row in rows] == [
        ("holder", "citizen", "claim.submit", None, "submitted"),
        ("acceptor", "district_officer", "claim.accept", "submitted", "accepted"),
        ("approver", "district_officer", "claim.approve", "accepted", "noticed"),
        ("system", "system", "claim.clear", "noticed", "cleared"),
    ]


async def test_the_audit_log_cannot_be_changed(office):
    await office.submitted()
    for statement in ("UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"):
        with pytest.raises(Exception, match="can no longer be changed"):
            await office.sql(statement)


async def test_lists_are_filtered_by_state_and_go_on_by_cursor(office):
    for number in range(3):
        await office.submitted(await office.certificate(project=f"P{number}"))
    await office.accepted(await office.submitted(who="partner"))
    officer = office.officer()
    page = await office.get("/claims", officer, state="submitted", limit=2)
    assert len(page["items"]) == 2
    rest = await office.get("/claims", officer, state="submitted", limit=2, cursor=page["next_cursor"])
    assert len(rest["items"]) == 1
    assert rest["next_cursor"] is None
    assert [item["project_code"] for item in page["items"] + rest["items"]] == ["P2", "P1", "P0"]
    assert len((await office.get("/claims", officer))["items"]) == 4
    assert len((await office.get("/claims", office.citizen("partner")))["items"]) == 1
