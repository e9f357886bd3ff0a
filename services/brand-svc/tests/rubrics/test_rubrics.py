"""The rubric (评分规则) of the city centre: sound, published, amended until a round is scored by it (B04)."""

import asyncio
from copy import deepcopy

import asyncpg
import pytest


def _amendment(rubric, *, reason="分值有误", **content):
    return {
        "name": rubric["name"],
        "effective_from": rubric["effective_from"],
        "content": rubric["content"] | content,
        "reason": reason,
    }


async def _amend(city, rubric, **content):
    path = f"/rubrics/{rubric['id']}/amend"
    return await city.post(path, city.centre, _amendment(rubric, **content), rubric["version"])


async def test_a_rubric_is_drafted_and_published_and_everyone_may_read_it(city):
    rubric = await city.drafted()
    assert (rubric["state"], rubric["frozen"]) == ("draft", False)
    assert (await city.get(f"/rubrics/{rubric['id']}", city.institution())).status_code == 404
    assert (await city.get("/rubrics", city.officer())).json()["items"] == []
    assert len((await city.get("/rubrics", city.bureau)).json()["items"]) == 1
    rubric = await city.step(rubric, "/rubrics/{}/publish", city.centre)
    assert rubric["state"] == "published"
    read = (await city.get(f"/rubrics/{rubric['id']}", city.institution())).json()
    assert [one["dimension"] for one in read["content"]["sections"]] == [
        "demonstration",
        "innovation",
        "results",
        "compliance",
    ]
    assert len((await city.get("/rubrics", city.officer(), state="published")).json()["items"]) == 1


async def test_a_label_is_used_once(city):
    await city.drafted()
    refused = await city.post("/rubrics", city.centre, city.rubric_body())
    assert (refused.status_code, refused.json()["code"]) == (409, "rubric_exists")


def _heavier(content):
    content["sections"][0]["weight"] = 21


def _without_a_dimension(content):
    content["sections"].pop()


def _code_twice(content):
    content["sections"][1]["indicators"][1]["code"] = "courses"


def _judged_and_automatic(content):
    content["sections"][2]["indicators"][0]["scale"] = 10


def _no_range(content):
    content["sections"][2]["indicators"][0]["automatic"]["full_at"] = 5000


def _city_below_pass(content):
    content["city_mark"] = 59


def _ties_twice(content):
    content["tie_order"] = ["results", "results", "innovation", "demonstration"]


def _nothing_judged(content):
    for section in content["sections"]:
        for one in section["indicators"]:
            one |= {"scale": None, "automatic": {"measure": "classes_held", "nothing_at": 0, "full_at": 9}}


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (_heavier, {"weights_do_not_add_up"}),
        (_without_a_dimension, {"not_the_four_dimensions", "weights_do_not_add_up"}),
        (_code_twice, {"code_twice"}),
        (_judged_and_automatic, {"judged_or_automatic"}),
        (_no_range, {"no_range"}),
        (_city_below_pass, {"below_the_pass_mark"}),
        (_ties_twice, {"not_the_four_dimensions"}),
        (_nothing_judged, {"nothing_judged"}),
    ],
)
async def test_an_unsound_rubric_is_refused_naming_every_place(city, spoil, codes):
    body = city.rubric_body()
    spoil(body["content"])
    refused = await city.post("/rubrics", city.centre, body)
    assert refused.status_code == 422
    assert {one["code"] for one in refused.json()["errors"]} == codes


async def test_a_rubric_is_amended_with_a_reason_until_a_round_is_scored_by_it(city):
    rubric = await city.published_rubric()
    answer = await _amend(city, rubric, pass_mark=65)
    assert answer.status_code == 200, answer.text
    amended = answer.json()
    assert amended["content"]["pass_mark"] == 65
    [told] = (await city.get(f"/rubrics/{rubric['id']}/amendments", city.bureau)).json()["items"]
    assert told["reason"] == "分值有误"
    assert told["before"]["content"]["pass_mark"] == 60
    assert (await _amend(city, amended, pass_mark=65)).json()["code"] == "nothing_amended"
    assert (await _amend(city, rubric, pass_mark=70)).status_code == 412

    brand_round = await city.announce()
    assert (await city.choose(brand_round, amended)).status_code == 200
    frozen = (await city.get(f"/rubrics/{rubric['id']}", city.centre)).json()
    assert frozen["frozen"] is True
    assert (await _amend(city, frozen, pass_mark=70)).json()["code"] == "rubric_frozen"
    refused = await city.post(
        f"/rubrics/{rubric['id']}/withdraw", city.centre, {"reason": "重订"}, frozen["version"]
    )
    assert refused.json()["code"] == "rubric_frozen"


