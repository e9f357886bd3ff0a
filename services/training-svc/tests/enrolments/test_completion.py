"""Completing: the standard's attendance, after the last session, told once (C01, C02, C03)."""

import asyncio
from datetime import timedelta

import pytest
from chuangpei.events.training import TrainingCompleted
from chuangpei.kernel.refusals import Refusal
from training_svc.attendance import use_cases as attendance
from training_svc.attendance.schemas import NewCorrection
from training_svc.enrolments import use_cases


@pytest.fixture
async def enrolled(world):
    """A trainee in a class of four sessions by a standard of 75 percent: three are enough."""
    await world.project()
    await world.standard(attendance_percent=75)
    institution = await world.qualified()
    filed = await world.filed(institution)
    return institution, filed, await world.enrolled(institution, filed)


async def complete(world, institution, enrolment, version=1):
    path = f"/enrolments/{enrolment['id']}/complete"
    return await world.post(path, by=world.of_institution(institution), version=version)


def completions(events):
    return [event for event in events if isinstance(event, TrainingCompleted)]


async def test_who_attended_enough_completes_and_cert_svc_is_told(world, enrolled):
    institution, filed, enrolment = enrolled
    await world.attended(institution, filed, enrolment, 3)
    world.clock.set(world.at(1, 17))
    answer = await complete(world, institution, enrolment)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["completed_on"]) == ("completed", "2026-03-03")
    assert [(one["rule"], one["outcome"]) for one in answer.json()["findings"]] == [("C02", "passed")] * 2
    (event,) = completions(await world.events())
    assert str(event.enrolment_id) == enrolment["id"]
    assert (event.sessions_attended, event.sessions_held) == (3, 4)
    assert (event.institution.district, event.project.stage) == ("310115", 3)
    assert event.class_started_on.isoformat() == filed["starts_on"]
    assert event.class_ended_on.isoformat() == filed["ends_on"]
    assert event.completed_on == world.clock.today()


async def test_the_event_carries_the_person_sealed_and_the_instructors_keys(world):
    institution = await world.qualified()
    teacher = {"name": "李老师", "id_number": world.id_number()}
    filed = await world.filed(institution, instructors=[teacher])
    body = world.trainee(name="张三丰")
    enrolment = await world.enrolled(institution, filed, **body)
    await world.attended(institution, filed, enrolment, 4)
    await complete(world, institution, enrolment)
    (event,) = completions(await world.events())
    privacy = world.service.privacy
    assert event.person.person_key == privacy.person_key(body["id_number"])
    assert event.person.masked_name == "张*"
    assert privacy.in_events.decrypt(event.person.name_encrypted, "event.name") == "张三丰"
    assert privacy.in_events.decrypt(event.person.id_number_encrypted, "event.id_number") == body["id_number"]
    assert event.instructor_keys == (privacy.person_key(teacher["id_number"]),)


async def test_who_attended_too_little_is_told_how_much_is_missing(world, enrolled):
    institution, filed, enrolment = enrolled
    await world.attended(institution, filed, enrolment, 2)
    world.clock.set(world.at(1, 17))
    answer = await complete(world, institution, enrolment)
    assert (answer.status_code, answer.json()["code"]) == (422, "completion_refused")
    over, attendance = answer.json()["findings"]
    assert (over["outcome"], attendance["outcome"]) == ("passed", "failed")
    assert (attendance["rule"], attendance["fact"], attendance["required"]) == ("C02", "2/4", "≥ 75%")
    assert completions(await world.events()) == []
    seen = (await world.get(f"/enrolments/{enrolment['id']}", world.of_institution(institution))).json()
    assert (seen["state"], seen["version"]) == ("enrolled", 1)
    assert seen["findings"] == answer.json()["findings"]


async def test_nobody_completes_before_the_last_session_has_ended(world, enrolled):
    institution, filed, enrolment = enrolled
    await world.attended(institution, filed, enrolment, 3)
    world.clock.set(world.at(1, 17) - timedelta(seconds=1))
    early = await complete(world, institution, enrolment)
    assert [one["outcome"] for one in early.json()["findings"]] == ["failed", "passed"]
    world.clock.advance(seconds=1)
    assert (await complete(world, institution, enrolment)).status_code == 200


async def test_the_day_of_completion_is_shanghais_day(world, enrolled):
    institution, filed, enrolment = enrolled
    await world.attended(institution, filed, enrolment, 4)
    world.clock.set(world.at(2, 0, 30))
    assert (await complete(world, institution, enrolment)).json()["completed_on"] == "2026-03-04"


