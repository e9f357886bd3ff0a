"""What the services do alike to come alive: connect, take the bus, run in one process or in several."""

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI

from chuangpei.auth import FetchKeys, TokenVerifier
from chuangpei.background import Job, Timer, running
from chuangpei.bus.port import Bus, BusUnavailable
from chuangpei.consumer import Consumer, Handlers
from chuangpei.database import Database
from chuangpei.events.base import topic_of
from chuangpei.events.registry import TOPICS
from chuangpei.kernel.clock import Clock, DevelopmentClock, SystemClock
from chuangpei.relay import Relay, RemoteWake
from chuangpei.settings import CommonSettings

if TYPE_CHECKING:
    from joserfc.jwk import KeySetSerialization

log = logging.getLogger(__name__)

DEVELOPMENT_ISSUER = "urn:chuangpei:development-issuer"


class RefusedToStart(Exception):  # noqa: N818  # reads as what happened
    """The settings would open a door that must stay shut."""


def database_of(settings: CommonSettings, name: str) -> Database:
    """The database of the service ``name``, which PostgreSQL shows by that name; nothing is connected yet."""
    return Database(
        settings.database.get_secret_value(),
        pool_size=settings.database_pool,
        application_name=f"{name}-svc",
    )


def bus_of(settings: CommonSettings) -> Bus:
    """The bus the settings name: ``kafka://…`` or ``postgresql://…``. Only its own client is imported."""
    url = settings.bus.get_secret_value()
    if url.startswith("kafka://"):
        from chuangpei.bus.kafka import KafkaBus

        return KafkaBus(url.removeprefix("kafka://"))
    from chuangpei.bus.postgres import PostgresBus

    return PostgresBus(url)


def clock_of(settings: CommonSettings) -> Clock:
    """The real clock; in the embedded run one that ``/dev/clock`` can move."""
    if settings.clock_file is None:
        return SystemClock()
    if settings.environment != "embedded":
        raise RefusedToStart("a movable clock is for the embedded run only")
    return DevelopmentClock(settings.clock_file)


def verifier_of(settings: CommonSettings) -> TokenVerifier:
    """The verifier of the settings' issuer; refuses the development issuer outside the embedded run."""
    if settings.issuer == DEVELOPMENT_ISSUER and settings.environment != "embedded":
        raise RefusedToStart("the development issuer is for the embedded run only")
    return TokenVerifier(
        settings.issuer, settings.audience, _reader_of(settings.jwks_url), settings.privacy().person_key
    )


def _reader_of(jwks_url: str) -> FetchKeys:
    async def fetch() -> "KeySetSerialization":
        import httpx  # slow to import, and needed only once a token comes

        async with httpx.AsyncClient(timeout=5) as client:
            answer = await client.get(jwks_url)
            answer.raise_for_status()
            keys: KeySetSerialization = answer.json()
            return keys

    return fetch


def background_of(
    settings: CommonSettings,
    database: Database,
    bus: Bus,
    *,
    name: str,
    handlers: Handlers,
    timers: Sequence[Timer],
) -> list[Job]:
    """The work of one service besides answering requests: its relay, its consumer and its timers.

    The relay is woken directly by this process's commits; another process wakes it through
    :class:`chuangpei.relay.RemoteWake`.
    """
    relay = Relay(database, bus.publisher(), f"/{name}", poll_seconds=settings.poll_seconds)
    database.wake_relay = relay.wake
    jobs: list[Job] = [_after_topics(bus, settings, relay.run), *(timer.run for timer in timers)]
    if handlers:
        topics = sorted({topic_of(event.TYPE) for event in handlers})
        consumer = Consumer(
            database,
            bus.subscription(f"{name}-svc", topics),
            handlers,
            retry_seconds=settings.poll_seconds,
        )
        jobs.append(_after_topics(bus, settings, consumer.run))
    return jobs


def remote_wake_of(database: Database) -> list[Job]:
    """The work of an API process whose relay runs in another process: waking it after each commit."""
    remote = RemoteWake(database)
    database.wake_relay = remote.wake
    return [remote.run]


@asynccontextmanager
async def alive(database: Database, bus: Bus, jobs: Sequence[Job]) -> AsyncIterator[None]:
    """Holds the database open and the jobs running; closes everything when the block ends."""
    await database.open()
    try:
        async with running(jobs):
            yield
    finally:
        await bus.close()
        await database.close()


def _after_topics(bus: Bus, settings: CommonSettings, job: Job) -> Job:
    async def run() -> None:
        while True:
            try:
                await bus.create_topics(TOPICS, settings.bus_partitions)
                break
            except BusUnavailable as error:
                log.warning("the bus is not there yet: %s", error)
                await asyncio.sleep(settings.poll_seconds)
        await job()

    return run


def serve(app: FastAPI, host: str, port: int, trusted_proxies: str = "") -> None:
    """Serves one API process until it is told to stop (SIGINT or SIGTERM)."""
    import uvicorn  # a worker process does without

    gc.collect()
    gc.freeze()  # the imports never die: without this, full collections pause requests for tens of ms
    uvicorn.run(app, **http_options(host, port, trusted_proxies))


def http_options(host: str, port: int, trusted_proxies: str) -> dict[str, Any]:
    """How uvicorn serves an API; only a trusted proxy is believed where a request comes from."""
    return {
        "host": host,
        "port": port,
        "access_log": False,
        "server_header": False,
        "log_level": "warning",
        "forwarded_allow_ips": trusted_proxies,
    }


def work(database: Database, bus: Bus, jobs: Sequence[Job]) -> None:
    """Runs one worker process until it is told to stop (SIGINT or SIGTERM)."""
    import uvloop

    async def until_told() -> None:
        told = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, told.set)
        async with alive(database, bus, jobs):
            await told.wait()

    uvloop.run(until_told())
