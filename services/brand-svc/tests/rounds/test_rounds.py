"""Rounds: announced, open, closed, deliberated, published (B05, B07, B08)."""

import asyncio
from datetime import date

import pytest
from chuangpei.events.brand import BrandRecognised, BrandRoundOpened, BrandRoundOverdue


async def test_a_round_is_announced_with_its_days_and_everybody_may_read_it(city):
    brand_round = await city.announce()
    assert (brand_round["state"], brand_round["accepts_applications"]) == ("announced", False)
    public = await city.get(f"/rounds/{brand_round['id']}")
    assert public.json() == brand_round
    assert public.headers["etag"] == '"1"'
    assert (await city.get("/rounds")).json()["items"] == [brand_round]


async def test_another_round_cannot_be_announced_while_one_is_under_way(city):
    await city.announce()
    body = city.announcement(date(2026, 9, 1), date(2026, 9, 30), "另一轮")
    refused = await city.post("/rounds", city.centre, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "round_under_way")


async def test_of_several_announced_at_once_one_stands(city):
    body = city.announcement(date(2026, 7, 1), date(2026, 7, 31), "同一轮")
    answers = await asyncio.gather(*(city.post("/rounds", city.centre, body) for _ in range(6)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409, 409, 409]
    assert len((await city.get("/rounds")).json()["items"]) == 1


async def test_announcing_twice_with_one_key_announces_once(city):
    headers = city.centre | {"idempotency-key": "announce-2026"}
    body = city.announcement(date(2026, 7, 1), date(2026, 7, 31), "2026年遴选")
    first = await city.http.post("/brand/v1/rounds", headers=headers, json=body)
    again = await city.http.post("/brand/v1/rounds", headers=headers, json=body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    other = await city.http.post("/brand/v1/rounds", headers=headers, json=body | {"name": "另一轮"})
    assert other.json()["code"] == "idempotency_mismatch"


async def test_a_round_before_the_law_is_refused(city):
    body = city.announcement(date(2026, 6, 28), date(2026, 7, 31), "过早的一轮")
    refused = await city.post("/rounds", city.centre, body)
    assert refused.status_code == 422
    assert [error["code"] for error in refused.json()["errors"]] == ["no_law_in_force"]


async def test_the_first_round_comes_in_time_and_one_after_a_year_warns(institutions):
    city = institutions
    assert [one["outcome"] for one in (await city.recognise("A"))["findings"]] == ["passed"]
    city.clock.advance(days=365)
    [finding] = (await city.announce())["findings"]
    assert (finding["rule"], finding["outcome"]) == ("B05", "warned")
    assert "2028-07-01" in finding["required"]


async def test_a_round_does_not_open_before_its_first_day(city):
    brand_round = await city.announce(date(2026, 7, 2))
    refused = await city.post(f"/rounds/{brand_round['id']}/open", city.centre, version=1)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_early")
    assert "2026-07-02" in refused.json()["detail"]
    city.clock.advance(days=1)
    opened = await city.step(brand_round, "/rounds/{}/open", city.centre)
    assert (opened["state"], opened["accepts_applications"], opened["version"]) == ("open", True, 2)


async def test_the_last_day_of_applications_counts_whole_in_shanghai(institutions):
    city = institutions
    brand_round = await city.step(await city.announce(days=0), "/rounds/{}/open", city.centre)
    city.clock.advance(hours=14, minutes=59, seconds=59)  # 23:59:59
    assert (await city.apply(brand_round, "A")).status_code == 200
    city.clock.advance(seconds=1)
    refused = await city.apply(brand_round, "B")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_accepting_applications")
    assert "2026-07-01" in refused.json()["detail"]
    assert (await city.get(f"/rounds/{brand_round['id']}")).json()["accepts_applications"] is False


async def test_a_slip_in_the_announced_days_is_amended_before_the_round_opens(institutions):
    city = institutions
    slip = await city.announce(date(2062, 7, 1))
    body = city.announcement(date(2026, 7, 1), date(2026, 7, 31), "2026年遴选")
    amended = await city.step(slip, "/rounds/{}/amend", city.centre, body | {"reason": "年份误写"})
    assert {name: amended[name] for name in body} == body
    assert (amended["state"], amended["version"], amended["findings"][0]["fact"]) == (
        "announced",
        2,
        "2026-07-01",
    )
    opened = await city.step(amended, "/rounds/{}/open", city.centre)
    assert (await city.apply(opened, "A")).status_code == 200
    [kept] = (await city.get(f"/rounds/{slip['id']}/amendments", city.centre)).json()["items"]
    assert (kept["before"]["opens_on"], kept["after"]["opens_on"]) == ("2062-07-01", "2026-07-01")
    assert (kept["reason"], kept["role"]) == ("年份误写", "city_centre")


async def test_what_is_amended_is_held_to_the_rules_of_announcing(institutions):
    city = institutions
    await city.recognise("A")
    city.clock.advance(days=700)
    brand_round = await city.announce(date(2028, 7, 1))
    assert [one["outcome"] for one in brand_round["findings"]] == ["passed"]
    early = await city.step(
        brand_round, "/rounds/{}/amend", city.centre, {"opens_on": "2028-06-30", "reason": "提前"}
    )
    assert [one["outcome"] for one in early["findings"]] == ["warned"]
    path = f"/rounds/{brand_round['id']}/amend"
    for body, error in (
        ({"opens_on": "2026-06-28"}, ("/opens_on", "day_is_past")),
        ({"closes_on": "2028-06-29"}, ("/closes_on", "out_of_order")),
        ({"review_until": "2028-07-01"}, ("/review_until", "out_of_order")),
    ):
        refused = await city.post(path, city.centre, body | {"reason": "更正"}, early["version"])
        assert refused.status_code == 422
        assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [error]
    nothing = await city.post(path, city.centre, {"reason": "更正"}, early["version"])
    assert (nothing.status_code, nothing.json()["code"]) == (422, "nothing_amended")


async def test_only_the_days_of_the_steps_ahead_can_still_move(institutions):
    city = institutions
    brand_round = await city.open_round()
    path = f"/rounds/{brand_round['id']}/amend"
    refused = await city.post(path, city.centre, {"opens_on": "2026-07-02", "reason": "更正"}, 2)
    assert [one["code"] for one in refused.json()["errors"]] == ["step_is_over"]
    longer = {"closes_on": "2026-08-05", "reason": "延期"}
    brand_round = await city.step(brand_round, "/rounds/{}/amend", city.centre, longer)
    city.clock.advance(days=33)
    assert (await city.apply(brand_round, "A")).status_code == 200
    assert (await city.post(path, city.centre, longer)).status_code == 428
    assert (await city.post(path, city.centre, longer, version=1)).status_code == 412
    brand_round = await city.close(brand_round)
    refused = await city.post(path, city.centre, longer | {"closes_on": "2026-08-09"}, brand_round["version"])
    assert [one["code"] for one in refused.json()["errors"]] == ["step_is_over"]
    later = {"publication_on": "2026-12-01", "reason": "延期公布"}
    assert (await city.step(brand_round, "/rounds/{}/amend", city.centre, later))["state"] == "closed"


async def test_nothing_of_a_published_round_is_amended(institutions):
    city = institutions
    brand_round = await city.recognise("A")
    path = f"/rounds/{brand_round['id']}/amend"
    refused = await city.post(path, city.centre, {"name": "改名", "reason": "更正"}, brand_round["version"])
    assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed_in_state")


async def test_applications_do_not_close_before_their_last_day(city):
    brand_round = await city.open_round()
    path = f"/rounds/{brand_round['id']}/close"
    refused = await city.post(path, city.centre, version=brand_round["version"])
    assert (refused.status_code, refused.json()["code"]) == (409, "too_early")
    assert "2026-07-31" in refused.json()["detail"]
    city.clock.advance(days=30)
    assert (await city.step(brand_round, "/rounds/{}/close", city.centre))["state"] == "closed"


async def test_a_day_that_passes_without_its_step_is_told_once(institutions):
    city = institutions
    brand_round = await city.announce(days=0)
    city.clock.advance(days=1)
    read = (await city.get(f"/rounds/{brand_round['id']}")).json()
    assert [one["step"] for one in read["overdue"]] == ["opening", "closing"]
    assert await city.tell_overdue() == 2
    assert await city.tell_overdue() == 0
    told = await city.events(BrandRoundOverdue)
    assert [(one.step, one.due_on) for one in told] == [
        ("opening", date(2026, 7, 1)),
        ("closing", date(2026, 7, 1)),
    ]


async def test_a_day_that_was_moved_and_passes_again_is_told_again(institutions):
    city = institutions
    brand_round = await city.announce(days=0)
    city.clock.advance(days=1)
    await city.tell_overdue()
    body = {"opens_on": "2026-07-02", "closes_on": "2026-07-03", "reason": "改期"}
    await city.step(brand_round, "/rounds/{}/amend", city.centre, body)
    assert await city.tell_overdue() == 0
    city.clock.advance(days=1)
    assert await city.tell_overdue() == 1
    assert (await city.events(BrandRoundOverdue))[-1].due_on == date(2026, 7, 2)


async def test_districts_that_have_not_reviewed_everything_are_named(holder):
    city = holder
    brand_round = await city.open_round()
    await city.enter(await city.assessment(brand_round, "A"), "A")
    assert (await city.apply(brand_round, "C")).status_code == 200
    brand_round = await city.close(brand_round)
    found = (await city.get(f"/rounds/{brand_round['id']}/progress", city.centre)).json()["districts"]
    assert [(one["district"], one["not_assessed"], one["not_reviewed"]) for one in found] == [
        ("310104", 0, 1),
        ("310115", 1, 0),
    ]
    await city.assess(await city.assessment(brand_round, "A"))
    city.clock.advance(days=46)
    assert await city.tell_overdue() == 1
    [told] = await city.events(BrandRoundOverdue)
    assert (told.step, told.districts) == ("review", ("310104",))


async def test_two_timers_at_once_tell_it_once(institutions):
    city = institutions
    await city.announce(days=0)
    city.clock.advance(days=1)
    assert sum(await asyncio.gather(*(city.tell_overdue() for _ in range(4)))) == 2
    assert len(await city.events(BrandRoundOverdue)) == 2


async def test_opening_a_round_tells_its_days(city):
    brand_round = await city.open_round()
    [told] = await city.events(BrandRoundOpened)
    assert (told.opens_on, told.closes_on) == (date(2026, 7, 1), date(2026, 7, 31))
    assert str(told.publication_on) == brand_round["publication_on"]


async def test_the_rounds_can_be_taken_away_as_a_file(institutions):
    city = institutions
    await city.recognise("A")
    city.clock.advance(days=731)
    await city.announce()
    file = await city.get("/rounds/export", format="csv", sort="opens_on")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    lines = file.text.splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == ["published", "announced"]
    published = (await city.get("/rounds", state="published")).json()["items"]
    assert len(published) == 1


async def test_steps_out_of_order_are_refused(institutions):
    city = institutions
    brand_round = await city.announce()
    for step in ("close", "publish"):
        headers = city.centre if step == "close" else city.bureau
        refused = await city.post(f"/rounds/{brand_round['id']}/{step}", headers, version=1)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed_in_state"), step
    opened = await city.step(brand_round, "/rounds/{}/open", city.centre)
    [application] = (await city.recommended(opened, "A")).values()
    refused = await city.deliberate(opened, [application])
    assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed_in_state")


async def test_only_recommended_applications_of_this_round_can_be_chosen(institutions):
    city = institutions
    await city.recognise("B")
    [old] = (await city.get("/applications", city.bureau)).json()["items"]
    await city.recognise()
    brand_round = await city.open_round()
    chosen = (await city.recommended(brand_round, "A"))["A"]
    submitted = (await city.apply(brand_round, "B")).json()
    declined = await city.step(
        (await city.apply(brand_round, "C")).json(),
        "/applications/{}/decline",
        city.officer("310104"),
        {"comment": "材料不全"},
    )
    brand_round = await city.close(brand_round)
    refused = await city.deliberate(brand_round, [chosen, submitted, declined, old, chosen])
    assert (refused.status_code, refused.json()["code"]) == (422, "not_recommended")
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [
        ("/recognised/1/application_id", "not_recommended"),
        ("/recognised/2/application_id", "not_recommended"),
        ("/recognised/3/application_id", "not_in_round"),
        ("/recognised/4/application_id", "repeated"),
    ]
    assert (await city.deliberate(brand_round, [chosen])).status_code == 200


async def test_an_outstanding_district_brand_is_raised_to_the_city_tier(institutions):
    city = institutions
    brand_round = await city.open_round()
    applications = await city.recommended(brand_round, "A", "C")
    brand_round = await city.close(brand_round)
    body = {
        "recognised": [
            {"application_id": applications["A"]["id"], "tier": "city"},
            {"application_id": applications["C"]["id"], "tier": "district"},
        ]
    }
    listing = await city.step(brand_round, "/rounds/{}/deliberate", city.bureau, body)
    assert (await city.publish(listing)).status_code == 200
    tiers = {one["institution_name"]: one["tier"] for one in (await city.get("/brands")).json()["items"]}
    assert tiers == {"申城技能培训学校": "city", "徐汇职业培训中心": "district"}
    city_tier = (await city.get("/brands", tier="city")).json()["items"]
    assert [one["institution_name"] for one in city_tier] == ["申城技能培训学校"]
    in_xuhui = (await city.get("/brands", district="310104")).json()["items"]
    assert [one["institution_name"] for one in in_xuhui] == ["徐汇职业培训中心"]


async def test_on_one_list_stand_brands_that_are_kept_and_applications_in_the_tier_the_city_chose(holder):
    city = holder
    city.clock.advance(days=730)
    brand_round = await city.open_round()
    found = await city.recommended(brand_round, "A", "C")
    brand_round = await city.close(brand_round)
    body = {
        "recognised": [
            {"assessment_id": found["A"]["id"], "tier": "city"},
            {"application_id": found["C"]["id"], "tier": "district"},
        ]
    }
    listing = await city.step(brand_round, "/rounds/{}/deliberate", city.bureau, body)
    assert (await city.publish(listing)).status_code == 200
    assert [brand["tier"] for brand in (await city.history("A"))["brands"]] == ["city", "district"]
    assert (await city.assessment(brand_round, "A"))["state"] == "kept"


async def test_a_brand_that_passed_is_not_left_out(holder):
    city = holder
    city.clock.advance(days=730)
    brand_round = await city.open_round()
    found = await city.recommended(brand_round, "A", "B")
    brand_round = await city.close(brand_round)
    refused = await city.deliberate(brand_round, [found["B"]])
    assert (refused.status_code, refused.json()["code"]) == (422, "passed_left_out")
    assert "申城技能培训学校" in refused.json()["errors"][0]["message"]
    assert (await city.deliberate(brand_round, list(found.values()))).status_code == 200


async def test_the_city_does_not_deliberate_while_a_district_owes_an_assessment(holder):
    city = holder
    city.clock.advance(days=730)
    brand_round = await city.open_round()
    entered = await city.enter(await city.assessment(brand_round, "A"))
    brand_round = await city.close(brand_round)
    refused = await city.deliberate(brand_round, [])
    assert (refused.status_code, refused.json()["code"]) == (409, "not_assessed")
    assert "申城技能培训学校" in refused.json()["detail"]
    await city.assess(entered, "failed")
    assert (await city.deliberate(brand_round, [])).status_code == 200


async def test_the_bureau_may_deliberate_again_until_it_publishes(institutions):
    city = institutions
    brand_round = await city.open_round()
    applications = await city.recommended(brand_round, "A", "B")
    brand_round = await city.close(brand_round)
    first = (await city.deliberate(brand_round, [applications["A"]])).json()
    second = (await city.deliberate(first, [applications["B"]], "city")).json()
    read = await city.get(f"/rounds/{brand_round['id']}/list", city.bureau)
    assert [one["institution_name"] for one in read.json()["recognised"]] == ["浦江人力资源有限公司"]
    published = await city.publish(second)
    assert published.json()["state"] == "published"
    assert await city.holders() == {"B"}


async def test_districts_no_longer_review_once_the_city_has_deliberated(institutions):
    city = institutions
    brand_round = await city.open_round()
    chosen = (await city.recommended(brand_round, "A"))["A"]
    late = (await city.apply(brand_round, "B")).json()
    brand_round = await city.close(brand_round)
    assert (await city.deliberate(brand_round, [chosen])).status_code == 200
    refused = await city.post(
        f"/applications/{late['id']}/recommend", city.officer(), {"comment": "同意"}, late["version"]
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed_in_state")


async def test_nothing_is_public_before_publication(institutions):
    city = institutions
    brand_round = await city.deliberated_round("A")
    assert await city.holders() == set()
    assert await city.events(BrandRecognised) == []
    [own] = (await city.get("/applications", city.institution("A"))).json()["items"]
    assert own["state"] == "recommended"
    for headers in (None, city.institution("A"), city.officer()):
        assert (await city.get(f"/rounds/{brand_round['id']}/list", headers)).status_code in (401, 403)


@pytest.mark.parametrize("step", ["open", "close", "deliberate", "publish"])
async def test_a_change_needs_the_version_read_last(city, step):
    brand_round = await city.announce()
    headers = city.centre if step in ("open", "close") else city.bureau
    body = {"recognised": [{"application_id": brand_round["id"], "tier": "district"}]}
    path = f"/rounds/{brand_round['id']}/{step}"
    without = await city.post(path, headers, body if step == "deliberate" else None)
    assert (without.status_code, without.json()["code"]) == (428, "precondition_required")
    old = await city.post(path, headers, body if step == "deliberate" else None, version=7)
    assert (old.status_code, old.json()["code"]) == (412, "precondition_failed")
    assert (await city.get(f"/rounds/{brand_round['id']}")).json() == brand_round


async def test_each_step_leaves_its_line_in_the_audit_log(institutions):
    city = institutions
    brand_round = await city.recognise("A")
    rows = await city.rows(
        "SELECT action, role, from_state, to_state FROM audit_log WHERE object_id = $1 ORDER BY id",
        brand_round["id"],
    )
    assert [tuple(row) for row in rows] == [
        ("announce_round", "city_centre", None, "announced"),
        ("open_round", "city_centre", "announced", "open"),
        ("amend_brand_round", "city_centre", None, None),
        ("close_round", "city_centre", "open", "closed"),
        ("deliberate_round", "city_bureau", "closed", "deliberated"),
        ("publish_round", "city_bureau", "deliberated", "published"),
    ]
