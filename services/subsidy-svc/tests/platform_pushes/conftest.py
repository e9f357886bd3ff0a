"""The city's platform for tests: a server on loopback that does as it is told, and couriers that ask it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from subsidy_svc.platform_pushes.courier import Courier
from subsidy_svc.ports.http_platform import HttpPlatform

TAKEN = (200, {}, b'{"code": "0"}')
CASES = {
    "holder": "SH00FW20260601000001",
    "partner": "SH00FW20260601000002",
    "third": "SH00FW20260601000003",
}


@dataclass(slots=True)
class Request:
    """One push as it came."""

    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.content)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass(slots=True)
class Receiver:
    """Keeps every push and answers with what ``script`` has next, then with ``always``.

    An answer is status, headers and body; ``drop`` ends the connection, ``hang`` says nothing.
    """

    url: str = ""
    secret: str = "a secret for tests"
    requests: list[Request] = field(default_factory=list)
    script: list[Any] = field(default_factory=list)
    always: Any = TAKEN
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._exchange(reader, writer):
                pass
        writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)
        }
        content = await reader.readexactly(int(headers["content-length"]))
        self.requests.append(Request(headers, content))
        answer = self.script.pop(0) if self.script else self.always
        if answer == "drop":
            return False
        if answer == "hang":
            await self.let_go.wait()
            return False
        status, more, body = answer
        lines = [f"HTTP/1.1 {status} X", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in more.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()
        return True

    @property
    def ids(self) -> list[str]:
        return [request.id for request in self.requests]

    @property
    def told(self) -> list[str]:
        return [request.body["statusName"] for request in self.requests]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/pushes"
    yield made
    made.let_go.set()
    server.close()
    await server.wait_closed()


@pytest.fixture
async def courier_of(office, receiver) -> AsyncIterator[Callable[..., Courier]]:
    """Makes couriers of the office's queue to the receiver; what failed is due again at once by default."""
    platforms = []

    def make(**settings: Any) -> Courier:
        given = {
            "platform_url": receiver.url,
            "platform_secret": receiver.secret,
            "platform_first_delay_seconds": 0.0,
            "platform_timeout_seconds": 10.0,
        } | settings
        known = type(office.service.settings)(**(office.service.settings.model_dump() | given))
        service = replace(office.service, settings=known)
        platform = HttpPlatform.of(known, office.clock)
        assert platform is not None
        platforms.append(platform)
        return Courier(service, platform)

    yield make
    for platform in platforms:
        await platform.close()


@pytest.fixture
def courier(courier_of) -> Courier:
    return courier_of()


@pytest.fixture
def apply(office):
    """Hands in an application through the platform; gives the claim."""

    async def apply(who: str = "holder", certificate: Any = None, **given: Any) -> dict:
        certificate = certificate or await office.certificate(who=who)
        answer = await office.claim(certificate, who, channel="app", case_number=CASES[who], **given)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return apply


@pytest.fixture
def cases() -> dict[str, str]:
    """The case number of each person's application."""
    return CASES


@pytest.fixture
def pushes(office):
    """The queue, in the order of each claim."""

    async def pushes() -> list[dict]:
        rows = await office.sql("SELECT * FROM platform_pushes ORDER BY claim_id, number")
        return [dict(row) for row in rows]

    return pushes
