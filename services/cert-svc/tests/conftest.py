"""A cert-svc on a fresh database with a fixed clock, and people who call it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from cert_svc.app import MIGRATIONS, assemble, create_api
from cert_svc.certificates.number import draw
from cert_svc.consumers import handlers
from cert_svc.evaluation_bodies.schemas import BodyView, NewBody
from cert_svc.evaluation_bodies.use_cases import choose
from cert_svc.evaluators.schemas import NewEvaluator
from cert_svc.evaluators.use_cases import add
from cert_svc.service import Service
from cert_svc.settings import Settings
from chuangpei.auth import Principal, Role
from chuangpei.bus.port import Received
from chuangpei.development import DevelopmentIssuer
from chuangpei.errors import accepted
from chuangpei.events.base import Event, InstitutionRef, PersonRef, ProjectRef
from chuangpei.events.cert import CertificateKind
from chuangpei.events.training import CompletionRevoked, EvaluationNormPublished, NormPart, TrainingCompleted
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.masking import mask_name
from chuangpei.kernel.resident_id import make_resident_id
from chuangpei.testing.api import bearer, client, key, verifier_for
from chuangpei.testing.clock import FixedClock
from chuangpei.testing.credentials import signing_settings
from chuangpei.testing.databases import MakeDatabase
from chuangpei.testing.events import deliver, pending_events
from chuangpei.testing.settings import test_settings
from fastapi import FastAPI

ID_NUMBERS = {
    name: make_resident_id("310101", date(1990, 1, 1), number)
    for number, name in enumerate(
        ["trainee", "other_trainee", "scorer", "confirmer", "third", "teacher", "outsider"], 1
    )
}
BODY = {
    "credit_code": "52310000MJ4900002N",
    "name": "上海示例评价中心",
    "first_day": "2026-01-01",
    "last_day": "2035-12-31",
}
PUDONG, XUHUI = "310115", "310104"


@dataclass(slots=True)
class Office:
    """Everything a test of the service needs, in words of the domain."""

    service: Service
    http: httpx.AsyncClient
    clock: FixedClock
    issuer: DevelopmentIssuer
    app: FastAPI

    def as_(self, role: Role, who: str | None = None, **claims: str) -> dict[str, str]:
        """The headers of a person in a role; ``who`` names one of ID_NUMBERS."""
        if who is not None:
            claims = {"subject": who, "id_number": ID_NUMBERS[who]} | claims
        return bearer(self.issuer.token(role, **claims))  # type: ignore[arg-type]  # all claims are text

    def evaluator(self, who: str) -> dict[str, str]:
        return self.as_(Role.EVALUATOR, who)

    @property
    def centre(self) -> dict[str, str]:
        return self.as_(Role.CITY_CENTRE)

    def id_number_of(self, who: str) -> str:
        """The id number of one of ID_NUMBERS."""
        return ID_NUMBERS[who]

    def key_of(self, who: str) -> str:
        """The person key of one of ID_NUMBERS."""
        return self.service.privacy.person_key(ID_NUMBERS[who])

    @property
    def trainee(self) -> dict[str, str]:
        return self.as_(Role.CITIZEN, "trainee")

    def person(self, who: str = "trainee", name: str = "张三丰") -> PersonRef:
        privacy, number = self.service.privacy, ID_NUMBERS[who]
        return PersonRef(
            person_key=privacy.person_key(number),
            masked_name=mask_name(name),
            name_encrypted=privacy.in_events.encrypt(name, "event.name"),
            id_number_encrypted=privacy.in_events.encrypt(number, "event.id_number"),
        )

    def completion(
        self,
        *,
        stage: int = 3,
        who: str = "trainee",
        district: str = PUDONG,
        class_started_on: date = date(2026, 5, 1),
        completed_on: date = date(2026, 5, 20),
        enrolment_id: UUID | None = None,
        norm_version: str | None = None,
    ) -> TrainingCompleted:
        return TrainingCompleted(
            enrolment_id=enrolment_id or new_id(),
            class_id=new_id(),
            institution=InstitutionRef(
                credit_code="91310115MA1K12345X", name="浦东创业学院", district=district
            ),
            project=ProjectRef(code="P3", name="创业初创期培训", stage=stage),  # type: ignore[arg-type]  # 1 to 4
            person=self.person(who),
            standard_version="2026-1",
            class_started_on=class_started_on,
            class_ended_on=date(2026, 5, 20),
            completed_on=completed_on,
            sessions_attended=10,
            sessions_held=10,
            instructor_keys=(self.service.privacy.person_key(ID_NUMBERS["teacher"]),),
            norm_version=norm_version,
        )

    async def deliver(self, *events: Event | Received) -> None:
        await deliver(self.service.database, handlers(self.service), *events)

    def norm(self, **given: object) -> EvaluationNormPublished:
        """A published norm of project P3: a test, a plan and a defence."""
        parts = {"written": ("笔试", 40), "plan": ("创业计划书", 35), "defence": ("答辩", 25)}
        values: dict[str, Any] = {
            "norm_id": new_id(),
            "project_code": "P3",
            "version": "2026-A",
            "name": "评价规范",
            "effective_from": date(2026, 1, 1),
            "pass_mark": 70,
            "parts": tuple(
                NormPart(code=code, name=name, weight=weight) for code, (name, weight) in parts.items()
            ),
            "most_retakes": 1,
            "retake_months": 3,
            "revision": 1,
            "withdrawn": False,
        }
        return EvaluationNormPublished(**values | given)

    def taken_back(self, event: TrainingCompleted, **given: object) -> CompletionRevoked:
        """The event that the completion of another event was revoked today."""
        values: dict[str, Any] = {
            "enrolment_id": event.enrolment_id,
            "class_id": event.class_id,
            "institution": event.institution,
            "project": event.project,
            "person_key": event.person.person_key,
            "completed_on": event.completed_on,
            "revoked_on": self.clock.today(),
            "ground": "attendance_corrected",
        }
        return CompletionRevoked(**values | given)

    async def complete(self, **given: object) -> TrainingCompleted:
        """A trainee completes a training, and this service is told."""
        event = self.completion(**given)  # type: ignore[arg-type]  # passed on
        await self.deliver(event)
        return event

    async def evaluation_of(self, event: TrainingCompleted) -> dict:
        """The newest evaluation of an enrolment."""
        answer = await self.http.get(
            "/cert/v1/evaluations", params={"enrolment_id": str(event.enrolment_id)}, headers=self.centre
        )
        return answer.json()["items"][-1]

    async def choose_body(self, **given: object) -> httpx.Response:
        """The city centre chooses a body to evaluate every project for ten years."""
        return await self.http.post(
            "/cert/v1/evaluation-bodies", json=BODY | given, headers=self.centre | key()
        )

    async def add_evaluator(self, body_id: str, who: str) -> httpx.Response:
        return await self.http.post(
            f"/cert/v1/evaluation-bodies/{body_id}/evaluators",
            json={"name": "王评分", "id_number": ID_NUMBERS[who]},
            headers=self.centre | key(),
        )

    async def score(self, evaluation: dict, points: int, who: str = "scorer") -> httpx.Response:
        return await self.http.post(
            f"/cert/v1/evaluations/{evaluation['id']}/score",
            json={"score": points, "comment": "商业计划书完整"},
            headers=self.evaluator(who) | at_version(evaluation["version"]),
        )

    async def score_parts(
        self, evaluation: dict, parts: dict[str, int], who: str = "scorer"
    ) -> httpx.Response:
        return await self.http.post(
            f"/cert/v1/evaluations/{evaluation['id']}/score",
            json={"parts": parts, "comment": "创业计划书完整"},
            headers=self.evaluator(who) | at_version(evaluation["version"]),
        )

    async def confirm(self, evaluation: dict, who: str = "confirmer") -> httpx.Response:
        return await self.http.post(
            f"/cert/v1/evaluations/{evaluation['id']}/confirm",
            headers=self.evaluator(who) | at_version(evaluation["version"]),
        )

    async def evaluated(self, event: TrainingCompleted, points: int) -> dict:
        """The newest evaluation of the enrolment, scored and confirmed."""
        scored = await self.score(await self.evaluation_of(event), points)
        confirmed = await self.confirm(scored.json())
        assert confirmed.status_code == 200, confirmed.text
        return confirmed.json()

    async def step(
        self, evaluation: dict, action: str, headers: dict[str, str], **body: object
    ) -> httpx.Response:
        """What becomes of a result: publish, dispute, uphold, correct, void."""
        return await self.http.post(
            f"/cert/v1/evaluations/{evaluation['id']}/{action}",
            json=body or None,
            headers=headers | key() | at_version(evaluation["version"]),
        )

    async def published(self, event: TrainingCompleted, points: int) -> dict:
        """The newest evaluation of the enrolment, scored, confirmed and published."""
        answer = await self.step(await self.evaluated(event, points), "publish", self.evaluator("confirmer"))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def disputed(self, event: TrainingCompleted, points: int) -> dict:
        """The same, disputed by the trainee."""
        published = await self.published(event, points)
        answer = await self.step(published, "dispute", self.trainee, grounds="答辩部分漏计一项得分")
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def retake(self, evaluation: dict, headers: dict[str, str] | None = None) -> httpx.Response:
        return await self.http.post(
            f"/cert/v1/evaluations/{evaluation['id']}/retake",
            headers=self.evaluator("scorer") | key() | (headers or {}),
        )

    async def certificates(self, event: TrainingCompleted) -> dict[str, dict]:
        """The certificates of an enrolment by kind."""
        answer = await self.http.get(
            "/cert/v1/certificates", params={"enrolment_id": str(event.enrolment_id)}, headers=self.centre
        )
        return {item["kind"]: item for item in answer.json()["items"]}

    async def check(self, number: str, **headers: str) -> httpx.Response:
        """As anybody asks, without signing in."""
        return await self.http.get(f"/cert/v1/certificates/{number}", headers=headers)

    async def sql(self, statement: str, *values: object) -> list:
        """What the database itself says."""
        async with self.service.database.transaction() as tx:
            return await tx.connection.fetch(statement, *values)

    async def revoke(
        self, certificate: dict, reason_code: str = "clerical_error", note: str = "经核查登记有误"
    ) -> httpx.Response:
        return await self.http.post(
            f"/cert/v1/certificates/{certificate['number']}/revoke",
            json={"reason_code": reason_code, "note": note},
            headers=self.centre | at_version(certificate["version"]),
        )

    async def reissue(
        self, certificate: dict, reason_code: str = "lost", by: dict[str, str] | None = None
    ) -> httpx.Response:
        return await self.http.post(
            f"/cert/v1/certificates/{certificate['number']}/reissue",
            json={"reason_code": reason_code, "note": "持证人书面声明"},
            headers=(by or self.centre) | at_version(certificate["version"]),
        )

    async def correct_name(self, certificate: dict, name: str) -> httpx.Response:
        return await self.http.post(
            f"/cert/v1/certificates/{certificate['number']}/correct-name",
            json={"name": name, "note": "报名时录入有误", "evidence": "户口簿复印件，档案号 2026-0415"},
            headers=self.centre | at_version(certificate["version"]),
        )

    async def emitted(self) -> list:
        return await pending_events(self.service.database)


def at_version(version: int) -> dict[str, str]:
    return {"if-match": f'"{version}"'}


@pytest.fixture
async def qualification(office: Office) -> dict[str, Any]:
    """A valid 培训合格证书."""
    event = await office.complete()
    await office.evaluated(event, 90)
    return (await office.certificates(event))["training_qualification"]


@pytest.fixture
def numbers() -> list[str]:
    """Numbers to be drawn first; once they are used up, real ones are drawn."""
    return []


@pytest.fixture(scope="session")
def signing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The settings that say who signs."""
    return signing_settings(tmp_path_factory.mktemp("signing") / "keys")


