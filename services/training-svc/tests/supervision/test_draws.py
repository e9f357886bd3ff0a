"""Programmes and draws (C05, O03): fair, kept for ever, repeatable."""

import asyncio
from datetime import date

import asyncpg
import pytest
from chuangpei.testing.events import deliver
from training_svc.consumers import HANDLERS


async def test_what_is_drawn_is_planned_and_the_draw_can_be_repeated(world, supervision):
    made = [await world.institution() for _ in range(5)]
    programme = await supervision.programme()
    answer = await supervision.draw(programme, count=2)
    assert answer.status_code == 201, answer.text
    draw = answer.json()
    assert {one["id"] for one in draw["population"]} == {one["id"] for one in made}
    assert len(draw["drawn"]) == 2
    listed = (await world.get(f"/inspections?programme_id={programme['id']}", supervision.officer)).json()
    assert {one["object_id"] for one in listed["items"]} == set(draw["drawn"])
    again = (await world.get(f"/inspection-draws/{draw['id']}", supervision.officer)).json()
    assert again == draw
    assert again["holds"] is True


async def test_nobody_chooses_the_seed_and_no_draw_is_undone(world, supervision):
    await world.institution()
    programme = await supervision.programme()
    refused = await supervision.draw(programme, seed="mine")
    assert refused.json()["errors"][0]["pointer"] == "/seed"
    await supervision.draw(programme)
    for change in ("UPDATE inspection_draws SET seed = 'x'", "DELETE FROM inspection_draws"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await world.count(change)


async def test_a_tampered_population_no_longer_holds(world, supervision):
    for _ in range(5):
        await world.institution()
    programme = await supervision.programme()
    draw = (await supervision.draw(programme, count=2)).json()
    await world.count("ALTER TABLE inspection_draws DISABLE TRIGGER ALL")
    await world.count("UPDATE inspection_draws SET seed = 'another', count = 5")
    seen = (await world.get(f"/inspection-draws/{draw['id']}", supervision.officer)).json()
    assert seen["holds"] is False


async def test_what_is_inspected_already_is_not_drawn_again(world, supervision):
    for _ in range(3):
        await world.institution()
    programme = await supervision.programme()
    first = (await supervision.draw(programme, count=2)).json()
    second = (await supervision.draw(programme, count=2)).json()
    assert (len(second["drawn"]), second["number"]) == (1, 2)
    assert not set(first["drawn"]) & set(second["drawn"])
    third = await supervision.draw(programme)
    assert (third.status_code, third.json()["code"]) == (422, "nothing_to_draw")
    listed = (await world.get(f"/inspection-programmes/{programme['id']}/draws", supervision.officer)).json()
    assert [one["number"] for one in listed["items"]] == [1, 2]


async def test_draws_made_at_once_are_made_one_after_the_other(world, supervision):
    for _ in range(2):
        await world.institution()
    programme = await supervision.programme()
    answers = await asyncio.gather(supervision.draw(programme), supervision.draw(programme))
    drawn = [object_id for answer in answers for object_id in answer.json()["drawn"]]
    assert len(set(drawn)) == 2
    assert sorted(answer.json()["number"] for answer in answers) == [1, 2]


async def test_by_risk_a_beginner_comes_before_one_inspected_lately(
    world, supervision, inspection, institution
):
    await supervision.done(inspection, "visit", supervision.visit())
    beginner = await world.qualified()
    await world.filed(beginner)
    programme = await supervision.programme()
    draw = (await supervision.draw(programme, method="risk")).json()
    assert draw["drawn"] == [beginner["id"]]
    facts = {one["id"]: one["facts"] for one in draw["population"]}
    assert (facts[beginner["id"]]["first_class"], facts[beginner["id"]]["uninspected"]) == (8, 24)
    assert (facts[institution["id"]]["first_class"], facts[institution["id"]]["uninspected"]) == (0, 0)


async def test_by_risk_what_is_known_against_an_institution_counts_for_a_year(
    world, supervision, institution
):
    quiet = await world.institution()
    filed = await world.filed(institution)
    enrolment = await world.enrolled(institution, filed)
    said = {"credit_code": institution["credit_code"], "subject": "teaching", "content": "缺课三次，未补课。"}
    complaints = [
        await world.made("/complaints", said | {"channel": "hotline"}, supervision.officer) for _ in range(2)
    ]
    await world.made(f"/complaints/{complaints[0]['id']}/investigate", None, supervision.officer, 1)
    unfounded = {"outcome": "经查不属实"}
    await world.made(f"/complaints/{complaints[0]['id']}/dismiss", unfounded, supervision.officer, 2)
    penalty = {
        "kind": "fine",
        "source": "浦东新区教育局",
        "document_number": "浦教罚〔2026〕12号",
        "starts_on": "2026-02-01",
    }
    await world.made(f"/institutions/{institution['id']}/sanctions", penalty, supervision.officer)
    failed = world.evaluation(enrolment, passed=False, on=date(2026, 2, 10))
    await deliver(world.service.database, HANDLERS, failed)

    async def facts():
        programme = await supervision.programme(last_day="2030-12-31")
        draw = (await supervision.draw(programme, method="risk", count=1)).json()
        return draw["drawn"], {one["id"]: one["facts"] for one in draw["population"]}

    drawn, found = await facts()
    assert drawn == [institution["id"]]
    expected = {"complaints": 5, "anomalies": 0, "failing_results": 2, "penalties": 15, "first_class": 8}
    assert found[institution["id"]] == expected | {"uninspected": 24}
    assert found[quiet["id"]] == dict.fromkeys(expected, 0) | {"uninspected": 24}
    world.clock.advance(days=366)
    _, found = await facts()
    assert found[institution["id"]] == dict.fromkeys(expected, 0) | {"first_class": 8, "uninspected": 24}


async def test_a_class_that_was_cancelled_is_not_drawn(world, supervision, institution):
    filed = await world.filed(institution)
    body = {"reason": "报名人数不足"}
    await world.made(
        f"/classes/{filed['id']}/cancel", body, world.of_institution(institution), filed["version"]
    )
    programme = await supervision.programme()
    for kind in ("class", "instructor"):
        assert (await supervision.draw(programme, object_kind=kind)).json()["code"] == "nothing_to_draw"


async def test_classes_and_instructors_are_drawn_from_those_of_the_period(world, supervision, institution):
    filed = await world.filed(institution)
    in_time = await supervision.programme()
    too_early = await supervision.programme(last_day="2026-03-01")
    for kind in ("class", "instructor"):
        draw = (await supervision.draw(in_time, object_kind=kind)).json()
        assert len(draw["drawn"]) == 1, kind
        assert (await supervision.draw(too_early, object_kind=kind)).status_code == 422
    listed = (await world.get(f"/inspections?programme_id={in_time['id']}", supervision.officer)).json()
    kinds = {one["object_kind"]: one for one in listed["items"]}
    assert kinds["class"]["object_id"] == filed["id"]
    assert (kinds["instructor"]["object_name"], kinds["instructor"]["institution_id"]) == (
        "李*",
        institution["id"],
    )


async def test_a_district_draws_in_the_district_and_the_city_everywhere(world, supervision):
    await world.institution()
    await world.institution("310104")
    own = (await supervision.draw(await supervision.programme(), count=9)).json()
    citys = await supervision.programme(world.centre)
    everywhere = (await supervision.draw(citys, world.centre, count=9)).json()
    assert (len(own["drawn"]), len(everywhere["drawn"])) == (1, 2)
    assert (await supervision.draw(citys, count=1)).status_code == 404


async def test_an_object_is_planned_once_for_a_programme(world, supervision, institution):
    programme = await supervision.programme()
    path = f"/inspection-programmes/{programme['id']}/inspections"
    body = {"object_kind": "institution", "object_id": institution["id"]}
    await world.made(path, body, supervision.officer)
    again = await world.post(path, body, by=supervision.officer)
    assert (again.status_code, again.json()["code"]) == (409, "already_inspected")
    other = await world.institution("310104")
    beyond = await world.post(path, body | {"object_id": other["id"]}, by=supervision.officer)
    assert beyond.status_code == 404


async def test_programmes_have_a_name_each_and_end_after_they_begin(world, supervision):
    await supervision.programme(name="年度计划")
    body = {"name": "年度计划", "first_day": "2026-01-01", "last_day": "2026-12-31"}
    again = await world.post("/inspection-programmes", body, by=supervision.officer)
    assert (again.status_code, again.json()["code"]) == (409, "programme_exists")
    turned = await world.post(
        "/inspection-programmes", body | {"name": "乙", "last_day": "2025-12-31"}, by=supervision.officer
    )
    assert turned.json()["errors"][0]["pointer"] == "/last_day"


async def test_programmes_and_draws_are_listed_and_exported_for_the_own_district(world, supervision):
    await world.institution()
    programme = await supervision.programme()
    await supervision.draw(programme)
    for path in ("/inspection-programmes", f"/inspection-programmes/{programme['id']}/draws"):
        assert len((await world.get(path, supervision.officer)).json()["items"]) == 1
        assert (await world.get(f"{path}/export", supervision.officer)).text.count("\n") == 2
    other = world.officer("310104")
    assert (await world.get("/inspection-programmes", other)).json()["items"] == []
    for path in (
        f"/inspection-programmes/{programme['id']}",
        f"/inspection-programmes/{programme['id']}/draws",
    ):
        assert (await world.get(path, other)).status_code == 404
    early = await world.get("/inspection-programmes?on=2025-12-31", supervision.officer)
    assert early.json()["items"] == []
