"""Publishing a list switches every brand at once (B06, B08, B09, D08)."""

import asyncio
from datetime import date
from uuid import UUID

import asyncpg
import pytest
from chuangpei.events.brand import BrandEnded, BrandRecognised, BrandRoundPublished


async def test_those_on_the_list_hold_a_brand_from_the_day_of_publication(institutions):
    city = institutions
    brand_round = await city.deliberated_round("A", "C")
    city.clock.advance(days=3)
    published = (await city.publish(brand_round)).json()
    assert published["published_on"] == "2026-07-04"
    assert await city.holders() == {"A", "C"}
    recognised = await city.events(BrandRecognised)
    assert {(one.institution_name, one.recognised_on) for one in recognised} == {
        ("申城技能培训学校", date(2026, 7, 4)),
        ("徐汇职业培训中心", date(2026, 7, 4)),
    }
    [told] = await city.events(BrandRoundPublished)
    assert (told.recognised, told.published_on) == (2, date(2026, 7, 4))


async def test_a_brand_stays_valid_until_the_next_list_and_no_timer_ends_it(holder):
    city = holder
    city.clock.advance(days=3650)
    assert await city.holders() == {"A"}
    assert (await city.history())["holds_brand"] is True
    brand_round = await city.deliberated_round("B")
    assert await city.holders() == {"A"}
    await city.publish(brand_round)
    assert await city.holders() == {"B"}


async def test_an_existing_brand_not_on_the_new_list_ends_that_day_without_a_ban(holder):
    city = holder
    city.clock.advance(days=730)
    await city.recognise("B")
    history = await city.history("A")
    assert history["holds_brand"] is False
    [brand] = history["brands"]
    assert (brand["state"], brand["ended_on"], brand["revoked_for"]) == ("ended", "2028-06-30", None)
    city.clock.advance(days=1)
    assert (await city.apply(await city.open_round(), "A")).status_code == 200


async def test_an_existing_brand_on_the_new_list_is_kept_in_a_new_period(holder):
    city = holder
    city.clock.advance(days=730)
    await city.recognise("A", "B")
    assert await city.holders() == {"A", "B"}
    new, old = (await city.history("A"))["brands"]
    assert (old["state"], old["ended_on"]) == ("ended", "2028-06-30")
    assert (new["state"], new["recognised_on"]) == ("active", "2028-06-30")


async def test_every_application_has_its_outcome_afterwards(institutions):
    city = institutions
    brand_round = await city.open_round()
    chosen = await city.recommended(brand_round, "A", "B")
    await city.apply(brand_round, "C")
    brand_round = await city.close(brand_round)
    listing = (await city.deliberate(brand_round, [chosen["A"]])).json()
    assert (await city.publish(listing)).status_code == 200
    items = (await city.get("/applications", city.bureau)).json()["items"]
    assert {one["institution_name"]: one["state"] for one in items} == {
        "申城技能培训学校": "recognised",
        "浦江人力资源有限公司": "not_recognised",
        "徐汇职业培训中心": "not_recognised",
    }


async def test_who_is_gone_is_told_with_the_cause_and_who_is_kept_is_not(institutions):
    city = institutions
    await city.recognise("A", "B", "C")
    city.clock.advance(days=730)
    brand_round = await city.open_round()
    kept = (await city.recommended(brand_round, "A"))["A"]
    await city.assess(await city.enter(await city.assessment(brand_round, "B"), "B"), "failed")
    brand_round = await city.close(brand_round)
    listing = (await city.deliberate(brand_round, [kept])).json()
    assert (await city.publish(listing)).status_code == 200
    told = await city.events(BrandEnded)
    assert [(one.credit_code, one.reason, one.ended_on) for one in told] == [
        (city.code("B"), "not_passed", date(2028, 6, 30)),
        (city.code("C"), "absent", date(2028, 6, 30)),
    ]
    assert {one.round_id for one in told} == {UUID(brand_round["id"])}


async def test_a_round_that_recognises_nobody_can_be_published_and_ends_every_brand(holder):
    city = holder
    brand_round = await city.close(await city.open_round())
    listing = await city.deliberate(brand_round, [])
    assert (await city.publish(listing.json())).json()["recognised"] == []
    assert await city.holders() == set()
    [*_, told] = await city.events(BrandRoundPublished)
    assert told.recognised == 0


async def test_of_several_publishing_at_once_one_publishes(institutions):
    city = institutions
    brand_round = await city.deliberated_round("A", "B")
    answers = await asyncio.gather(*(city.publish(brand_round) for _ in range(5)))
    assert sorted(one.status_code for one in answers) == [200, 412, 412, 412, 412]
    assert len(await city.events(BrandRoundPublished)) == 1
    assert len(await city.events(BrandRecognised)) == 2
    assert len(await city.rows("SELECT 1 FROM brands")) == 2


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE rounds SET name = '改名'",
        "UPDATE rounds SET published_on = published_on + 1",
        "DELETE FROM rounds",
        "UPDATE recognitions SET tier = 'city'",
        "DELETE FROM recognitions",
        "UPDATE applications SET state = 'recommended'",
        "DELETE FROM applications",
        "INSERT INTO recognitions SELECT application_id, round_id, 'city', $$x$$ FROM recognitions",
    ],
)
async def test_the_database_refuses_to_change_a_published_round(holder, sql):
    with pytest.raises(asyncpg.RestrictViolationError, match=r"published|no longer be changed"):
        await holder.rows(sql)


async def test_a_list_that_fails_half_way_changes_nothing(holder):
    city = holder
    brand_round = await city.deliberated_round("A", "B")
    # The events come last: where they cannot be told, nothing may have happened.
    await city.rows("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$")
    await city.rows(
        "CREATE TRIGGER fail BEFORE INSERT ON outbox FOR EACH ROW"
        " WHEN (NEW.type LIKE '%brand.recognised%') EXECUTE FUNCTION fail()"
    )
    assert (await city.publish(brand_round)).status_code == 500
    assert await city.holders() == {"A"}
    assert len(await city.events(BrandRoundPublished)) == 1
    await city.rows("DROP TRIGGER fail ON outbox")
    assert (await city.publish(brand_round)).status_code == 200
    assert await city.holders() == {"A", "B"}