@pytest.fixture
async def bare_office(
    make_database: MakeDatabase, numbers: list[str], signing: dict[str, Any]
) -> AsyncIterator[Office]:
    """The service on 2026-06-01 at nine in Shanghai, with nobody yet who evaluates."""
    clock, issuer = FixedClock.on(date(2026, 6, 1)), DevelopmentIssuer()
    settings = test_settings(Settings, await make_database(MIGRATIONS), **signing)

    def draw_number(kind: CertificateKind, year: int) -> str:
        return numbers.pop(0) if numbers else draw(kind, year)

    service = assemble(
        settings,
        clock=clock,
        verifier=verifier_for(issuer, settings.privacy()),
        draw_number=draw_number,
    )
    app = create_api(service)
    async with client(app) as http:
        yield Office(service, http, clock, issuer, app)


@pytest.fixture
async def body(bare_office: Office) -> dict[str, Any]:
    """The evaluation body of the tests, for which everybody evaluates but an outsider."""
    service, centre = bare_office.service, Principal("centre", Role.CITY_CENTRE)
    async with service.database.transaction() as tx:
        chosen = accepted(await choose(tx, service, centre, NewBody(**BODY)))
        for who, number in ID_NUMBERS.items():
            if who != "outsider":
                wanted = NewEvaluator(name="王评分", id_number=number)
                accepted(await add(tx, service, centre, chosen.id, wanted))
    return BodyView.of(chosen, service.clock.today()).model_dump(mode="json")


@pytest.fixture
def office(bare_office: Office, body: dict[str, Any]) -> Office:
    """The service on 2026-06-01 at nine in Shanghai, with a body that evaluates."""
    return bare_office
