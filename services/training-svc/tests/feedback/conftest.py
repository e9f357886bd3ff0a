"""A class that has ended and its trainees, for the tests of feedback."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from chuangpei.auth import Role
from training_svc.feedback.use_cases import ask_due, close_due

SCORES = {"content": 5, "teaching": 4, "organisation": 4, "facilities": 3, "benefit": 5}


@dataclass
class Feedback:
    """What organisers, trainees and time do with feedback."""

    world: Any
    institution: dict[str, Any]
    filed: dict[str, Any] = field(default_factory=dict)
    trainees: list[dict[str, Any]] = field(default_factory=list)

    @property
    def organiser(self):
        return self.world.of_institution(self.institution)

    async def a_class(self, trainees: int, **own: Any):
        """A class of the institution with as many trainees; one at a time, others keep their own."""
        world = self.world
        self.filed = await world.filed(self.institution, **own)
        self.trainees = [world.trainee() for _ in range(trainees)]
        for one in self.trainees:
            await world.enrolled(self.institution, self.filed, **one)
        return self.filed

    def a_day_after_the_end(self, days: int = 1):
        self.world.clock.set(self.world.at(1) + timedelta(days=days))

    async def timers(self):
        async with self.world.service.database.transaction() as tx:
            return await ask_due(tx, self.world.service), await close_due(tx, self.world.service)

    async def asked(self, trainees: int = 5, **own: Any):
        """A class that ended yesterday and whose trainees have their links."""
        filed = await self.a_class(trainees, **own)
        self.a_day_after_the_end()
        await self.world.made(f"/classes/{filed['id']}/feedback-links", None, self.organiser)
        return filed

    def citizen(self, trainee: dict[str, Any]):
        return self.world.by(Role.CITIZEN, id_number=trainee["id_number"])

    async def links(self, trainee: dict[str, Any]):
        answer = await self.world.get("/my/feedback-links", self.citizen(trainee))
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    async def tokens(self):
        """The token of each trainee, in their order."""
        return [(await self.links(one))[0]["token"] for one in self.trainees]

    async def answer(self, token: str, comment: str | None = None, **scores: int):
        body: dict[str, Any] = {"scores": SCORES | scores}
        if comment is not None:
            body["comment"] = comment
        return await self.world.http.post(f"/training/v1/feedback/{token}", json=body)

    async def closed(self, answers: int, trainees: int = 6, **own: Any):
        """A class of which so many answered, and whose days for answering are over."""
        filed = await self.asked(trainees, **own)
        for number, token in enumerate((await self.tokens())[:answers]):
            assert (await self.answer(token, f"意见{number}")).status_code == 204
        self.a_day_after_the_end(31)
        await self.timers()
        return filed

    async def round_of(self, filed: dict[str, Any]):
        return (await self.world.get(f"/classes/{filed['id']}/feedback", self.organiser)).json()

    async def results(self, of: str, by: Any = None, query: str = ""):
        answer = await self.world.get(f"/feedback-results/{of}{query}", by or self.organiser)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]


@pytest.fixture
async def feedback(world):
    return Feedback(world, await world.qualified())
