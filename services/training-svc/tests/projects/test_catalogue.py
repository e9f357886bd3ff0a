"""The catalogue: four stages, families, certificates, and projects that are retired (T01, C01, C02, C03)."""

import asyncio
import csv
import io

import pytest
from training_svc.classes import use_cases as classes
from training_svc.classes.schemas import NewClass


async def amended(world, code, version, **changes):
    body = {"reason": "登记有误"} | changes
    return await world.post(f"/projects/{code}/amend", body, by=world.centre, version=version)


async def retired(world, code="IYB", version=1):
    return await world.made(f"/projects/{code}/retire", {"reason": "并入新课程"}, world.centre, version)


def failed(answer):
    return [one["rule"] for one in answer.json()["findings"] if one["outcome"] == "failed"]


@pytest.mark.parametrize(
    ("stage", "certificates"),
    [
        (1, ["entrepreneurship_completion"]),
        (2, ["entrepreneurship_completion"]),
        (3, ["training_completion", "training_qualification"]),
        (4, ["entrepreneurship_completion"]),
    ],
)
async def test_a_project_leads_to_the_certificates_of_its_stage(world, stage, certificates):
    added = await world.project("P", stage=stage)
    assert added["certificates"] == certificates
    assert (await world.project("Q", stage=stage, certificates=certificates[::-1]))[
        "certificates"
    ] == certificates


async def test_a_project_that_would_lead_to_others_is_refused(world):
    body = {"code": "GYB", "name": "产生你的企业想法", "stage": 1, "certificates": ["training_qualification"]}
    answer = await world.post("/projects", body, by=world.centre)
    assert (answer.status_code, answer.json()["code"], failed(answer)) == (422, "project_refused", ["C01"])
    assert await world.count("SELECT count(*) FROM projects") == 0


async def test_a_district_project_names_its_district(world):
    body = {"code": "PD1", "name": "浦东创业营", "stage": 1, "family": "district"}
    assert failed(await world.post("/projects", body, by=world.centre)) == ["T02"]
    added = await world.project("PD1", stage=1, family="district", district="310115")
    assert (added["family"], added["district"]) == ("district", "310115")


async def test_name_and_family_are_amended_with_a_reason_and_what_stood_before_is_kept(world):
    await world.project(name="改善企业")
    after = await amended(world, "IYB", 1, name="改善你的企业", family="iyb")
    assert (after.json()["name"], after.json()["family"], after.json()["version"]) == (
        "改善你的企业",
        "iyb",
        2,
    )
    (kept,) = (await world.get("/projects/IYB/amendments", world.officer())).json()["items"]
    assert kept["before"] == {"name": "改善企业", "family": "city"}
    assert kept["after"] == {"name": "改善你的企业", "family": "iyb"}
    assert kept["reason"] == "登记有误"


async def test_a_project_that_is_no_longer_one_districts_loses_its_district(world):
    await world.project(family="district", district="310115")
    assert (await amended(world, "IYB", 1, family="city")).json()["district"] is None


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"name": "改善你的企业"}, 422, "nothing_amended"),
        ({"family": "district"}, 422, "project_refused"),
        ({"district": "310115"}, 422, "project_refused"),
        ({"stage": 1}, 422, "invalid_input"),
        ({"retired": True}, 422, "invalid_input"),
        ({"reason": ""}, 422, "invalid_input"),
    ],
)
async def test_an_amendment_changes_something_that_may_change(world, changes, status, code):
    before = await world.project()
    answer = await amended(world, "IYB", 1, **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await world.get("/projects/IYB", world.centre)).json() == before


async def test_of_eight_amendments_at_once_one_is_made(world):
    await world.project()
    answers = await asyncio.gather(*(amended(world, "IYB", 1, name=f"名称{n}") for n in range(8)))
    assert sorted(one.status_code for one in answers) == [200, *[412] * 7]
    assert await world.count("SELECT count(*) FROM amendments") == 1


