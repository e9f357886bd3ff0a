"""A subsidy-svc on a fresh database, with a fixed clock, registries that answer as told, and its people."""

import csv
import io
import json
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from chuangpei.auth import Principal, Role
from chuangpei.bus.port import Received
from chuangpei.development import DevelopmentIssuer
from chuangpei.events.base import Event, InstitutionRef, PersonRef, ProjectRef
from chuangpei.events.cert import CertificateIssued, CertificateReissued, CertificateRevoked
from chuangpei.kernel.credit_code import make_credit_code
from chuangpei.kernel.enterprises import Enterprise
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.masking import mask_name
from chuangpei.kernel.refusals import Refusal
from chuangpei.kernel.resident_id import make_resident_id
from chuangpei.ports.registry import REGISTRY_AWAY
from chuangpei.testing.api import bearer, client, key, verifier_for
from chuangpei.testing.clock import FixedClock
from chuangpei.testing.databases import MakeDatabase
from chuangpei.testing.events import deliver, pending_events
from chuangpei.testing.settings import test_settings
from fastapi import FastAPI
from subsidy_svc.app import MIGRATIONS, assemble, create_api
from subsidy_svc.budgets.schemas import NewBudget
from subsidy_svc.budgets.use_cases import set_budget
from subsidy_svc.claims.use_cases import clear_due
from subsidy_svc.consumers import handlers
from subsidy_svc.notices.use_cases import settle_last_days
from subsidy_svc.policy.parameters import PARAMETERS, LawBook
from subsidy_svc.ports.accounts import BankAccount
from subsidy_svc.problems import ACCOUNTS_AWAY
from subsidy_svc.service import Service
from subsidy_svc.settings import Settings
from subsidy_svc.windows.use_cases import close_elapsed_windows

PUDONG, XUHUI = "310115", "310104"
FIRM = make_credit_code("91310115MA1K4XY10")
SCHOOL = make_credit_code("52310115MJ8888888")
NAMES = {
    "holder": "张三丰",
    "partner": "李四光",
    "third": "欧阳修远",
    "acceptor": "王受理",
    "approver": "赵审核",
    "releaser": "钱封存",
}
ID_NUMBERS = {
    who: make_resident_id("310101", date(1990, 1, 1), number) for number, who in enumerate(NAMES, 1)
}
ACCOUNT = "6222021001122334455"
RULING = {"reason": "经核查工商登记", "article": "沪人社规〔2025〕30号 一(二)"}
BODIES_OF = {
    "not-accept": RULING,
    "uphold": RULING,
    "dismiss": RULING,
    "notes": {"text": "调取工商登记档案，持股比例30%"},
}


@dataclass(slots=True)
class FakeRegistry:
    """Knows one active firm of Shanghai whose legal representative everybody is, until told otherwise."""

    registered_on: date = date(2024, 5, 10)
    province_code: str = "31"
    status: str = "active"
    roles: frozenset[str] = frozenset({"legal_representative"})
    roles_from: dict[date, frozenset[str]] = field(default_factory=dict)
    known: frozenset[str] = frozenset({FIRM})
    away: bool = False
    asked: list[tuple[str, str, date]] = field(default_factory=list)

    async def relation(self, credit_code: str, id_number: str, on: date) -> Enterprise | Refusal | None:
        self.asked.append((credit_code, id_number, on))
        if self.away:
            return Refusal(REGISTRY_AWAY, retry_after_seconds=30)
        if credit_code not in self.known:
            return None
        roles = self.roles
        for day, since in sorted(self.roles_from.items()):
            roles = since if on >= day else roles
        return Enterprise(
            credit_code, "上海申创科技有限公司", self.registered_on, self.province_code, self.status, roles
        )

    async def close(self) -> None: ...


@dataclass(slots=True)
class FakeAccounts:
    """Everybody has one active account linked to the card, in their own name, until told otherwise."""

    numbers: dict[str, str] = field(default_factory=dict)
    linked: bool = True
    holder: str | None = None
    away: bool = False

    async def of_person(self, id_number: str, name: str) -> tuple[BankAccount, ...] | Refusal:
        if self.away:
            return Refusal(ACCOUNTS_AWAY, retry_after_seconds=30)
        number = self.numbers.get(id_number, ACCOUNT)
        return (BankAccount("中国银行", number, self.holder or name, self.linked, "active"),)

    async def close(self) -> None: ...


