"""Applications: own institution, own district, once a round, nobody barred (B02, B07, B08, B12, D07)."""

import asyncio

import pytest
from chuangpei.auth import Role


async def test_an_institution_applies_for_itself_to_its_own_district(institutions):
    city = institutions
    answer = await city.apply(await city.open_round(), "C")
    assert answer.status_code == 201
    application = answer.json()
    assert (application["institution_name"], application["district"]) == ("徐汇职业培训中心", "310104")
    assert application["state"] == "submitted"
    assert {one["outcome"] for one in application["findings"]} == {"passed"}
    assert len(application["parameters_version"]) == 12
    assert answer.headers["etag"] == '"1"'


async def test_an_institution_nobody_registered_is_refused(city):
    refused = await city.apply(await city.open_round(), "A")
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_institution")
    await city.register("A")
    [brand_round] = (await city.get("/rounds")).json()["items"]
    assert (await city.apply(brand_round, "A")).status_code == 201


async def test_a_token_that_stands_for_no_institution_is_refused(city):
    brand_round = await city.open_round()
    nobody = city.as_(Role.INSTITUTION, subject="no-code")
    body = {"tier": "district", "statement": "申报"}
    refused = await city.post(f"/rounds/{brand_round['id']}/applications", nobody, body)
    assert (refused.status_code, refused.json()["code"]) == (403, "no_institution_in_token")
    assert (await city.get("/applications", nobody)).status_code == 403


async def test_nobody_applies_directly_for_the_city_tier(institutions):
    city = institutions
    refused = await city.apply(await city.open_round(), "A", tier="city")
    assert (refused.status_code, refused.json()["code"]) == (422, "not_eligible")
    assert [one["rule"] for one in refused.json()["findings"] if one["outcome"] == "failed"] == ["B08"]


async def test_one_institution_applies_once_a_round(institutions):
    city = institutions
    brand_round = await city.open_round()
    assert (await city.apply(brand_round, "A")).status_code == 201
    refused = await city.apply(brand_round, "A")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_applied")


async def test_of_many_applications_at_once_one_stands(institutions):
    city = institutions
    brand_round = await city.open_round()
    answers = await asyncio.gather(*(city.apply(brand_round, "A") for _ in range(12)))
    assert sorted(one.status_code for one in answers) == [201, *[409] * 11]
    assert len((await city.get("/applications", city.bureau)).json()["items"]) == 1


async def test_an_application_sent_twice_with_one_key_is_made_once(institutions):
    city = institutions
    path = f"/brand/v1/rounds/{(await city.open_round())['id']}/applications"
    headers = city.institution("A") | {"idempotency-key": "application-1"}
    body = {"tier": "district", "statement": "申报"}
    first, again = await asyncio.gather(*(city.http.post(path, headers=headers, json=body) for _ in range(2)))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


@pytest.mark.parametrize("state", ["announced", "closed"])
async def test_a_round_that_is_not_open_takes_no_application(institutions, state):
    city = institutions
    brand_round = await city.announce()
    if state == "closed":
        brand_round = await city.step(brand_round, "/rounds/{}/open", city.centre)
        brand_round = await city.close(brand_round)
    refused = await city.apply(brand_round, "A")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_accepting_applications")


async def test_only_the_own_district_reviews_and_another_sees_nothing(institutions):
    city = institutions
    application = (await city.apply(await city.open_round(), "A")).json()
    path, stranger = f"/applications/{application['id']}", city.officer("310104")
    assert (await city.get(path, stranger)).status_code == 404
    assert (await city.get("/applications", stranger)).json()["items"] == []
    for action in ("recommend", "decline"):
        answer = await city.post(f"{path}/{action}", stranger, {"comment": "越权"}, application["version"])
        assert answer.status_code == 404
    assert (await city.get(path, city.officer())).json() == application


