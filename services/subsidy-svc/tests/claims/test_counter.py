"""Applying at a counter: an officer acts for a person who is there (窗口申请; S06)."""

import pytest
from chuangpei.testing.api import key

MINHANG = "310112"


def body(office, certificate, who="holder", **given):
    return {
        "certificate_number": certificate.number,
        "id_number": office.id_number(who),
        "enterprise_credit_code": office.claim_body(certificate)["enterprise_credit_code"],
        "account": {"kind": "social_security_card"},
    } | given


async def at_counter(office, certificate, district="310115", officer="acceptor", **given):
    return await office.post(
        "/claims/counter", office.officer(officer, district), body(office, certificate, **given)
    )


@pytest.mark.parametrize("district", ["310115", MINHANG])
async def test_any_districts_counter_takes_an_application_for_a_present_person(office, district):
    certificate = await office.certificate()
    answer = await at_counter(office, certificate, district)
    assert answer.status_code == 201, answer.text
    claim = answer.json()
    assert (claim["channel"], claim["district"], claim["state"]) == ("counter", "310115", "submitted")
    [row] = await office.sql("SELECT actor, role, district FROM audit_log WHERE object_id = $1", claim["id"])
    assert tuple(row) == ("acceptor", "district_officer", district)
    assert (await office.shown(claim))["holder"] == "张*"


async def test_a_certificate_that_is_not_the_persons_is_not_found(office):
    answer = await at_counter(office, await office.certificate(), who="partner")
    assert answer.status_code == 404


async def test_an_officer_does_not_apply_for_himself_at_the_counter(office):
    certificate = await office.certificate()
    answer = await at_counter(office, certificate, officer="holder")
    assert (answer.status_code, answer.json()["code"]) == (409, "four_eyes")
    assert await office.sql("SELECT 1 FROM claims") == []


async def test_online_and_counter_together_make_one_claim(office):
    certificate = await office.certificate()
    await office.submitted(certificate)
    answer = await at_counter(office, certificate)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_eligible")
    assert len(await office.sql("SELECT 1 FROM claims")) == 1


async def test_sent_twice_it_is_answered_alike(office):
    certificate = await office.certificate()
    headers = office.officer() | key()
    sent = body(office, certificate)
    first = await office.http.post("/subsidy/v1/claims/counter", json=sent, headers=headers)
    again = await office.http.post("/subsidy/v1/claims/counter", json=sent, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()


async def test_a_wrong_check_character_is_named(office):
    answer = await at_counter(office, await office.certificate(), id_number="310101198506010012")
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/id_number"]
