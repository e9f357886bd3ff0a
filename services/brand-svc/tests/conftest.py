"""A brand-svc on a fresh database with a fixed clock, and everybody who calls it."""

from collections.abc import AsyncIterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from brand_svc.app import MIGRATIONS, assemble, create_api
from brand_svc.consumers import handlers
from brand_svc.rounds.use_cases import tell_overdue
from brand_svc.service import Service
from brand_svc.settings import Settings
from chuangpei.auth import Role
from chuangpei.bus.port import Received
from chuangpei.development import DevelopmentIssuer
from chuangpei.events.base import Event, ExitGround, InstitutionRef, ProjectRef
from chuangpei.events.cert import CertificateRevoked
from chuangpei.events.subsidy import SubsidyFraudConfirmed
from chuangpei.events.training import InstitutionRegistered
from chuangpei.kernel.credit_code import make_credit_code
from chuangpei.kernel.identifiers import new_id
from chuangpei.testing.api import bearer, client, key, verifier_for
from chuangpei.testing.clock import FixedClock
from chuangpei.testing.databases import MakeDatabase
from chuangpei.testing.events import deliver, pending_events, received
from chuangpei.testing.settings import test_settings
from fastapi import FastAPI

PUDONG, XUHUI = "310115", "310104"
FIRST_DAY = date(2026, 7, 1)
NAMES = {"A": "申城技能培训学校", "B": "浦江人力资源有限公司", "C": "徐汇职业培训中心"}
DISTRICTS = {"A": PUDONG, "B": PUDONG, "C": XUHUI}
CODES = {who: make_credit_code(f"91310115MA1K35J{n}1") for n, who in enumerate(NAMES, 1)}

_JUDGED = {"scale": 10, "automatic": None}
RUBRIC: dict[str, Any] = {
    "sections": [
        {
            "dimension": "demonstration",
            "weight": 20,
            "indicators": [
                {"code": "tasks", "name": "承办重点任务", "weight": 20, "evidence": "任务书、总结", **_JUDGED}
            ],
        },
        {
            "dimension": "innovation",
            "weight": 30,
            "indicators": [
                {"code": "courses", "name": "特色课程", "weight": 20, "evidence": "课程标准", **_JUDGED},
                {"code": "teachers", "name": "双师型师资", "weight": 10, "evidence": "师资名册", **_JUDGED},
            ],
        },
        {
            "dimension": "results",
            "weight": 30,
            "indicators": [
                {
                    "code": "passing",
                    "name": "评价合格率",
                    "weight": 20,
                    "evidence": "平台评价记录",
                    "scale": None,
                    "automatic": {"measure": "pass_rate", "nothing_at": 5000, "full_at": 10000},
                },
                {
                    "code": "jobs",
                    "name": "带动就业",
                    "weight": 10,
                    "evidence": "跟踪服务记录",
                    "scale": None,
                    "automatic": {"measure": "jobs_per_hundred", "nothing_at": 0, "full_at": 200},
                },
            ],
        },
        {
            "dimension": "compliance",
            "weight": 20,
            "indicators": [
                {"code": "site", "name": "场所设施", "weight": 10, "evidence": "产权或租赁证明", **_JUDGED},
                {
                    "code": "complaints",
                    "name": "查实投诉",
                    "weight": 10,
                    "evidence": "平台投诉记录",
                    "scale": None,
                    "automatic": {"measure": "complaints_upheld", "nothing_at": 5, "full_at": 0},
                },
            ],
        },
    ],
    "most_difference": 10,
    "pass_mark": 60,
    "city_mark": 85,
    "tie_order": ["results", "compliance", "innovation", "demonstration"],
}
"""A sound rubric: 60 points are judged, 40 automatic."""

Answer = httpx.Response
Json = dict[str, Any]


MATERIALS: Json = {
    "statement": "深耕智能制造培训",
    "figures": {
        "major_events": 4,
        "shared_courses": 6,
        "institutions_assisted": 2,
        "own_courses": 5,
        "dual_qualified_teachers": 8,
        "evening_classes": 10,
        "trainees": 2000,
        "highly_skilled": 300,
        "by_order": 600,
        "employed": 1500,
        "floor_area": 1200,
        "full_time_teachers": 20,
        "full_time_managers": 6,
    },
    "evidence": [
        {
            "dimension": "results",
            "title": "2025年度培训与就业台账",
            "reference": "区人社局档案室 2026-PX-031",
            "sha256": "9f" * 32,
        }
    ],
}
"""What an institution hands in."""


EVIDENCE: list[Json] = [{"title": "现场评估记录", "reference": "浦人社评〔2028〕12号"}]
"""What a district shows for what it found."""


