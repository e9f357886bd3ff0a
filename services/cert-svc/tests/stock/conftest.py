"""Blank certificates in words of the domain."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from chuangpei.auth import Role
from chuangpei.testing.api import key

STOCK = "/cert/v1/stock"


@dataclass
class Store:
    """The city's store of blanks, and the districts that use them."""

    office: Any

    def officer(self, district: str = "310115") -> dict[str, str]:
        return self.office.as_(Role.DISTRICT_OFFICER, district=district)

    async def get(self, path: str, by: dict[str, str] | None = None, **params: Any) -> httpx.Response:
        return await self.office.http.get(f"{STOCK}{path}", params=params, headers=by or self.office.centre)

    async def receive(self, first: int = 1, last: int = 10, **given: Any) -> httpx.Response:
        body = {
            "kind": "training_qualification",
            "prefix": "HG",
            "first_number": first,
            "last_number": last,
            "printer": "上海印制厂",
            "delivery_note": "2026-0018",
        }
        return await self.office.http.post(
            f"{STOCK}/receipts", json=body | given, headers=self.office.centre | key()
        )

    async def move(self, where: str, first: int, last: int, **holder: Any) -> httpx.Response:
        body = {"prefix": "HG", "first_number": first, "last_number": last} | (
            holder or {"district": "310115"}
        )
        return await self.office.http.post(f"{STOCK}/{where}", json=body, headers=self.office.centre | key())

    async def blank(self, serial: str) -> dict:
        return (await self.get(f"/blanks/{serial}")).json()

    async def step(
        self, blank: dict, action: str, body: dict | None = None, by: dict[str, str] | None = None
    ) -> httpx.Response:
        return await self.office.http.post(
            f"{STOCK}/blanks/{blank['serial']}/{action}",
            json=body or {},
            headers=(by or self.officer()) | {"if-match": f'"{blank["version"]}"'},
        )

    async def print_on(
        self, blank: dict, certificate: dict, by: dict[str, str] | None = None
    ) -> httpx.Response:
        return await self.step(blank, "print", {"certificate_number": certificate["number"]}, by)

    async def spoil(self, blank: dict, by: dict[str, str] | None = None) -> httpx.Response:
        return await self.step(blank, "spoil", {"reason": "打印偏移"}, by)

    async def balance(self) -> dict:
        [balance] = (await self.get("/counts")).json()["balances"]
        return balance


@pytest.fixture
async def store(office) -> Store:
    """Ten blanks of the 合格证书 received, the first five with Pudong."""
    store = Store(office)
    assert (await store.receive()).status_code == 201
    assert (await store.move("allotments", 1, 5)).status_code == 201
    return store
