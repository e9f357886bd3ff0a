"""Applications: own institution, own district, once a round, nobody barred (B02, B07, B08, B12, D07)."""

import asyncio

import pytest
from chuangpei.auth import Role


async def test_an_institution_applies_for_itself_to_its_own_district(institutions):
    city = institutions
    answer = await city.apply(await city.open_round(), "C")
    assert answer.status_code == 200
    application = answer.json()
    assert (application["institution_name"], application["district"]) == ("徐汇职业培训中心", "310104")
    assert application["state"] == "submitted"
    assert {one["outcome"] for one in application["findings"]} == {"passed"}
    assert len(application["parameters_version"]) == 12
    assert answer.headers["etag"] == '"2"'


async def test_an_institution_nobody_registered_is_refused(city):
    refused = await city.apply(await city.open_round(), "A")
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_institution")
    await city.register("A")
    [brand_round] = (await city.get("/rounds")).json()["items"]
    assert (await city.apply(brand_round, "A")).status_code == 200


async def test_a_token_that_stands_for_no_institution_is_refused(city):
    brand_round = await city.open_round()
    nobody = city.as_(Role.INSTITUTION, subject="no-code")
    body = city.materials
    refused = await city.post(f"/rounds/{brand_round['id']}/applications", nobody, body)
    assert (refused.status_code, refused.json()["code"]) == (403, "no_institution_in_token")
    assert (await city.get("/applications", nobody)).status_code == 403


async def test_nobody_applies_directly_for_the_city_tier(institutions):
    city = institutions
    brand_round = await city.open_round()
    refused = await city.begin(brand_round, "A", tier="city")
    assert (refused.status_code, refused.json()["code"]) == (422, "not_eligible")
    assert [one["rule"] for one in refused.json()["findings"]] == ["B08"]
    draft = (await city.begin(brand_round, "A")).json()
    path = f"/applications/{draft['id']}/save"
    refused = await city.post(path, city.institution(), city.materials | {"tier": "city"}, draft["version"])
    assert (refused.status_code, refused.json()["code"]) == (422, "not_eligible")


async def test_one_institution_applies_once_a_round(institutions):
    city = institutions
    brand_round = await city.open_round()
    assert (await city.apply(brand_round, "A")).status_code == 200
    refused = await city.begin(brand_round, "A")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_applied")


async def test_of_many_applications_at_once_one_stands(institutions):
    city = institutions
    brand_round = await city.open_round()
    answers = await asyncio.gather(*(city.begin(brand_round, "A") for _ in range(12)))
    assert sorted(one.status_code for one in answers) == [201, *[409] * 11]
    [draft] = (await city.get("/applications", city.institution())).json()["items"]
    answers = await asyncio.gather(*(city.submit(draft) for _ in range(6)))
    assert sorted(one.status_code for one in answers) == [200, *[412] * 5]


async def test_a_draft_is_kept_as_far_as_it_goes_and_only_its_institution_sees_it(institutions):
    city = institutions
    path = f"/rounds/{(await city.open_round())['id']}/applications"
    draft = (await city.post(path, city.institution(), {"statement": "先写一半"})).json()
    assert (draft["state"], draft["materials"]) == ("draft", {"statement": "先写一半", "evidence": []})
    for office in (city.officer(), city.bureau, city.institution("B")):
        assert (await city.get(f"/applications/{draft['id']}", office)).status_code == 404
        assert (await city.get("/applications", office)).json()["items"] == []
    review = await city.post(
        f"/applications/{draft['id']}/recommend", city.officer(), {"comment": "同意"}, draft["version"]
    )
    assert review.status_code == 404
    refused = await city.submit(draft)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")
    assert [one["pointer"] for one in refused.json()["errors"]] == [
        "/materials/figures",
        "/materials/evidence",
    ]
    saved = await city.step(draft, "/applications/{}/save", city.institution(), city.materials)
    submitted = await city.submit(saved)
    assert (submitted.json()["state"], submitted.json()["submitted_on"]) == ("submitted", "2026-07-01")
    assert [one["id"] for one in (await city.get("/applications", city.officer())).json()["items"]] == [
        draft["id"]
    ]


async def test_a_draft_that_was_given_up_makes_room_for_another(institutions):
    city = institutions
    brand_round = await city.open_round()
    draft = (await city.begin(brand_round, "A")).json()
    assert (await city.begin(brand_round, "A")).status_code == 409
    discarded = await city.step(draft, "/applications/{}/discard", city.institution())
    assert discarded["state"] == "discarded"
    assert (await city.submit(discarded)).status_code == 409
    assert (await city.apply(brand_round, "A")).status_code == 200


async def test_an_application_is_withdrawn_until_the_closing_and_may_be_made_again(institutions):
    city = institutions
    brand_round = await city.open_round()
    submitted = (await city.apply(brand_round, "A")).json()
    why = {"reason": "材料需要补充"}
    withdrawn = await city.step(submitted, "/applications/{}/withdraw", city.institution(), why)
    assert withdrawn["state"] == "withdrawn"
    recommended = (await city.recommended(brand_round, "A"))["A"]
    brand_round = await city.close(brand_round)
    city.clock.advance(days=1)
    path = f"/applications/{recommended['id']}/withdraw"
    refused = await city.post(path, city.institution(), why, recommended["version"])
    assert (refused.status_code, refused.json()["code"]) == (409, "not_accepting_applications")
    refused = await city.deliberate(brand_round, [withdrawn])
    assert (refused.status_code, refused.json()["code"]) == (422, "not_recommended")
    assert (await city.deliberate(brand_round, [recommended])).status_code == 200