async def test_a_script_cannot_change_a_rubric_that_a_round_is_scored_by(city):
    rubric = await city.published_rubric()
    assert (await city.choose(await city.announce(), rubric)).status_code == 200
    with pytest.raises(asyncpg.RestrictViolationError):
        await city.rows("UPDATE rubrics SET name = 'other'")


async def test_a_round_looks_at_the_last_three_years_where_no_others_are_named(city):
    rubric, brand_round = await city.published_rubric(), await city.announce()
    assert (await city.get(f"/rounds/{brand_round['id']}/rubric", city.officer())).status_code == 404
    chosen = (await city.choose(brand_round, rubric)).json()
    assert (chosen["first_year"], chosen["last_year"]) == (2024, 2026)
    chosen = (await city.choose(brand_round, rubric, first_year=2025, last_year=2025)).json()
    assert (chosen["first_year"], chosen["last_year"]) == (2025, 2025)
    read = (await city.get(f"/rounds/{brand_round['id']}/rubric", city.officer())).json()
    assert read["first_year"] == 2025
    assert (await city.choose(brand_round, rubric, first_year=2026, last_year=2025)).status_code == 422
    assert (await city.choose(brand_round, rubric, first_year=2026)).status_code == 422


async def test_a_round_chooses_only_what_is_published_and_in_force(city):
    brand_round = await city.announce()
    draft = await city.drafted()
    assert (await city.choose(brand_round, draft)).status_code == 422
    body = city.rubric_body("2027-1") | {"effective_from": "2027-01-01"}
    later = (await city.post("/rubrics", city.centre, body)).json()
    later = await city.step(later, "/rubrics/{}/publish", city.centre)
    refused = await city.choose(brand_round, later)
    assert (refused.status_code, refused.json()["code"]) == (422, "rubric_not_in_force")
    assert (await city.choose(brand_round | {"version": 7}, later)).status_code == 412


async def test_a_published_list_leaves_its_round_with_its_rubric(institutions):
    city = institutions
    rubric = await city.published_rubric()
    brand_round = await city.recognise("A")
    refused = await city.choose(brand_round, rubric)
    assert (refused.status_code, refused.json()["code"]) == (409, "scoring_begun")


async def test_a_rubric_published_while_a_round_begins_is_chosen_or_not_yet_there(city):
    for n in range(5):
        draft, brand_round = await city.drafted(f"race-{n}"), None
        brand_round = (await city.get("/rounds")).json()["items"][:1] or [await city.announce()]
        published, chosen = await asyncio.gather(
            city.post(f"/rubrics/{draft['id']}/publish", city.centre, version=1),
            city.choose(brand_round[0], draft),
        )
        assert published.status_code == 200
        assert chosen.status_code in (200, 422)
        read = (await city.get(f"/rubrics/{draft['id']}", city.centre)).json()
        assert (read["state"], read["frozen"]) == ("published", chosen.status_code == 200)


async def test_a_rubric_withdrawn_while_a_round_chooses_it_is_never_both(city):
    brand_round = await city.announce()
    for n in range(5):
        rubric = await city.published_rubric(f"race-{n}")
        withdrawn, chosen = await asyncio.gather(
            city.post(
                f"/rubrics/{rubric['id']}/withdraw", city.centre, {"reason": "重订"}, rubric["version"]
            ),
            city.choose(brand_round, rubric),
        )
        assert sorted((withdrawn.status_code == 200, chosen.status_code == 200)) == [False, True]


async def test_the_rubrics_are_exported(city):
    await city.published_rubric()
    file = await city.get("/rubrics/export", city.institution())
    assert "2026-1" in file.text
    assert "已发布" in file.text
    assert (await city.get("/rubrics/export", city.institution(), format="xlsx")).status_code == 200


async def test_bad_content_names_its_field(city):
    body = deepcopy(city.rubric_body())
    body["content"]["sections"][0]["indicators"][0]["weight"] = 0
    refused = await city.post("/rubrics", city.centre, body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/content/sections/0/indicators/0/weight"
