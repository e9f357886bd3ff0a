"""Complaints: filed by citizens and officers, investigated, found or not; the complainant is sealed."""

import asyncio

import pytest
from chuangpei.auth import Principal, Role
from chuangpei.events.training import ComplaintDecided
from fastapi import Request
from training_svc.complaints.routes import list_my_complaints
from training_svc.complaints.schemas import MyComplaintPage

CONTENT = "课程安排与开班公告不符，缺课三次。"
WHO = {"name": "司马相如", "phone": "13700001234"}
OUTCOME = {"outcome": "经查属实，已责令补课"}


def complaint(institution, **own):
    return {"credit_code": institution["credit_code"], "subject": "teaching", "content": CONTENT} | own


def citizen(world):
    return world.by(Role.CITIZEN, id_number="310101199001010039")


async def complained(world, institution, **own):
    body = complaint(institution, channel="hotline", complainant=WHO, **own)
    return await world.made("/complaints", body, world.officer())


async def step(world, one, action, version, body=None, by=None):
    return await world.post(
        f"/complaints/{one['id']}/{action}", body, by=by or world.officer(), version=version
    )


async def test_a_citizen_complains_and_sees_what_became_of_it(world):
    institution = await world.institution()
    filed = await world.made("/complaints", complaint(institution, complainant=WHO), citizen(world))
    assert (filed["state"], filed["institution_name"]) == ("filed", institution["name"])
    await step(world, filed, "investigate", 1)
    await step(world, filed, "uphold", 2, OUTCOME)
    (mine,) = (await world.get("/my/complaints", citizen(world))).json()["items"]
    assert (mine["state"], mine["outcome"]) == ("upheld", OUTCOME["outcome"])
    other = world.by(Role.CITIZEN, id_number=world.id_number())
    assert (await world.get("/my/complaints", other)).json()["items"] == []
    file = (await world.get("/my/complaints/export?state=upheld", citizen(world))).text
    assert OUTCOME["outcome"] in file
    for by, query in ((citizen(world), "?state=dismissed"), (other, "")):
        empty = (await world.get(f"/my/complaints/export{query}", by)).text
        assert OUTCOME["outcome"] not in empty


async def test_who_complains_and_what_is_said_rest_encrypted_and_are_shown_masked(world):
    institution = await world.institution()
    filed = await world.made("/complaints", complaint(institution, complainant=WHO), citizen(world))
    shown = await world.get(f"/complaints/{filed['id']}", world.officer())
    assert (shown.json()["complainant_name"], shown.json()["complainant_phone"]) == ("司马*", "137****1234")
    export = await world.get("/complaints/export", world.officer())
    kept = await world.count("SELECT complaints::text FROM complaints")
    for text in (shown.text, export.text, kept):
        assert not any(clear in text for clear in (*WHO.values(), CONTENT))


async def test_the_investigating_officer_opens_it_with_a_reason_that_is_audited(world):
    filed = await complained(world, await world.institution())
    path = f"/complaints/{filed['id']}/disclose"
    opened = await world.post(path, {"reason": "联系投诉人核实"}, by=world.officer(subject="officer-7"))
    assert opened.json() == {
        "id": filed["id"],
        "content": CONTENT,
        "complainant_name": WHO["name"],
        "complainant_phone": WHO["phone"],
    }
    audited = await world.count(
        "SELECT actor || ' ' || reason FROM audit_log WHERE action = 'disclose_complaint'"
    )
    assert audited == "officer-7 联系投诉人核实"
    assert (await world.post(path, {}, by=world.officer())).status_code == 422


async def test_a_complaint_by_another_channel_may_be_anonymous(world):
    body = complaint(await world.institution(), channel="letter")
    filed = await world.made("/complaints", body, world.officer())
    shown = (await world.get(f"/complaints/{filed['id']}", world.officer())).json()
    assert (shown["channel"], shown["complainant_name"]) == ("letter", None)


@pytest.mark.parametrize(
    ("own", "pointer"),
    [
        ({}, "/complainant"),
        ({"complainant": WHO, "channel": "hotline"}, "/channel"),
        ({"complainant": WHO, "credit_code": "91310115MA1K35X104"}, "/credit_code"),
        ({"complainant": WHO, "class_id": "00000000-0000-0000-0000-000000000001"}, "/class_id"),
        ({"complainant": WHO, "content": "坏"}, "/content"),
        ({"complainant": WHO, "subject": "weather"}, "/subject"),
    ],
)
async def test_what_is_wrong_with_a_citizens_complaint_is_named(world, own, pointer):
    body = complaint(await world.institution(), **own)
    answer = await world.post("/complaints", body, by=citizen(world))
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("channel", [None, "online"])
async def test_an_officer_says_by_which_channel_it_came(world, channel):
    body = complaint(await world.institution(), channel=channel)
    answer = await world.post("/complaints", body, by=world.officer())
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/channel"]


