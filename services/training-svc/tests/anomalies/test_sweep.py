"""The sweep: every anomaly is found once, whenever its record was committed (T06)."""

import asyncio
from datetime import datetime, timedelta

import pytest
from chuangpei.auth import Principal, Role
from chuangpei.events.training import AnomalyFound
from training_svc.anomalies.sweep import sweep
from training_svc.attendance import use_cases
from training_svc.attendance.schemas import NewRecords
from training_svc.timers import timers


def hours(world, *wanted):
    """Sessions from one hour to another, each on a day of the class."""
    days = [
        (world.at(day, first).isoformat(), world.at(day, last).isoformat()) for day, first, last in wanted
    ]
    return [{"starts_at": starts_at, "ends_at": ends_at, "room": "1"} for starts_at, ends_at in days]


@pytest.fixture
async def held(world):
    """A class at an institution of Pudong, and one in Xuhui that begins as the other's first session ends."""
    here, there = await world.qualified(), await world.qualified("310104")
    ends_on = world.at(3).date().isoformat()
    sessions = hours(world, (0, 12, 13), (2, 8, 16), (3, 8, 16))
    return here, await world.filed(here), there, await world.filed(there, ends_on=ends_on, sessions=sessions)


def leaving(world, enrolment, session):
    """A presence five minutes before noon, when the class in Xuhui begins."""
    return world.presence(enrolment, session, recorded_at=world.at(0, 11, 55).isoformat())


async def swept(world, most=2_000):
    async with world.service.database.transaction() as tx:
        return await sweep(tx, world.service, most)


class PowerCutError(Exception):
    """Ends a sweep before it commits."""


async def swept_and_broken_off(world):
    async with world.service.database.transaction() as tx:
        assert await sweep(tx, world.service) == 1
        raise PowerCutError


async def recorded(world, institution, session, *records):
    world.clock.set(max(world.clock.now(), datetime.fromisoformat(session["ends_at"])))
    return (
        await world.made(
            f"/sessions/{session['id']}/attendance",
            {"records": list(records)},
            world.of_institution(institution),
        )
    )["items"]


async def shown(world, institution, session):
    return (await world.get(f"/sessions/{session['id']}/code", world.of_institution(institution))).json()


async def found(world, by=None, query=""):
    answer = await world.get(f"/anomalies?sort=id&{query}", by or world.centre)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def kinds(world):
    return [one["kind"] for one in await found(world)]


async def test_a_class_without_anything_strange_has_no_anomaly(world, held):
    here, filed, *_ = held
    enrolment = await world.enrolled(here, filed)
    await world.attended(here, filed, enrolment, 4)
    assert await swept(world) == 4
    assert await kinds(world) == []


async def test_who_is_in_two_districts_at_once_is_found_in_both_and_each_sees_its_own(world, held):
    here, filed, there, other = held
    person = world.trainee()
    one = await world.enrolled(here, filed, **person)
    two = await world.enrolled(there, other, **person)
    (first,) = await recorded(world, here, filed["sessions"][0], leaving(world, one, filed["sessions"][0]))
    (second,) = await recorded(world, there, other["sessions"][0], world.presence(two, other["sessions"][0]))
    await swept(world)
    assert await kinds(world) == ["two_places", "two_places"]
    (in_pudong,) = await found(world, world.officer())
    (in_xuhui,) = await found(world, world.officer("310104"))
    assert (in_pudong["attendance_id"], in_xuhui["attendance_id"]) == (first["id"], second["id"])
    assert there["credit_code"] in in_pudong["fact"]
    assert (in_pudong["state"], in_pudong["name"], in_pudong["rule"]) == ("open", "张*", "T06")
    assert {str(event.class_id) for event in await world.events() if isinstance(event, AnomalyFound)} == {
        filed["id"],
        other["id"],
    }


async def test_who_signs_in_at_two_institutions_hours_apart_is_not_found(world, held):
    here, filed, there, other = held
    person = world.trainee()
    one, two = await world.enrolled(here, filed, **person), await world.enrolled(there, other, **person)
    await recorded(world, here, filed["sessions"][0], world.presence(one, filed["sessions"][0]))
    await recorded(world, there, other["sessions"][0], world.presence(two, other["sessions"][0]))
    await swept(world)
    assert await kinds(world) == []


