"""Submitting a claim: who may, with what facts, and what refuses it (S01–S06, S11, D02, D03)."""

from datetime import date

import pytest
from chuangpei.events.subsidy import ClaimSubmitted
from chuangpei.testing.api import key
from subsidy_svc.claims.payee import opened


def failed(answer):
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "not_eligible"
    return [finding["rule"] for finding in answer.json()["findings"] if finding["outcome"] == "failed"]


async def test_a_claim_says_what_was_applied_for(office):
    certificate = await office.certificate()
    claim = await office.submitted(certificate)
    assert claim | {"id": None, "submitted_at": None} == {
        "id": None,
        "certificate_id": str(certificate.certificate_id),
        "certificate_number": certificate.number,
        "state": "submitted",
        "version": 1,
        "holder": "张*",
        "institution_name": "浦东创业学院",
        "district": "310115",
        "project_code": "GYB",
        "project_name": "项目GYB",
        "enterprise_credit_code": "91310115MA1K4XY10Y",
        "enterprise_name": "上海申创科技有限公司",
        "channel": "online",
        "case_number": None,
        "phone": None,
        "account_kind": "social_security_card",
        "account": "中国银行 ***************4455",
        "account_reason": None,
        "amount_fen": 180000,
        "submitted_at": None,
        "due_on": "2026-06-08",
        "notice_last_day": None,
        "decision_reason": None,
        "decision_article": None,
        "waiting_for_registry": None,
    }
    [event] = await office.emitted(ClaimSubmitted)
    assert str(event.claim_id) == claim["id"]
    assert (event.amount_fen, event.state, event.on) == (180000, "submitted", date(2026, 6, 1))


async def test_the_registry_is_asked_as_of_the_class_start_and_as_of_today(office):
    await office.submitted()
    assert sorted(on for _, _, on in office.registry.asked) == [date(2026, 5, 1), date(2026, 6, 1)]


async def test_a_refusal_names_every_reason(office):
    certificate = await office.certificate()
    office.registry.registered_on = date(2020, 1, 1)
    office.registry.roles = frozenset()
    office.accounts.linked = False
    answer = await office.claim(certificate)
    assert failed(answer) == ["S01", "S01", "S11"]
    assert all(finding["article"] and finding["fact"] for finding in answer.json()["findings"])
    assert await office.sql("SELECT 1 FROM claims") == []


async def test_a_role_lost_by_the_day_of_application_only_warns(office):
    office.registry.roles_from = {date(2026, 5, 15): frozenset()}
    claim = await office.submitted()
    findings = (await office.shown(claim))["findings"]
    assert [f["rule"] for f in findings if f["outcome"] == "warned"] == ["D02"]


async def test_an_unknown_enterprise_is_a_finding(office):
    office.registry.known = frozenset()
    assert failed(await office.claim(await office.certificate())) == ["S01", "S01", "S01"]


async def test_another_persons_certificate_is_not_found(office):
    certificate = await office.certificate()
    assert (await office.claim(certificate, who="partner")).status_code == 404


async def test_one_project_is_claimed_once(office):
    await office.submitted(await office.certificate())
    second = await office.certificate(issued_on=date(2026, 5, 25))
    assert failed(await office.claim(second)) == ["S03"]


async def test_a_fourth_subsidy_is_refused(office):
    for project in ("P1", "P2", "P3"):
        await office.submitted(await office.certificate(project=project))
    assert failed(await office.claim(await office.certificate(project="P4"))) == ["S04"]


async def test_another_persons_places_do_not_count(office):
    await office.submitted(await office.certificate())
    await office.submitted(await office.certificate(who="partner"), who="partner")


async def test_a_withdrawn_claim_frees_its_place(office):
    certificate = await office.certificate()
    claim = await office.submitted(certificate)
    withdrawn = await office.step(claim, "withdraw", "holder")
    assert withdrawn.json()["state"] == "withdrawn"
    assert await office.sql("SELECT 1 FROM reservations") == []
    await office.submitted(certificate)


async def test_a_rejected_claim_frees_its_place(office):
    certificate = await office.certificate()
    claim = await office.accepted(await office.submitted(certificate))
    rejected = await office.step(claim, "reject", "acceptor", {"reason": "材料与登记不符"})
    assert (rejected.json()["state"], rejected.json()["decision_reason"]) == ("rejected", "材料与登记不符")
    await office.submitted(certificate)


