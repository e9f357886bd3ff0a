"""What people say to an anomaly: explained, confirmed, and a wrong confirmation taken back (T06)."""

import asyncio
import csv
import io

import asyncpg
import pytest
from training_svc.anomalies.sweep import sweep


@pytest.fixture
async def anomaly(world):
    """A batch that came a day late, and its institution."""
    institution = await world.qualified()
    filed = await world.filed(institution)
    enrolment, session = await world.enrolled(institution, filed), filed["sessions"][0]
    world.clock.set(world.at(1, 12, 1))
    await world.made(
        f"/sessions/{session['id']}/attendance",
        {"records": [world.presence(enrolment, session)]},
        world.of_institution(institution),
    )
    async with world.service.database.transaction() as tx:
        await sweep(tx, world.service)
    (found,) = (await world.get("/anomalies", world.officer())).json()["items"]
    return found, world.of_institution(institution)


async def say(world, anomaly, what, by, version=1, reason="断网，次日补传"):
    return await world.post(f"/anomalies/{anomaly['id']}/{what}", {"reason": reason}, by=by, version=version)


async def test_the_institution_explains_and_it_is_kept_who_and_why(world, anomaly):
    found, own = anomaly
    explained = (await say(world, found, "explain", own)).json()
    assert (explained["state"], explained["explanation"]) == ("explained", "断网，次日补传")
    assert explained["explained_by"].startswith("dev-institution")
    audited = "SELECT reason FROM audit_log WHERE action = 'explain_anomaly' AND object_id = $1"
    assert await world.count(audited, found["id"]) == "断网，次日补传"


async def test_the_district_confirms_whatever_was_explained(world, anomaly):
    found, own = anomaly
    await say(world, found, "explain", own)
    confirmed = (await say(world, found, "confirm", world.officer(), 2, "说明不实")).json()
    assert (confirmed["state"], confirmed["explanation"], confirmed["confirmation"]) == (
        "confirmed",
        "断网，次日补传",
        "说明不实",
    )


async def test_what_is_confirmed_is_explained_no_more(world, anomaly):
    found, own = anomaly
    await say(world, found, "confirm", world.officer())
    answer = await say(world, found, "explain", own, 2)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")


async def test_a_wrong_confirmation_is_taken_back_with_its_history(world, anomaly):
    found, _ = anomaly
    early = await say(world, found, "amend", world.officer())
    assert (early.status_code, early.json()["code"]) == (409, "not_allowed_in_state")
    await say(world, found, "confirm", world.officer(), reason="疑似补录")
    amended = (await say(world, found, "amend", world.officer(), 2, "经核实断网属实")).json()
    assert (amended["state"], amended["explanation"], amended["confirmation"]) == (
        "explained",
        "经核实断网属实",
        None,
    )
    (kept,) = (await world.get(f"/anomalies/{found['id']}/amendments", world.officer())).json()["items"]
    assert (kept["before"]["confirmation"], kept["after"]["state"]) == ("疑似补录", "explained")


async def test_of_ten_confirmations_at_once_one_is_made(world, anomaly):
    found, _ = anomaly
    answers = await asyncio.gather(*(say(world, found, "confirm", world.officer()) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 9]


async def test_others_neither_see_it_nor_say_anything(world, anomaly):
    found, _ = anomaly
    other = world.of_institution(await world.institution())
    for by in (other, world.officer("310104")):
        assert (await world.get("/anomalies", by)).json()["items"] == []
        assert (await world.get(f"/anomalies/{found['id']}", by)).status_code == 404
        assert (await world.get(f"/anomalies/{found['id']}/amendments", by)).status_code == 404
        assert (await say(world, found, "explain", by)).status_code == 404
    assert (await say(world, found, "confirm", world.officer("310104"))).status_code == 404


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("state=open", 1),
        ("state=confirmed", 0),
        ("kind=outside_hours", 1),
        ("kind=two_places", 0),
        ("district=310115", 1),
        ("district=310104", 0),
        ("found_since=2026-03-03T12:01:00%2B08:00", 1),
        ("found_since=2026-03-03T12:01:01%2B08:00", 0),
        ("found_until=2026-03-03T12:00:59%2B08:00", 0),
    ],
)
async def test_anomalies_are_found_by_what_one_looks_for(world, anomaly, query, count):
    assert len((await world.get(f"/anomalies?{query}", world.centre)).json()["items"]) == count


async def test_the_export_tells_what_was_found_and_said(world, anomaly):
    found, own = anomaly
    await say(world, found, "explain", own, reason="=断网")
    answer = await world.get("/anomalies/export?state=explained", world.officer())
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["异常代码"], row["状态"], row["说明"]) == ("outside_hours", "explained", "'=断网")


async def test_a_rule_finds_a_thing_once_whoever_tries(world, anomaly):
    again = (
        "INSERT INTO anomalies (id, kind, subject, class_id, institution_id, district, fact, required,"
        " found_at, state, version) SELECT gen_random_uuid(), kind, subject, class_id, institution_id,"
        " district, fact, required, found_at, 'open', 1 FROM anomalies"
    )
    with pytest.raises(asyncpg.UniqueViolationError):
        await world.count(again)


async def test_the_anomalies_of_one_trainee_are_found(world, anomaly):
    found, _ = anomaly
    trainee = "UPDATE anomalies SET enrolment_id = (SELECT id FROM enrolments) RETURNING enrolment_id"
    for enrolment_id, count in ((await world.count(trainee), 1), (found["id"], 0)):
        listed = await world.get(f"/anomalies?enrolment_id={enrolment_id}", world.officer())
        assert len(listed.json()["items"]) == count
