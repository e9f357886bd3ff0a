"""The development tools and the simulators: what they do, and that they exist in the embedded run alone."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from chuangpei.auth import Role, TokenVerifier
from chuangpei.kernel.clock import DevelopmentClock
from chuangpei.kernel.credit_code import make_credit_code
from chuangpei.kernel.resident_id import make_resident_id
from chuangpei.service import DEVELOPMENT_ISSUER, RefusedToStart
from chuangpei_embedded.dev.app import CLOCK_FILE, create_dev_app
from chuangpei_embedded.simulators.app import create_simulators

PERSON = make_resident_id("310101", date(1990, 1, 1), 7)
FIRM = make_credit_code("91310115MA1K35X10")
ACCOUNT = {
    "id_number": PERSON,
    "name": "王小明",
    "bank": "示例银行",
    "account_number": "6222000000000001",
}


def client_of(app: Any, address: str = "127.0.0.1") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(address, 50_000))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


@pytest.fixture
async def tools(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(create_dev_app(tmp_path, "embedded")) as http:
        yield http


@pytest.fixture
async def simulators(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(create_simulators(tmp_path, "embedded")) as http:
        yield http


def test_neither_tools_nor_simulators_start_outside_the_embedded_environment(tmp_path: Path) -> None:
    with pytest.raises(RefusedToStart):
        create_dev_app(tmp_path, "production")
    with pytest.raises(RefusedToStart):
        create_simulators(tmp_path, "production")
    assert list(tmp_path.iterdir()) == []


async def test_a_token_that_was_asked_for_is_accepted_as_what_was_asked(tools: httpx.AsyncClient) -> None:
    wish = {"role": "district_officer", "district": "310115", "name": "李受理", "subject": "officer-1"}
    answer = await tools.post("/dev/token", json=wish)

    async def keys() -> Any:
        return (await tools.get("/dev/jwks.json")).json()

    verifier = TokenVerifier(DEVELOPMENT_ISSUER, "chuangpei", keys, lambda number: number)
    principal = await verifier.verify(answer.json()["access_token"])
    assert principal is not None
    assert (principal.role, principal.district, principal.subject) == (
        Role.DISTRICT_OFFICER,
        "310115",
        "officer-1",
    )


async def test_the_public_keys_keep_the_private_part_to_themselves(tools: httpx.AsyncClient) -> None:
    [key] = (await tools.get("/dev/jwks.json")).json()["keys"]
    assert key["kty"] == "EC"
    assert "d" not in key


@pytest.mark.parametrize(
    "wish",
    [
        {"role": "district_officer"},
        {"role": "district_officer", "district": "110101"},
        {"role": "citizen"},
        {"role": "citizen", "id_number": PERSON[:-1] + ("0" if PERSON[-1] != "0" else "1")},
        {"role": "institution"},
        {"role": "system"},
        {"role": "city_centre", "colour": "red"},
    ],
)
async def test_a_wish_that_no_service_would_accept_is_refused(
    tools: httpx.AsyncClient, wish: dict[str, str]
) -> None:
    assert (await tools.post("/dev/token", json=wish)).status_code == 422


async def test_the_clock_moves_for_every_process_that_names_its_file(
    tools: httpx.AsyncClient, tmp_path: Path
) -> None:
    elsewhere = DevelopmentClock(tmp_path / CLOCK_FILE)
    await tools.post("/dev/clock", json={"set_to": "2026-09-24T09:00:00+08:00"})
    assert elsewhere.today() == date(2026, 9, 24)
    moved = await tools.post("/dev/clock", json={"move_seconds": 15 * 3600})
    assert moved.json()["today"] == "2026-09-25"
    assert elsewhere.today() == date(2026, 9, 25)
    back = await tools.post("/dev/clock", json={"reset": True})
    assert back.json()["offset_seconds"] == 0
    assert abs((elsewhere.now() - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.parametrize("wish", [{}, {"reset": True, "move_seconds": 1}, {"set_to": "2026-09-24T09:00:00"}])
async def test_a_clock_asked_for_nothing_or_two_things_or_a_time_without_zone_stays(
    tools: httpx.AsyncClient, wish: dict[str, Any]
) -> None:
    assert (await tools.post("/dev/clock", json=wish)).status_code == 422
    assert (await tools.get("/dev/clock")).json()["offset_seconds"] == 0


async def test_other_machines_and_foreign_names_get_no_token(tmp_path: Path) -> None:
    app = create_dev_app(tmp_path, "embedded")
    async with client_of(app, "192.0.2.7") as elsewhere:
        assert (await elsewhere.post("/dev/token", json={"role": "city_centre"})).status_code == 403
    async with client_of(app) as here:
        rebound = await here.post(
            "/dev/token", json={"role": "city_centre"}, headers={"host": "attacker.example"}
        )
        assert rebound.status_code == 403


def enterprise(*relations: dict[str, Any]) -> dict[str, Any]:
    return {
        "credit_code": FIRM,
        "name": "上海示例有限公司",
        "registered_on": "2024-03-01",
        "province_code": "31",
        "district": "310115",
        "status": "active",
        "relations": list(relations),
    }


def relation(role: str, since: str, until: str | None, percent: str | None = None) -> dict[str, Any]:
    return {
        "id_number": PERSON,
        "role": role,
        "from": since,
        "to": until,
        "shareholding_percent": percent,
    }


async def asked(simulators: httpx.AsyncClient, on: str, firm: str = FIRM) -> httpx.Response:
    question = {"credit_code": firm, "id_number": PERSON, "on": on}
    return await simulators.post("/simulators/registry/v1/relations/query", json=question)


async def test_the_registry_tells_who_stood_where_on_a_day(simulators: httpx.AsyncClient) -> None:
    stands = enterprise(
        relation("legal_representative", "2024-03-01", "2025-06-30"),
        relation("shareholding_partner", "2025-01-01", None, "12.5"),
    )
    await simulators.post("/simulators/registry/v1/enterprises", json=stands)
    assert (await asked(simulators, "2024-12-31")).json()["roles"] == ["legal_representative"]
    both = (await asked(simulators, "2025-06-30")).json()
    assert both["roles"] == ["legal_representative", "shareholding_partner"]
    assert both["shareholding_percent"] == "12.50"
    assert (await asked(simulators, "2025-07-01")).json()["roles"] == ["shareholding_partner"]
    assert (await asked(simulators, "2024-02-29")).json()["roles"] == []


async def test_the_registry_does_not_know_every_firm(simulators: httpx.AsyncClient) -> None:
    answer = await asked(simulators, "2025-01-01", make_credit_code("91310115MA1K35X11"))
    assert (answer.status_code, answer.json()) == (404, {"code": "unknown_enterprise"})


async def test_what_the_simulators_know_survives_a_restart(tmp_path: Path) -> None:
    async with client_of(create_simulators(tmp_path, "embedded")) as before:
        await before.post("/simulators/registry/v1/enterprises", json=enterprise())
        await before.post("/simulators/accounts/v1/accounts", json=ACCOUNT)
    async with client_of(create_simulators(tmp_path, "embedded")) as after:
        assert (await asked(after, "2025-01-01")).json()["name"] == "上海示例有限公司"
        question = {"id_number": PERSON, "name": "王小明"}
        told = (await after.post("/simulators/accounts/v1/accounts/query", json=question)).json()
    assert [one["account_number"] for one in told["accounts"]] == ["6222000000000001"]
    kept = [tmp_path / "registry.json", tmp_path / "accounts.json"]
    assert [oct(file.stat().st_mode) for file in kept] == ["0o100600"] * 2


async def test_a_name_that_does_not_fit_the_number_has_no_accounts(simulators: httpx.AsyncClient) -> None:
    await simulators.post("/simulators/accounts/v1/accounts", json=ACCOUNT)
    question = {"id_number": PERSON, "name": "王大明"}
    answer = await simulators.post("/simulators/accounts/v1/accounts/query", json=question)
    assert answer.json() == {"accounts": []}


async def test_a_registry_taken_down_answers_nothing_until_it_is_back(simulators: httpx.AsyncClient) -> None:
    await simulators.post("/simulators/registry/v1/enterprises", json=enterprise())
    await simulators.put("/simulators/registry/v1/down", json={"down": True})
    assert (await asked(simulators, "2025-01-01")).status_code == 503
    await simulators.put("/simulators/registry/v1/down", json={"down": False})
    assert (await asked(simulators, "2025-01-01")).status_code == 200
