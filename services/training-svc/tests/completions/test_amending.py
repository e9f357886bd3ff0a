"""Completions that are amended: by the district, with a reason, and never without a trace (T06, C01–C03)."""

import asyncio

import asyncpg
import pytest
from chuangpei.events.training import CompletionRevoked, TrainingCompleted


@pytest.fixture
async def completed(world):
    """Who attended four sessions and completed by a standard of 75 percent, and another who attended one."""
    await world.project()
    await world.standard(attendance_percent=75)
    institution = await world.qualified()
    filed = await world.filed(institution)
    enrolment, other = [await world.enrolled(institution, filed) for _ in range(2)]
    records = await world.attended(institution, filed, enrolment, 4)
    records += await world.attended(institution, filed, other, 1)
    by = world.of_institution(institution)
    await world.made(f"/enrolments/{enrolment['id']}/complete", None, by, 1)
    return institution, enrolment, records, other


async def amend(world, enrolment, completed, version=2, reason="冒名顶替，经查实", by=None):
    body = {"completed": completed, "reason": reason}
    path = f"/enrolments/{enrolment['id']}/amend-completion"
    return await world.post(path, body, by=by or world.officer(), version=version)


async def absent(world, record, version=1, by=None):
    body = {"present": False, "reason": "他人代签，经查实"}
    return await world.post(
        f"/attendance/{record['id']}/amend", body, by=by or world.officer(), version=version
    )


async def seen(world, enrolment):
    return (await world.get(f"/enrolments/{enrolment['id']}", world.officer())).json()


async def told(world, kind):
    return [event for event in await world.events() if isinstance(event, kind)]


async def test_the_district_revokes_a_wrong_completion_and_its_history_is_kept(world, completed):
    _, enrolment, *_ = completed
    answer = await amend(world, enrolment, completed=False)
    assert answer.status_code == 200, answer.text
    revoked = answer.json()
    assert (revoked["state"], revoked["completed_on"], revoked["version"]) == ("completion_revoked", None, 3)
    (event,) = await told(world, CompletionRevoked)
    assert (str(event.enrolment_id), event.ground) == (enrolment["id"], "officer_decision")
    assert event.completed_on == event.revoked_on == world.clock.today()
    (kept,) = (await world.get(f"/enrolments/{enrolment['id']}/amendments", world.officer())).json()["items"]
    assert (kept["reason"], kept["role"]) == ("冒名顶替，经查实", "district_officer")
    assert (kept["before"]["state"], kept["before"]["sessions_attended"]) == ("completed", 4)
    assert (kept["after"]["state"], kept["after"]["sessions_attended"]) == ("completion_revoked", None)


async def test_what_was_revoked_only_the_district_restores_and_cert_svc_is_told_anew(world, completed):
    institution, enrolment, *_ = completed
    await amend(world, enrolment, completed=False)
    own = world.of_institution(institution)
    again = await world.post(f"/enrolments/{enrolment['id']}/complete", by=own, version=3)
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_state")
    restored = (await amend(world, enrolment, completed=True, version=3, reason="经复核，撤销有误")).json()
    assert (restored["state"], restored["sessions_attended"]) == ("completed", 4)
    assert len(await told(world, TrainingCompleted)) == 2


async def test_the_district_completes_nobody_below_the_standard(world, completed):
    *_, other = completed
    answer = await amend(world, other, completed=True, version=1)
    assert (answer.status_code, answer.json()["code"]) == (422, "completion_refused")
    assert answer.json()["findings"][1]["fact"] == "1/4"


async def test_an_amendment_that_changes_nothing_is_refused(world, completed):
    _, enrolment, records, _ = completed
    answer = await amend(world, enrolment, completed=True)
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_amended")
    body = {"present": True, "reason": "并无更正"}
    same = await world.post(f"/attendance/{records[0]['id']}/amend", body, by=world.officer(), version=1)
    assert same.json()["code"] == "nothing_amended"


async def test_a_corrected_record_that_still_reaches_the_standard_is_counted_anew(world, completed):
    _, enrolment, records, _ = completed
    answer = await absent(world, records[0])
    assert answer.status_code == 200, answer.text
    (correction,) = answer.json()["corrections"]
    assert (correction["old_present"], correction["after_completion"]) == (True, True)
    after = await seen(world, enrolment)
    assert (after["state"], after["sessions_attended"], after["findings"][1]["fact"]) == (
        "completed",
        3,
        "3/4",
    )
    assert await told(world, CompletionRevoked) == []
    assert len(await told(world, TrainingCompleted)) == 1