async def test_an_institution_sees_its_own_applications_alone(institutions):
    city = institutions
    brand_round = await city.open_round()
    own = (await city.apply(brand_round, "A")).json()
    other = (await city.apply(brand_round, "B")).json()
    assert (await city.get("/applications", city.institution("A"))).json()["items"] == [own]
    assert (await city.get(f"/applications/{own['id']}", city.institution("A"))).status_code == 200
    assert (await city.get(f"/applications/{other['id']}", city.institution("A"))).status_code == 404
    everything = (await city.get("/applications", city.bureau)).json()["items"]
    assert everything == [own, other]


async def test_a_district_may_think_again_until_the_city_deliberates(institutions):
    city = institutions
    application = (await city.apply(await city.open_round(), "A")).json()
    comment = {"comment": "初审意见"}
    officer = city.officer()
    recommended = await city.step(application, "/applications/{}/recommend", officer, comment)
    declined = await city.step(recommended, "/applications/{}/decline", officer, comment)
    again = await city.step(declined, "/applications/{}/recommend", officer, comment)
    assert (again["state"], again["version"], again["district_comment"]) == ("recommended", 4, "初审意见")


async def test_two_officers_reviewing_at_once_are_one_review(institutions):
    city = institutions
    application = (await city.apply(await city.open_round(), "A")).json()
    path = f"/applications/{application['id']}"
    answers = await asyncio.gather(
        *(
            city.post(f"{path}/{action}", city.officer(), {"comment": "初审"}, 1)
            for action in ("recommend", "decline", "recommend", "decline")
        )
    )
    assert sorted(one.status_code for one in answers) == [200, 412, 412, 412]


async def test_a_revoked_institution_may_apply_again_on_the_day_the_refusal_named(holder):
    city = holder
    city.clock.advance(days=14)  # 2026-07-15
    await city.revoked("A", "X4")
    city.clock.advance(days=731)  # 2028-07-15
    brand_round = await city.open_round()
    refused = await city.apply(brand_round, "A")
    [against] = [one for one in refused.json()["findings"] if one["outcome"] == "failed"]
    assert (against["rule"], against["article"]) == ("B12", "沪人社职〔2026〕150号 三(三)")
    assert "2028-07-16" in against["zh"]
    city.clock.advance(days=1)
    assert (await city.apply(brand_round, "A")).status_code == 201


async def test_a_confirmed_fraud_bars_a_year_longer_than_the_ban(holder):
    city = holder
    city.clock.advance(days=14)
    await city.revoked("A", "X2")
    city.clock.advance(days=732)  # 2028-07-16
    brand_round = await city.step(await city.announce(days=400), "/rounds/{}/open", city.centre)
    refused = await city.apply(brand_round, "A")
    against = [one for one in refused.json()["findings"] if one["outcome"] == "failed"]
    assert [one["rule"] for one in against] == ["B02", "B13"]
    assert all("2029-07-16" in one["en"] for one in against)
    city.clock.advance(days=365)
    assert (await city.apply(brand_round, "A")).status_code == 201


async def test_renaming_does_not_escape_the_ban(holder):
    city = holder
    await city.revoked("A", "X5")
    await city.deliver(city.registration("A", name="焕然一新培训学校"))
    city.clock.advance(days=30)
    refused = await city.apply(await city.open_round(), "A")
    assert refused.status_code == 422
    assert "B12" in [one["rule"] for one in refused.json()["findings"] if one["outcome"] == "failed"]


async def test_the_refusal_is_in_the_language_the_institution_reads(institutions):
    city = institutions
    path = f"/brand/v1/rounds/{(await city.open_round())['id']}/applications"
    body = {"tier": "city", "statement": "申报"}
    for language, title in (("zh-CN", "不符合规定的条件"), ("en", "The conditions are not met")):
        headers = city.institution() | {"idempotency-key": f"refusal-{language}", "accept-language": language}
        refused = await city.http.post(path, headers=headers, json=body)
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["title"] == title
