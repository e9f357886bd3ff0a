"""Signing in by the code on the session's screen: signed, for one session, good for seconds (T06)."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from chuangpei.auth import Role
from chuangpei.passes import Pass
from training_svc.policy.attendance import code_period
from training_svc.policy.parameters import load_law, parameters_on

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_the_steps_of_time_follow_each_other_without_a_gap():
    parameters = parameters_on(load_law(), NOW.date())
    period = code_period(NOW + timedelta(seconds=14), parameters)
    assert (period.shown_from, period.changes_at) == (NOW, NOW + timedelta(seconds=15))
    assert code_period(period.changes_at, parameters).shown_from == period.changes_at
    assert period.good_until == NOW + timedelta(seconds=30)


@pytest.fixture
async def held(world):
    """A trainee who has a token, enrolled in a class whose first session begins now."""
    institution = await world.qualified()
    filed = await world.filed(institution)
    body = world.trainee()
    enrolment = await world.enrolled(institution, filed, **body)
    world.clock.set(world.at(0, 8))
    return institution, filed, enrolment, world.by(Role.CITIZEN, id_number=body["id_number"])


async def shown(world, institution, session):
    answer = await world.get(f"/sessions/{session['id']}/code", world.of_institution(institution))
    assert answer.status_code == 200, answer.text
    return answer.json()


async def scan(world, code, by, device="phone-1"):
    return await world.post("/my/attendance", {"code": code, "device": device}, by=by)


async def test_who_scans_the_code_on_the_screen_is_recorded_at_the_servers_time(world, held):
    institution, filed, enrolment, trainee = held
    session = filed["sessions"][0]
    world.clock.advance(minutes=3)
    code = await shown(world, institution, session)
    answer = await scan(world, code["code"], trainee)
    assert answer.status_code == 201, answer.text
    taken = answer.json()
    assert (taken["session_id"], taken["enrolment_id"]) == (session["id"], enrolment["id"])
    assert (taken["method"], taken["device"], taken["by_trainee"]) == ("qr", "phone-1", True)
    assert datetime.fromisoformat(taken["recorded_at"]) == world.clock.now()
    listed = await world.get(f"/sessions/{session['id']}/attendance", world.of_institution(institution))
    assert [one["id"] for one in listed.json()["items"]] == [taken["id"]]


async def test_the_code_changes_with_every_step_and_never_within_one(world, held):
    institution, filed, *_ = held
    first = await shown(world, institution, filed["sessions"][0])
    world.clock.advance(seconds=14)
    assert await shown(world, institution, filed["sessions"][0]) == first
    world.clock.advance(seconds=1)
    second = await shown(world, institution, filed["sessions"][0])
    assert second["code"] != first["code"]
    assert first["changes_at"] == second["shown_from"]


async def test_a_code_is_taken_for_a_short_while_after_it_changed_and_then_no_more(world, held):
    institution, filed, _, trainee = held
    code = (await shown(world, institution, filed["sessions"][0]))["code"]
    world.clock.advance(seconds=31)
    late = await scan(world, code, trainee)
    assert (late.status_code, late.json()["code"]) == (422, "code_expired")
    world.clock.advance(seconds=-1)
    assert (await scan(world, code, trainee)).status_code == 201


async def test_a_code_counts_once_for_a_trainee(world, held):
    institution, filed, _, trainee = held
    code = (await shown(world, institution, filed["sessions"][0]))["code"]
    answers = await asyncio.gather(*(scan(world, code, trainee) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 9]
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"attendance_exists"}
    assert await world.count("SELECT count(*) FROM attendance") == 1


async def test_a_scan_that_is_sent_again_gets_the_same_answer(world, held):
    institution, filed, _, trainee = held
    code = (await shown(world, institution, filed["sessions"][0]))["code"]
    body, again = {"code": code, "device": "phone-1"}, {"idempotency-key": "scan-of-the-first-session"}
    first = await world.post("/my/attendance", body, by=trainee, headers=again)
    second = await world.post("/my/attendance", body, by=trainee, headers=again)
    assert (first.status_code, second.json()) == (201, first.json())


@pytest.mark.parametrize("code", ["nonsense", "a.b.c", "."])
async def test_a_forged_code_is_refused_alike_whatever_is_wrong_with_it(world, held, code):
    answer = await scan(world, code, held[-1])
    assert (answer.status_code, answer.json()["code"]) == (422, "code_invalid")


async def test_a_signed_code_for_no_session_is_refused_like_a_forged_one(world, held):
    period = Pass(UUID(int=1), world.clock.now(), world.clock.now() + timedelta(seconds=30))
    answer = await scan(world, world.service.codes.sign(period), held[-1])
    assert answer.json()["code"] == "code_invalid"


async def test_a_bearer_token_is_no_code(world, held):
    token = held[-1]["authorization"].partition(" ")[2]
    assert (await scan(world, token, held[-1])).json()["code"] == "code_invalid"


async def test_a_code_of_another_class_is_of_no_use(world, held):
    institution, _, _, trainee = held
    other = await world.filed(institution, sessions=world.sessions(room="302"))
    code = (await shown(world, institution, other["sessions"][0]))["code"]
    answer = await scan(world, code, trainee)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_in_the_class")
    assert await world.count("SELECT count(*) FROM attendance") == 0


async def test_a_code_counts_for_its_own_session_only(world, held):
    institution, filed, _, trainee = held
    world.clock.set(world.at(0, 12, 30))
    code = (await shown(world, institution, filed["sessions"][1]))["code"]
    assert (await scan(world, code, trainee)).json()["session_id"] == filed["sessions"][1]["id"]


@pytest.mark.parametrize("minutes", [-31, 271])
async def test_no_code_is_shown_outside_the_hours_of_recording(world, held, minutes):
    institution, filed, *_ = held
    world.clock.set(world.at(0, 8) + timedelta(minutes=minutes))
    path = f"/sessions/{filed['sessions'][0]['id']}/code"
    answer = await world.get(path, world.of_institution(institution))
    assert (answer.status_code, answer.json()["code"]) == (409, "code_not_shown")


async def test_the_last_code_is_not_taken_after_the_hours(world, held):
    institution, filed, _, trainee = held
    world.clock.set(world.at(0, 12, 30))
    code = (await shown(world, institution, filed["sessions"][0]))["code"]
    world.clock.advance(seconds=1)
    answer = await scan(world, code, trainee)
    assert answer.json()["errors"][0]["code"] == "outside_session_hours"


async def test_who_has_completed_signs_in_no_more(world, held):
    institution, filed, enrolment, trainee = held
    await world.attended(institution, filed, enrolment, 4)
    await world.made(f"/enrolments/{enrolment['id']}/complete", None, world.of_institution(institution), 1)
    code = (await shown(world, institution, filed["sessions"][3]))["code"]
    answer = await scan(world, code, trainee)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_the_screen_may_have_the_code_as_a_picture_that_is_not_kept(world, held):
    institution, filed, *_ = held
    by, path = world.of_institution(institution), f"/sessions/{filed['sessions'][0]['id']}/code"
    svg, png = await world.get(f"{path}?format=svg", by), await world.get(f"{path}?format=png", by)
    assert (svg.headers["content-type"], png.headers["content-type"]) == ("image/svg+xml", "image/png")
    assert b"<svg" in svg.content
    assert io.BytesIO(png.content).read(8) == b"\x89PNG\r\n\x1a\n"
    assert {answer.headers["cache-control"] for answer in (svg, png)} == {"no-store"}


async def test_another_institution_is_shown_no_code(world, held):
    _, filed, *_ = held
    other = world.of_institution(await world.institution())
    assert (await world.get(f"/sessions/{filed['sessions'][0]['id']}/code", other)).status_code == 404


async def test_who_left_signs_in_no_more_but_who_came_back_does(world, held):
    institution, filed, *_ = held
    own, person = world.of_institution(institution), {"id_number": world.id_number()}
    trainee = world.by(Role.CITIZEN, **person)
    first = await world.enrolled(institution, filed, **person)
    await world.made(f"/enrolments/{first['id']}/withdraw", {"reason": "工作冲突"}, own, first["version"])
    code = (await shown(world, institution, filed["sessions"][0]))["code"]
    assert (await scan(world, code, trainee)).json()["code"] == "not_in_the_class"
    second = await world.enrolled(institution, filed, **person)
    assert (await scan(world, code, trainee)).json()["enrolment_id"] == second["id"]
