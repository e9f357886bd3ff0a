"""The platform as in production: each service an API and a worker process, over a real Kafka broker."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from chuangpei_kafka import KafkaBroker

from chuangpei_embedded.configuration import Surroundings, as_environment, service_values
from chuangpei_embedded.dev.app import CLOCK_FILE
from chuangpei_embedded.gateway import HOST
from chuangpei_embedded.keys import SERVICES, kept_seals, kept_secrets, kept_signing_keys
from chuangpei_embedded.postgres import PostgresServer
from chuangpei_embedded.postgres_cluster import free_port
from chuangpei_embedded.processes import Processes
from chuangpei_embedded.story.client import Origins

_READY_SECONDS = 90.0
_MIGRATE_SECONDS = 120.0


class DidNotStart(Exception):  # noqa: N818  # reads as what happened
    """A process ended or did not become ready; the message has the end of every log."""


@dataclass(frozen=True, slots=True)
class Separate:
    """A running platform of separate processes."""

    origins: Origins
    processes: Processes
    dsns: Mapping[str, str]


@asynccontextmanager
async def separate_platform(
    server: PostgresServer, broker: KafkaBroker, folder: Path, *, prefix: str = ""
) -> AsyncIterator[Separate]:
    """API and worker processes of every service inside the block, on a started server and broker.

    The processes are given their settings by ``CHUANGPEI_*`` variables and log to ``folder``/logs.
    """
    dsns = {service: server.dsn(prefix + service) for service in SERVICES}
    ports = _ports("tools", *SERVICES)
    origins = Origins(**{name: f"http://{HOST}:{port}" for name, port in ports.items()})
    bus = f"kafka://{broker.bootstrap_servers}"
    around = Surroundings(
        bus, origins.tools, folder / CLOCK_FILE, kept_signing_keys(folder), kept_seals(folder)
    )
    secrets = kept_secrets(folder)
    settings = {
        service: as_environment(service_values(service, dsns[service], secrets, around))
        for service in SERVICES
    }
    with Processes(folder / "logs") as processes:
        for service in SERVICES:
            server.create_database(prefix + service)
        _migrate(processes, settings)
        tools = ["chuangpei_embedded", "tools", "--folder", str(folder), "--port", str(ports["tools"])]
        tools += ["--subsidy", origins.subsidy]
        processes.start("tools", tools, {"CHUANGPEI_ENVIRONMENT": "embedded"})
        for service in SERVICES:
            api = [f"{service}_svc", "api", "--host", HOST, "--port", str(ports[service])]
            processes.start(f"{service}-api", api, settings[service])
            processes.start(f"{service}-worker", [f"{service}_svc", "worker"], settings[service])
        await _ready(processes, origins)
        yield Separate(origins, processes, dsns)


def _ports(*names: str) -> dict[str, int]:
    ports: dict[str, int] = {}
    for name in names:
        port = free_port(None)
        while port in ports.values():
            port = free_port(None)
        ports[name] = port
    return ports


def _migrate(processes: Processes, settings: Mapping[str, Mapping[str, str]]) -> None:
    for service in SERVICES:
        processes.start(f"{service}-migrate", [f"{service}_svc", "migrate"], settings[service])
    for service in SERVICES:
        code = processes.wait(f"{service}-migrate", _MIGRATE_SECONDS)
        if code != 0:
            raise DidNotStart(f"{service}-migrate ended with {code}\n{processes.tails()}")


async def _ready(processes: Processes, origins: Origins) -> None:
    """Returns when every API answers that it is ready."""
    waiting = {"/dev/clock", *(f"/{service}/readyz" for service in SERVICES)}
    deadline = time.monotonic() + _READY_SECONDS
    async with httpx.AsyncClient(trust_env=False) as http:
        while waiting:
            if ended := processes.ended():
                raise DidNotStart(f"ended: {', '.join(ended)}\n{processes.tails()}")
            if time.monotonic() > deadline:
                raise DidNotStart(f"not ready: {', '.join(sorted(waiting))}\n{processes.tails()}")
            for path in tuple(waiting):
                if await _answers(http, origins.url(path)):
                    waiting.discard(path)
            await asyncio.sleep(0.05)


async def _answers(http: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(url)).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