async def test_a_class_of_another_institution_is_no_ground(world):
    filed = await world.filed(await world.qualified())
    body = complaint(await world.institution(), complainant=WHO, class_id=filed["id"])
    answer = await world.post("/complaints", body, by=citizen(world))
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/class_id"]


async def test_nothing_is_found_before_it_is_investigated_nor_twice(world):
    filed = await complained(world, await world.institution())
    for action in ("uphold", "dismiss"):
        answer = await step(world, filed, action, 1, OUTCOME)
        assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state")
    assert (await step(world, filed, "investigate", 1)).status_code == 200
    assert (await step(world, filed, "investigate", 2)).status_code == 409
    assert (await step(world, filed, "dismiss", 2, OUTCOME)).json()["state"] == "dismissed"
    assert (await step(world, filed, "uphold", 3, OUTCOME)).status_code == 409


async def test_of_two_who_decide_at_once_one_does(world):
    filed = await complained(world, await world.institution())
    await step(world, filed, "investigate", 1)
    answers = await asyncio.gather(
        *(step(world, filed, action, 2, OUTCOME) for action in ("uphold", "dismiss"))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]


async def test_a_finding_is_reversed_with_a_reason_and_the_first_is_kept(world):
    filed = await complained(world, await world.institution())
    early = await step(world, filed, "amend", 1, {"outcome": "复查不属实", "reason": "证据有误"})
    assert early.status_code == 409
    await step(world, filed, "investigate", 1)
    await step(world, filed, "uphold", 2, OUTCOME)
    reversed_ = await step(world, filed, "amend", 3, {"outcome": "复查不属实", "reason": "证据有误"})
    assert (reversed_.json()["state"], reversed_.json()["outcome"]) == ("dismissed", "复查不属实")
    (kept,) = (await world.get(f"/complaints/{filed['id']}/amendments", world.officer())).json()["items"]
    assert kept["before"] == {"state": "upheld", "outcome": OUTCOME["outcome"]}
    assert (kept["after"]["state"], kept["reason"]) == ("dismissed", "证据有误")
    told = [one for one in await world.events() if isinstance(one, ComplaintDecided)]
    assert [(str(one.complaint_id), one.upheld) for one in told] == [
        (filed["id"], True),
        (filed["id"], False),
    ]
    assert OUTCOME["outcome"] not in told[0].model_dump_json()


async def test_the_district_of_a_complaint_stays_when_its_institution_moves(world):
    institution = await world.institution()
    filed = await complained(world, institution)
    await world.made(
        f"/institutions/{institution['id']}/amend",
        {"district": "310104", "reason": "迁址"},
        world.officer(),
        1,
    )
    assert (await world.get(f"/complaints/{filed['id']}", world.officer())).json()["district"] == "310115"
    assert (await world.get(f"/complaints/{filed['id']}", world.officer("310104"))).status_code == 404


async def test_an_officer_files_about_institutions_of_the_own_district_only(world):
    elsewhere = await world.institution("310104")
    answer = await world.post("/complaints", complaint(elsewhere, channel="letter"), by=world.officer())
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/credit_code"]


async def test_the_institution_does_not_see_who_complains(world):
    institution = await world.institution()
    filed = await complained(world, institution)
    by = world.of_institution(institution)
    for path in ("/complaints", "/complaints/export", f"/complaints/{filed['id']}"):
        assert (await world.get(path, by)).status_code == 403


async def test_complaints_are_found_by_state_subject_and_day(world):
    institution = await world.institution()
    await complained(world, institution)
    world.clock.advance(days=1)
    body = complaint(institution, channel="letter", subject="fees")
    await world.made("/complaints", body, world.officer())

    async def subjects(query):
        answer = await world.get(f"/complaints?{query}", world.officer())
        assert answer.status_code == 200, answer.text
        return [one["subject"] for one in answer.json()["items"]]

    assert await subjects("sort=-filed_on") == ["fees", "teaching"]
    assert await subjects("subject=fees") == ["fees"]
    assert await subjects("filed_until=2026-02-20") == ["teaching"]
    assert await subjects("filed_since=2026-02-21&channel=letter&state=filed") == ["fees"]


async def test_the_audit_log_tells_that_it_was_found_true_and_not_in_which_words(world):
    filed = await complained(world, await world.institution())
    await step(world, filed, "investigate", 1)
    await step(world, filed, "uphold", 2, {"outcome": "经查，司马相如所述属实"})
    audited = await world.count("SELECT to_state FROM audit_log WHERE action = 'uphold_complaint'")
    assert audited == "upheld"
    assert "司马相如" not in await world.count("SELECT string_agg(a::text, ' ') FROM audit_log a")


async def test_whoever_has_no_person_sees_no_complaints(world):
    institution = await world.institution()
    await complained(world, institution)
    await world.made("/complaints", complaint(institution, complainant=WHO), citizen(world))
    nobody = Principal("nobody", Role.CITIZEN)
    request = Request({"type": "http", "app": world.app})
    assert (await list_my_complaints(request, nobody, MyComplaintPage())).items == []