async def test_a_corrected_record_that_no_longer_reaches_the_standard_revokes_the_completion(
    world, completed
):
    _, enrolment, records, _ = completed
    for record in records[:2]:
        assert (await absent(world, record)).status_code == 200
    after = await seen(world, enrolment)
    assert (after["state"], after["findings"][1]["fact"]) == ("completion_revoked", "2/4")
    (event,) = await told(world, CompletionRevoked)
    assert event.ground == "attendance_corrected"
    kept = (await world.get(f"/enrolments/{enrolment['id']}/amendments", world.officer())).json()["items"]
    assert [one["reason"] for one in kept] == ["他人代签，经查实"] * 2


async def test_who_is_corrected_upwards_after_a_revocation_is_restored_by_a_decision(world, completed):
    _, enrolment, records, _ = completed
    for record in records[:2]:
        await absent(world, record)
    assert (await amend(world, enrolment, completed=True, version=4)).json()["code"] == "completion_refused"
    back = {"present": True, "reason": "经复核，确系本人"}
    path = f"/attendance/{records[0]['id']}/amend"
    assert (await world.post(path, back, by=world.officer(), version=2)).status_code == 200
    assert (await seen(world, enrolment))["state"] == "completion_revoked"
    assert (await amend(world, enrolment, completed=True, version=4)).json()["sessions_attended"] == 3


async def test_before_completion_the_institution_corrects_and_the_district_does_not(world, completed):
    _, _, records, _ = completed
    answer = await absent(world, records[4])
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_whose_corrected_attendance_reaches_the_standard_the_district_completes(world, completed):
    institution, _, _, other = completed
    filed = (await world.get("/classes", world.officer())).json()["items"][0]
    sessions = (await world.get(f"/classes/{filed['id']}", world.officer())).json()["sessions"]
    for session in sessions[1:3]:
        by_hand = world.presence(other, session, method="manual", device=None, reason="读卡机故障")
        path = f"/sessions/{session['id']}/attendance"
        await world.made(path, {"records": [by_hand]}, world.of_institution(institution))
    answer = await amend(world, other, completed=True, version=1, reason="补录考勤后达标")
    assert (answer.json()["state"], answer.json()["sessions_attended"]) == ("completed", 3)
    assert [str(event.enrolment_id) for event in await told(world, TrainingCompleted)][1] == other["id"]


async def test_of_ten_amendments_at_once_one_is_made(world, completed):
    _, enrolment, *_ = completed
    answers = await asyncio.gather(*(amend(world, enrolment, completed=False) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 9]
    assert len(await told(world, CompletionRevoked)) == 1


async def test_two_records_corrected_at_once_are_both_counted(world, completed):
    _, enrolment, records, _ = completed
    answers = await asyncio.gather(*(absent(world, record) for record in records[:2]))
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (await seen(world, enrolment))["state"] == "completion_revoked"
    assert len(await told(world, CompletionRevoked)) == 1


async def test_another_districts_officer_amends_nothing(world, completed):
    _, enrolment, records, _ = completed
    other = world.officer("310104")
    assert (await amend(world, enrolment, completed=False, by=other)).status_code == 404
    assert (await absent(world, records[0], by=other)).status_code == 404
    assert (await world.get(f"/enrolments/{enrolment['id']}/amendments", other)).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        "state = 'completion_revoked', completed_at = NULL, completed_on = NULL, sessions_attended = NULL",
        "sessions_attended = 3, version = 3",
        "completed_on = completed_on + 1",
        "person_key = 'somebody else'",
    ],
)
async def test_the_database_changes_no_completion_without_its_amendment(world, completed, change):
    with pytest.raises(asyncpg.RestrictViolationError):
        await world.count(f"UPDATE enrolments SET {change} WHERE state = 'completed'")  # noqa: S608 -- named above


async def test_an_amendment_allows_no_more_than_it_is_for(world, completed):
    _, enrolment, *_ = completed
    kept = (
        "INSERT INTO amendments (at, actor, role, object_type, object_id, reason, before, after) VALUES"
        " (now(), 'officer', 'district_officer', 'enrolment', $1, 'why', '{}', '{\"version\": 3}')"
    )
    await world.count(kept, enrolment["id"])
    for change in ("completed_on = completed_on + 1", "person_key = 'x'", "sessions_held = 5"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await world.count(f"UPDATE enrolments SET version = 3, {change} WHERE state = 'completed'")  # noqa: S608 -- named above
    await world.count("UPDATE enrolments SET version = 3, sessions_attended = 3 WHERE state = 'completed'")
