"""Who sees which courses, the catalogue of the system, and courses as files (T09)."""

import csv
import io

import pytest
from chuangpei.auth import Role

PUDONG, XUHUI = "310115", "310104"


async def names(world, path, by):
    answer = await world.get(path, by)
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["items"]]


def rows(answer):
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_a_course_is_seen_by_its_developer_its_district_and_the_city(world, courses):
    course = await courses.submitted()
    stranger = world.of_institution(await world.institution())
    for by, status in [
        (courses.developer, 200),
        (world.officer(PUDONG), 200),
        (world.by(Role.AUDITOR), 200),
        (stranger, 404),
        (world.officer(XUHUI), 404),
    ]:
        for path in (f"/courses/{course['id']}", f"/courses/{course['id']}/amendments"):
            assert (await world.get(path, by)).status_code == status
        assert len(await names(world, "/courses", by)) == (1 if status == 200 else 0)


async def test_another_institution_neither_submits_for_the_developer_nor_drafts(world, courses):
    course = await courses.submitted()
    draft = await courses.drafted(course)
    stranger = world.of_institution(await world.institution())
    for path, body in [
        ("/courses", courses.body(name="冒名")),
        (f"/courses/{course['id']}/materials", courses.material_body(material_version="2")),
        (f"/course-materials/{draft['id']}/revise", courses.material_body()),
    ]:
        assert (await world.post(path, body, by=stranger, version=1)).status_code == 404, path


async def test_courses_are_filtered_and_sorted_as_asked(world, courses):
    await courses.submitted(name="丙")
    await courses.recognised(name="乙")
    world.clock.advance(days=1)
    await courses.submitted(name="甲")
    today = world.clock.today().isoformat()
    for query, expected in [
        ("", ["丙", "乙", "甲"]),
        ("?sort=-submitted_on", ["甲", "乙", "丙"]),
        ("?state=recognised", ["乙"]),
        (f"?submitted_since={today}", ["甲"]),
        (f"?submitted_until={today}&state=submitted", ["丙", "甲"]),
        ("?stage=4", []),
        (
            f"?credit_code={courses.institution['credit_code']}&district={PUDONG}&project_code=IYB&limit=1",
            ["丙"],
        ),
    ]:
        assert await names(world, f"/courses{query}", courses.director) == expected, query


async def test_a_list_of_courses_goes_on_where_the_page_ended(world, courses):
    for name in "甲乙丙":
        await courses.submitted(name=name)
    first = (await world.get("/courses?sort=-name&limit=2", courses.director)).json()
    rest = (
        await world.get(f"/courses?sort=-name&limit=2&cursor={first['next_cursor']}", courses.director)
    ).json()
    found = [one["name"] for one in first["items"] + rest["items"]]
    assert sorted(found) == sorted("甲乙丙")
    assert rest["next_cursor"] is None


async def test_everyone_signed_in_reads_the_catalogue_and_its_released_materials(world, courses):
    await courses.recognised(name="未纳入")
    course = await courses.in_system()
    await courses.drafted(course, material_version="2.0")
    citizen = world.by(Role.CITIZEN, id_number=world.id_number())
    assert await names(world, "/course-catalogue", citizen) == ["数字化改善你的企业"]
    read = (await world.get(f"/course-catalogue/{course['id']}", citizen)).json()
    assert (read["hours"], read["online_percent"]) == (24, 40)
    assert "grant_fen" not in read
    materials = (await world.get(f"/course-catalogue/{course['id']}/materials", citizen)).json()["items"]
    assert [one["material_version"] for one in materials] == ["1.0"]
    file = await world.get(f"/course-catalogue/{course['id']}/materials/export", citizen)
    lines = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [(one["版本"], one["SHA-256"]) for one in lines] == [("1.0", materials[0]["sha256"])]
    await courses.decide(course, "retire", {"reason": "内容过时"})
    assert await names(world, "/course-catalogue", citizen) == []
    for ending in ("", "/materials", "/materials/export"):
        assert (await world.get(f"/course-catalogue/{course['id']}{ending}", citizen)).status_code == 404


async def test_courses_materials_and_assessments_are_taken_away_as_files(world, courses):
    course = await courses.in_system(name="=1+1")
    assert rows(await world.get("/courses/export?state=in_system", courses.director))[0][
        "资助金额（分）"
    ] == ("8000000")
    (line,) = rows(await world.get("/course-catalogue/export", courses.developer))
    assert line["课程名称"] == "'=1+1"
    (line,) = rows(await world.get(f"/courses/{course['id']}/materials/export", courses.developer))
    assert line["版本"] == "1.0"
    path = f"/courses/{course['id']}/assessments/export?sort=-score"
    assert [line["评分"] for line in rows(await world.get(path, courses.director))] == ["90", "80"]
    xlsx = await world.get("/courses/export?format=xlsx", courses.developer)
    assert xlsx.content.startswith(b"PK")


@pytest.mark.parametrize("query", ["sort=grant_fen", "state=gone", "stage=5", "colour=red"])
async def test_what_the_list_cannot_do_is_refused_by_name(world, courses, query):
    answer = await world.get(f"/courses?{query}", courses.director)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/query/{query.partition('=')[0]}"


async def test_the_developer_does_not_read_who_gave_which_score(world, courses):
    course = await courses.assessed()
    answer = await world.get(f"/courses/{course['id']}/assessments", courses.developer)
    assert answer.status_code == 403
