"""A revocation while a round is under way: who is revoked holds no brand afterwards (B12, B13, D08)."""

import asyncio

import pytest
from chuangpei.events.brand import BrandRecognised, BrandRevoked

_WAITING = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


async def waiting(connection, count):
    """Returns once so many transactions wait for a lock."""
    async with asyncio.timeout(30):
        while await connection.fetchval(_WAITING) < count:  # noqa: ASYNC110  # only PostgreSQL knows
            await asyncio.sleep(0.01)


async def next_list_with_holder_under_report(city):
    """A holds a brand, a reported case is open against it, and the next list has it again."""
    case = await city.reported("A", "X2")
    city.clock.advance(days=730)
    return case, await city.deliberated_round("A", "B")


async def test_who_is_revoked_after_the_deliberation_is_not_published(holder):
    city = holder
    case, brand_round = await next_list_with_holder_under_report(city)
    assert (await city.revoke(case)).status_code == 200
    refused = await city.publish(brand_round)
    assert (refused.status_code, refused.json()["code"]) == (422, "not_eligible")
    assert [one["rule"] for one in refused.json()["findings"]] == ["B12", "B02", "B13"]
    assert all(case["credit_code"] in one["fact"] for one in refused.json()["findings"])
    assert await city.holders() == set()


async def test_the_bureau_then_deliberates_again_without_it_and_publishes(holder):
    city = holder
    case, brand_round = await next_list_with_holder_under_report(city)
    await city.revoke(case)
    revoked = await city.assessment(brand_round, "A")
    [other] = (await city.get("/applications", city.bureau, round_id=brand_round["id"])).json()["items"]
    again = await city.deliberate(brand_round, [revoked, other])
    assert (again.status_code, again.json()["code"]) == (422, "not_eligible")
    listing = await city.deliberate(brand_round, [other])
    assert (await city.publish(listing.json())).status_code == 200
    assert await city.holders() == {"B"}


@pytest.mark.parametrize("first", ["publish", "revoke"])
async def test_revoked_and_published_at_the_same_moment_it_holds_no_brand_afterwards(holder, first):
    city = holder
    case, brand_round = await next_list_with_holder_under_report(city)
    acts = {"publish": lambda: city.publish(brand_round), "revoke": lambda: city.revoke(case)}
    connection = await city.service.database.connect()
    started = {}
    try:
        async with connection.transaction():
            await connection.execute("SELECT 1 FROM standings FOR UPDATE")
            for n, name in enumerate([first, *(acts.keys() - {first})], 1):
                started[name] = asyncio.create_task(acts[name]())
                await waiting(connection, n)
        answers = {name: await task for name, task in started.items()}
    finally:
        await connection.close()
    assert answers["revoke"].status_code == 200
    assert answers["publish"].status_code == (200 if first == "publish" else 422)
    assert "A" not in await city.holders()
    assert len(await city.events(BrandRevoked)) == 1
    assert (await city.history("A"))["brands"][0]["state"] == "revoked"
    recognised = await city.events(BrandRecognised)
    assert len(recognised) == (3 if first == "publish" else 1)


async def test_however_they_interleave_the_outcome_is_one_of_the_two(holder):
    city = holder
    case, brand_round = await next_list_with_holder_under_report(city)
    publishing, revoking = await asyncio.gather(city.publish(brand_round), city.revoke(case))
    assert revoking.status_code == 200
    assert publishing.status_code in (200, 422)
    assert "A" not in await city.holders()
    active = await city.rows(
        "SELECT 1 FROM brands JOIN bans USING (credit_code) WHERE brands.state = 'active'"
    )
    assert active == []


async def test_a_case_goes_on_against_a_brand_that_is_kept(holder):
    city = holder
    case, brand_round = await next_list_with_holder_under_report(city)
    listing = (await city.publish(brand_round)).json()
    [followed] = await city.cases()
    assert (followed["state"], followed["version"]) == ("reported", case["version"])
    assert followed["brand_id"] != case["brand_id"]
    assert listing["state"] == "published"
    assert (await city.revoke(case)).status_code == 200
    assert await city.holders() == {"B"}


async def test_an_undecided_case_warns_whoever_deliberates(holder):
    city = holder
    _, brand_round = await next_list_with_holder_under_report(city)
    assert [one["rule"] for one in brand_round["warnings"]] == ["B11"]


async def test_who_reads_the_list_before_its_publication_is_warned_as_of_today(holder):
    city = holder
    case, brand_round = await next_list_with_holder_under_report(city)
    path = f"/rounds/{brand_round['id']}/list"
    assert [one["rule"] for one in (await city.get(path, city.bureau)).json()["warnings"]] == ["B11"]
    await city.revoke(case)
    told = (await city.get(path, city.bureau)).json()["warnings"]
    assert [(one["rule"], one["outcome"]) for one in told] == [
        (rule, "failed") for rule in ("B12", "B02", "B13")
    ]


async def test_a_case_lapses_with_a_brand_that_ends(holder):
    city = holder
    case = await city.reported("A", "X2")
    city.clock.advance(days=730)
    await city.recognise("B")
    [lapsed] = await city.cases()
    assert (lapsed["state"], lapsed["decided_on"]) == ("lapsed", "2028-06-30")
    refused = await city.revoke(case)
    assert refused.status_code == 412
    refused = await city.revoke(lapsed)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed_in_state")
    assert await city.events(BrandRevoked) == []


async def test_what_a_lapsed_case_was_about_warns_when_its_institution_applies_again(holder):
    city = holder
    await city.reported("A", "X2")
    city.clock.advance(days=730)
    await city.recognise("B")
    application = (await city.recommended(await city.open_round(), "A"))["A"]
    [warning] = [one for one in application["findings"] if one["outcome"] == "warned"]
    assert (warning["rule"], warning["fact"].endswith("1 条")) == ("B02", True)


async def test_signals_and_publication_at_once_neither_lose_a_signal_nor_a_brand(institutions):
    city = institutions
    brand_round = await city.deliberated_round("A", "B", "C")
    events = [city.revocation(who, "X1", number=f"{who}{n}") for n in range(4) for who in ("C", "A", "B")]
    publishing, *_ = await asyncio.gather(
        city.publish(brand_round), *(city.deliver(*events[n : n + 3]) for n in range(0, 12, 3))
    )
    assert publishing.status_code == 200
    assert await city.holders() == {"A", "B", "C"}
    signals = (await city.get("/signals", city.bureau)).json()["items"]
    assert len(signals) == 12
    for who in ("A", "B", "C"):
        cases = await city.cases(who)
        assert len(cases) <= 1
        joined = [one for case in cases for one in case["signals"]]
        loose = [one for one in signals if one["reference"][0] == who and one["case_id"] is None]
        assert len(joined) + len(loose) == 4
