"""A developer and the people of the city centre, for the tests of courses."""

from dataclasses import dataclass
from typing import Any

import pytest
from chuangpei.auth import Role

SHA256 = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"


@dataclass
class Courses:
    """What developers and the centre do with courses."""

    world: Any
    institution: dict[str, Any]

    @property
    def developer(self):
        return self.world.of_institution(self.institution)

    def assessor(self, number: int, **claims: Any):
        return self.world.by(Role.CITY_CENTRE, subject=f"assessor-{number}", **claims)

    @property
    def director(self):
        return self.world.by(Role.CITY_CENTRE, subject="director")

    def body(self, **own: Any):
        return {
            "institution_id": self.institution["id"],
            "project_code": "IYB",
            "name": "数字化改善你的企业",
            "summary": "面向初创团队的“技能+创业”课程",
            "hours": 24,
            "online_percent": 40,
        } | own

    async def submitted(self, **own: Any):
        return await self.world.made("/courses", self.body(**own), self.developer)

    async def now(self, course):
        return (await self.world.get(f"/courses/{course['id']}", self.director)).json()

    async def assessed(self, *scores: int, **own: Any):
        """A course that one assessor after the other gave a score."""
        course = await self.submitted(**own)
        for number, score in enumerate(scores or (90, 80)):
            opinion = {"score": score, "opinion": "内容贴合产业"}
            await self.world.made(f"/courses/{course['id']}/assessments", opinion, self.assessor(number))
        return await self.now(course)

    async def decide(self, course, step: str, body: Any = None, by: Any = None):
        return await self.world.post(
            f"/courses/{course['id']}/{step}", body, by=by or self.director, version=course["version"]
        )

    async def recognised(self, grant_fen: int = 8_000_000, **own: Any):
        answer = await self.decide(await self.assessed(**own), "recognise", {"grant_fen": grant_fen})
        assert answer.status_code == 200, answer.text
        return answer.json()

    @staticmethod
    def material_body(**own: Any):
        return {
            "title": "教学课件",
            "material_version": "1.0",
            "sha256": SHA256,
            "size_bytes": 1_048_576,
            "reference": "oss://courses/iyb-digital/slides-1.0.pptx",
        } | own

    async def drafted(self, course, **own: Any):
        path = f"/courses/{course['id']}/materials"
        return await self.world.made(path, self.material_body(**own), self.developer)

    async def released(self, course, **own: Any):
        draft = await self.drafted(course, **own)
        return await self.world.made(
            f"/course-materials/{draft['id']}/release", None, self.director, draft["version"]
        )

    async def in_system(self, **own: Any):
        course = await self.recognised(**own)
        await self.released(course)
        answer = await self.decide(course, "admit")
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def courses(world):
    await world.project()
    await world.standard(max_online_percent=50)
    return Courses(world, await world.institution(name="上海示例创业学院"))