def choice(matter: Json, tier: str = "district") -> Json:
    """An application or an assessment on the list."""
    kind = "assessment_id" if "brand_id" in matter else "application_id"
    return {kind: matter["id"], "tier": tier}


@dataclass(slots=True)
class City:
    """The service and everybody around it, in words of the domain. Institutions are named A, B and C."""

    service: Service
    http: httpx.AsyncClient
    clock: FixedClock
    issuer: DevelopmentIssuer
    app: FastAPI
    tokens: dict[Any, str] = field(default_factory=dict)
    told: list[Received] = field(default_factory=list)

    def as_(self, role: Role, **claims: str) -> dict[str, str]:
        """The headers of somebody in a role."""
        asked = (role, *sorted(claims.items()))
        if asked not in self.tokens:
            self.tokens[asked] = self.issuer.token(role, **claims)  # type: ignore[arg-type]  # all are text
        return bearer(self.tokens[asked])

    @property
    def materials(self) -> Json:
        """What an institution hands in."""
        return MATERIALS

    @property
    def evidence(self) -> list[Json]:
        """What a district shows for what it found."""
        return EVIDENCE

    @property
    def centre(self) -> dict[str, str]:
        return self.as_(Role.CITY_CENTRE)

    @property
    def bureau(self) -> dict[str, str]:
        return self.as_(Role.CITY_BUREAU)

    def officer(self, district: str = PUDONG) -> dict[str, str]:
        return self.as_(Role.DISTRICT_OFFICER, district=district)

    def institution(self, who: str = "A") -> dict[str, str]:
        return self.as_(Role.INSTITUTION, credit_code=CODES[who])

    async def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> Answer:
        return await self.http.get(f"/brand/v1{path}", headers=headers, params=query)

    async def post(
        self, path: str, headers: dict[str, str], body: Any = None, version: int | None = None
    ) -> Answer:
        match = {} if version is None else {"if-match": f'"{version}"'}
        return await self.http.post(f"/brand/v1{path}", headers=headers | key() | match, json=body)

    @staticmethod
    def code(who: str) -> str:
        """The credit code of an institution."""
        return CODES[who]

    @staticmethod
    def registration(who: str, name: str | None = None) -> InstitutionRegistered:
        """training-svc tells of an institution."""
        return InstitutionRegistered(
            credit_code=CODES[who],
            institution_id=new_id(),
            name=name or NAMES[who],
            district=DISTRICTS[who],
            kind="private_training_institution",
            registered_on=date(2020, 1, 2),
        )

    @staticmethod
    def revocation(
        who: str = "A", ground: ExitGround | None = "X2", *, on: date = date(2026, 7, 10), number: str = "CP1"
    ) -> CertificateRevoked:
        """cert-svc tells of a revoked certificate of an institution."""
        return CertificateRevoked(
            certificate_id=new_id(),
            number=number,
            kind="training_qualification",
            institution=InstitutionRef(credit_code=CODES[who], name=NAMES[who], district=DISTRICTS[who]),
            project=ProjectRef(code="S3-01", name="创业经营", stage=3),
            person_key="k" * 64,
            reason_code="subsidy_fraud",
            exit_ground=ground,
            revoked_on=on,
        )

    @staticmethod
    def fraud(
        who: str = "A", ground: ExitGround | None = "X2", *, number: str = "CP1"
    ) -> SubsidyFraudConfirmed:
        """subsidy-svc tells of a confirmed fraud."""
        return SubsidyFraudConfirmed(
            claim_id=new_id(),
            finding_id=new_id(),
            certificate_id=new_id(),
            certificate_number=number,
            institution=InstitutionRef(credit_code=CODES[who], name=NAMES[who], district=DISTRICTS[who]),
            project_code="S3-01",
            person_key="k" * 64,
            amount_fen=180_000,
            exit_ground=ground,
            confirmed_on=date(2026, 7, 11),
        )

    async def deliver(self, *events: Event | Received) -> None:
        records = [event if isinstance(event, Received) else received(event) for event in events]
        self.told += records
        await deliver(self.service.database, handlers(self.service), *records)

    async def events(self, kind: type[Event] | None = None) -> list[Event]:
        """What the service has told the others, of one kind or all."""
        told = await pending_events(self.service.database)
        return [event for event in told if kind is None or isinstance(event, kind)]

    async def rows(self, sql: str, *arguments: Any) -> list[Any]:
        """What stands in the database."""
        async with self.service.database.transaction() as tx:
            return await tx.connection.fetch(sql, *arguments)

    async def tell_overdue(self) -> int:
        """What the timer does with the days of the round that have passed."""
        async with self.service.database.transaction() as tx:
            return await tell_overdue(tx, self.service)

    async def register(self, *who: str) -> None:
        await self.deliver(*(self.registration(one) for one in who))

    @staticmethod
    def announcement(opens_on: date, closes_on: date, name: str = "2026年优质品牌遴选") -> Json:
        """A round with these first and last days of applications; the other steps follow 15 days apart."""
        days = {"opens_on": opens_on, "closes_on": closes_on} | {
            day: closes_on + timedelta(days=15 * n)
            for n, day in enumerate(["review_until", "deliberation_until", "publication_on"], 1)
        }
        return {"name": name} | {name: str(day) for name, day in days.items()}

    async def announce(self, opens_on: date | None = None, days: int = 30) -> Json:
        first = opens_on or self.clock.today()
        body = self.announcement(first, first + timedelta(days=days), f"{first.year}年优质品牌遴选")
        answer = await self.post("/rounds", self.centre, body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def step(self, matter: Json, path: str, headers: dict[str, str], body: Any = None) -> Json:
        """A change of an existing matter from the version last read, which must succeed."""
        answer = await self.post(path.format(matter["id"]), headers, body, matter["version"])
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def open_round(self) -> Json:
        return await self.step(await self.announce(), "/rounds/{}/open", self.centre)

    async def close(self, brand_round: Json) -> Json:
        """The round's applications end today: the centre brings their last day forward, then closes."""
        if brand_round["closes_on"] > str(self.clock.today()):
            body = {"closes_on": str(self.clock.today()), "reason": "提前截止"}
            brand_round = await self.step(brand_round, "/rounds/{}/amend", self.centre, body)
        return await self.step(brand_round, "/rounds/{}/close", self.centre)

    async def assessment(self, brand_round: Json, who: str = "A") -> Json | None:
        """The assessment of an institution in a round, if it holds a brand."""
        query = {"round_id": brand_round["id"], "credit_code": CODES[who]}
        items = (await self.get("/assessments", self.bureau, **query)).json()["items"]
        return items[0] if items else None

    async def enter(self, assessment: Json, who: str = "A") -> Json:
        return await self.step(assessment, "/assessments/{}/enter", self.institution(who), MATERIALS)

    async def assess(self, assessment: Json, outcome: str = "passed") -> Json:
        body = {"outcome": outcome, "comment": "经评估", "evidence": EVIDENCE}
        officer = self.officer(assessment["district"])
        return await self.step(assessment, "/assessments/{}/assess", officer, body)

    async def begin(self, brand_round: Json, who: str = "A", **changes: Any) -> Answer:
        """A draft that holds all it needs, with these changes."""
        path = f"/rounds/{brand_round['id']}/applications"
        return await self.post(path, self.institution(who), MATERIALS | changes)

    async def submit(self, draft: Json, who: str = "A") -> Answer:
        path = f"/applications/{draft['id']}/submit"
        return await self.post(path, self.institution(who), version=draft["version"])

    async def apply(self, brand_round: Json, who: str = "A") -> Answer:
        """An application begun, or the draft there is, and submitted; or the first refusal."""
        begun = await self.begin(brand_round, who)
        if begun.status_code == 201:
            return await self.submit(begun.json(), who)
        query = {"round_id": brand_round["id"], "state": "draft"}
        drafts = (await self.get("/applications", self.institution(who), **query)).json()["items"]
        return await self.submit(drafts[0], who) if drafts else begun

    async def recommended(self, brand_round: Json, *who: str) -> dict[str, Json]:
        """What these institutions stand for the list with: assessments passed, applications recommended."""
        found = {}
        for one in who:
            if assessment := await self.assessment(brand_round, one):
                found[one] = await self.assess(await self.enter(assessment, one))
                continue
            answer = await self.apply(brand_round, one)
            assert answer.status_code == 200, answer.text
            found[one] = await self.step(
                answer.json(),
                "/applications/{}/recommend",
                self.officer(DISTRICTS[one]),
                {"comment": "同意推荐"},
            )
        return found

    async def deliberate(self, brand_round: Json, chosen: Sequence[Json], tier: str = "district") -> Answer:
        body = {"recognised": [choice(one, tier) for one in chosen]}
        return await self.post(
            f"/rounds/{brand_round['id']}/deliberate", self.bureau, body, brand_round["version"]
        )

    async def deliberated_round(self, *who: str) -> Json:
        """A round that ends with these institutions on its list, not published yet."""
        brand_round = await self.open_round()
        applications = await self.recommended(brand_round, *who)
        brand_round = await self.close(brand_round)
        answer = await self.deliberate(brand_round, list(applications.values()))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def publish(self, brand_round: Json) -> Answer:
        return await self.post(
            f"/rounds/{brand_round['id']}/publish", self.bureau, version=brand_round["version"]
        )

    async def recognise(self, *who: str) -> Json:
        """A whole round after which these institutions hold a brand, and nobody else."""
        answer = await self.publish(await self.deliberated_round(*who))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def rubric_body(self, label: str = "2026-1", **content: Any) -> Json:
        """A sound rubric to draft, with what is to be different of its content."""
        return {
            "label": label,
            "name": f"评分规则 {label}",
            "effective_from": "2026-07-01",
            "content": deepcopy(RUBRIC) | content,
        }

    async def drafted(self, label: str = "2026-1", **content: Any) -> Json:
        """A drafted rubric."""
        answer = await self.post("/rubrics", self.centre, self.rubric_body(label, **content))
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def published_rubric(self, label: str = "2026-1", **content: Any) -> Json:
        """A published rubric."""
        return await self.step(await self.drafted(label, **content), "/rubrics/{}/publish", self.centre)

    async def choose(self, brand_round: Json, rubric: Json, **years: int) -> Answer:
        """The city centre says by which rubric a round is scored."""
        body = {"rubric_id": rubric["id"], **years}
        return await self.post(
            f"/rounds/{brand_round['id']}/rubric", self.centre, body, brand_round["version"]
        )

    async def holders(self) -> set[str]:
        """Who is on the public list."""
        items = (await self.get("/brands")).json()["items"]
        return {who for who, code in CODES.items() if code in {item["credit_code"] for item in items}}

    async def history(self, who: str = "A") -> Json:
        return (await self.get(f"/brands/{CODES[who]}")).json()

    async def cases(self, who: str = "A") -> list[Json]:
        """The exit cases against an institution, with their signals."""
        items = (await self.get("/exit-cases", self.bureau, credit_code=CODES[who])).json()["items"]
        return [(await self.get(f"/exit-cases/{item['id']}", self.bureau)).json() for item in items]

    async def opened(self, who: str = "A", ground: ExitGround = "X2") -> Json:
        """A case on one ground that a revoked certificate has opened."""
        await self.deliver(self.revocation(who, ground))
        [case] = [
            one for one in await self.cases(who) if one["state"] == "opened" and one["ground"] == ground
        ]
        return case

    async def notified(self, case: Json) -> Json:
        """The case, of which its district has told the institution."""
        body = {"notice": "拟认定属应当退出的情形，请陈述申辩。"}
        return await self.step(case, "/exit-cases/{}/notify", self.officer(case["district"]), body)

    async def heard(self, case: Json) -> Json:
        """The case, in which the institution was told and has answered."""
        [who] = [who for who, code in CODES.items() if code == case["credit_code"]]
        body = {"answer": "情况不实，请予查明。"}
        return await self.step(
            await self.notified(case), "/my/exit-cases/{}/answer", self.institution(who), body
        )

    async def reported(self, who: str = "A", ground: ExitGround = "X2") -> Json:
        """A case on one ground that the district has verified as founded, the institution heard."""
        case = await self.heard(await self.opened(who, ground))
        body = {"founded": True, "statement": "情况属实"}
        return await self.step(case, "/exit-cases/{}/verify", self.officer(DISTRICTS[who]), body)

    async def revoke(self, case: Json) -> Answer:
        return await self.post(
            f"/exit-cases/{case['id']}/revoke", self.bureau, {"reason": "情节属实"}, case["version"]
        )

    async def revoked(self, who: str = "A", ground: ExitGround = "X2") -> Json:
        """A holder whose brand the city bureau has just revoked."""
        answer = await self.revoke(await self.reported(who, ground))
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
async def city(make_database: MakeDatabase) -> AsyncIterator[City]:
    """An empty city: nothing registered, no round, 2026-07-01 nine in the morning."""
    issuer, clock = DevelopmentIssuer(), FixedClock.on(FIRST_DAY)
    settings = test_settings(Settings, await make_database(MIGRATIONS))
    service = assemble(settings, clock=clock, verifier=verifier_for(issuer, settings.privacy()))
    app = create_api(service)
    async with client(app) as http:
        yield City(service, http, clock, issuer, app)


@pytest.fixture
async def institutions(city: City) -> City:
    """A city that knows the institutions A, B (Pudong) and C (Xuhui)."""
    await city.register("A", "B", "C")
    return city


@pytest.fixture
async def holder(institutions: City) -> City:
    """A city in which A alone holds a brand, since 2026-07-01."""
    await institutions.recognise("A")
    return institutions