async def test_a_batch_sent_long_after_is_one_anomaly_however_many_it_holds(world, held):
    here, filed, *_ = held
    trainees = [await world.enrolled(here, filed) for _ in range(3)]
    session = filed["sessions"][0]
    world.clock.set(world.at(1, 12, 1))
    await recorded(world, here, session, *(world.presence(one, session) for one in trainees))
    await swept(world)
    (anomaly,) = await found(world)
    assert (anomaly["kind"], anomaly["session_id"]) == ("outside_hours", session["id"])


async def test_more_in_a_minute_than_can_pass_a_gate_are_found(world, held):
    here, filed, *_ = held
    trainees = [await world.enrolled(here, filed) for _ in range(21)]
    calm, busy = filed["sessions"][:2]
    await recorded(world, here, calm, *(world.presence(one, calm) for one in trainees[:20]))
    await recorded(world, here, busy, *(world.presence(one, busy) for one in trainees))
    await swept(world)
    (anomaly,) = await found(world)
    assert (anomaly["kind"], anomaly["session_id"]) == ("mass_entry", busy["id"])
    assert anomaly["fact"].endswith(": 21")


async def test_trainees_who_scan_with_their_own_phones_are_no_mass_entry(world, held):
    here, filed, *_ = held
    people = [world.trainee() for _ in range(21)]
    for body in people:
        await world.enrolled(here, filed, **body)
    world.clock.set(world.at(0, 8))
    code = (
        await world.get(f"/sessions/{filed['sessions'][0]['id']}/code", world.of_institution(here))
    ).json()
    for number, body in enumerate(people):
        by = world.by(Role.CITIZEN, id_number=body["id_number"])
        await world.made("/my/attendance", {"code": code["code"], "device": f"phone-{number}"}, by)
    await swept(world)
    assert await kinds(world) == []


async def test_one_phone_that_signs_in_two_persons_is_found_for_each(world, held):
    here, filed, *_ = held
    people = [world.trainee() for _ in range(2)]
    for body in people:
        await world.enrolled(here, filed, **body)
    world.clock.set(world.at(0, 8))
    code = (
        await world.get(f"/sessions/{filed['sessions'][0]['id']}/code", world.of_institution(here))
    ).json()
    for body in people:
        by = world.by(Role.CITIZEN, id_number=body["id_number"])
        await world.made("/my/attendance", {"code": code["code"], "device": "phone-1"}, by)
        await swept(world)
    assert await kinds(world) == ["shared_device"] * 2
    assert len({one["enrolment_id"] for one in await found(world)}) == 2


async def test_a_class_recorded_mostly_by_hand_is_found_once(world, held):
    here, filed, *_ = held
    trainees = [await world.enrolled(here, filed) for _ in range(7)]
    for number, session in enumerate(filed["sessions"]):
        by_hand = {"method": "manual", "device": None, "reason": "读卡机故障"} if number % 2 else {}
        await recorded(world, here, session, *(world.presence(one, session, **by_hand) for one in trainees))
        await swept(world)
    (anomaly,) = await found(world)
    assert (anomaly["kind"], anomaly["class_id"], anomaly["session_id"]) == (
        "mostly_manual",
        filed["id"],
        None,
    )
    assert anomaly["fact"] == "7/21"


async def test_attendance_corrected_after_completion_is_found(world, held):
    here, filed, *_ = held
    enrolment = await world.enrolled(here, filed)
    records = await world.attended(here, filed, enrolment, 4)
    await world.made(f"/enrolments/{enrolment['id']}/complete", None, world.of_institution(here), 1)
    await swept(world)
    body = {"present": False, "reason": "他人代签，经查实"}
    await world.made(f"/attendance/{records[0]['id']}/amend", body, world.officer(), 1)
    await swept(world)
    (anomaly,) = await found(world)
    assert (anomaly["kind"], anomaly["attendance_id"]) == ("edited_after_completion", records[0]["id"])


