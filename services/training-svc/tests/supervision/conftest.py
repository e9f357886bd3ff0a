"""A programme of Pudong's district centre, and inspections in each state."""

import pytest


class Supervision:
    """What an officer does with inspections; a second one is at hand for four eyes."""

    def __init__(self, world):
        self.world = world
        self.officer = world.officer(subject="officer-1")
        self.other = world.officer(subject="officer-2")

    async def programme(self, by=None, **own):
        body = {"name": f"计划{self.world.number()}", "first_day": "2026-01-01", "last_day": "2026-12-31"}
        return await self.world.made("/inspection-programmes", body | own, by or self.officer)

    async def draw(self, programme, by=None, **own):
        body = {"object_kind": "institution", "method": "random", "count": 1} | own
        return await self.world.post(
            f"/inspection-programmes/{programme['id']}/draws", body, by=by or self.officer
        )

    async def planned(self, kind, object_id):
        programme = await self.programme()
        body = {"object_kind": kind, "object_id": object_id}
        path = f"/inspection-programmes/{programme['id']}/inspections"
        return await self.world.made(path, body, self.officer)

    async def step(self, inspection, what, body=None, by=None):
        """One step on the inspection as it stands."""
        seen = await self.world.get(f"/inspections/{inspection['id']}", self.world.centre)
        version = seen.json()["version"]
        path = f"/inspections/{inspection['id']}/{what}"
        return await self.world.post(path, body, by=by or self.officer, version=version)

    async def done(self, inspection, what, body=None, by=None):
        answer = await self.step(inspection, what, body, by)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def visit(self, *people, day="2026-02-20"):
        inspectors = people or tuple(
            {"name": name, "id_number": self.world.id_number()} for name in ("王检查", "李检查")
        )
        return {"visited_on": day, "inspectors": list(inspectors)}

    async def found(self, inspection, *severities):
        await self.done(inspection, "visit", self.visit())
        findings = [{"severity": one, "text": f"问题{one}"} for one in severities]
        return await self.done(inspection, "find", {"findings": findings})


@pytest.fixture
async def supervision(world):
    return Supervision(world)


@pytest.fixture
async def institution(world):
    return await world.qualified()


@pytest.fixture
async def inspection(supervision, institution):
    """An inspection of an institution that is planned."""
    return await supervision.planned("institution", institution["id"])
