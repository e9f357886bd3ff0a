"""brand-svc in the main job: recognised by a round, revoked after a signal, refused for two years."""

from datetime import date, timedelta

from chuangpei.events.brand import BrandRecognised, BrandRevoked, BrandRoundPublished, ExitCaseOpened


async def test_a_brand_is_won_in_a_round_and_lost_through_a_revoked_certificate(institutions):
    city = institutions
    await city.recognise("A")
    assert await city.holders() == {"A"}
    [published] = await city.events(BrandRoundPublished)
    assert published.recognised == 1
    [recognised] = await city.events(BrandRecognised)
    assert recognised.recognised_on == date(2026, 7, 1)

    city.clock.advance(days=14)
    case = await city.revoked("A", "X2")
    assert case["state"] == "revoked"
    assert await city.holders() == set()
    [opened] = await city.events(ExitCaseOpened)
    assert opened.opened_on == date(2026, 7, 15)
    [revoked] = await city.events(BrandRevoked)
    assert revoked.revoked_on == date(2026, 7, 15)
    assert revoked.may_apply_again_on == date(2028, 7, 16)

    city.clock.advance(timedelta(days=300))
    refused = await city.apply(await city.open_round(), "A")
    assert refused.status_code == 422
    assert refused.json()["code"] == "not_eligible"
    [finding] = [one for one in refused.json()["findings"] if one["rule"] == "B12"]
    assert finding["outcome"] == "failed"
    assert "2028-07-16" in finding["zh"]
    assert "2028-07-16" in finding["en"]
