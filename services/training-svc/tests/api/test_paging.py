"""Lists come in pages, each row once, by an opaque cursor."""

import pytest


async def pages(world, path, by, limit):
    """All pages of a list."""
    found, cursor = [], ""
    while cursor is not None:
        mark = "&" if "?" in path else "?"
        answer = await world.get(f"{path}{mark}limit={limit}{cursor}", by)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found.append(page["items"])
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    return found


async def test_every_institution_is_on_one_page(world):
    made = [(await world.institution())["id"] for _ in range(7)]
    found = await pages(world, "/institutions", world.officer(), 3)
    assert [len(page) for page in found] == [3, 3, 1]
    assert [one["id"] for page in found for one in page] == made


async def test_an_exact_page_is_the_last(world):
    for _ in range(4):
        await world.institution()
    assert [len(page) for page in await pages(world, "/institutions", world.officer(), 2)] == [2, 2]


async def test_projects_are_listed_by_code(world):
    for code in ("SYB", "EYB", "GYB", "IYB", "gyb"):
        await world.project(code)
    found = await pages(world, "/projects", world.centre, 2)
    codes = [one["code"] for page in found for one in page]
    assert sorted(codes) == sorted({"SYB", "EYB", "GYB", "IYB", "gyb"})
    assert len(codes) == 5


async def test_every_list_has_pages(world):
    institution = await world.qualified()
    filed = await world.filed(institution)
    await world.filed(institution, sessions=world.sessions(room="302"))
    trainee = world.trainee()
    enrolments = [
        await world.enrolled(institution, filed, **trainee),
        await world.enrolled(institution, filed),
    ]
    for enrolment in enrolments:
        await world.attended(institution, filed, enrolment, 1)
    await world.standard(version="2026-2", effective_from="2027-01-01")
    await world.qualified()
    for path in (
        "/standards",
        "/qualifications",
        "/classes",
        "/classes?project_code=IYB",
        f"/classes/{filed['id']}/enrolments",
        f"/sessions/{filed['sessions'][0]['id']}/attendance",
    ):
        assert [len(page) for page in await pages(world, path, world.centre, 1)] == [1, 1], path


@pytest.mark.parametrize("cursor", ["nonsense", "W10", "WzFd", "WyJ4Il0", "WyIwIiwxXQ", "%00", "eA"])
@pytest.mark.parametrize("path", ["/institutions", "/standards"])
async def test_a_cursor_that_is_not_ours_is_refused(lasting_world, path, cursor):
    answer = await lasting_world.get(f"{path}?cursor={cursor}", lasting_world.centre)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/cursor"


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many"])
async def test_a_page_has_1_to_200_items(lasting_world, limit):
    answer = await lasting_world.get(f"/institutions?limit={limit}", lasting_world.centre)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/query/limit"
