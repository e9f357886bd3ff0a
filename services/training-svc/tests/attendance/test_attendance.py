"""Attendance: real times, one record a session, corrections that keep the old value (T06)."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

XUHUI = "310104"


@pytest.fixture
async def held(world):
    """Two trainees of a class whose first session has just ended."""
    institution = await world.qualified()
    filed = await world.filed(institution)
    enrolments = [await world.enrolled(institution, filed) for _ in range(2)]
    world.clock.set(world.at(0, 12))
    return institution, filed, enrolments


async def take(world, institution, session, *records):
    return await world.post(
        f"/sessions/{session['id']}/attendance",
        {"records": list(records)},
        by=world.of_institution(institution),
    )


def told(answer):
    return [(one["pointer"], one["code"]) for one in answer.json()["errors"]]


async def test_a_session_records_who_was_there_and_how(world, held):
    institution, filed, (first, second) = held
    session = filed["sessions"][0]
    by_hand = world.presence(second, session, method="manual", device=None, reason="忘带手机")
    answer = await take(world, institution, session, world.presence(first, session), by_hand)
    assert answer.status_code == 201, answer.text
    one, two = answer.json()["items"]
    assert (one["method"], one["device"], one["present"]) == ("qr", "gate-1", True)
    assert (two["method"], two["reason"]) == ("manual", "忘带手机")
    listed = await world.get(f"/sessions/{session['id']}/attendance", world.officer())
    assert sorted(item["id"] for item in listed.json()["items"]) == sorted([one["id"], two["id"]])


async def test_a_card_is_kept_sealed_and_shown_by_its_last_digits(world, held):
    institution, filed, (first, _) = held
    session = filed["sessions"][0]
    by_card = world.presence(first, session, method="card", device="reader-3", card_number="3101158800001234")
    (taken,) = (await take(world, institution, session, by_card)).json()["items"]
    assert (taken["device"], taken["card_number"]) == ("reader-3", "************1234")
    kept = await world.count("SELECT proof ->> 'card' FROM attendance")
    assert "3101158800001234" not in kept
    sealed = await world.count("SELECT proof -> 'card' ->> 'number_encrypted' FROM attendance")
    assert world.service.privacy.at_rest.decrypt(sealed, "attendance.card") == "3101158800001234"


async def test_a_photo_is_referred_to_and_what_a_correction_replaced_keeps_its_reference(world, held):
    institution, filed, (first, _) = held
    session, photo = filed["sessions"][0], {"id": "2026/03/02/7f3a", "sha256": "0f" * 32}
    by_photo = world.presence(first, session, method="photo", photo=photo)
    (taken,) = (await take(world, institution, session, by_photo)).json()["items"]
    assert taken["photo"] == photo
    path, by = f"/attendance/{taken['id']}/correct", world.of_institution(institution)
    later = {"present": True, "recorded_at": world.at(0, 9).isoformat(), "reason": "时间有误"}
    assert (await world.made(path, later, by, 1))["photo"] == photo
    by_hand = await world.made(path, {"present": True, "method": "manual", "reason": "照片不清"}, by, 2)
    assert (by_hand["photo"], by_hand["corrections"][1]["old_photo"]) == (None, photo)


async def test_a_correction_that_corrects_nothing_is_refused(world, held):
    institution, filed, (first, _) = held
    session = filed["sessions"][0]
    (taken,) = (await take(world, institution, session, world.presence(first, session))).json()["items"]
    body, by = {"present": True, "device": "gate-1", "reason": "并无更正"}, world.of_institution(institution)
    answer = await world.post(f"/attendance/{taken['id']}/correct", body, by=by, version=1)
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_amended")


async def test_all_records_are_taken_or_none_and_every_error_is_told(world, held):
    institution, filed, (first, second) = held
    session = filed["sessions"][0]
    too_early = (world.at(0, 8) - timedelta(minutes=31)).isoformat()
    answer = await take(
        world,
        institution,
        session,
        world.presence(first, session),
        world.presence(first, session),
        world.presence({"id": "00000000-0000-7000-8000-000000000000"}, session),
        world.presence(second, session, method="manual", recorded_at=too_early),
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "attendance_refused")
    assert told(answer) == [
        ("/records/1/enrolment_id", "named_twice"),
        ("/records/2/enrolment_id", "unknown_enrolment"),
        ("/records/3/recorded_at", "outside_session_hours"),
        ("/records/3/reason", "reason_required"),
    ]
    assert await world.count("SELECT count(*) FROM attendance") == 0


async def test_a_presence_in_the_future_is_refused(world, held):
    institution, filed, (first, _) = held
    session = filed["sessions"][1]
    answer = await take(world, institution, session, world.presence(first, session))
    assert told(answer) == [("/records/0/recorded_at", "in_the_future")]


async def test_no_device_saw_somebody_who_was_not_enrolled_yet(world, held):
    institution, filed, _ = held
    session, late = filed["sessions"][0], await world.enrolled(institution, filed)
    answer = await take(world, institution, session, world.presence(late, session))
    assert told(answer) == [("/records/0/recorded_at", "before_enrolment")]
    by_hand = world.presence(late, session, method="manual", device=None, reason="先到后补办报名")
    taken = (await take(world, institution, session, by_hand)).json()["items"][0]
    body = {"present": True, "method": "qr", "device": "gate-1", "reason": "改为扫码"}
    by = world.of_institution(institution)
    corrected = await world.post(f"/attendance/{taken['id']}/correct", body, by=by, version=1)
    assert told(corrected) == [("/recorded_at", "before_enrolment")]


async def test_a_presence_is_recorded_once_for_a_session(world, held):
    institution, filed, (first, second) = held
    session = filed["sessions"][0]
    assert (await take(world, institution, session, world.presence(first, session))).status_code == 201
    again = await take(
        world, institution, session, world.presence(second, session), world.presence(first, session)
    )
    assert (again.status_code, again.json()["code"]) == (409, "attendance_exists")
    assert told(again) == [("/records/1/enrolment_id", "already_recorded")]
    assert await world.count("SELECT count(*) FROM attendance") == 1


async def test_ten_recordings_at_once_in_mixed_order_leave_one_record_each(world, held):
    institution, filed, enrolments = held
    session = filed["sessions"][0]
    records = [world.presence(one, session) for one in enrolments]
    answers = await asyncio.gather(
        *(
            take(world, institution, session, *(records if number % 2 else reversed(records)))
            for number in range(10)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 9]
    assert await world.count("SELECT count(*) FROM attendance") == 2


async def test_an_enrolment_of_another_class_is_not_of_this_session(world, held):
    institution, filed, _ = held
    other = await world.filed(institution, sessions=world.sessions(room="302"))
    stranger = await world.enrolled(institution, other)
    session = filed["sessions"][0]
    answer = await take(world, institution, session, world.presence(stranger, session))
    assert told(answer) == [("/records/0/enrolment_id", "unknown_enrolment")]


async def test_a_correction_keeps_the_old_value_who_and_why(world, held):
    institution, filed, (first, _) = held
    session = filed["sessions"][0]
    taken = (await take(world, institution, session, world.presence(first, session))).json()["items"][0]
    path, by = f"/attendance/{taken['id']}", world.of_institution(institution)
    later = world.at(0, 9, 30).isoformat()
    body = {"present": True, "recorded_at": later, "method": "manual", "reason": "实际迟到"}
    corrected = await world.made(f"{path}/correct", body, by, 1)
    assert (corrected["method"], corrected["reason"], corrected["version"]) == ("manual", "实际迟到", 2)
    absent = await world.made(f"{path}/correct", {"present": False, "reason": "他人代签"}, by, 2)
    seen = (await world.get(path, world.officer())).json()
    assert seen == absent
    old, newer = seen["corrections"]
    assert (old["old_present"], old["old_method"], old["old_device"]) == (True, "qr", "gate-1")
    assert old["old_recorded_at"] == taken["recorded_at"]
    assert (newer["old_method"], newer["old_reason"], newer["reason"]) == ("manual", "实际迟到", "他人代签")
    assert newer["corrected_by"] == f"dev-institution-{institution['credit_code']}"
    assert await world.count("SELECT count(*) FROM attendance") == 1


async def test_a_correction_is_held_to_the_session_hours_too(world, held):
    institution, filed, (first, _) = held
    session = filed["sessions"][0]
    taken = (await take(world, institution, session, world.presence(first, session))).json()["items"][0]
    body = {"present": True, "recorded_at": world.at(0, 7, 29).isoformat(), "reason": "时间登记有误"}
    by = world.of_institution(institution)
    answer = await world.post(f"/attendance/{taken['id']}/correct", body, by=by, version=1)
    assert told(answer) == [("/recorded_at", "outside_session_hours")]
    assert (await world.get(f"/attendance/{taken['id']}", by)).json()["corrections"] == []


async def test_of_ten_corrections_at_once_one_is_made(world, held):
    institution, filed, (first, _) = held
    session = filed["sessions"][0]
    taken = (await take(world, institution, session, world.presence(first, session))).json()["items"][0]
    by, body = world.of_institution(institution), {"present": False, "reason": "他人代签"}
    path = f"/attendance/{taken['id']}/correct"
    answers = await asyncio.gather(*(world.post(path, body, by=by, version=1) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 9]
    assert await world.count("SELECT count(*) FROM attendance_corrections") == 1


async def test_the_attendance_of_who_has_completed_stands(world, held):
    institution, filed, (first, _) = held
    records = await world.attended(institution, filed, first, 4)
    by = world.of_institution(institution)
    await world.made(f"/enrolments/{first['id']}/complete", None, by, 1)
    body = {"present": False, "reason": "他人代签"}
    answer = await world.post(f"/attendance/{records[0]['id']}/correct", body, by=by, version=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")
    session = filed["sessions"][0]
    again = await take(world, institution, session, world.presence(first, session))
    assert told(again) == [("/records/0/enrolment_id", "completed")]


async def test_another_institution_records_and_corrects_nothing(world, held):
    institution, filed, (first, _) = held
    session = filed["sessions"][0]
    taken = (await take(world, institution, session, world.presence(first, session))).json()["items"][0]
    other = await world.institution()
    assert (await take(world, other, session, world.presence(first, session))).status_code == 404
    body = {"present": False, "reason": "他人代签"}
    by = world.of_institution(other)
    answer = await world.post(f"/attendance/{taken['id']}/correct", body, by=by, version=1)
    assert answer.status_code == 404
    assert (await world.get(f"/attendance/{taken['id']}", world.officer(XUHUI))).status_code == 404


async def test_the_history_of_corrections_is_never_changed(world, held):
    institution, filed, (first, _) = held
    session = filed["sessions"][0]
    taken = (await take(world, institution, session, world.presence(first, session))).json()["items"][0]
    by, body = world.of_institution(institution), {"present": False, "reason": "他人代签"}
    await world.made(f"/attendance/{taken['id']}/correct", body, by, 1)
    for statement in ("UPDATE attendance_corrections SET reason = 'x'", "DELETE FROM attendance_corrections"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await world.count(statement)
