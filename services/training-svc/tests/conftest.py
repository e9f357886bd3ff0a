"""A running training-svc for each test: its real app, its own database, a clock that stands still."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from chuangpei.auth import Principal, Role
from chuangpei.development import DevelopmentIssuer
from chuangpei.events.base import InstitutionRef, ProjectRef
from chuangpei.events.cert import EvaluationConfirmed
from chuangpei.kernel.credit_code import make_credit_code
from chuangpei.kernel.enterprises import Enterprise
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Refusal
from chuangpei.kernel.resident_id import make_resident_id
from chuangpei.ports.registry import REGISTRY_AWAY
from chuangpei.testing.api import bearer, client, key, verifier_for
from chuangpei.testing.clock import FixedClock
from chuangpei.testing.events import pending_events
from chuangpei.testing.settings import test_settings
from fastapi import FastAPI
from training_svc.app import MIGRATIONS, assemble, create_api
from training_svc.rosters.work import work_on_rosters
from training_svc.service import Service
from training_svc.settings import Settings

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_DAY = date(2026, 3, 2)
PUDONG, XUHUI = "310115", "310104"
ROSTER_FIELDS = ("name", "id_number", "phone")


@dataclass(slots=True)
class FakeRegistry:
    """Knows the firms it is told of, answers at once, and goes away when told to."""

    firms: dict[str, Enterprise] = field(default_factory=dict)
    away: bool = False
    asked: list[tuple[str, str, date]] = field(default_factory=list)

    async def relation(self, credit_code: str, id_number: str, on: date) -> Enterprise | Refusal | None:
        self.asked.append((credit_code, id_number, on))
        return Refusal(REGISTRY_AWAY) if self.away else self.firms.get(credit_code)

    async def close(self) -> None: ...


@dataclass
class World:
    """What a test tells the service, and what it answers."""

    app: FastAPI
    service: Service
    clock: FixedClock
    http: httpx.AsyncClient
    issuer: DevelopmentIssuer
    registry: FakeRegistry
    tokens: dict[Any, str] = field(default_factory=dict)
    numbers: int = 0
    pool: set[str] = field(default_factory=set)

    def by(self, role: Role, **claims: Any) -> dict[str, str]:
        """The headers of someone in a role."""
        who = (role, *sorted(claims.items()))
        if who not in self.tokens:
            self.tokens[who] = self.issuer.token(role, **claims)
        return bearer(self.tokens[who])

    @property
    def centre(self) -> dict[str, str]:
        return self.by(Role.CITY_CENTRE)

    def officer(self, district: str = PUDONG, **claims: Any) -> dict[str, str]:
        return self.by(Role.DISTRICT_OFFICER, district=district, **claims)

    def of_institution(self, institution: dict[str, Any]) -> dict[str, str]:
        return self.by(Role.INSTITUTION, credit_code=institution["credit_code"])

    @staticmethod
    def principal_of(institution: dict[str, Any]) -> Principal:
        """The institution itself, for a use case that is called in a transaction of the test's own."""
        return Principal("someone", Role.INSTITUTION, credit_code=institution["credit_code"])

    async def get(self, path: str, by: dict[str, str]) -> httpx.Response:
        return await self.http.get(f"/training/v1{path}", headers=by)

    async def post(
        self,
        path: str,
        body: Any = None,
        *,
        by: dict[str, str],
        version: int | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        sent = by | key() | ({} if version is None else {"if-match": f'"{version}"'}) | (headers or {})
        return await self.http.post(f"/training/v1{path}", json=body, headers=sent)

    async def made(self, path: str, body: Any, by: dict[str, str], version: int | None = None) -> Any:
        answer = await self.post(path, body, by=by, version=version)
        assert answer.is_success, answer.text
        return answer.json()

    def number(self) -> int:
        self.numbers += 1
        return self.numbers

    def credit_code(self) -> str:
        return make_credit_code(f"91310115MA1K{self.number():05}")

    def id_number(self, birth: date = date(1990, 1, 1)) -> str:
        days, order = divmod(self.number(), 1_000)  # a day has a thousand numbers
        return make_resident_id("310101", birth - timedelta(days=days), order)

    @staticmethod
    def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
        """An instant on a day of the class, 0 its first, at a civil time."""
        return datetime.combine(FIRST_DAY + timedelta(days=day), time(hour, minute), SHANGHAI)

    async def project(self, code: str = "IYB", stage: int = 3, **own: Any) -> dict[str, Any]:
        body = {"code": code, "name": "改善你的企业", "stage": stage}
        return await self.made("/projects", body | own, self.centre)

    async def standard(self, project_code: str = "IYB", version: str = "2026-1", **numbers: Any) -> Any:
        body = {
            "project_code": project_code,
            "version": version,
            "name": "设置标准",
            "effective_from": "2026-01-01",
            "min_hours": 16,
            "max_class_size": 30,
            "attendance_percent": 80,
        }
        return await self.made("/standards", body | numbers, self.centre)

    def institution_body(self, district: str = PUDONG, **own: Any) -> dict[str, Any]:
        return {
            "credit_code": self.credit_code(),
            "name": "上海示例培训学校",
            "district": district,
            "kind": "private_training_institution",
            "address": "示例路1号",
        } | own

    async def institution(self, district: str = PUDONG, **own: Any) -> dict[str, Any]:
        return await self.made(
            "/institutions", self.institution_body(district, **own), self.officer(district)
        )

    async def norm(self, project_code: str = "IYB", version: str = "2026-1", **own: Any) -> Any:
        body = {
            "project_code": project_code,
            "version": version,
            "name": "评价规范",
            "effective_from": "2026-01-01",
            "pass_mark": 60,
            "parts": [
                {"code": "written", "name": "笔试", "weight": 40},
                {"code": "plan", "name": "创业计划书", "weight": 60},
            ],
        }
        return await self.made("/evaluation-norms", body | own, self.centre)

    @staticmethod
    def figures(**own: int) -> dict[str, int]:
        """What an institution declares, or an officer finds: a class of 30 in a room of 60 square metres."""
        return {
            "class_size": 30,
            "instructors": 2,
            "hours": 16,
            "room_square_decimetres": 6_000,
            "online_percent": 0,
        } | own

    def qualification_body(
        self, project_code: str = "IYB", version: str = "2026-1", **own: Any
    ) -> dict[str, Any]:
        return {
            "project_code": project_code,
            "standard_version": version,
            "declared": self.figures(),
        } | own

    async def submitted(self, institution: dict[str, Any], *of: str, **own: Any) -> Any:
        path, by = f"/institutions/{institution['id']}/qualifications", self.of_institution(institution)
        return await self.made(path, self.qualification_body(*of, **own), by)

    async def approved(self, submitted: dict[str, Any], **found: int) -> Any:
        """The district approves what was submitted, having found the usual figures but for those named."""
        path, by = f"/qualifications/{submitted['id']}/approve", self.officer(submitted["district"])
        return await self.made(path, {"found": self.figures(**found)}, by, submitted["version"])

    async def qualified(self, district: str = PUDONG) -> dict[str, Any]:
        """A registered institution of the district, approved for the project IYB."""
        if (await self.get("/projects/IYB", self.centre)).status_code == 404:
            await self.project()
            await self.standard()
        institution = await self.institution(district)
        await self.approved(await self.submitted(institution))
        return institution

    def sessions(self, days: int = 2, room: str = "301", first: int = 0) -> list[dict[str, Any]]:
        """Two sessions of four hours a day, from a day of the class on."""
        return [
            {
                "starts_at": self.at(day, hour).isoformat(),
                "ends_at": self.at(day, hour + 4).isoformat(),
                "room": room,
            }
            for day in range(first, first + days)
            for hour in (8, 13)
        ]

    def class_body(self, institution: dict[str, Any], **own: Any) -> dict[str, Any]:
        return {
            "institution_id": institution["id"],
            "project_code": "IYB",
            "name": "第一期",
            "starts_on": FIRST_DAY.isoformat(),
            "ends_on": (FIRST_DAY + timedelta(days=1)).isoformat(),
            "capacity": 30,
            "sessions": self.sessions(),
            "instructors": [{"name": "李老师", "id_number": self.id_number(date(1980, 1, 1))}],
        } | own

    def application(self, **own: Any) -> dict[str, Any]:
        """An application for the pool of instructors by an institution."""
        return {
            "name": "李老师",
            "id_number": self.id_number(date(1980, 1, 1)),
            "phone": "13900001234",
            "employment": "full_time",
            "fields": ["市场营销"],
            "projects": ["IYB"],
            "certificates": [
                {
                    "name": "创业培训讲师证书",
                    "number": f"IYB-{self.number()}",
                    "issued_by": "中国就业培训技术指导中心",
                    "issued_on": "2023-06-01",
                }
            ],
        } | own

    async def applied(self, institution: dict[str, Any], **own: Any) -> dict[str, Any]:
        return await self.made(
            f"/institutions/{institution['id']}/instructors",
            self.application(**own),
            self.of_institution(institution),
        )

    async def decided(self, instructor: dict[str, Any], step: str, **said: Any) -> dict[str, Any]:
        """The district vets, the city centre takes every other step."""
        by = self.officer(instructor["district"]) if step == "vet" else self.centre
        path = f"/instructors/{instructor['id']}/{step}"
        return await self.made(path, said or None, by, instructor["version"])

    async def admitted(self, institution: dict[str, Any], **own: Any) -> dict[str, Any]:
        """An instructor in the pool: applied for, vetted and admitted."""
        vetted = await self.decided(await self.applied(institution, **own), "vet")
        return await self.decided(vetted, "admit")

    def appraisal(self, total: int, **own: Any) -> dict[str, Any]:
        """An appraisal held today, its points spread over the parts."""
        most = {"teaching": 40, "trainee_feedback": 30, "research": 15, "compliance": 15}
        scores = {}
        for part, points in most.items():
            scores[part] = min(points, total)
            total -= scores[part]
        return {"held_on": self.clock.today().isoformat(), "scores": scores} | own

    async def appraised(self, instructor: dict[str, Any], total: int, **own: Any) -> dict[str, Any]:
        path = f"/instructors/{instructor['id']}/appraisals"
        return await self.made(path, self.appraisal(total, **own), self.officer(instructor["district"]))

    async def teachable(self, institution: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        """The class, once everyone it names to teach is admitted for its project."""
        for named in body["instructors"]:
            if "id_number" in named and named["id_number"] not in self.pool:
                self.pool.add(named["id_number"])
                await self.admitted(institution, projects=[body["project_code"]], **named)
        return body

    async def filed(self, institution: dict[str, Any], **own: Any) -> dict[str, Any]:
        body = await self.teachable(institution, self.class_body(institution, **own))
        return await self.made("/classes", body, self.of_institution(institution))

    def trainee(self, **own: Any) -> dict[str, Any]:
        return {"name": "张三丰", "id_number": self.id_number(), "phone": "13800001234"} | own

    async def enrolled(self, institution: dict[str, Any], filed: dict[str, Any], **own: Any) -> Any:
        return await self.made(
            f"/classes/{filed['id']}/enrolments", self.trainee(**own), self.of_institution(institution)
        )

    @staticmethod
    def roster_file(people: Iterable[dict[str, Any]], fields: Sequence[str] = ROSTER_FIELDS) -> bytes:
        """A CSV file with a row for each of the people, a heading above."""
        rows = [[one.get(name, "") for name in fields] for one in people]
        return "\n".join(map(",".join, [fields, *rows])).encode()

    async def sent_roster(
        self,
        institution: dict[str, Any],
        filed: dict[str, Any],
        content: bytes,
        mode: str = "all_or_nothing",
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        sent = self.of_institution(institution) | key() | (headers or {})
        path = f"/training/v1/classes/{filed['id']}/rosters?mode={mode}"
        return await self.http.post(path, content=content, headers=sent)

    async def one_stretch(self) -> int:
        """The next stretch of a roster import is done; 0 where none is due."""
        return await work_on_rosters(self.service)

    async def worked(self) -> None:
        """All that is due of the roster imports is done."""
        while await self.one_stretch():
            pass

    async def roster(
        self,
        institution: dict[str, Any],
        filed: dict[str, Any],
        content: bytes,
        mode: str = "all_or_nothing",
    ) -> Any:
        """A roster that was sent and worked on to its end."""
        sent = await self.sent_roster(institution, filed, content, mode)
        assert sent.status_code == 202, sent.text
        await self.worked()
        return (await self.get(f"/rosters/{sent.json()['id']}", self.of_institution(institution))).json()

    @staticmethod
    def presence(enrolment: dict[str, Any], session: dict[str, Any], **own: Any) -> dict[str, Any]:
        return {
            "enrolment_id": enrolment["id"],
            "method": "qr",
            "recorded_at": session["starts_at"],
            "device": "gate-1",
        } | own

    async def attended(
        self, institution: dict[str, Any], filed: dict[str, Any], enrolment: dict[str, Any], count: int
    ) -> list[dict[str, Any]]:
        """The trainee attends the first ``count`` sessions; the clock moves on to the end of each."""
        records = []
        for session in filed["sessions"][:count]:
            self.clock.set(max(self.clock.now(), datetime.fromisoformat(session["ends_at"])))
            taken = await self.made(
                f"/sessions/{session['id']}/attendance",
                {"records": [self.presence(enrolment, session)]},
                self.of_institution(institution),
            )
            records += taken["items"]
        return records

    @staticmethod
    def evaluation(
        enrolment: dict[str, Any], *, passed: bool = True, on: date = date(2026, 3, 10)
    ) -> EvaluationConfirmed:
        """What cert-svc tells once an evaluation is confirmed."""
        return EvaluationConfirmed(
            evaluation_id=new_id(),
            enrolment_id=enrolment["id"],
            class_id=new_id(),
            institution=InstitutionRef(credit_code="91310115MA1K35X104", name="甲校", district=PUDONG),
            project=ProjectRef(code="IYB", name="改善你的企业", stage=3),
            person_key="k",
            passed=passed,
            score=80 if passed else 40,
            pass_mark=60,
            evaluated_on=on,
        )

    async def events(self) -> list[Any]:
        return await pending_events(self.service.database)

    async def count(self, sql: str, *arguments: Any) -> Any:
        async with self.service.database.transaction() as tx:
            return await tx.connection.fetchval(sql, *arguments)

    async def somebody_waits_for_a_lock(self) -> None:
        """Returns once a statement in this database waits for another's lock."""
        waiting = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        async with asyncio.timeout(30):
            while not await self.count(waiting):  # noqa: ASYNC110 -- PostgreSQL tells nobody of its waits
                await asyncio.sleep(0.02)


@pytest.fixture(scope="session")
def issuer() -> DevelopmentIssuer:
    return DevelopmentIssuer()


@asynccontextmanager
async def running(dsn: str, issuer: DevelopmentIssuer) -> AsyncIterator[World]:
    """The service on a database, ten days before the class begins."""
    settings = test_settings(Settings, dsn, registry_url="http://127.0.0.1:9/unused")
    clock = FixedClock.on(FIRST_DAY - timedelta(days=10))
    registry = FakeRegistry()
    verifier = verifier_for(issuer, settings.privacy())
    service = assemble(settings, clock=clock, verifier=verifier, registry=registry)
    app = create_api(service)
    async with client(app) as http:
        yield World(app, service, clock, http, issuer, registry)


@pytest.fixture
async def world(make_database: Any, issuer: DevelopmentIssuer) -> AsyncIterator[World]:
    """A world of its own for each test."""
    async with running(await make_database(MIGRATIONS), issuer) as one:
        yield one


@pytest.fixture(scope="module")
async def lasting_world(make_database: Any, issuer: DevelopmentIssuer) -> AsyncIterator[World]:
    """One world for all tests of a file, for those that change nothing."""
    async with running(await make_database(MIGRATIONS), issuer) as one:
        yield one
