"""Penalties and dishonesty listings: recorded, told, lifted; some bar new classes (T06, T08, X3)."""

import asyncio
import csv
import io
from datetime import date, timedelta

import pytest
from chuangpei.auth import Role
from chuangpei.events.training import (
    InstitutionListedDishonest,
    InstitutionPenalised,
    InstitutionSanctionLifted,
)


def sanction(**own):
    return {
        "kind": "stop_for_rectification",
        "source": "浦东新区教育局",
        "document_number": "浦教罚〔2026〕12号",
        "starts_on": "2026-02-01",
        "ends_on": "2026-06-01",
    } | own


async def imposed(world, institution, by=None, **own):
    return await world.made(
        f"/institutions/{institution['id']}/sanctions", sanction(**own), by or world.officer()
    )


async def filing(world, institution):
    body = await world.teachable(institution, world.class_body(institution))
    answer = await world.post("/classes", body, by=world.of_institution(institution))
    if answer.status_code == 201:
        return []
    return [one["rule"] for one in answer.json()["findings"] if one["outcome"] == "failed"]


async def test_a_penalty_is_recorded_with_its_document_and_told(world):
    institution = await world.institution()
    made = await imposed(world, institution, world.officer(subject="officer-7"))
    assert sanction().items() <= made.items()
    assert (made["state"], made["in_force"], made["bars_classes"]) == ("in_force", True, True)
    assert made["recorded_by"] == "officer-7"
    _, event = await world.events()
    assert event == InstitutionPenalised(
        credit_code=institution["credit_code"],
        institution_id=institution["id"],
        district="310115",
        sanction_id=made["id"],
        kind="stop_for_rectification",
        exit_ground="X3",
        source="浦东新区教育局",
        document_number="浦教罚〔2026〕12号",
        starts_on=date(2026, 2, 1),
        ends_on=date(2026, 6, 1),
        recorded_on=world.clock.today(),
    )


async def test_a_listing_as_dishonest_has_an_event_of_its_own_and_holds_until_it_is_lifted(world):
    institution = await world.institution()
    made = await imposed(
        world, institution, world.by(Role.CITY_BUREAU), kind="dishonesty_listing", ends_on=None
    )
    world.clock.advance(days=5 * 365)
    shown = (await world.get(f"/sanctions/{made['id']}", world.officer())).json()
    assert shown["in_force"]
    _, event = await world.events()
    assert isinstance(event, InstitutionListedDishonest)
    assert (event.ends_on, event.exit_ground) == (None, "X3")


async def test_a_fine_is_no_ground_for_a_brands_exit(world):
    institution = await world.institution()
    made = await imposed(world, institution, kind="fine")
    assert not made["bars_classes"]
    assert (await world.events())[-1].exit_ground is None


@pytest.mark.parametrize(
    ("own", "rules"),
    [
        ({}, ["T08"]),
        ({"kind": "licence_suspended"}, ["T08"]),
        ({"kind": "dishonesty_listing", "ends_on": None}, ["T08"]),
        ({"kind": "fine"}, []),
        ({"kind": "warning", "ends_on": None}, []),
        ({"ends_on": "2026-02-19"}, []),
        ({"ends_on": "2026-02-20"}, ["T08"]),
        ({"starts_on": "2026-02-20"}, ["T08"]),
        ({"starts_on": "2026-02-21"}, []),
    ],
)
async def test_who_is_ordered_to_stop_or_listed_files_no_class_on_those_days(world, own, rules):
    institution = await world.qualified()  # 2026-02-20
    await imposed(world, institution, **own)
    assert await filing(world, institution) == rules


async def test_once_it_is_lifted_with_a_reason_classes_may_be_filed_again(world):
    institution = await world.qualified()
    made = await imposed(world, institution)
    body = {"reason": "整改验收合格"}
    lifted = await world.made(f"/sanctions/{made['id']}/lift", body, world.officer(), 1)
    assert (lifted["state"], lifted["in_force"], lifted["lift_reason"]) == (
        "lifted",
        False,
        "整改验收合格",
    )
    event = (await world.events())[-1]
    assert isinstance(event, InstitutionSanctionLifted)
    assert (str(event.sanction_id), event.exit_ground) == (made["id"], "X3")
    assert await filing(world, institution) == []
    again = await world.post(f"/sanctions/{made['id']}/lift", body, by=world.officer(), version=2)
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_state")