async def test_drafts_nobody_submitted_end_with_the_list(institutions):
    city = institutions
    brand_round = await city.open_round()
    await city.begin(brand_round, "B")
    found = await city.recommended(brand_round, "A")
    brand_round = await city.close(brand_round)
    listing = (await city.deliberate(brand_round, list(found.values()))).json()
    assert (await city.publish(listing)).status_code == 200
    [draft] = (await city.get("/applications", city.institution("B"))).json()["items"]
    assert draft["state"] == "discarded"


@pytest.mark.parametrize("kind", ["district_centre", "city_centre"])
async def test_the_centres_that_run_the_selection_do_not_apply(institutions, kind):
    city = institutions
    centre = city.registration("A").model_copy(update={"kind": kind})
    await city.deliver(centre)
    refused = await city.apply(await city.open_round(), "A")
    assert [one["rule"] for one in refused.json()["findings"] if one["outcome"] == "failed"] == ["B01"]


async def test_a_body_whose_assessment_is_not_on_record_is_told_to_the_district(institutions):
    city = institutions
    await city.deliver(city.registration("A").model_copy(update={"kind": "human_resource_firm"}))
    submitted = (await city.apply(await city.open_round(), "A")).json()
    assert [one["rule"] for one in submitted["findings"] if one["outcome"] == "warned"] == ["B01"]


async def test_who_has_an_interest_in_the_institution_does_not_review_it(institutions):
    city = institutions
    own = {"id_number": "310115199003072311"}
    clerk = city.as_(Role.INSTITUTION, credit_code=city.code("A"), **own)
    brand_round = await city.open_round()
    draft = (await city.post(f"/rounds/{brand_round['id']}/applications", clerk, city.materials)).json()
    submitted = (await city.submit(draft)).json()
    path = f"/applications/{submitted['id']}/recommend"
    for interested in (
        city.as_(Role.DISTRICT_OFFICER, district="310115", **own),
        city.as_(Role.DISTRICT_OFFICER, district="310115", credit_code=city.code("A")),
    ):
        refused = await city.post(path, interested, {"comment": "同意"}, submitted["version"])
        assert (refused.status_code, refused.json()["code"]) == (403, "own_interest")


async def test_nobody_is_recommended_who_is_barred_since_it_applied(institutions):
    city = institutions
    submitted = (await city.apply(await city.open_round(), "A")).json()
    closed = city.registration("A").model_copy(update={"kind": "city_centre"})
    await city.deliver(closed)
    path = f"/applications/{submitted['id']}"
    refused = await city.post(f"{path}/recommend", city.officer(), {"comment": "同意"}, submitted["version"])
    assert (refused.status_code, refused.json()["code"]) == (422, "not_eligible")
    declined = await city.step(
        submitted, "/applications/{}/decline", city.officer(), {"comment": "不属培育对象"}
    )
    assert "failed" in {one["outcome"] for one in declined["review_findings"]}


async def test_an_application_sent_twice_with_one_key_is_made_once(institutions):
    city = institutions
    path = f"/brand/v1/rounds/{(await city.open_round())['id']}/applications"
    headers = city.institution("A") | {"idempotency-key": "application-1"}
    body = city.materials
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


async def test_a_review_is_corrected_with_its_history_until_the_list_is_published(institutions):
    city = institutions
    brand_round = await city.open_round()
    recommended = (await city.recommended(brand_round, "A"))["A"]
    officer, path = city.officer(), f"/applications/{recommended['id']}"
    again = await city.post(f"{path}/decline", officer, {"comment": "复核"}, recommended["version"])
    assert (again.status_code, again.json()["code"]) == (409, "not_allowed_in_state")
    body = {"outcome": "declined", "comment": "数据有误，不予推荐", "reason": "复核"}
    declined = await city.step(recommended, "/applications/{}/amend", officer, body)
    assert (declined["state"], declined["district_comment"]) == ("declined", "数据有误，不予推荐")
    back = await city.step(
        declined, "/applications/{}/amend", officer, {"outcome": "recommended", "reason": "再核"}
    )
    nothing = await city.post(f"{path}/amend", officer, {"reason": "再核"}, back["version"])
    assert (nothing.status_code, nothing.json()["code"]) == (422, "nothing_amended")
    kept = (await city.get(f"{path}/amendments", city.institution("A"))).json()["items"]
    assert [one["after"]["outcome"] for one in kept] == ["declined", "recommended"]
    brand_round = await city.close(brand_round)
    listing = (await city.deliberate(brand_round, [back])).json()
    declined = await city.step(back, "/applications/{}/amend", officer, body)
    refused = await city.publish(listing)
    assert (refused.status_code, refused.json()["code"]) == (422, "not_recommended")
    listing = (await city.deliberate(listing, [])).json()
    assert (await city.publish(listing)).status_code == 200
    assert (await city.post(f"{path}/amend", officer, body, declined["version"])).status_code == 409


async def test_two_officers_reviewing_at_once_are_one_review(institutions):
    city = institutions
    application = (await city.apply(await city.open_round(), "A")).json()
    path = f"/applications/{application['id']}"
    answers = await asyncio.gather(
        *(
            city.post(f"{path}/{action}", city.officer(), {"comment": "初审"}, 2)
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
    assert (await city.apply(brand_round, "A")).status_code == 200


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
    assert (await city.apply(brand_round, "A")).status_code == 200


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
    body = city.materials | {"tier": "city"}
    for language, title in (("zh-CN", "不符合规定的条件"), ("en", "The conditions are not met")):
        headers = city.institution() | {"idempotency-key": f"refusal-{language}", "accept-language": language}
        refused = await city.http.post(path, headers=headers, json=body)
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["title"] == title