async def test_a_freed_place_in_the_middle_is_taken_again(office):
    first, second, third = [await office.certificate(project=f"P{number}") for number in range(3)]
    await office.submitted(first)
    claim = await office.submitted(second)
    await office.submitted(third)
    await office.step(claim, "withdraw", "holder")
    await office.submitted(await office.certificate(project="P9"))
    rows = await office.sql("SELECT slot FROM reservations ORDER BY slot")
    assert [row["slot"] for row in rows] == [1, 2, 3]


async def test_another_own_account_is_taken_with_its_reason_and_kept_encrypted(office):
    other = {
        "kind": "other",
        "bank": "中国工商银行",
        "account_number": "6217001234567890",
        "holder_name": "张三丰",
        "reason": "社保卡金融账户未激活",
    }
    answer = await office.claim(await office.certificate(), account=other)
    assert answer.status_code == 201, answer.text
    assert answer.json()["account"] == "中国工商银行 ************7890"
    assert answer.json()["account_reason"] == "社保卡金融账户未激活"
    [row] = await office.sql("SELECT c::text AS whole, payee_encrypted FROM claims c")
    assert "6217001234567890" not in row["whole"]
    payee = opened(row["payee_encrypted"], office.service.privacy)
    assert (payee.holder, payee.bank, payee.account_number) == ("张三丰", "中国工商银行", "6217001234567890")


async def test_an_account_in_another_name_is_refused(office):
    other = {
        "kind": "other",
        "bank": "中国工商银行",
        "account_number": "6217001234567890",
        "holder_name": "李四光",
        "reason": "配偶账户",
    }
    assert failed(await office.claim(await office.certificate(), account=other)) == ["S11"]


async def test_the_same_request_sent_again_answers_the_same_and_acts_once(office):
    certificate = await office.certificate()
    headers = office.citizen() | key()
    body = office.claim_body(certificate)
    first = await office.http.post("/subsidy/v1/claims", json=body, headers=headers)
    second = await office.http.post("/subsidy/v1/claims", json=body, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["etag"] == '"1"'
    assert len(await office.sql("SELECT 1 FROM claims")) == 1


@pytest.mark.parametrize(
    "since", ["the registry is away", "the window is over", "the certificate is revoked"]
)
async def test_sent_again_it_is_answered_as_it_was_whatever_holds_by_now(office, since):
    certificate = await office.certificate()
    headers, body = office.citizen() | key(), office.claim_body(certificate)
    first = await office.http.post("/subsidy/v1/claims", json=body, headers=headers)
    if since == "the registry is away":
        office.registry.away = True
    elif since == "the window is over":
        office.clock.advance(days=400)
    else:
        await office.revoke(certificate)
    second = await office.http.post("/subsidy/v1/claims", json=body, headers=headers)
    assert (second.status_code, second.content) == (201, first.content)


async def test_a_key_used_for_another_claim_is_refused(office):
    headers = office.citizen() | key()
    first, second = await office.certificate(), await office.certificate(project="P2")
    await office.http.post("/subsidy/v1/claims", json=office.claim_body(first), headers=headers)
    answer = await office.http.post("/subsidy/v1/claims", json=office.claim_body(second), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")


async def test_a_claim_after_the_laws_end_is_judged_by_the_law_of_its_certificate(office):
    certificate = await office.certificate(
        issued_on=date(2030, 12, 31), class_started_on=date(2030, 12, 1), evaluated_on=None
    )
    office.registry.registered_on = date(2029, 1, 1)
    office.clock.advance(days=(date(2031, 6, 2) - date(2026, 6, 1)).days)
    claim = await office.submitted(certificate)
    assert (await office.noticed(claim))["state"] == "noticed"


async def test_a_revoked_certificate_cannot_be_claimed(office):
    certificate = await office.certificate()
    await office.revoke(certificate)
    assert failed(await office.claim(certificate)) == ["D06"]


@pytest.mark.parametrize(
    "column",
    ["amount_fen = 1", "person_key = 'x'", "enterprise_name = 'x'", "findings = '[]'", "facts = '{}'"],
)
async def test_what_was_applied_for_cannot_be_changed(office, column):
    await office.submitted()
    with pytest.raises(Exception, match="can no longer be changed"):
        await office.sql(f"UPDATE claims SET {column}")  # noqa: S608  # a fixed text of this test


async def test_once_it_is_approved_the_account_cannot_be_changed(office):
    await office.noticed()
    with pytest.raises(Exception, match="can no longer be changed"):
        await office.sql("UPDATE claims SET payee_digest = ''")