@dataclass(slots=True)
class Office:
    """Everything a test of the service needs, in words of the domain."""

    service: Service
    http: httpx.AsyncClient
    clock: FixedClock
    issuer: DevelopmentIssuer
    app: FastAPI
    registry: FakeRegistry
    accounts: FakeAccounts

    # People

    def as_(self, role: Role, who: str | None = None, **claims: str) -> dict[str, str]:
        """The headers of a person in a role; ``who`` names one of ID_NUMBERS."""
        if who is not None:
            claims = {"subject": who, "id_number": ID_NUMBERS[who]} | claims
        return bearer(self.issuer.token(role, **claims))  # type: ignore[arg-type]  # all claims are text

    def citizen(self, who: str = "holder") -> dict[str, str]:
        return self.as_(Role.CITIZEN, who)

    def officer(self, who: str = "acceptor", district: str = PUDONG) -> dict[str, str]:
        return self.as_(Role.DISTRICT_OFFICER, who, district=district)

    @property
    def city(self) -> dict[str, str]:
        return self.as_(Role.CITY_CENTRE, subject="city")

    @staticmethod
    def id_number(who: str) -> str:
        return ID_NUMBERS[who]

    def person_key(self, who: str) -> str:
        return self.service.privacy.person_key(ID_NUMBERS[who])

    def person(self, who: str) -> PersonRef:
        privacy, number, name = self.service.privacy, ID_NUMBERS[who], NAMES[who]
        return PersonRef(
            person_key=privacy.person_key(number),
            masked_name=mask_name(name),
            name_encrypted=privacy.in_events.encrypt(name, "event.name"),
            id_number_encrypted=privacy.in_events.encrypt(number, "event.id_number"),
        )

    @staticmethod
    def uuid(claim: dict) -> UUID:
        return UUID(claim["id"])

    # Certificates

    def issued(
        self,
        *,
        who: str = "holder",
        project: str = "GYB",
        district: str = PUDONG,
        issued_on: date = date(2026, 5, 20),
        class_started_on: date = date(2026, 5, 1),
        evaluated_on: date | None = date(2026, 5, 19),
        kind: str = "training_qualification",
        stage: int = 3,
    ) -> CertificateIssued:
        number = new_id()
        return CertificateIssued(
            certificate_id=number,
            number=f"SH{number.hex[-12:].upper()}",
            kind=kind,  # type: ignore[arg-type]  # one of the three
            institution=InstitutionRef(credit_code=SCHOOL, name="浦东创业学院", district=district),
            project=ProjectRef(code=project, name=f"项目{project}", stage=stage),  # type: ignore[arg-type]  # 1 to 4
            person=self.person(who),
            enrolment_id=new_id(),
            class_id=new_id(),
            class_started_on=class_started_on,
            evaluated_on=evaluated_on,
            issued_on=issued_on,
        )

    def revoked(self, issued: CertificateIssued, reason: str = "fraud_in_evaluation") -> CertificateRevoked:
        return CertificateRevoked(
            certificate_id=issued.certificate_id,
            number=issued.number,
            kind=issued.kind,
            institution=issued.institution,
            project=issued.project,
            person_key=issued.person.person_key,
            reason_code=reason,
            exit_ground=None,
            revoked_on=self.clock.today(),
        )

    def reissued(
        self, issued: CertificateIssued, edition: int = 2, person: PersonRef | None = None
    ) -> CertificateReissued:
        return CertificateReissued(
            certificate_id=issued.certificate_id,
            number=f"{issued.number}E{edition}",
            previous_number=issued.number,
            edition=edition,
            reason_code="lost",
            kind=issued.kind,
            institution=issued.institution,
            project=issued.project,
            person=person or issued.person,
            enrolment_id=issued.enrolment_id,
            class_id=issued.class_id,
            issued_on=issued.issued_on,
            reissued_on=self.clock.today(),
        )

    async def deliver(self, *events: Event | Received) -> None:
        await deliver(self.service.database, handlers(self.service), *events)

    async def certificate(self, **given: Any) -> CertificateIssued:
        """A certificate is issued and this service is told."""
        event = self.issued(**given)
        await self.deliver(event)
        return event

    async def revoke(self, issued: CertificateIssued) -> None:
        await self.deliver(self.revoked(issued))

    # Claims

    async def post(
        self, path: str, headers: dict[str, str], json: object = None, version: int | None = None
    ) -> httpx.Response:
        sent = headers | ({"if-match": f'"{version}"'} if version is not None else key())
        return await self.http.post(f"/subsidy/v1{path}", json=json, headers=sent)

    async def get(self, path: str, headers: dict[str, str] | None = None, **params: Any) -> Any:
        answer = await self.http.get(f"/subsidy/v1{path}", headers=headers or {}, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @staticmethod
    def claim_body(certificate: CertificateIssued | UUID, **given: Any) -> dict:
        certificate_id = (
            certificate.certificate_id if isinstance(certificate, CertificateIssued) else certificate
        )
        return {
            "certificate_id": str(certificate_id),
            "enterprise_credit_code": FIRM,
            "account": {"kind": "social_security_card"},
        } | given

    async def claim(
        self, certificate: CertificateIssued, who: str = "holder", **given: Any
    ) -> httpx.Response:
        return await self.post("/claims", self.citizen(who), self.claim_body(certificate, **given))

    async def submitted(self, certificate: CertificateIssued | None = None, who: str = "holder") -> dict:
        answer = await self.claim(certificate or await self.certificate(who=who), who)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def step(self, claim: dict, action: str, who: str, json: object = None) -> httpx.Response:
        headers = self.citizen(who) if action == "withdraw" else self.officer(who, claim["district"])
        return await self.post(f"/claims/{claim['id']}/{action}", headers, json, claim["version"])

    async def accepted(self, claim: dict | None = None) -> dict:
        answer = await self.step(claim or await self.submitted(), "accept", "acceptor")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def noticed(self, claim: dict | None = None) -> dict:
        answer = await self.step(await self.accepted(claim), "approve", "approver")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def cleared(self, claim: dict | None = None) -> dict:
        """A claim whose notice is over; the clock then stands on the day after its last day."""
        noticed = await self.noticed(claim)
        self.clock.set(FixedClock.on(date.fromisoformat(noticed["notice_last_day"]), time(9)).now())
        self.clock.advance(days=1)
        assert await self.clear_due() == 1
        return await self.shown(noticed)

    async def shown(self, claim: dict) -> dict:
        return await self.get(f"/claims/{claim['id']}", self.city)

    async def state_of(self, claim: dict) -> str:
        return (await self.shown(claim))["state"]

    async def notice_of(self, claim: dict) -> dict:
        return (await self.shown(claim))["notice"]

    # Objections

    async def object_to(
        self, claim: dict, headers: dict[str, str] | None = None, **given: Any
    ) -> httpx.Response:
        """Anybody objects to the claim's notice."""
        notice = await self.notice_of(claim)
        body = {"text": "该人员并非该企业的合伙人，请核实。"} | given
        path = f"/subsidy/v1/notices/{notice['id']}/objections"
        return await self.http.post(path, json=body, headers=headers or key())

    async def objected(self, claim: dict, **given: Any) -> dict:
        """An objection that came in, with its receipt."""
        answer = await self.object_to(claim, **given)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def objection(self, objection: dict) -> dict:
        return await self.get(f"/objections/{objection['id']}", self.city)

    async def handle(
        self, objection: dict, verb: str, who: str, body: dict | None = None, district: str = PUDONG
    ) -> httpx.Response:
        """An officer takes a step with an objection as it stands."""
        version = None if verb == "notes" else (await self.objection(objection))["version"]
        headers = self.officer(who, district)
        return await self.post(
            f"/objections/{objection['id']}/{verb}", headers, body or BODIES_OF.get(verb), version
        )

    async def investigated(self, objection: dict, who: str = "acceptor") -> dict:
        """The objection with a note of its investigation: another person may decide it."""
        for verb in ("accept", "investigate", "notes"):
            answer = await self.handle(objection, verb, who)
            assert not answer.is_error, answer.text
        return await self.objection(objection)

    async def decided(self, objection: dict, verb: str) -> dict:
        """An investigated objection that another officer has decided."""
        answer = await self.handle(await self.investigated(objection), verb, "releaser")
        assert answer.status_code == 200, answer.text
        return answer.json()

    @staticmethod
    def law_knowing(
        folder: Path,
        first: date,
        last: date,
        *,
        rest: Collection[date] = (),
        work: Collection[date] = (),
    ) -> LawBook:
        """The law once the calendar of these days is published: weekends, but for the days named."""
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        works = {str(day): day in work or (day.weekday() < 5 and day not in rest) for day in days}
        text = PARAMETERS.read_text(encoding="utf-8")
        path = folder / "parameters.yaml"
        path.write_text(text.replace("value: {}", f"value: {json.dumps(works)}"), encoding="utf-8")
        return LawBook.load(path)

    async def settle_last_days(self, law: LawBook | None = None) -> int:
        async with self.service.database.transaction() as tx:
            return await settle_last_days(tx, law or self.service.law, self.clock)

    async def clear_due(self) -> int:
        async with self.service.database.transaction() as tx:
            return await clear_due(tx, self.service)

    async def close_windows(self) -> int:
        async with self.service.database.transaction() as tx:
            return await close_elapsed_windows(tx, self.clock.today(), self.clock)

    # Payment

    async def drafted(self, district: str = PUDONG) -> dict:
        answer = await self.post("/batches", self.officer("releaser", district), {})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def batch_step(self, batch: dict, action: str, headers: dict[str, str] | None = None) -> dict:
        by = headers or (self.city if action == "receive" else self.officer("releaser", batch["district"]))
        answer = await self.post(f"/batches/{batch['id']}/{action}", by, None, batch["version"])
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def budget(self, district: str = PUDONG, fen: int = 1_000_000_000, year: int = 2026) -> dict:
        body = NewBudget(
            district=district,
            fund_year=year,
            amount_fen=fen,
            document_number=f"沪财社〔{year}〕8号",
            reason="年初预算下达",
        )
        async with self.service.database.transaction() as tx:
            view = await set_budget(tx, self.service, Principal("city", Role.CITY_CENTRE), body)
        assert not isinstance(view, Refusal), view
        return view.model_dump(mode="json")

    async def sealed(self, district: str = PUDONG) -> dict:
        return await self.batch_step(await self.drafted(district), "seal")

    async def received(self, district: str = PUDONG) -> dict:
        handed_over = await self.batch_step(await self.sealed(district), "hand-over")
        return await self.batch_step(handed_over, "receive")

    async def export(self, batch: dict) -> list[dict[str, str]]:
        """The lines of the bank's file."""
        answer = await self.http.get(f"/subsidy/v1/batches/{batch['id']}/export.csv", headers=self.city)
        assert answer.status_code == 200, answer.text
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    async def bank_answers(self, batch: dict, content: str | bytes, **headers: str) -> httpx.Response:
        return await self.http.post(
            f"/subsidy/v1/batches/{batch['id']}/bank-results",
            content=content,
            headers=self.city | key() | {"content-type": "text/csv"} | headers,
        )

    @staticmethod
    def bank_answer(lines: Sequence[dict[str, str]], failed: dict[str, str] | None = None) -> str:
        """The bank's result file for exported lines; ``failed`` maps a line number to the bank's code."""
        text = io.StringIO()
        writer = csv.DictWriter(text, [*lines[0], "result", "bank_code"])
        writer.writeheader()
        for line in lines:
            code = (failed or {}).get(line["line_no"], "")
            writer.writerow(line | {"result": "failed" if code else "settled", "bank_code": code})
        return text.getvalue()

    async def paid(self, certificate: CertificateIssued | None = None, who: str = "holder") -> dict:
        """A claim that the bank has paid."""
        claim = await self.cleared(await self.submitted(certificate, who))
        batch = await self.received()
        await self.bank_answers(batch, self.bank_answer(await self.export(batch)))
        return await self.shown(claim)

    # What the database and the outbox say

    async def sql(self, statement: str, *values: object) -> list:
        async with self.service.database.transaction() as tx:
            return await tx.connection.fetch(statement, *values)

    async def emitted(self, kind: type[Event] | None = None) -> list:
        events = await pending_events(self.service.database)
        return [event for event in events if kind is None or isinstance(event, kind)]


@pytest.fixture
async def office(unfunded: Office) -> Office:
    """The service on 2026-06-01 at nine in Shanghai; two districts have budgets for the year."""
    for district in (PUDONG, XUHUI):
        await unfunded.budget(district)
    return unfunded


@pytest.fixture
async def unfunded(make_database: MakeDatabase, tmp_path: Path) -> AsyncIterator[Office]:
    """The service on 2026-06-01 at nine in Shanghai, without any budget."""
    clock, issuer = FixedClock.on(date(2026, 6, 1)), DevelopmentIssuer()
    settings = test_settings(
        Settings,
        await make_database(MIGRATIONS),
        registry_url="http://127.0.0.1:9/unused",
        accounts_url="http://127.0.0.1:9/unused",
        attachments_url=f"file://{tmp_path}/attachments",
    )
    registry, accounts = FakeRegistry(), FakeAccounts()
    service = assemble(
        settings,
        clock=clock,
        verifier=verifier_for(issuer, settings.privacy()),
        registry=registry,
        accounts=accounts,
    )
    app = create_api(service)
    async with client(app) as http:
        yield Office(service, http, clock, issuer, app, registry, accounts)
