"""The business registry over HTTP: what it answers, and each way in which it may not (S01, T03)."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import httpx
import pytest
from chuangpei.kernel.enterprises import Enterprise
from chuangpei.kernel.refusals import Refusal
from chuangpei.ports.registry import HttpRegistry
from chuangpei_embedded.simulators.app import create_simulators

FIRM, PERSON = "91310115MA1K4XY10Y", "310101199001010012"
TODAY = date(2026, 6, 1)
Simulators = tuple[httpx.AsyncClient, httpx.ASGITransport]


@pytest.fixture
async def simulators(tmp_path: Path) -> AsyncIterator[Simulators]:
    transport = httpx.ASGITransport(create_simulators(tmp_path, "embedded"))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        yield http, transport


async def test_the_registry_tells_a_person_s_roles_as_of_a_day(simulators: Simulators) -> None:
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
async def test_a_registry_that_fails_is_a_refusal_to_try_again_and_never_a_fact(way: str) -> None:
    registry = HttpRegistry("http://r", 1, httpx.MockTransport(WAYS_TO_FAIL[way]))
    answer = await registry.relation(FIRM, PERSON, TODAY)
    assert isinstance(answer, Refusal)
    assert answer.problem.status == 503
    assert answer.retry_after_seconds
    await registry.close()


async def test_no_id_number_is_logged_when_a_registry_fails(caplog: pytest.LogCaptureFixture) -> None:
    registry = HttpRegistry("http://r", 1, httpx.MockTransport(WAYS_TO_FAIL["speaks another JSON"]))
    await registry.relation(FIRM, PERSON, TODAY)
    assert caplog.text
    assert PERSON not in caplog.text
    await registry.close()
