"""Qualifications: submitted by the institution, decided by its district, by the standard (T05, T07)."""

import asyncio

import pytest
from chuangpei.auth import Role
from chuangpei.events.training import InstitutionRegistered, QualificationApproved

PUDONG, XUHUI = "310115", "310104"


@pytest.fixture
async def applied(world):
    await world.project()
    await world.standard()
    institution = await world.institution()
    return institution, await world.submitted(institution)


async def test_the_district_approves_and_the_others_are_told(world, applied):
    institution, submitted = applied
    approved = await world.approved(submitted)
    assert (approved["state"], approved["version"]) == ("approved", 2)
    _, registered, event = await world.events()
    assert isinstance(registered, InstitutionRegistered)
    assert isinstance(event, QualificationApproved)
    assert event.credit_code == institution["credit_code"]
    assert (event.project.code, event.project.stage, event.standard_version) == ("IYB", 3, "2026-1")
    assert event.approved_on == world.clock.today()


async def test_the_district_rejects_with_a_reason_and_the_institution_may_apply_again(world, applied):
    institution, submitted = applied
    path = f"/qualifications/{submitted['id']}/reject"
    rejected = await world.made(path, {"reason": "场地面积不足"}, world.officer(), 1)
    assert (rejected["state"], rejected["reason"]) == ("rejected", "场地面积不足")
    assert QualificationApproved not in [type(event) for event in await world.events()]
    assert (await world.submitted(institution))["state"] == "submitted"


async def test_a_rejection_needs_its_reason(world, applied):
    _, submitted = applied
    answer = await world.post(f"/qualifications/{submitted['id']}/reject", {}, by=world.officer(), version=1)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/reason"


@pytest.mark.parametrize(
    ("first", "then"), [("approve", "reject"), ("reject", "approve"), ("approve", "approve")]
)
async def test_what_is_decided_is_not_decided_again(world, applied, first, then):
    _, submitted = applied
    bodies = {"approve": {"found": world.figures()}, "reject": {"reason": "不符合标准"}}
    await world.made(f"/qualifications/{submitted['id']}/{first}", bodies[first], world.officer(), 1)
    path = f"/qualifications/{submitted['id']}/{then}"
    answer = await world.post(path, bodies[then], by=world.officer(), version=2)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_two_officers_approving_at_once_make_one_approval(world, applied):
    _, submitted = applied
    officers = [world.officer(subject=f"officer-{number}") for number in range(8)]
    path = f"/qualifications/{submitted['id']}/approve"
    body = {"found": world.figures()}
    answers = await asyncio.gather(*(world.post(path, body, by=officer, version=1) for officer in officers))
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 7]
    assert [type(event) for event in await world.events()].count(QualificationApproved) == 1
    approvals = "SELECT count(*) FROM audit_log WHERE action = 'approve_qualification'"
    assert await world.count(approvals) == 1


async def test_a_decision_names_the_version_it_was_read_at(world, applied):
    _, submitted = applied
    path = f"/qualifications/{submitted['id']}/approve"
    body = {"found": world.figures()}
    without = await world.post(path, body, by=world.officer())
    assert (without.status_code, without.json()["code"]) == (428, "precondition_required")
    old = await world.post(path, body, by=world.officer(), version=7)
    assert (old.status_code, old.json()["code"]) == (412, "precondition_failed")


async def test_another_district_neither_sees_nor_decides(world, applied):
    _, submitted = applied
    path = f"/qualifications/{submitted['id']}"
    other = world.officer(XUHUI)
    assert (await world.get(path, other)).status_code == 404
    body = {"found": world.figures()}
    assert (await world.post(f"{path}/approve", body, by=other, version=1)).status_code == 404
    assert (await world.post(f"{path}/reject", {"reason": "不符合"}, by=other, version=1)).status_code == 404
    assert (await world.get("/qualifications", other)).json()["items"] == []
    assert (await world.get(path, world.officer())).json()["state"] == "submitted"