async def test_an_unknown_project_is_neither_amended_nor_retired(world):
    assert (await amended(world, "XYZ", 1, name="新名称")).status_code == 404
    answer = await world.post("/projects/XYZ/retire", {"reason": "并入"}, by=world.centre, version=1)
    assert answer.status_code == 404
    assert (await world.get("/projects/XYZ/amendments", world.centre)).status_code == 404


async def test_a_retired_project_takes_no_new_class_and_no_application(world):
    institution = await world.qualified()
    running = await world.filed(institution)
    assert (await retired(world))["retired_on"] == world.clock.today().isoformat()
    by = world.of_institution(institution)
    body = await world.teachable(institution, world.class_body(institution))
    assert "T01" in failed(await world.post("/classes", body, by=by))
    other = await world.institution()
    path = f"/institutions/{other['id']}/qualifications"
    answer = await world.post(path, world.qualification_body(), by=world.of_institution(other))
    assert failed(answer) == ["T01"]
    assert (await world.enrolled(institution, running))["state"] == "enrolled"


async def test_a_mistaken_retirement_is_undone_by_an_amendment(world):
    institution = await world.qualified()
    await retired(world)
    assert (await amended(world, "IYB", 2, retired=False)).json()["retired_on"] is None
    assert (await world.filed(institution))["project_code"] == "IYB"
    (kept,) = (await world.get("/projects/IYB/amendments", world.centre)).json()["items"]
    assert kept["before"] == {"retired_on": "2026-02-20"}


async def test_a_project_is_retired_once(world):
    await world.project()
    await retired(world)
    again = await world.post("/projects/IYB/retire", {"reason": "再次停用"}, by=world.centre, version=2)
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_state")


async def test_a_retirement_waits_for_a_class_being_filed(world):
    institution = await world.qualified()
    body = NewClass.model_validate(await world.teachable(institution, world.class_body(institution)))
    async with world.service.database.transaction() as tx:
        await classes.file_class(tx, world.service, world.principal_of(institution), body)
        retiring = asyncio.create_task(retired(world))
        await world.somebody_waits_for_a_lock()
        assert not retiring.done()
    assert (await retiring)["retired_on"]
    assert await world.count("SELECT count(*) FROM classes") == 1


async def test_a_district_project_is_for_its_district(world):
    await world.project(family="district", district="310104")
    await world.standard()
    institution = await world.institution("310115")
    path = f"/institutions/{institution['id']}/qualifications"
    answer = await world.post(path, world.qualification_body(), by=world.of_institution(institution))
    assert failed(answer) == ["T02"]
    assert (await world.submitted(await world.institution("310104")))["state"] == "submitted"


async def test_the_catalogue_is_filtered_sorted_and_taken_away_as_a_file(world):
    await world.project("GYB", stage=1, family="gyb", name="丙")
    await world.project("IYB", stage=3, family="iyb", name="甲")
    await world.project("PD1", stage=1, family="district", district="310115", name="乙")
    await retired(world, "GYB")

    async def codes(query):
        found = await world.get(f"/projects?{query}", world.centre)
        return [one["code"] for one in found.json()["items"]]

    assert await codes("stage=1") == ["GYB", "PD1"]
    assert await codes("family=iyb") == ["IYB"]
    assert await codes("district=310115") == ["PD1"]
    assert await codes("retired=true") == ["GYB"]
    assert await codes("retired=false&sort=-stage") == ["IYB", "PD1"]
    assert await codes("sort=-code") == ["PD1", "IYB", "GYB"]
    file = await world.get("/projects/export?stage=1&sort=-code", world.officer())
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [row["项目编码"] for row in rows] == ["PD1", "GYB"]
    assert [row["停用日期"] for row in rows] == ["", "2026-02-20"]


async def test_a_code_that_stands_in_the_path_already_is_refused(world):
    """Else the project could be added and never be read."""
    paths = world.app.openapi()["paths"]
    taken = {path.split("/")[4] for path in paths if path.startswith("/training/v1/projects/")} - {"{code}"}
    assert "export" in taken
    for code in taken:
        body = {"code": code, "name": "导出", "stage": 1}
        answer = await world.post("/projects", body, by=world.centre)
        assert [one["pointer"] for one in answer.json()["errors"]] == ["/code"]
