"""Periodic evaluation of classes, institutions and instructors (O03)."""

import asyncio

import pytest

POINTS = {
    "institution": {"premises": 20, "teachers": 20, "process": 25, "results": 25},
    "class": {"attendance": 20, "teaching": 30, "satisfaction": 25},
    "instructor": {"teaching": 30, "satisfaction": 20, "development": 9},
}


@pytest.fixture
async def objects(world, institution):
    """The id of one object of each kind."""
    filed = await world.filed(institution)
    instructor = await world.count("SELECT id FROM instructors")
    return {"institution": institution["id"], "class": filed["id"], "instructor": str(instructor)}


def body_of(objects, kind, **own):
    return {
        "object_kind": kind,
        "object_id": objects[kind],
        "period_from": "2026-01-01",
        "period_to": "2026-12-31",
        "scores": POINTS[kind],
    } | own


async def test_each_kind_has_its_form(world):
    for kind, parts in POINTS.items():
        form = (await world.get(f"/evaluation-forms/{kind}", world.officer())).json()
        assert (form["version"], set(form["parts"])) == ("2026-01-01", set(parts))


@pytest.mark.parametrize(
    ("kind", "percent", "grade"),
    [("institution", 90, "excellent"), ("class", 75, "good"), ("instructor", 59, "failed")],
)
async def test_points_give_a_grade(world, objects, kind, percent, grade):
    made = await world.made("/periodic-evaluations", body_of(objects, kind), world.officer())
    assert (made["percent"], made["grade"], made["district"]) == (percent, grade, "310115")
    seen = (await world.get(f"/periodic-evaluations/{made['id']}", world.centre)).json()
    assert seen == made


async def test_an_object_is_evaluated_once_a_period_however_many_try(world, objects):
    body = body_of(objects, "class")
    answers = await asyncio.gather(
        *(world.post("/periodic-evaluations", body, by=world.officer()) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"scores": {"attendance": 31, "teaching": 1, "satisfaction": 1}}, "/scores/attendance"),
        ({"scores": {}}, "/scores/teaching"),
        ({"period_to": "2025-12-31"}, "/period_to"),
        ({"period_from": "2026-02-21"}, "/period_from"),
        ({"object_kind": "room"}, "/object_kind"),
    ],
)
async def test_what_is_wrong_is_named(world, objects, change, pointer):
    answer = await world.post(
        "/periodic-evaluations", body_of(objects, "class", **change), by=world.officer()
    )
    assert answer.status_code == 422
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]


async def test_points_are_amended_with_their_history(world, objects):
    made = await world.made("/periodic-evaluations", body_of(objects, "class"), world.officer())
    path = f"/periodic-evaluations/{made['id']}"
    better = {"attendance": 30, "teaching": 35, "satisfaction": 25}
    change = {"reason": "计分有误", "scores": better}
    answer = await world.post(f"{path}/amend", change, by=world.officer(), version=1)
    assert (answer.json()["grade"], answer.json()["version"]) == ("excellent", 2)
    (entry,) = (await world.get(f"{path}/amendments", world.officer())).json()["items"]
    assert (entry["before"]["grade"], entry["after"]["grade"]) == ("good", "excellent")
    same = await world.post(f"{path}/amend", change, by=world.officer(), version=2)
    assert (same.status_code, same.json()["code"]) == (422, "nothing_amended")
    stale = await world.post(f"{path}/amend", change, by=world.officer(), version=1)
    assert stale.status_code == 412


async def test_the_institution_reads_its_own_and_others_do_not(world, objects, institution):
    made = await world.made("/periodic-evaluations", body_of(objects, "institution"), world.officer())
    path = f"/periodic-evaluations/{made['id']}"
    own, stranger = world.of_institution(institution), world.of_institution(await world.institution())
    assert (await world.get(path, own)).status_code == 200
    for by in (stranger, world.officer("310104")):
        assert (await world.get(path, by)).status_code == 404
        assert (await world.get("/periodic-evaluations", by)).json()["items"] == []
    other = await world.post("/periodic-evaluations", body_of(objects, "class"), by=world.officer("310104"))
    assert other.status_code == 404


async def test_evaluations_are_listed_by_grade_and_exported(world, objects):
    for kind in POINTS:
        await world.made("/periodic-evaluations", body_of(objects, kind), world.officer())
    listed = (await world.get("/periodic-evaluations?sort=-percent", world.centre)).json()["items"]
    assert [one["percent"] for one in listed] == [90, 75, 59]
    failed = (await world.get("/periodic-evaluations?grade=failed", world.centre)).json()["items"]
    assert [one["object_name"] for one in failed] == ["李*"]
    assert (await world.get("/periodic-evaluations/export", world.centre)).text.count("\n") == 4
