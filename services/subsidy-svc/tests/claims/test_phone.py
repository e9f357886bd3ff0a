"""A contact phone with an application: masked, encrypted, and left out where none is given (S06)."""

import pytest
from chuangpei.testing.api import key
from subsidy_svc.claims.phone import clear_phone, phone_key

PHONE = "13812345678"


async def test_a_phone_is_shown_masked_and_kept_encrypted(office):
    answer = await office.claim(await office.certificate(), phone="138-1234-5678")
    assert answer.json()["phone"] == "138****5678"
    assert (await office.shown(answer.json()))["phone"] == "138****5678"
    [row] = await office.sql("SELECT c::text AS whole, phone_encrypted, phone_key FROM claims c")
    assert PHONE not in row["whole"]
    privacy = office.service.privacy
    assert clear_phone(privacy, row["phone_encrypted"]) == PHONE
    assert row["phone_key"] == phone_key(privacy, f"+86{PHONE}")


async def test_it_may_be_left_out(office):
    claim = await office.submitted()
    assert claim["phone"] is None
    assert (await office.sql("SELECT phone_key FROM claims"))[0]["phone_key"] is None


@pytest.mark.parametrize("phone", ["12", "not a phone", "", "1" * 41])
async def test_what_is_no_phone_is_refused_and_named(office, phone):
    answer = await office.claim(await office.certificate(), phone=phone)
    assert (answer.status_code, [e["pointer"] for e in answer.json()["errors"]]) == (422, ["/phone"])


async def test_a_draft_keeps_it_for_its_claim(office):
    certificate = await office.certificate()
    draft = (
        await office.post("/claim-drafts", office.citizen(), office.claim_body(certificate, phone=PHONE))
    ).json()
    assert draft["phone"] == "138****5678"
    [[text]] = await office.sql("SELECT claim_drafts::text FROM claim_drafts")
    assert PHONE not in text
    sent = office.citizen() | key() | {"if-match": '"1"'}
    claim = await office.http.post(f"/subsidy/v1/claim-drafts/{draft['id']}/submit", headers=sent)
    assert claim.json()["phone"] == "138****5678"


async def test_a_counter_takes_it_too(office):
    certificate = await office.certificate()
    body = {
        "certificate_number": certificate.number,
        "id_number": office.id_number("holder"),
        "enterprise_credit_code": office.claim_body(certificate)["enterprise_credit_code"],
        "account": {"kind": "social_security_card"},
        "phone": PHONE,
    }
    answer = await office.post("/claims/counter", office.officer(), body)
    assert (answer.status_code, answer.json()["phone"]) == (201, "138****5678")


async def test_the_phone_of_a_claim_is_never_changed(office):
    await office.claim(await office.certificate(), phone=PHONE)
    with pytest.raises(Exception, match="can no longer be changed"):
        await office.sql("UPDATE claims SET phone_masked = 'x'")
