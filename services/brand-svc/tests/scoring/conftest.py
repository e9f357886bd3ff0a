"""A round that is being scored: its rubric, its subjects, and assessors by name."""

from datetime import date
from types import SimpleNamespace

import pytest
from chuangpei.auth import Role
from chuangpei.kernel.resident_id import make_resident_id

NAMES = ("P", "Q", "R", "S", "T", "U")
PEOPLE = {who: make_resident_id("310101", date(1980, 1, 2), n) for n, who in enumerate(NAMES, 1)}
JUDGED = ("tasks", "courses", "teachers", "site")


class Panel:
    """The city's round of selection and those who score it, in words of the domain."""

    people = PEOPLE

    def __init__(self, city):
        self.city = city
        self.round = self.rubric = None
        self.assessors = {}

    def by(self, who):
        """The headers of an assessor."""
        return self.city.as_(Role.EVALUATOR, id_number=PEOPLE[who])

    def key(self, who):
        return self.city.service.privacy.person_key(PEOPLE[who])

    async def begin(self, *who, rubric=None):
        """Opens a round by a rubric, in which these institutions apply."""
        city = self.city
        self.rubric = rubric or await city.published_rubric()
        self.round = await city.open_round()
        for one in who:
            answer = await city.apply(self.round, one)
            assert answer.status_code == 200, answer.text
        assert (await city.choose(self.round, self.rubric)).status_code == 200
        return self

    async def add(self, *who):
        """Takes people into the pool."""
        for one in who:
            body = {"name": f"王{one}", "id_number": PEOPLE[one], "field": "职业培训"}
            answer = await self.city.post("/assessors", self.city.centre, body)
            assert answer.status_code == 201, answer.text
            self.assessors[one] = answer.json()

    async def open(self):
        answer = await self.city.post(f"/rounds/{self.round['id']}/scorings", self.city.centre)
        assert answer.status_code == 201, answer.text
        return answer.json()["opened"]

    async def draw(self):
        answer = await self.city.post(f"/rounds/{self.round['id']}/draw", self.city.centre)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def scoring(self, who="A"):
        query = {"credit_code": self.city.code(who), "round_id": self.round["id"]}
        [one] = (await self.city.get("/scorings", self.city.bureau, **query)).json()["items"]
        return one

    async def drawn(self, who="A", state="assigned"):
        """Who has which place at an institution: the names of the assessors by place."""
        scoring = await self.scoring(who)
        query = {"scoring_id": scoring["id"], "state": state}
        items = (await self.city.get("/assignments", self.city.bureau, **query)).json()["items"]
        names = {one["id"]: name for name, one in self.assessors.items()}
        return {one["place"]: SimpleNamespace(who=names[one["assessor_id"]], **one) for one in items}

    def marks(self, mark=8, **own):
        """Marks for every judged indicator."""
        given = dict.fromkeys(JUDGED, mark) | own
        return {
            "marks": [{"indicator": code, "mark": one, "basis": "见附件"} for code, one in given.items()],
            "comment": "材料齐全",
        }

    async def gives(self, task, mark=8, version=None, **own):
        """An assessor scores a task."""
        return await self.city.post(
            f"/my/assignments/{task.id}/score",
            self.by(task.who),
            self.marks(mark, **own),
            version or task.version,
        )

    async def scored(self, who, *marks):
        """The assessors drawn for an institution give these marks, in the order of their places."""
        for mark in marks:
            tasks = await self.drawn(who)
            task = tasks[min(tasks)]
            answer = await self.gives(task, mark)
            assert answer.status_code == 200, answer.text
        return await self.scoring(who)

    async def explanation(self, who="A", headers=None):
        one = await self.scoring(who)
        return await self.city.get(f"/scorings/{one['id']}/explanation", headers or self.city.bureau)

    async def moderate(self, scoring, **marks):
        body = {
            "marks": [{"indicator": code, "mark": mark} for code, mark in marks.items()],
            "reason": "经复核核减",
        }
        return await self.city.post(
            f"/scorings/{scoring['id']}/moderate", self.city.centre, body, scoring["version"]
        )

    async def tie(self, who, institution="A", kind="employed", until=None):
        body = {"credit_code": self.city.code(institution), "kind": kind, "note": "兼职"}
        if until:
            body["until"] = until
        return await self.city.post(f"/assessors/{self.assessors[who]['id']}/ties", self.city.centre, body)


@pytest.fixture
def new_panel(institutions):
    """A city in which no round is open yet."""
    return Panel(institutions)


@pytest.fixture
async def panel(new_panel):
    """A round in which A has applied, and three assessors; nothing is drawn yet."""
    made = await new_panel.begin("A")
    await made.add("P", "Q", "R")
    await made.open()
    return made
