"""Evaluation sessions in words of the domain."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from chuangpei.auth import Role
from chuangpei.events.training import TrainingCompleted
from chuangpei.testing.api import key

PATH = "/cert/v1/sessions"
PUDONG = "310115"
START = datetime.fromisoformat("2026-06-15T09:00:00+08:00")


def at_version(version: int) -> dict[str, str]:
    return {"if-match": f'"{version}"'}


@dataclass(slots=True)
class Sessions:
    """An evaluator of the body plans sessions and puts candidates on them."""

    office: Any
    body: dict[str, Any]
    _ids: dict[str, str] = field(default_factory=dict)

    @property
    def planner(self) -> dict[str, str]:
        return self.office.evaluator("third")

    async def evaluator_id(self, who: str) -> str:
        """The id of an evaluator on the roster of the body."""
        if not self._ids:
            rows = await self.office.sql("SELECT id, person_key FROM evaluators")
            self._ids.update({row["person_key"]: str(row["id"]) for row in rows})
        return self._ids[self.office.key_of(who)]

    async def plan(self, *evaluators: str, by: dict[str, str] | None = None, **given: Any) -> httpx.Response:
        """Plans one on 2026-06-15 from nine to half past eleven with thirty places."""
        ids = [await self.evaluator_id(who) for who in evaluators or ("scorer",)]
        wanted = {
            "body_id": self.body["id"],
            "project_code": "P3",
            "district": PUDONG,
            "place": "张江路100号305室",
            "starts_at": START.isoformat(),
            "ends_at": (START + timedelta(hours=2, minutes=30)).isoformat(),
            "capacity": 30,
            "evaluator_ids": ids,
        }
        return await self.office.http.post(PATH, json=wanted | given, headers=(by or self.planner) | key())

    async def planned(self, *evaluators: str, **given: Any) -> dict[str, Any]:
        answer = await self.plan(*evaluators, **given)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def step(self, session: dict[str, Any], step: str, body: dict[str, Any]) -> httpx.Response:
        """Amends, cancels or closes the session as it was read."""
        return await self.office.http.post(
            f"{PATH}/{session['id']}/{step}", json=body, headers=self.planner | at_version(session["version"])
        )

    async def seat(self, session: dict[str, Any], by: dict[str, str] | None = None, **who: Any) -> Any:
        """Puts an evaluation, or a class, on the session."""
        return await self.office.http.post(
            f"{PATH}/{session['id']}/candidates", json=who, headers=(by or self.planner) | key()
        )

    async def seated(self, session: dict[str, Any], event: TrainingCompleted) -> dict[str, Any]:
        """The candidate that the trainee of the event becomes."""
        answer = await self.seat(session, class_id=str(event.class_id))
        assert answer.status_code == 201, answer.text
        (candidate,) = answer.json()["candidates"]
        return candidate

    async def of_candidate(
        self, candidate: dict[str, Any], step: str, body: dict[str, Any]
    ) -> httpx.Response:
        """Takes the candidate off, or records whether they came."""
        return await self.office.http.post(
            f"{PATH}/{candidate['session_id']}/candidates/{candidate['id']}/{step}",
            json=body,
            headers=self.planner | at_version(candidate["version"]),
        )

    async def read(self, session: dict[str, Any], by: dict[str, str] | None = None) -> httpx.Response:
        return await self.office.http.get(f"{PATH}/{session['id']}", headers=by or self.office.centre)

    async def candidates(self, session: dict[str, Any], **params: Any) -> list[dict[str, Any]]:
        answer = await self.office.http.get(
            f"{PATH}/{session['id']}/candidates", params=params, headers=self.office.centre
        )
        return answer.json()["items"]

    async def listed(self, headers: dict[str, str], **params: Any) -> list[str]:
        """The ids of the sessions that one sees."""
        answer = await self.office.http.get(PATH, params=params, headers=headers)
        assert answer.status_code == 200, answer.text
        return [one["id"] for one in answer.json()["items"]]


@pytest.fixture
def sessions(office: Any, body: dict[str, Any]) -> Sessions:
    return Sessions(office, body)


@pytest.fixture
def officer(office: Any) -> dict[str, str]:
    return office.as_(Role.DISTRICT_OFFICER, district=PUDONG)