async def test_the_refusal_names_every_document_that_bars(world):
    institution = await world.qualified()
    await imposed(world, institution)
    await imposed(
        world, institution, kind="dishonesty_listing", document_number="沪失信2026-3", starts_on="2026-02-02"
    )
    body = await world.teachable(institution, world.class_body(institution))
    answer = await world.post("/classes", body, by=world.of_institution(institution))
    facts = [one["fact"] for one in answer.json()["findings"] if one["rule"] == "T08"]
    assert facts == ["stop_for_rectification 浦教罚〔2026〕12号, dishonesty_listing 沪失信2026-3"]
    shown = (await world.get(f"/institutions/{institution['id']}", world.officer())).json()
    assert shown["barred_by"] == facts[0].split(", ")


async def test_a_class_is_not_filed_while_a_penalty_is_being_recorded(world):
    institution = await world.qualified()
    async with world.service.database.transaction() as tx:
        await tx.connection.fetchrow(
            "SELECT 1 FROM institutions WHERE id = $1 FOR NO KEY UPDATE", institution["id"]
        )
        trying = asyncio.create_task(filing(world, institution))
        await world.somebody_waits_for_a_lock()
        await tx.connection.execute(
            "INSERT INTO sanctions (id, institution_id, kind, source, document_number, starts_on, state,"
            " recorded_at, recorded_by, authority, version) VALUES (gen_random_uuid(), $1,"
            " 'stop_for_rectification', '局', '1号', '2026-01-01', 'in_force', now(), 'x', 'city', 1)",
            institution["id"],
        )
    assert await trying == ["T08"]


async def test_classes_that_run_already_are_flagged(world):
    institution = await world.qualified()
    filed = await world.filed(institution)
    await world.filed(await world.qualified(), sessions=world.sessions(room="302"))
    assert (await world.get("/flagged-classes", world.officer())).json()["items"] == []
    made = await imposed(world, institution)
    (flagged,) = (await world.get("/flagged-classes", world.officer())).json()["items"]
    assert (flagged["id"], flagged["barred_by"]) == (
        filed["id"],
        ["stop_for_rectification 浦教罚〔2026〕12号"],
    )
    export = await world.get("/flagged-classes/export?format=csv", world.officer())
    (row,) = csv.DictReader(io.StringIO(export.content.decode("utf-8-sig")))
    assert row["限制开班的文书"] == "stop_for_rectification 浦教罚〔2026〕12号"
    barred = await world.get("/institutions?barred=true", world.officer())
    assert [one["id"] for one in barred.json()["items"]] == [institution["id"]]
    await world.made(f"/sanctions/{made['id']}/lift", {"reason": "验收合格"}, world.officer(), 1)
    assert (await world.get("/flagged-classes", world.officer())).json()["items"] == []


async def test_a_cancelled_class_is_not_flagged(world):
    institution = await world.qualified()
    filed = await world.filed(institution)
    await imposed(world, institution)
    await world.made(f"/classes/{filed['id']}/cancel", {"reason": "停业整顿"}, world.officer(), 1)
    assert (await world.get("/flagged-classes", world.officer())).json()["items"] == []


async def test_a_class_that_has_ended_is_flagged_no_more(world):
    institution = await world.qualified()
    await world.filed(institution)
    await imposed(world, institution)
    world.clock.set(world.at(1, 23))
    assert len((await world.get("/flagged-classes", world.officer())).json()["items"]) == 1
    world.clock.advance(hours=1)
    assert (await world.get("/flagged-classes", world.officer())).json()["items"] == []


async def test_what_one_document_imposes_is_recorded_once(world):
    institution = await world.institution()
    await imposed(world, institution)
    answer = await world.post(f"/institutions/{institution['id']}/sanctions", sanction(), by=world.officer())
    assert (answer.status_code, answer.json()["code"]) == (409, "sanction_exists")
    await imposed(world, institution, kind="fine")  # the same document may impose two things


async def test_a_wrong_record_is_amended_with_its_reason_and_history(world):
    institution = await world.institution()
    made = await imposed(world, institution)
    path = f"/sanctions/{made['id']}"
    amended = await world.made(
        f"{path}/amend", {"ends_on": None, "reason": "文书未定期限"}, world.officer(), 1
    )
    assert (amended["ends_on"], amended["version"]) == (None, 2)
    (kept,) = (await world.get(f"{path}/amendments", world.officer())).json()["items"]
    assert (kept["before"], kept["after"]) == ({"ends_on": "2026-06-01"}, {"ends_on": None})
    same = await world.post(
        f"{path}/amend", {"source": "浦东新区教育局", "reason": "无变化"}, by=world.officer(), version=2
    )
    assert same.json()["code"] == "nothing_amended"


