"""A webhook-svc on a fresh database, agencies that subscribe, and real receivers on loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx
import pytest
from aiohttp import web
from chuangpei.auth import Role
from chuangpei.development import DevelopmentIssuer
from chuangpei.events.base import Event, InstitutionRef, ProjectRef
from chuangpei.events.cert import CertificateRevoked
from chuangpei.events.subsidy import ClaimPaid
from chuangpei.kernel.identifiers import new_id
from chuangpei.testing.api import bearer, client, key, verifier_for
from chuangpei.testing.clock import FixedClock
from chuangpei.testing.databases import MakeDatabase
from chuangpei.testing.events import deliver, pending_events
from chuangpei.testing.settings import test_settings
from fastapi import FastAPI
from webhook_svc.app import MIGRATIONS, assemble, create_api
from webhook_svc.consumers import handlers
from webhook_svc.dispatch.dispatcher import Dispatcher
from webhook_svc.service import Service
from webhook_svc.settings import Settings

PUDONG, XUHUI = "310115", "310104"
CERTIFICATES = "cn.sh.chuangpei.certificate.*"
Json = dict[str, Any]
Answer = httpx.Response


@dataclass(slots=True)
class Receiver:
    """A receiver on loopback that answers as it is told, and keeps what it got."""

    answer: Callable[[web.Request], Any] = field(default=lambda _: web.Response())
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    async def take(self, request: web.Request) -> web.StreamResponse:
        self.got.append(
            ({name.lower(): value for name, value in request.headers.items()}, await request.read())
        )
        made = self.answer(request)
        return await made if asyncio.iscoroutine(made) else made

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]


@asynccontextmanager
async def listening(receiver: Receiver) -> AsyncIterator[Receiver]:
    """The receiver, served until the block ends."""
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    receiver.url = f"http://127.0.0.1:{port}/hooks"
    try:
        yield receiver
    finally:
        await runner.cleanup()


@dataclass(slots=True)
class Hub:
    """The service and everybody around it."""

    service: Service
    http: httpx.AsyncClient
    clock: FixedClock
    issuer: DevelopmentIssuer
    app: FastAPI

    def as_(self, role: Role, **claims: str) -> dict[str, str]:
        return bearer(self.issuer.token(role, **claims))  # type: ignore[arg-type]  # all are text

    @property
    def centre(self) -> dict[str, str]:
        return self.as_(Role.CITY_CENTRE)

    def agency(self, client_id: str = "market") -> dict[str, str]:
        return self.as_(Role.AGENCY, subject=client_id)

    async def get(self, path: str, by: dict[str, str] | None = None, **query: Any) -> Answer:
        return await self.http.get(f"/webhook/v1{path}", headers=by, params=query)

    async def post(
        self, path: str, by: dict[str, str], body: Any = None, version: int | None = None
    ) -> Answer:
        match = {} if version is None else {"if-match": f'"{version}"'}
        return await self.http.post(f"/webhook/v1{path}", headers=by | key() | match, json=body)

    async def made(self, path: str, by: dict[str, str], body: Any = None, version: int | None = None) -> Json:
        answer = await self.post(path, by, body, version)
        assert answer.is_success, answer.text
        return answer.json()

    async def granted(self, client_id: str = "market", **own: Any) -> Json:
        """An agency, granted every event unless told otherwise."""
        body = {"client_id": client_id, "name": "市场监管局", "event_types": ["*"], "basis": "数据共享协议"}
        return await self.made("/agencies", self.centre, body | own)

    async def subscribed(self, url: str, client_id: str = "market", **own: Any) -> Json:
        """An endpoint of an agency that is told of certificates unless told otherwise."""
        body = {"url": url, "event_types": [CERTIFICATES]}
        return await self.made("/endpoints", self.agency(client_id), body | own)

    @staticmethod
    def revocation(district: str = PUDONG, certificate_id: Any = None) -> CertificateRevoked:
        return CertificateRevoked(
            certificate_id=certificate_id or new_id(),
            number="CP1",
            kind="training_qualification",
            institution=InstitutionRef(credit_code="91310115MA1K35J311", name="申城", district=district),
            project=ProjectRef(code="S3-01", name="创业经营", stage=3),
            person_key="k" * 64,
            reason_code="subsidy_fraud",
            exit_ground="X2",
            revoked_on=date(2026, 7, 10),
        )

    @staticmethod
    def payment(district: str = PUDONG) -> ClaimPaid:
        return ClaimPaid(
            claim_id=new_id(),
            certificate_id=new_id(),
            person_key="k" * 64,
            district=district,
            institution_credit_code="91310115MA1K35J311",
            project_code="S3-01",
            amount_fen=180_000,
            batch_id=new_id(),
            state="paid",
            on=date(2026, 7, 10),
        )

    async def happens(self, *events: Event) -> None:
        """Events as they come from the bus."""
        await deliver(self.service.database, handlers(self.service), *events)

    async def events(self) -> list[Event]:
        """What the service has told the others."""
        return await pending_events(self.service.database)

    async def value(self, sql: str, *arguments: Any) -> Any:
        async with self.service.database.transaction() as tx:
            return await tx.connection.fetchval(sql, *arguments)

    async def endpoint(self, endpoint: Json, by: dict[str, str] | None = None) -> Json:
        return (await self.get(f"/endpoints/{endpoint['id']}", by or self.agency())).json()

    async def deliveries(self, endpoint: Json, **query: Any) -> list[Json]:
        answer = await self.get(
            f"/endpoints/{endpoint['id']}/deliveries", self.centre, **{"sort": "seq"} | query
        )
        return answer.json()["items"]

    async def attempts(self, endpoint: Json) -> list[Json]:
        answer = await self.get(f"/endpoints/{endpoint['id']}/attempts", self.centre, sort="id", limit=200)
        return answer.json()["items"]

    @asynccontextmanager
    async def dispatching(self) -> AsyncIterator[None]:
        """A dispatcher at work while the block lasts."""
        task = asyncio.create_task(Dispatcher(self.service).run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def until(self, holds: Callable[[], Any], seconds: float = 30) -> None:
        """Waits for a condition; what it asks may be a coroutine."""
        async with asyncio.timeout(seconds):
            while True:
                found = holds()
                if await found if asyncio.iscoroutine(found) else found:
                    return
                self.service.waking.wake()
                await asyncio.sleep(0.02)

    async def settled(self, attempts: int = 1) -> None:
        """Dispatches until every delivery that is due has been tried, so often in all."""
        sql = "SELECT count(*) FROM attempts WHERE seq IS NOT NULL"
        async with self.dispatching():
            await self.until(lambda: self._reached(sql, attempts))

    async def _reached(self, sql: str, wanted: int) -> bool:
        return await self.value(sql) >= wanted


@pytest.fixture
async def hub(make_database: MakeDatabase) -> AsyncIterator[Hub]:
    """Nobody is granted anything; 2026-07-01 nine in the morning; loopback may be delivered to."""
    issuer, clock = DevelopmentIssuer(), FixedClock.on(date(2026, 7, 1))
    settings = test_settings(
        Settings,
        await make_database(MIGRATIONS),
        public_url="https://chuangpei.example",
        allowed_networks="127.0.0.0/8",
        attempt_seconds=2.0,
        requests_per_minute=2_000,
    )
    service = assemble(settings, clock=clock, verifier=verifier_for(issuer, settings.privacy()))
    app = create_api(service)
    async with client(app) as http:
        yield Hub(service, http, clock, issuer, app)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that takes everything."""
    async with listening(Receiver()) as one:
        yield one


@pytest.fixture
async def listen() -> AsyncIterator[Callable[[], Any]]:
    """``other = await listen()``: one more receiver."""
    async with AsyncExitStack() as stack:
        yield lambda: stack.enter_async_context(listening(Receiver()))
