"""The pool of instructors by real name: applied for, vetted, admitted, kept right (T10, O31)."""

import asyncio
from datetime import date

import pytest
from chuangpei.auth import Role

XUHUI = "310104"


def failed(answer):
    return [(one["rule"], one["fact"]) for one in answer.json()["findings"] if one["outcome"] == "failed"]


async def step(world, instructor, name, by, **said):
    path = f"/instructors/{instructor['id']}/{name}"
    return await world.post(path, said or None, by=by, version=instructor["version"])


@pytest.fixture
async def institution(world):
    return await world.qualified()


async def apply(world, institution, body):
    path = f"/institutions/{institution['id']}/instructors"
    return await world.post(path, body, by=world.of_institution(institution))


async def test_an_instructor_is_applied_for_vetted_and_admitted(world, institution):
    applied = await world.applied(institution)
    assert (applied["state"], applied["district"]) == ("applied", institution["district"])
    vetted = await world.decided(applied, "vet", comment="证书有效")
    assert (vetted["state"], vetted["reason"]) == ("vetted", "证书有效")
    admitted = await world.decided(vetted, "admit")
    assert (admitted["state"], admitted["admitted_on"]) == ("active", "2026-02-20")
    assert admitted["appraisal_due_on"] == "2027-02-20"


async def test_personal_data_rest_encrypted_and_show_masked(world, institution):
    body = world.application(name="欧阳老师")
    applied = (await apply(world, institution, body)).json()
    assert (applied["name"], applied["phone"]) == ("欧阳*", "139****1234")
    assert applied["id_number"] == "310" + "*" * 13 + body["id_number"][-2:]
    stored = await world.count("SELECT instructors::text FROM instructors")
    assert not any(body[field] in stored for field in ("name", "id_number", "phone"))


async def test_a_citizen_nominates_oneself_by_real_name(world):
    await world.project()
    body = world.application(district=XUHUI)
    del body["employment"]
    by = world.by(Role.CITIZEN, id_number=body["id_number"])
    nominated = await world.made("/my/instructor", body, by)
    assert (nominated["state"], nominated["institution_id"], nominated["employment"]) == (
        "applied",
        None,
        None,
    )
    assert (await world.get("/my/instructor", by)).json() == nominated
    assert (await world.decided(nominated, "vet"))["state"] == "vetted"


async def test_nobody_nominates_somebody_else(world):
    await world.project()
    body = world.application(district=XUHUI)
    del body["employment"]
    other = world.by(Role.CITIZEN, id_number=world.id_number())
    answer = await world.post("/my/instructor", body, by=other)
    assert [one["code"] for one in answer.json()["errors"]] == ["not_your_own"]
    assert (await world.get("/my/instructor", other)).status_code == 404


async def test_the_pool_has_each_person_once_whichever_institution_applies(world, institution):
    body = world.application()
    await apply(world, institution, body)
    other = await world.institution(XUHUI)
    answer = await apply(world, other, body)
    assert (answer.status_code, answer.json()["code"]) == (409, "instructor_exists")


