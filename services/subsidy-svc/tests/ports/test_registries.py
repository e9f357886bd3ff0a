"""The two registries of others over HTTP: what they answer, and each way in which they may not (S01, S11)."""

from datetime import date

import httpx
import pytest
from chuangpei.kernel.refusals import Refusal
from chuangpei_embedded.simulators.app import create_simulators
from subsidy_svc.policy.facts import Enterprise
from subsidy_svc.ports.accounts import BankAccount, HttpAccounts
from subsidy_svc.ports.registry import HttpRegistry

FIRM, PERSON = "91310115MA1K4XY10Y", "310101199001010012"
TODAY = date(2026, 6, 1)


@pytest.fixture
async def simulators(tmp_path):
    transport = httpx.ASGITransport(create_simulators(tmp_path, "embedded"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        yield http, transport


async def test_the_registry_tells_a_person_s_roles_as_of_a_day(simulators):
    http, transport = simulators
    relation = {
        "id_number": PERSON,
        "role": "shareholding_partner",
        "from": "2025-01-01",
        "to": "2026-05-31",
        "shareholding_percent": "12.50",
    }
    firm = {
        "credit_code": FIRM,
        "name": "上海申创科技有限公司",
        "registered_on": "2024-05-10",
        "province_code": "31",
        "district": "310115",
        "status": "active",
        "relations": [relation],
    }
    seeded = await http.post("/simulators/registry/v1/enterprises", json=firm)
    assert seeded.is_success, seeded.text
    registry = HttpRegistry("http://127.0.0.1/simulators/registry", 5, transport)
    then = await registry.relation(FIRM, PERSON, date(2026, 5, 1))
    assert then == Enterprise(
        FIRM,
        "上海申创科技有限公司",
        date(2024, 5, 10),
        "31",
        "active",
        frozenset({"shareholding_partner"}),
        "12.50",
    )
    now = await registry.relation(FIRM, PERSON, TODAY)
    assert isinstance(now, Enterprise)
    assert now.roles == frozenset()
    assert await registry.relation("52310115MJ8888888R", PERSON, TODAY) is None
    await registry.close()


async def test_the_account_registry_tells_which_account_the_card_is_linked_to(simulators):
    http, transport = simulators
    seeded = await http.post(
        "/simulators/accounts/v1/accounts",
        json={
            "id_number": PERSON,
            "name": "张三丰",
            "bank": "中国银行",
            "account_number": "6222021001122334455",
        },
    )
    assert seeded.is_success, seeded.text
    accounts = HttpAccounts("http://127.0.0.1/simulators/accounts", 5, transport)
    [found] = await accounts.of_person(PERSON, "张三丰")
    assert found == BankAccount("中国银行", "6222021001122334455", "张三丰", True, "active")
    await accounts.close()


def refusing(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no route")


def slow(_: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("too slow")


WAYS_TO_FAIL = {
    "cannot be reached": refusing,
    "does not answer in time": slow,
    "is broken": lambda _: httpx.Response(500, text="oops"),
    "is overloaded": lambda _: httpx.Response(429),
    "does not speak JSON": lambda _: httpx.Response(200, text="<html>"),
    "speaks another JSON": lambda _: httpx.Response(200, json={"surprise": True}),
    "sends us elsewhere": lambda _: httpx.Response(302, headers={"location": "http://elsewhere/"}),
}


@pytest.mark.parametrize("way", WAYS_TO_FAIL)
async def test_a_registry_that_fails_is_a_refusal_to_try_again_and_never_a_fact(way):
    transport = httpx.MockTransport(WAYS_TO_FAIL[way])
    registry, accounts = HttpRegistry("http://r", 1, transport), HttpAccounts("http://a", 1, transport)
    for answer in (await registry.relation(FIRM, PERSON, TODAY), await accounts.of_person(PERSON, "张三丰")):
        assert isinstance(answer, Refusal)
        assert answer.problem.status == 503
        assert answer.retry_after_seconds
    await registry.close()
    await accounts.close()


async def test_no_id_number_is_logged_when_a_registry_fails(caplog):
    registry = HttpRegistry("http://r", 1, httpx.MockTransport(WAYS_TO_FAIL["speaks another JSON"]))
    await registry.relation(FIRM, PERSON, TODAY)
    assert caplog.text
    assert PERSON not in caplog.text
    await registry.close()