async def test_a_presence_corrected_to_another_time_is_looked_at_again(world, held):
    here, filed, there, other = held
    person = world.trainee()
    one, two = await world.enrolled(here, filed, **person), await world.enrolled(there, other, **person)
    (record,) = await recorded(world, here, filed["sessions"][0], leaving(world, one, filed["sessions"][0]))
    path, by = f"/attendance/{record['id']}/correct", world.of_institution(here)
    await world.made(path, {"present": False, "reason": "他人代签"}, by, 1)
    await recorded(world, there, other["sessions"][0], world.presence(two, other["sessions"][0]))
    await swept(world)
    assert await kinds(world) == []
    await world.made(path, {"present": True, "reason": "经复核，确系本人"}, by, 2)
    await swept(world)
    assert await kinds(world) == ["two_places"] * 2


async def test_a_second_sweep_finds_nothing_again(world, held):
    here, filed, *_ = held
    session, late = filed["sessions"][0], await world.enrolled(here, filed)
    world.clock.set(world.at(1, 12, 1))
    await recorded(world, here, session, world.presence(late, session))
    assert (await swept(world), await swept(world)) == (1, 0)
    await world.count("INSERT INTO attendance_unswept (attendance_id) SELECT id FROM attendance")
    await swept(world)
    assert await kinds(world) == ["outside_hours"]
    assert len([one for one in await world.events() if isinstance(one, AnomalyFound)]) == 1


async def test_a_record_that_commits_after_later_ones_were_swept_is_not_lost(world, held):
    here, filed, *_ = held
    session = filed["sessions"][0]
    early, later = [await world.enrolled(here, filed) for _ in range(2)]
    world.clock.set(world.at(1, 12, 1))
    principal = Principal("someone", Role.INSTITUTION, credit_code=here["credit_code"])
    body = NewRecords.model_validate({"records": [world.presence(early, session)]})
    async with world.service.database.transaction() as tx:
        await use_cases.record_session(tx, world.service, principal, session["id"], body)
        world.clock.advance(seconds=1)
        await recorded(world, here, session, world.presence(later, session))
        assert await swept(world) == 1
    assert await swept(world) == 1
    assert await kinds(world) == ["outside_hours"] * 2


async def test_a_sweep_that_breaks_off_takes_nothing_away(world, held):
    here, filed, *_ = held
    session, late = filed["sessions"][0], await world.enrolled(here, filed)
    world.clock.set(world.at(1, 12, 1))
    await recorded(world, here, session, world.presence(late, session))
    with pytest.raises(PowerCutError):
        await swept_and_broken_off(world)
    assert await kinds(world) == []
    await swept(world)
    assert await kinds(world) == ["outside_hours"]


async def test_sweeps_at_once_share_the_work_and_find_each_anomaly_once(world, held):
    here, filed, there, other = held
    people = [world.trainee() for _ in range(6)]
    for institution, a_class, at in ((here, filed, world.at(0, 11, 55)), (there, other, world.at(0, 12))):
        session = a_class["sessions"][0]
        for body in people:
            enrolment = await world.enrolled(institution, a_class, **body)
            world.clock.set(max(world.clock.now(), at))
            record = world.presence(enrolment, session, recorded_at=at.isoformat())
            await world.made(
                f"/sessions/{session['id']}/attendance",
                {"records": [record]},
                world.of_institution(institution),
            )
    taken = await asyncio.gather(*(swept(world, most=3) for _ in range(6)))
    assert sum(taken) == 12
    assert await kinds(world) == ["two_places"] * 12


async def test_the_timer_of_the_service_sweeps(world, held):
    here, filed, *_ = held
    session, late = filed["sessions"][0], await world.enrolled(here, filed)
    world.clock.set(world.at(1, 12, 1))
    await recorded(world, here, session, world.presence(late, session))
    for timer in timers(world.service):
        await timer.act()
    assert await kinds(world) == ["outside_hours"]


async def test_a_class_is_judged_by_the_law_of_its_first_day(world, held):
    here, filed, *_ = held
    enrolment = await world.enrolled(here, filed)
    world.clock.set(world.at(0, 12) + timedelta(days=365 * 6))
    await recorded(world, here, filed["sessions"][0], world.presence(enrolment, filed["sessions"][0]))
    await swept(world)
    assert await kinds(world) == ["outside_hours"]
