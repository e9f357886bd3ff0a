"""The city centre's people, and a proposal brought as far as a test needs it."""

from dataclasses import dataclass
from typing import Any

import pytest
from chuangpei.auth import Role
from subsidy_svc.proposals.trial import try_due

ARTICLE = "沪人社规〔2027〕8号 一(二)"


@dataclass(slots=True)
class Centre:
    """What the city centre does with proposals, in words of the domain."""

    office: Any

    def person(self, who: str = "acceptor") -> dict[str, str]:
        return self.office.as_(Role.CITY_CENTRE, who)

    @staticmethod
    def body(*changes: tuple[str, str, Any], effective_from: str = "2026-07-01") -> dict[str, Any]:
        return {
            "title": "调整补贴标准",
            "effective_from": effective_from,
            "changes": [
                {"parameter": name, "unit": unit, "value": value, "article": ARTICLE}
                for name, unit, value in changes or [("subsidy_fen", "fen", 200000)]
            ],
        }

    async def proposed(self, *changes: tuple[str, str, Any], **given: str) -> dict[str, Any]:
        answer = await self.office.post("/proposals", self.person(), self.body(*changes, **given))
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def step(self, proposal: dict, action: str, who: str = "acceptor", json: object = None) -> Any:
        path = f"/proposals/{proposal['id']}/{action}"
        return await self.office.post(path, self.person(who), json, proposal["version"])

    async def on_trial(self, proposal: dict) -> dict[str, Any]:
        answer = await self.step(proposal, "trial")
        assert answer.status_code == 202, answer.text
        return answer.json()

    async def work(self, most: int = 200) -> int:
        """Works until nothing is on trial, so many claims a stretch; returns in how many stretches."""
        stretches = 0
        while await try_due(self.office.service, most):
            stretches += 1
        return stretches

    async def shown(self, proposal: dict) -> dict[str, Any]:
        return await self.office.get(f"/proposals/{proposal['id']}", self.person())

    async def effects(self, proposal: dict, **asked: Any) -> list[dict[str, Any]]:
        return (await self.office.get(f"/proposals/{proposal['id']}/effects", self.person(), **asked))[
            "items"
        ]

    async def tried(self, *changes: tuple[str, str, Any], **given: str) -> dict[str, Any]:
        proposal = await self.on_trial(await self.proposed(*changes, **given))
        await self.work()
        return await self.shown(proposal)

    async def published(self, *changes: tuple[str, str, Any], **given: str) -> dict[str, Any]:
        answer = await self.step(await self.tried(*changes, **given), "publish", "approver")
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def centre(office: Any) -> Centre:
    return Centre(office)