async def test_another_institution_neither_applies_for_it_nor_sees_it(world, applied):
    institution, submitted = applied
    other = world.of_institution(await world.institution())
    assert (await world.get(f"/qualifications/{submitted['id']}", other)).status_code == 404
    body = world.qualification_body()
    answer = await world.post(f"/institutions/{institution['id']}/qualifications", body, by=other)
    assert answer.status_code == 404


async def test_one_live_application_for_a_version(world, applied):
    institution, _ = applied
    body = world.qualification_body()
    path = f"/institutions/{institution['id']}/qualifications"
    answers = await asyncio.gather(
        *(world.post(path, body, by=world.of_institution(institution)) for _ in range(6))
    )
    assert {(one.status_code, one.json()["code"]) for one in answers} == {(409, "qualification_exists")}
    assert await world.count("SELECT count(*) FROM qualifications") == 1


async def test_six_applications_at_once_leave_one(world):
    await world.project()
    await world.standard()
    institution = await world.institution()
    body = world.qualification_body()
    path = f"/institutions/{institution['id']}/qualifications"
    answers = await asyncio.gather(
        *(world.post(path, body, by=world.of_institution(institution)) for _ in range(6))
    )
    assert sorted(one.status_code for one in answers) == [201, *[409] * 5]


async def test_the_version_cited_is_the_one_in_force_that_day(world):
    await world.project()
    await world.standard(version="2026-1")
    await world.standard(version="2026-2", effective_from="2026-02-20")
    await world.standard(version="2026-3", effective_from="2026-02-21")
    institution = await world.institution()
    path = f"/institutions/{institution['id']}/qualifications"
    assert world.clock.today().isoformat() == "2026-02-20"
    for version, status in (("2026-1", 422), ("2026-3", 422), ("2026-2", 201)):
        body = world.qualification_body("IYB", version)
        answer = await world.post(path, body, by=world.of_institution(institution))
        assert answer.status_code == status, version


async def test_an_unknown_standard_is_no_standard(world, applied):
    institution, _ = applied
    body = world.qualification_body("IYB", "1999-1")
    answer = await world.post(
        f"/institutions/{institution['id']}/qualifications", body, by=world.of_institution(institution)
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "unknown_standard"


async def test_qualifications_are_listed_by_state(world, applied):
    _, submitted = applied
    found = (await world.get("/qualifications?state=submitted", world.officer())).json()["items"]
    assert [one["id"] for one in found] == [submitted["id"]]
    assert (await world.get("/qualifications?state=approved", world.officer())).json()["items"] == []


async def test_a_decision_says_who_made_it(world, applied):
    _, submitted = applied
    by = world.officer(subject="officer-zhang")
    body = {"found": world.figures(), "comment": "师资符合标准"}
    await world.made(f"/qualifications/{submitted['id']}/approve", body, by, 1)
    row = await world.count(
        "SELECT (actor, role, district, from_state, to_state, reason) FROM audit_log"
        " WHERE action = 'approve_qualification'"
    )
    assert tuple(row) == (
        "officer-zhang",
        Role.DISTRICT_OFFICER,
        PUDONG,
        "submitted",
        "approved",
        "师资符合标准",
    )


async def test_an_institution_that_has_closed_submits_nothing_new(world, applied):
    institution, _ = applied
    by, path = world.of_institution(institution), f"/institutions/{institution['id']}"
    await world.standard(version="2026-2", effective_from="2026-02-01")
    body = world.qualification_body(version="2026-2", draft=True)
    draft = await world.made(f"{path}/qualifications", body, by)
    await world.made(
        f"{path}/close", {"reason": "举办者申请终止办学"}, world.officer(), institution["version"]
    )
    answer = await world.post(f"/qualifications/{draft['id']}/submit", by=by, version=draft["version"])
    assert (answer.status_code, answer.json()["code"]) == (422, "qualification_refused")
    failed = [(one["rule"], one["fact"]) for one in answer.json()["findings"] if one["outcome"] == "failed"]
    assert failed == [("T06", "closed")]
