"""Trainees who have completed, and what is recorded of them afterwards."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

SHANGHAI = ZoneInfo("Asia/Shanghai")


class FollowedUp:
    """One trainee who completed on 2026-03-03, as the class's institution follows them up."""

    def __init__(self, world, institution, enrolment, trainee):
        self.world, self.institution, self.enrolment, self.trainee = world, institution, enrolment, trainee
        self.by = world.of_institution(institution)
        self.id = None

    def on(self, day):
        """Moves the clock to nine in the morning of a day."""
        self.world.clock.set(datetime.combine(date.fromisoformat(day), time(9), SHANGHAI))

    async def now(self):
        answer = await self.world.get(f"/follow-ups/{self.id}", self.by)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def does(self, what, body, by=None):
        """One step on the follow-up as it stands."""
        version = (await self.now())["version"]
        return await self.world.post(f"/follow-ups/{self.id}/{what}", body, by=by or self.by, version=version)

    async def opened(self, opened_on, **own):
        body = {"name": "上海示例科技有限公司", "credit_code": self.world.credit_code(), "jobs": 2}
        answer = await self.does("open-business", body | {"opened_on": opened_on} | own)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def closed(self, closed_on, **own):
        answer = await self.does("close-business", {"closed_on": closed_on, "reason": "经营困难"} | own)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def check(self, kind, months):
        found = (await self.now())["checks"]
        return next(one for one in found if (one["kind"], one["months"]) == (kind, months))


@pytest.fixture
async def completing(world):
    """Makes trainees of one class complete: each call gives another one followed up."""
    institution = await world.qualified()
    filed = await world.filed(institution)

    async def complete():
        world.clock.set(world.at(-10, 9))
        trainee = world.trainee()
        enrolment = await world.enrolled(institution, filed, **trainee)
        await world.attended(institution, filed, enrolment, 4)
        one = FollowedUp(world, institution, enrolment, trainee)
        await world.made(f"/enrolments/{enrolment['id']}/complete", None, one.by, enrolment["version"])
        one.id = str(await world.count("SELECT id FROM follow_ups WHERE enrolment_id = $1", enrolment["id"]))
        return one

    return complete


@pytest.fixture
async def trainee(completing):
    return await completing()
