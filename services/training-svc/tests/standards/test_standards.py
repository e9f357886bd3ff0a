"""Projects and standards: published by the city centre, cited by everyone (T01, T05)."""

import pytest
from chuangpei.auth import Role


async def test_the_city_centre_publishes_a_standard_that_everyone_reads(world):
    await world.project()
    standard = await world.standard()
    seen = await world.get(
        f"/standards/{standard['id']}", world.by(Role.CITIZEN, id_number=world.id_number())
    )
    assert seen.json() == standard


async def test_a_project_code_is_given_once(world):
    await world.project()
    again = await world.post("/projects", {"code": "IYB", "name": "另一项目", "stage": 1}, by=world.centre)
    assert (again.status_code, again.json()["code"]) == (409, "project_exists")
    assert (await world.get("/projects/IYB", world.centre)).json()["name"] == "改善你的企业"


@pytest.mark.parametrize("stage", [0, 5, "3", 1.5, None])
async def test_there_are_four_stages(lasting_world, stage):
    world = lasting_world
    answer = await world.post("/projects", {"code": "IYB", "name": "项目", "stage": stage}, by=world.centre)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/stage"


@pytest.mark.parametrize("again", [{"version": "2026-1"}, {"version": "2026-2"}])
async def test_a_version_and_a_first_day_are_given_once_for_a_project(world, again):
    await world.project()
    first = await world.standard(min_hours=16)
    shown = {"id", "withdrawn_on", "frozen", "revision"}
    body = {name: value for name, value in first.items() if name not in shown} | {"min_hours": 8} | again
    if again["version"] == "2026-1":
        body["effective_from"] = "2026-06-01"
    answer = await world.post("/standards", body, by=world.centre)
    assert (answer.status_code, answer.json()["code"]) == (409, "standard_exists")


async def test_a_standard_is_of_a_known_project(world):
    body = {
        "project_code": "IYB",
        "version": "2026-1",
        "name": "标准",
        "effective_from": "2026-01-01",
        "min_hours": 1,
        "max_class_size": 1,
        "attendance_percent": 1,
    }
    answer = await world.post("/standards", body, by=world.centre)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "unknown_project"


async def test_standards_are_listed_by_project(world):
    for code in ("IYB", "EYB"):
        await world.project(code)
        await world.standard(code)
    found = await world.get("/standards?project_code=EYB", world.centre)
    assert [one["project_code"] for one in found.json()["items"]] == ["EYB"]
