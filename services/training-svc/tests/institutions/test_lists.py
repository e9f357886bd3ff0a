"""The list of institutions: filtered, sorted, and as a file, always within what one may see (T06)."""

import csv
import io

import pytest


@pytest.fixture
async def four(world):
    made = [
        await world.institution(name="丙校"),
        await world.institution(name="甲校", kind="university"),
        await world.institution(name="乙校"),
        await world.institution("310104", name="丁校"),
    ]
    return {one["name"]: one for one in made}


async def names(world, query, by):
    answer = await world.get(f"/institutions?{query}", by)
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["items"]]


async def test_institutions_are_found_by_kind_district_and_credit_code(world, four):
    assert await names(world, "kind=university", world.centre) == ["甲校"]
    assert await names(world, "district=310104", world.centre) == ["丁校"]
    assert await names(world, f"credit_code={four['乙校']['credit_code']}", world.centre) == ["乙校"]


async def test_institutions_are_sorted_as_asked(world, four):
    forth = await names(world, "sort=name", world.officer())
    assert sorted(forth) == sorted(["甲校", "乙校", "丙校"])
    assert await names(world, "sort=-name", world.officer()) == forth[::-1]


@pytest.mark.parametrize("query", ["sort=colour", "kind=shop", "district=110101", "colour=red"])
async def test_what_the_list_cannot_do_is_refused_by_name(world, query):
    answer = await world.get(f"/institutions?{query}", world.centre)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/query/{query.partition('=')[0]}"


async def test_the_export_has_what_one_may_see_and_asked_for(world, four):
    answer = await world.get(
        "/institutions/export?sort=name&kind=private_training_institution", world.officer()
    )
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert sorted(row["机构名称"] for row in rows) == sorted(["乙校", "丙校"])
    assert {row["统一社会信用代码"] for row in rows} == {
        four[name]["credit_code"] for name in ("乙校", "丙校")
    }


async def test_an_institution_named_like_a_formula_opens_harmlessly(world):
    await world.institution(name="=HYPERLINK(1)")
    answer = await world.get("/institutions/export", world.officer())
    assert "'=HYPERLINK(1)" in answer.text