async def test_of_ten_applications_at_once_for_one_person_one_is_taken(world, institution):
    body = world.application()
    answers = await asyncio.gather(*(apply(world, institution, body) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 9]
    assert await world.count("SELECT count(*) FROM instructors") == 1
    assert await world.count("SELECT count(*) FROM instructor_certificates") == 1


async def test_who_was_refused_may_apply_again_with_what_was_missing(world, institution):
    body = world.application(certificates=[])
    applied = (await apply(world, institution, body)).json()
    refused = (await step(world, applied, "refuse", world.officer(), reason="无师资证书")).json()
    assert (refused["state"], refused["reason"]) == ("refused", "无师资证书")
    again = (await apply(world, institution, world.application(**body | {"certificates": []}))).json()
    assert (again["id"], again["state"], again["reason"]) == (applied["id"], "applied", None)


@pytest.mark.parametrize(
    ("certificate", "held"),
    [
        ({"expires_on": "2026-02-19"}, "0"),
        ({"issued_on": "2026-02-21"}, "0"),
        (None, "0"),
    ],
)
async def test_nobody_is_vetted_without_a_certificate_that_is_valid_that_day(
    world, institution, certificate, held
):
    body = world.application()
    (own,) = body["certificates"]
    applied = await world.applied(institution, certificates=[own | certificate] if certificate else [])
    answer = await step(world, applied, "vet", world.officer())
    assert (answer.status_code, answer.json()["code"], failed(answer)) == (
        422,
        "instructor_refused",
        [("T10", held)],
    )


async def test_a_certificate_is_valid_until_the_end_of_its_last_day(world, institution):
    (own,) = world.application()["certificates"]
    applied = await world.applied(institution, certificates=[own | {"expires_on": "2026-02-20"}])
    assert (await world.decided(applied, "vet"))["state"] == "vetted"


async def test_a_certificate_is_recorded_once(world, institution):
    applied = await world.applied(institution)
    (own,) = world.application(certificates=[applied["certificates"][0] | {"number": "B-2"}])["certificates"]
    own.pop("id")
    path = f"/instructors/{applied['id']}/certificates"
    added = await world.made(path, own, world.of_institution(institution))
    assert {one["number"] for one in added["certificates"]} == {applied["certificates"][0]["number"], "B-2"}
    again = await world.post(path, own, by=world.officer())
    assert (again.status_code, again.json()["code"]) == (409, "certificate_exists")


async def test_a_wrong_certificate_is_amended_and_lets_the_district_vet(world, institution):
    (own,) = world.application()["certificates"]
    applied = await world.applied(institution, certificates=[own | {"expires_on": "2025-06-01"}])
    (recorded,) = applied["certificates"]
    path = f"/instructors/{applied['id']}/certificates/{recorded['id']}/amend"
    body = own | {"expires_on": "2026-06-01", "reason": "有效期登记有误"}
    amended = await world.made(path, body, world.officer(), applied["version"])
    assert amended["certificates"] == [recorded | {"expires_on": "2026-06-01"}]
    (kept,) = (await world.get(f"/instructors/{applied['id']}/amendments", world.officer())).json()["items"]
    assert kept["before"] == {"certificate_expires_on": "2025-06-01"}
    same = await world.post(path, body, by=world.officer(), version=amended["version"])
    assert same.json()["code"] == "nothing_amended"
    assert (await world.decided(amended, "vet"))["state"] == "vetted"


async def test_a_certificate_is_not_amended_into_another_or_under_another_person(world, institution):
    first, second = world.application()["certificates"][0], world.application()["certificates"][0]
    applied = await world.applied(institution, certificates=[first, second])
    other = await world.applied(institution)
    of_first = next(one["id"] for one in applied["certificates"] if one["number"] == first["number"])
    for holder, status in [(applied, 409), (other, 404)]:
        path = f"/instructors/{holder['id']}/certificates/{of_first}/amend"
        answer = await world.post(path, second | {"reason": "登记有误"}, by=world.officer(), version=1)
        assert answer.status_code == status


async def test_each_decides_when_it_is_their_turn(world, institution):
    applied = await world.applied(institution)
    for name, by in [("admit", world.centre), ("refuse", world.centre), ("suspend", world.centre)]:
        answer = await step(world, applied, name, by, **({} if name == "admit" else {"reason": "不符合"}))
        assert (answer.status_code, answer.json()["code"]) == (409, "not_allowed_in_state"), name
    vetted = await world.decided(applied, "vet")
    assert (await step(world, vetted, "refuse", world.officer(), reason="不符合")).status_code == 409
    assert (await step(world, vetted, "vet", world.officer())).status_code == 409
    refused = await step(world, vetted, "refuse", world.centre, reason="不符合")
    assert refused.json()["state"] == "refused"


async def test_a_suspension_ends_when_the_city_centre_says_so(world, institution):
    admitted = await world.admitted(institution)
    suspended = await world.decided(admitted, "suspend", reason="投诉核查")
    assert (suspended["state"], suspended["reason"]) == ("suspended", "投诉核查")
    resumed = await world.decided(suspended, "resume", reason="核查无误")
    assert (resumed["state"], resumed["appraisal_due_on"]) == ("active", admitted["appraisal_due_on"])


async def test_who_read_an_old_version_decides_nothing(world, institution):
    applied = await world.applied(institution)
    await world.decided(applied, "vet")
    assert (await step(world, applied, "vet", world.officer())).status_code == 412


async def test_outside_the_dates_of_the_law_nobody_is_admitted(world, institution):
    vetted = await world.decided(await world.applied(institution), "vet")
    world.clock.advance(days=365 * 5)
    answer = await step(world, vetted, "admit", world.centre)
    assert (answer.status_code, answer.json()["code"]) == (422, "no_law_in_force")


async def test_an_amendment_keeps_what_stood_before_and_why(world, institution):
    await world.project("SYB", stage=2)
    admitted = await world.admitted(institution)
    path = f"/instructors/{admitted['id']}/amend"
    body = {"name": "李老", "projects": ["SYB", "IYB"], "reason": "补登项目"}
    amended = await world.made(path, body, world.officer(), admitted["version"])
    assert (amended["projects"], amended["name"]) == (["IYB", "SYB"], "李*")
    (kept,) = (await world.get(f"/instructors/{admitted['id']}/amendments", world.centre)).json()["items"]
    assert (kept["before"]["projects"], kept["after"]["projects"]) == (["IYB"], ["IYB", "SYB"])
    assert kept["reason"] == "补登项目"
    assert "李老" not in str(kept)
    assert set(kept["before"]) == {"name_encrypted", "projects"}


async def test_an_amendment_that_changes_nothing_is_refused(world, institution):
    admitted = await world.admitted(institution)
    body = {"name": "李老师", "phone": "13900001234", "projects": ["IYB"], "reason": "登记有误"}
    path = f"/instructors/{admitted['id']}/amend"
    answer = await world.post(path, body, by=world.officer(), version=admitted["version"])
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_amended")


async def test_who_moves_to_another_institution_is_its_districts(world, institution):
    admitted = await world.admitted(institution)
    other = await world.institution(XUHUI)
    body = {"employment": "part_time", "institution_id": other["id"], "reason": "调动"}
    path = f"/instructors/{admitted['id']}/amend"
    hidden = await world.post(path, body, by=world.officer(), version=admitted["version"])
    assert [one["code"] for one in hidden.json()["errors"]] == ["unknown_institution"]
    moved = await world.made(path, body, world.centre, admitted["version"])
    assert (moved["district"], moved["institution_id"], moved["employment"]) == (
        XUHUI,
        other["id"],
        "part_time",
    )


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"projects": []}, "/projects"),
        ({"projects": ["XYZ"]}, "/projects/0"),
        ({"id_number": "310101199001010038"}, "/id_number"),
        ({"employment": "volunteer"}, "/employment"),
        ({"phone": "12345"}, "/phone"),
        ({"certificates": [{"name": "证"}]}, "/certificates/0/number"),
        ({"state": "active"}, "/state"),
    ],
)
async def test_what_is_wrong_with_an_application_is_named(world, institution, change, pointer):
    answer = await apply(world, institution, world.application() | change)
    assert answer.status_code == 422
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]
    assert await world.count("SELECT count(*) FROM instructors") == 0