async def test_ten_completions_at_once_are_one_completion(world, enrolled):
    institution, filed, enrolment = enrolled
    await world.attended(institution, filed, enrolment, 4)
    answers = await asyncio.gather(*(complete(world, institution, enrolment) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 9]
    assert len(completions(await world.events())) == 1


async def test_who_has_completed_does_not_complete_again(world, enrolled):
    institution, filed, enrolment = enrolled
    await world.attended(institution, filed, enrolment, 4)
    assert (await complete(world, institution, enrolment)).status_code == 200
    again = await complete(world, institution, enrolment, version=2)
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_state")
    assert len(completions(await world.events())) == 1


async def test_the_reasons_are_kept_as_they_were_on_the_day(world, enrolled):
    institution, filed, enrolment = enrolled
    await world.attended(institution, filed, enrolment, 4)
    completed = (await complete(world, institution, enrolment)).json()
    world.clock.advance(days=400)
    seen = await world.get(f"/enrolments/{enrolment['id']}", world.of_institution(institution))
    assert completed.items() <= seen.json().items()
    assert seen.headers["etag"] == '"2"'


async def test_completing_needs_the_version_that_was_read(world, enrolled):
    institution, filed, enrolment = enrolled
    await world.attended(institution, filed, enrolment, 4)
    assert (await complete(world, institution, enrolment, version=None)).status_code == 428
    assert (await complete(world, institution, enrolment, version=3)).status_code == 412


async def test_an_absence_found_by_a_correction_does_not_count(world, enrolled):
    institution, filed, enrolment = enrolled
    records = await world.attended(institution, filed, enrolment, 3)
    path = f"/attendance/{records[0]['id']}/correct"
    await world.made(path, {"present": False, "reason": "他人代签"}, world.of_institution(institution), 1)
    world.clock.set(world.at(1, 17))
    answer = await complete(world, institution, enrolment)
    assert [one["fact"] for one in answer.json()["findings"]][1] == "2/4"


async def test_a_completion_waits_for_a_correction_under_way_and_counts_it(world, enrolled):
    institution, filed, enrolment = enrolled
    records = await world.attended(institution, filed, enrolment, 3)
    world.clock.set(world.at(1, 17))
    principal = world.principal_of(institution)
    body = NewCorrection(present=False, reason="他人代签")
    async with world.service.database.transaction() as tx:
        corrected = await attendance.correct(tx, world.service, principal, records[0]["id"], 1, body)
        assert not isinstance(corrected, Refusal)
        completing = asyncio.create_task(complete(world, institution, enrolment))
        await world.somebody_waits_for_a_lock()
    answer = await completing
    assert answer.status_code == 422
    assert answer.json()["findings"][1]["fact"] == "2/4"


async def test_a_correction_waits_for_a_completion_under_way_and_is_refused(world, enrolled):
    institution, filed, enrolment = enrolled
    records = await world.attended(institution, filed, enrolment, 3)
    world.clock.set(world.at(1, 17))
    path, body = f"/attendance/{records[0]['id']}/correct", {"present": False, "reason": "他人代签"}
    by = world.of_institution(institution)
    async with world.service.database.transaction() as tx:
        completed = await use_cases.complete(
            tx, world.service, world.principal_of(institution), enrolment["id"], 1
        )
        assert not isinstance(completed, Refusal)
        correcting = asyncio.create_task(world.post(path, body, by=by, version=1))
        await world.somebody_waits_for_a_lock()
    answer = await correcting
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")
    assert await world.count("SELECT count(*) FROM attendance WHERE present") == 3


async def test_a_recording_waits_for_a_completion_under_way_and_is_refused(world, enrolled):
    institution, filed, enrolment = enrolled
    await world.attended(institution, filed, enrolment, 3)
    world.clock.set(world.at(1, 17))
    session = filed["sessions"][3]
    path, body = f"/sessions/{session['id']}/attendance", {"records": [world.presence(enrolment, session)]}
    async with world.service.database.transaction() as tx:
        await use_cases.complete(tx, world.service, world.principal_of(institution), enrolment["id"], 1)
        recording = asyncio.create_task(world.post(path, body, by=world.of_institution(institution)))
        await world.somebody_waits_for_a_lock()
    answer = await recording
    assert answer.json()["errors"][0]["code"] == "completed"
    assert await world.count("SELECT count(*) FROM attendance") == 3


async def test_stage_1_completes_by_its_own_rule(world):
    await world.project("GYB", stage=1)
    await world.standard("GYB")
    centre = await world.institution(kind="district_centre")
    filed = await world.filed(centre, project_code="GYB")
    enrolment = await world.enrolled(centre, filed)
    await world.attended(centre, filed, enrolment, 4)
    answer = await complete(world, centre, enrolment)
    assert [one["rule"] for one in answer.json()["findings"]] == ["C01", "C01"]
    (event,) = completions(await world.events())
    assert event.project.stage == 1


async def test_another_institution_completes_nobody(world, enrolled):
    institution, filed, enrolment = enrolled
    await world.attended(institution, filed, enrolment, 4)
    other = await world.institution()
    assert (await complete(world, other, enrolment)).status_code == 404