async def test_an_amendment_that_would_end_it_before_it_starts_is_refused(world):
    made = await imposed(world, await world.institution())
    answer = await world.post(
        f"/sanctions/{made['id']}/amend",
        {"ends_on": "2026-01-31", "reason": "登记有误"},
        by=world.officer(),
        version=1,
    )
    assert answer.json()["errors"][0]["pointer"] == "/ends_on"


async def test_an_amendment_does_not_make_it_the_second_record_of_a_document(world):
    institution = await world.institution()
    await imposed(world, institution)
    other = await imposed(world, institution, document_number="浦教罚〔2026〕13号")
    answer = await world.post(
        f"/sanctions/{other['id']}/amend",
        {"document_number": "浦教罚〔2026〕12号", "reason": "文号有误"},
        by=world.officer(),
        version=1,
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "sanction_exists")


async def test_sanctions_are_found_by_kind_and_day(world):
    institution = await world.institution()
    await imposed(world, institution)
    await imposed(world, institution, kind="fine", starts_on="2026-02-15", ends_on="2026-02-16")

    async def kinds(query):
        answer = await world.get(f"/sanctions?{query}", world.officer())
        assert answer.status_code == 200, answer.text
        return [one["kind"] for one in answer.json()["items"]]

    assert await kinds("kind=fine") == ["fine"]
    assert await kinds("in_force_on=2026-02-16&sort=-starts_on") == ["fine", "stop_for_rectification"]
    assert await kinds("in_force_on=2026-02-17") == ["stop_for_rectification"]
    assert await kinds(f"institution_id={institution['id']}&state=lifted") == []


async def test_a_period_that_ends_before_it_starts_is_refused(world):
    institution = await world.institution()
    body = sanction(ends_on=(date(2026, 2, 1) - timedelta(days=1)).isoformat())
    answer = await world.post(f"/institutions/{institution['id']}/sanctions", body, by=world.officer())
    assert answer.json()["errors"][0]["pointer"] == "/ends_on"


async def test_of_an_amended_period_the_others_are_told(world):
    institution = await world.institution()
    made = await imposed(world, institution)
    body = {"ends_on": "2026-09-30", "reason": "期限有误"}
    await world.made(f"/sanctions/{made['id']}/amend", body, world.officer(), 1)
    event = (await world.events())[-1]
    assert isinstance(event, InstitutionPenalised)
    assert (str(event.sanction_id), event.ends_on) == (made["id"], date(2026, 9, 30))


async def test_what_is_corrected_on_a_lifted_one_does_not_tell_that_it_holds_again(world):
    made = await imposed(world, await world.institution())
    await world.made(f"/sanctions/{made['id']}/lift", {"reason": "验收合格"}, world.officer(), 1)
    body = {"source": "上海市教育委员会", "reason": "机关有误"}
    await world.made(f"/sanctions/{made['id']}/amend", body, world.officer(), 2)
    assert isinstance((await world.events())[-1], InstitutionSanctionLifted)


@pytest.mark.parametrize("role", [Role.CITY_CENTRE, Role.CITY_BUREAU])
async def test_what_the_city_recorded_no_district_amends_or_lifts(world, role):
    institution = await world.institution()
    made = await imposed(world, institution, world.by(role))
    assert made["authority"] == "city"
    for step, body in (
        ("amend", {"ends_on": "2026-02-02", "reason": "期限有误"}),
        ("lift", {"reason": "整改验收合格"}),
    ):
        path = f"/sanctions/{made['id']}/{step}"
        refused = await world.post(path, body, by=world.officer(), version=1)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_your_sanction")
    await world.made(f"/sanctions/{made['id']}/lift", body, world.centre, 1)


async def test_the_city_lifts_what_a_district_recorded(world):
    made = await imposed(world, await world.institution())
    assert made["authority"] == "310115"
    lifted = await world.made(f"/sanctions/{made['id']}/lift", {"reason": "复议撤销"}, world.centre, 1)
    assert lifted["state"] == "lifted"


async def test_what_was_lifted_may_be_imposed_again_by_the_same_document(world):
    institution = await world.institution()
    first = await imposed(world, institution)
    await world.made(f"/sanctions/{first['id']}/lift", {"reason": "误解除"}, world.officer(), 1)
    again = await imposed(world, institution)
    assert (again["id"] != first["id"], again["in_force"]) == (True, True)
    third = await world.post(f"/institutions/{institution['id']}/sanctions", sanction(), by=world.officer())
    assert (third.status_code, third.json()["code"]) == (409, "sanction_exists")
