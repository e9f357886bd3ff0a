"""Materials (课件) by version: drafted by the developer, released by the centre, then frozen (T09)."""

import asyncpg
import pytest

PUDONG, XUHUI = "310115", "310104"


async def titles(world, path, by):
    answer = await world.get(path, by)
    assert answer.status_code == 200, answer.text
    return [(one["title"], one["material_version"]) for one in answer.json()["items"]]


async def test_a_draft_is_revised_and_released_and_then_stays(world, courses):
    course = await courses.submitted()
    draft = await courses.drafted(course)
    path = f"/course-materials/{draft['id']}"
    body = courses.material_body(size_bytes=7)
    revised = await world.made(f"{path}/revise", body, courses.developer, 1)
    assert (revised["size_bytes"], revised["version"]) == (7, 2)
    released = await world.made(f"{path}/release", None, courses.director, 2)
    assert released["released_at"]
    again = await world.post(f"{path}/revise", body, by=courses.developer, version=3)
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_state")


@pytest.mark.parametrize(
    "change", ["UPDATE course_materials SET sha256 = sha256", "DELETE FROM course_materials"]
)
async def test_the_database_itself_freezes_what_is_released(world, courses, change):
    await courses.released(await courses.submitted())
    with pytest.raises(asyncpg.RestrictViolationError):
        await world.count(change)


async def test_a_version_is_there_once(world, courses):
    course = await courses.submitted()
    await courses.drafted(course)
    other = await courses.drafted(course, material_version="2.0")
    path = f"/courses/{course['id']}/materials"
    twice = await world.post(path, courses.material_body(), by=courses.developer)
    assert (twice.status_code, twice.json()["code"]) == (409, "material_exists")
    renamed = await world.post(
        f"/course-materials/{other['id']}/revise", courses.material_body(), by=courses.developer, version=1
    )
    assert (renamed.status_code, renamed.json()["code"]) == (409, "material_exists")


async def test_drafts_are_read_by_the_developer_and_the_city_only(world, courses):
    course = await courses.submitted()
    draft = await courses.drafted(course, material_version="2.0")
    await courses.released(course)
    path = f"/courses/{course['id']}/materials"
    both = [("教学课件", "2.0"), ("教学课件", "1.0")]
    assert await titles(world, path, courses.developer) == both
    assert await titles(world, path, courses.director) == both
    assert await titles(world, f"{path}?released=false", courses.director) == both[:1]
    assert await titles(world, path, world.officer()) == both[1:]
    assert (await world.get(f"/course-materials/{draft['id']}", world.officer())).status_code == 404
    assert (await world.get(path, world.officer(XUHUI))).status_code == 404


async def test_a_retired_course_takes_no_more_materials(world, courses):
    course = await courses.in_system()
    await courses.decide(course, "retire", {"reason": "内容过时"})
    path = f"/courses/{course['id']}/materials"
    late = await world.post(path, courses.material_body(material_version="9"), by=courses.developer)
    assert (late.status_code, late.json()["code"]) == (409, "not_allowed_in_state")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"sha256": "ABC"}, "/sha256"),
        ({"sha256": "G" * 64}, "/sha256"),
        ({"size_bytes": 0}, "/size_bytes"),
        ({"reference": "javascript://alert(1)"}, "/reference"),
        ({"reference": "https://"}, "/reference"),
        ({"material_version": "一"}, "/material_version"),
        ({"released_at": "2026-01-01T00:00:00Z"}, "/released_at"),
    ],
)
async def test_what_is_wrong_with_a_material_is_named(world, courses, change, pointer):
    course = await courses.submitted()
    path = f"/courses/{course['id']}/materials"
    answer = await world.post(path, courses.material_body(**change), by=courses.developer)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
