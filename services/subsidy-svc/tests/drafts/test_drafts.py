"""Drafts: kept, changed, submitted by the rules of any application, or discarded (S05, S06, S03)."""

import asyncio
from collections import Counter

import pytest
from chuangpei.events.subsidy import ClaimSubmitted
from chuangpei.testing.api import key


def content(office, certificate, **given):
    return office.claim_body(certificate, **given)


async def begun(office, certificate, who="holder", **given):
    answer = await office.post("/claim-drafts", office.citizen(who), content(office, certificate, **given))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def submit(office, draft, who="holder", **headers):
    sent = office.citizen(who) | key() | {"if-match": f'"{draft["version"]}"'} | headers
    return await office.http.post(f"/subsidy/v1/claim-drafts/{draft['id']}/submit", headers=sent)


async def shown(office, draft):
    return await office.get(f"/claim-drafts/{draft['id']}", office.citizen())


async def test_a_draft_takes_no_place_and_becomes_a_claim_when_submitted(office):
    draft = await begun(office, await office.certificate())
    assert (draft["state"], draft["last_day"]) == ("draft", "2027-05-20")
    assert await office.sql("SELECT 1 FROM reservations") == []
    assert await office.emitted(ClaimSubmitted) == []
    answer = await submit(office, draft)
    assert (answer.status_code, answer.json()["state"]) == (201, "submitted")
    kept = await shown(office, draft)
    assert (kept["state"], kept["claim_id"]) == ("submitted", answer.json()["id"])
    assert len(await office.sql("SELECT 1 FROM reservations")) == 1


async def test_a_draft_may_be_empty_and_says_what_it_lacks_when_submitted(office):
    certificate = await office.certificate()
    answer = await office.post(
        "/claim-drafts", office.citizen(), {"certificate_id": str(certificate.certificate_id)}
    )
    draft = answer.json()
    refused = await submit(office, draft)
    assert refused.status_code == 422
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/enterprise_credit_code", "/account"]
    body = content(office, certificate)
    del body["certificate_id"]
    saved = await office.post(f"/claim-drafts/{draft['id']}/save", office.citizen(), body, draft["version"])
    assert (await submit(office, saved.json())).status_code == 201


async def test_a_refused_submission_leaves_the_draft(office):
    certificate = await office.certificate()
    draft = await begun(office, certificate)
    office.registry.known = frozenset()
    refused = await submit(office, draft)
    assert (refused.status_code, refused.json()["code"]) == (422, "not_eligible")
    assert (await shown(office, draft))["state"] == "draft"


async def test_a_draft_submitted_while_a_registry_is_away_becomes_a_claim_that_waits(office):
    draft = await begun(office, await office.certificate())
    office.registry.away = True
    answer = await submit(office, draft)
    assert (answer.status_code, answer.json()["state"]) == (201, "submitted")
    assert answer.json()["waiting_for_registry"]["registries"] == ["business_registry"]
    assert (await shown(office, draft))["claim_id"] == answer.json()["id"]


async def test_another_account_is_kept_encrypted_and_shown_masked(office):
    account = {
        "kind": "other",
        "bank": "中国工商银行",
        "account_number": "6222021001122334455",
        "holder_name": "张三丰",
        "reason": "社保卡金融账户未激活",
    }
    draft = await begun(office, await office.certificate(), account=account)
    assert draft["account"] == "中国工商银行 ***************4455"
    [[text]] = await office.sql("SELECT claim_drafts::text FROM claim_drafts")
    assert "6222021001122334455" not in text
    assert "张三丰" not in text
    claim = (await submit(office, draft)).json()
    assert (claim["account_kind"], claim["account"]) == ("other", draft["account"])


async def test_many_drafts_begun_at_once_for_one_certificate_make_one(office):
    certificate = await office.certificate()
    answers = await asyncio.gather(
        *(office.post("/claim-drafts", office.citizen(), content(office, certificate)) for _ in range(10))
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 9}
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"draft_live"}


async def test_one_draft_submitted_many_times_at_once_makes_one_claim(office):
    draft = await begun(office, await office.certificate())
    answers = await asyncio.gather(*(submit(office, draft) for _ in range(10)))
    assert [answer.status_code for answer in answers].count(201) == 1
    assert len(await office.sql("SELECT 1 FROM claims")) == 1


async def test_a_draft_changed_meanwhile_is_not_submitted_as_it_was(office):
    certificate = await office.certificate()
    draft = await begun(office, certificate)
    body = content(office, certificate)
    del body["certificate_id"]
    await office.post(f"/claim-drafts/{draft['id']}/save", office.citizen(), body, draft["version"])
    assert (await submit(office, draft)).status_code == 412
    assert await office.sql("SELECT 1 FROM claims") == []


async def test_submitting_and_discarding_at_once_leave_one_of_them(office):
    for number in range(3):
        draft = await begun(office, await office.certificate(project=f"P{number}"))
        submitted, discarded = await asyncio.gather(
            submit(office, draft),
            office.post(f"/claim-drafts/{draft['id']}/discard", office.citizen(), None, draft["version"]),
        )
        assert sorted((submitted.is_success, discarded.is_success)) == [False, True]
        state = (await shown(office, draft))["state"]
        assert state == ("submitted" if submitted.is_success else "discarded")


async def test_a_discarded_draft_stays_and_makes_room_for_another(office):
    certificate = await office.certificate()
    draft = await begun(office, certificate)
    path, holder = f"/claim-drafts/{draft['id']}/discard", office.citizen()
    assert (await office.post(path, holder, None, draft["version"])).json()["state"] == "discarded"
    assert (await submit(office, draft)).status_code == 409
    other = await begun(office, certificate)
    items = (await office.get("/claim-drafts", holder))["items"]
    assert [(one["id"], one["state"]) for one in items] == [
        (other["id"], "draft"),
        (draft["id"], "discarded"),
    ]
    with pytest.raises(Exception, match="can no longer be changed"):
        await office.sql("DELETE FROM claim_drafts")


async def test_a_direct_claim_goes_before_a_draft(office):
    certificate = await office.certificate()
    draft = await begun(office, certificate)
    await office.submitted(certificate)
    refused = await submit(office, draft)
    assert [f["rule"] for f in refused.json()["findings"] if f["outcome"] == "failed"] == ["S03"]


async def test_a_submission_sent_twice_is_answered_alike(office):
    draft, one = await begun(office, await office.certificate()), key()
    first, again = await submit(office, draft, **one), await submit(office, draft, **one)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


async def test_another_persons_draft_is_not_found(office):
    certificate = await office.certificate()
    draft = await begun(office, certificate)
    stranger = office.citizen("partner")
    for path in ("", "/submit", "/discard"):
        answer = await office.http.request(
            "POST" if path else "GET",
            f"/subsidy/v1/claim-drafts/{draft['id']}{path}",
            headers=stranger | key() | {"if-match": '"1"'},
        )
        assert answer.status_code == 404, path
    answer = await office.post("/claim-drafts", stranger, content(office, certificate))
    assert answer.status_code == 404
