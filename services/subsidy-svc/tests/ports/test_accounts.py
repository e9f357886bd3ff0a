"""The registry of accounts over HTTP: what it answers, and each way in which it may not (S11)."""

import httpx
import pytest
from chuangpei.kernel.refusals import Refusal
from chuangpei_embedded.simulators.app import create_simulators
from subsidy_svc.ports.accounts import BankAccount, HttpAccounts

PERSON = "310101199001010012"


@pytest.fixture
async def simulators(tmp_path):
    transport = httpx.ASGITransport(create_simulators(tmp_path, "embedded"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        yield http, transport


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
    accounts = HttpAccounts("http://a", 1, transport)
    answer = await accounts.of_person(PERSON, "张三丰")
    assert isinstance(answer, Refusal)
    assert answer.problem.status == 503
    assert answer.retry_after_seconds
    await accounts.close()