async def test_a_certificate_does_not_end_before_it_begins(world, institution):
    (own,) = world.application()["certificates"]
    answer = await apply(
        world, institution, world.application(certificates=[own | {"expires_on": "2020-01-01"}])
    )
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/certificates/0/expires_on"]


async def test_what_is_masked_is_shown_for_a_reason_that_is_kept(world, institution):
    body = world.application()
    applied = (await apply(world, institution, body)).json()
    path = f"/instructors/{applied['id']}/unmask"
    shown = await world.made(path, {"reason": "核对身份"}, world.officer())
    assert {field: body[field] for field in ("name", "id_number", "phone")}.items() <= shown.items()
    audited = await world.count("SELECT reason FROM audit_log WHERE action = 'unmask_instructor'")
    assert audited == "核对身份"


async def test_the_list_is_filtered_by_what_one_asks(world, institution):
    await world.project("SYB", stage=2)
    active = await world.admitted(institution)
    applied = await world.applied(institution, employment="part_time", projects=["SYB"])
    other = await world.applied(await world.institution(XUHUI))

    async def found(query):
        answer = await world.get(f"/instructors?{query}", world.centre)
        assert answer.status_code == 200, answer.text
        return {one["id"] for one in answer.json()["items"]}

    assert await found("state=active") == {active["id"]}
    assert await found("state=applied") == {applied["id"], other["id"]}
    assert await found("employment=part_time") == {applied["id"]}
    assert await found("project_code=SYB") == {applied["id"]}
    assert await found(f"district={XUHUI}") == {other["id"]}
    assert await found(f"credit_code={institution['credit_code']}") == {active["id"], applied["id"]}
    assert await found("due_by=2027-02-20") == {active["id"]}
    assert await found("due_by=2027-02-19") == set()


async def test_the_export_is_masked_and_opens_harmlessly(world, institution):
    body = world.application(fields=["=1+1"])
    await apply(world, institution, body)
    answer = await world.get("/instructors/export?sort=-applied_at", world.of_institution(institution))
    assert answer.status_code == 200
    assert "'=1+1" in answer.text
    assert body["id_number"] not in answer.text
    sheet = await world.get("/instructors/export?format=xlsx&state=applied", world.officer())
    assert sheet.content.startswith(b"PK")


async def test_a_person_is_born_before_applying(world, institution):
    answer = await apply(world, institution, world.application(id_number=world.id_number(date(2026, 2, 21))))
    assert [one["code"] for one in answer.json()["errors"]] == ["not_born"]
