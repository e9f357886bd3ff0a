"""Asking before applying: what would be found, what is missing, the days left (S01–S05, S11, D01)."""

from datetime import date, datetime

import pytest
from chuangpei.kernel.clock import SHANGHAI
from subsidy_svc.policy.advice import ADVICE
from subsidy_svc.policy.enterprise_rules import role_at_application
from subsidy_svc.policy.rules import RULES, amount

FIRM = "91310115MA1K4XY10Y"


async def ask(office, certificate, who="holder", **given):
    body = {"certificate_id": str(certificate.certificate_id), "enterprise_credit_code": FIRM} | given
    return await office.http.post("/subsidy/v1/eligibility-checks", json=body, headers=office.citizen(who))


async def check(office, certificate, **given):
    answer = await ask(office, certificate, **given)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_who_meets_every_condition_is_told_the_amount_and_the_days_left(office):
    found = await check(office, await office.certificate())
    assert (found["eligible"], found["amount_fen"], found["missing"]) == (True, 180000, [])
    assert (found["last_day"], found["last_day_provisional"], found["days_left"]) == ("2027-05-20", True, 354)
    assert len(found["findings"]) == len(RULES)


async def test_nothing_is_written(office):
    certificate = await office.certificate()
    tables = ("claims", "reservations", "idempotency_keys", "audit_log", "outbox")
    before = [await office.sql(f"SELECT * FROM {table}") for table in tables]  # noqa: S608  # fixed names
    await check(office, certificate)
    assert [await office.sql(f"SELECT * FROM {table}") for table in tables] == before  # noqa: S608


async def test_the_answer_is_that_of_an_application(office):
    certificate = await office.certificate()
    office.registry.registered_on, office.registry.roles = date(2020, 1, 1), frozenset()
    office.accounts.linked = False
    found = await check(office, certificate)
    refused = await office.claim(certificate)
    assert refused.status_code == 422
    assert found["findings"] == refused.json()["findings"]
    assert [one["rule"] for one in found["missing"]] == ["S01", "S01", "S11"]
    assert all(one["zh"] != one["en"] and one["article"] for one in found["missing"])


async def test_a_claim_that_stands_takes_the_place(office):
    certificate = await office.certificate()
    await office.submitted(certificate)
    assert [one["rule"] for one in (await check(office, certificate))["missing"]] == ["S03"]


@pytest.mark.parametrize(
    ("moment", "days_left", "missing"),
    [
        (datetime(2027, 5, 20, 23, 59, 59, tzinfo=SHANGHAI), 1, []),
        (datetime(2027, 5, 21, 0, 0, 0, tzinfo=SHANGHAI), 0, ["S05"]),
    ],
)
async def test_the_last_day_counts_to_its_last_second(office, moment, days_left, missing):
    certificate = await office.certificate()
    office.clock.set(moment)
    found = await check(office, certificate)
    assert (found["days_left"], [one["rule"] for one in found["missing"]]) == (days_left, missing)


@pytest.mark.parametrize(
    ("role", "registered"), [("legal_representative", True), ("shareholding_partner", False), (None, None)]
)
async def test_a_role_the_registry_does_not_know_is_told(office, role, registered):
    found = await check(office, await office.certificate(), role=role)
    assert found["role_is_registered"] is registered
    assert found["eligible"] is True  # the registry's word decides


async def test_another_account_is_judged_as_in_an_application(office):
    other = {
        "kind": "other",
        "bank": "中国工商银行",
        "account_number": "6217001234567890",
        "holder_name": "李四光",
        "reason": "配偶账户",
    }
    found = await check(office, await office.certificate(), account=other)
    assert [one["rule"] for one in found["missing"]] == ["S11"]


async def test_another_persons_certificate_is_not_found(office):
    answer = await ask(office, await office.certificate(), who="partner")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_while_a_registry_is_away_the_answer_says_when_to_come_again(office):
    office.registry.away = True
    answer = await ask(office, await office.certificate())
    assert (answer.status_code, answer.json()["code"]) == (503, "registry_unavailable")
    assert answer.headers["retry-after"] == "30"


def test_every_rule_that_can_fail_says_what_can_be_done():
    assert set(RULES) - ADVICE.keys() == {role_at_application, amount}
