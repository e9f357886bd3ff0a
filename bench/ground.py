"""What every measurement stands on: a durable PostgreSQL, a Kafka broker where Java is, server processes."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from chuangpei.development import DevelopmentIssuer
from chuangpei.migrations import upgrade
from chuangpei_embedded.postgres import PostgresServer
from chuangpei_kafka import FetchFailed, KafkaBroker, fetch_jars, java_available

from bench.load import Latencies, drive
from bench.scale import Scale

_START_SECONDS = 120.0
_STOP_SECONDS = 10.0
_ROOT = Path(__file__).parents[1]


class ServerFailed(Exception):  # noqa: N818  # reads as what happened
    """A server under measurement did not start or ended by itself."""


@dataclass(slots=True)
class Ground:
    """What all measurements share. ``kafka`` is None where no broker can run; ``without_kafka`` says why."""

    folder: Path
    postgres: PostgresServer
    kafka: str | None
    without_kafka: str
    issuer: DevelopmentIssuer
    scale: Scale

    @property
    def key_file(self) -> Path:
        """Where servers find the issuer's key."""
        return self.folder / "issuer.pem"

    @property
    def bus_name(self) -> str:
        """The bus that is measured, in words."""
        return "Kafka" if self.kafka else f"Postgres bus ({self.without_kafka})"

    async def bus_url(self) -> str:
        """The bus for services' settings: the broker, else a log database in PostgreSQL."""
        if self.kafka:
            return f"kafka://{self.kafka}"
        return await self.database("bench_bus")

    async def database(self, name: str, migrations: Path | None = None) -> str:
        """The DSN of a fresh database, migrated where there are migrations."""
        await asyncio.to_thread(self.postgres.drop_database, name)
        await asyncio.to_thread(self.postgres.create_database, name)
        dsn = self.postgres.dsn(name)
        if migrations is not None:
            await upgrade(dsn, migrations)
        return dsn


@contextmanager
def prepared(scale: Scale) -> Iterator[Ground]:
    """PostgreSQL (fsync and synchronous_commit on) and the broker, in a folder that goes with the block."""
    with TemporaryDirectory(prefix="chuangpei-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = PostgresServer(folder / "postgres", settings={"track_commit_timestamp": "on"})
        postgres.start()
        broker, reason = _broker(folder / "kafka")
        try:
            issuer = DevelopmentIssuer(folder / "issuer.pem")
            servers = broker.bootstrap_servers if broker else None
            yield Ground(folder, postgres, servers, reason, issuer, scale)
        finally:
            if broker is not None:
                broker.stop()
            postgres.remove()


def _broker(folder: Path) -> tuple[KafkaBroker | None, str]:
    reason = java_available()
    if reason is None and not os.environ.get("KAFKA_BOOTSTRAP_SERVERS"):
        try:
            fetch_jars()
        except FetchFailed as failure:
            reason = str(failure)
    if reason is not None:
        return None, reason
    broker = KafkaBroker(folder)
    broker.start()
    return broker, ""


@dataclass(slots=True)
class Server:
    """One server process: where it answers, and the processor time it used for the requests it was sent."""

    port: int
    pid: int
    _requests: int = 0
    _seconds: float = 0.0

    async def drive(
        self, requests: Sequence[bytes], *, expected: int = 200, counts: bool = True
    ) -> Latencies:
        """Sends the requests over 32 connections, one under way on each; ``counts`` not for the warm-up."""
        if not counts:
            return await drive(self.port, requests, expected=expected)
        before = _cpu_seconds(self.pid)
        found = await drive(self.port, requests, expected=expected)
        self._seconds += _cpu_seconds(self.pid) - before
        self._requests += len(requests)
        return found

    def forget(self) -> None:
        """Forgets what was measured so far: it was the warm-up."""
        self._requests, self._seconds = 0, 0.0

    @property
    def microseconds(self) -> float:
        """Processor time a request, which a busy machine disturbs less than the time on the wall."""
        return self._seconds / max(1, self._requests) * 1e6


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def serving(factory: str, **given: Any) -> AsyncIterator[Server]:
    """One uvicorn process with the app of ``factory`` (``module:function``, called with ``given``)."""
    port = free_port()
    async with _process(
        [sys.executable, "-m", "bench.serve", factory, str(port), json.dumps(given)]
    ) as process:
        await _answering(process, port)
        yield Server(port, process.pid)


@asynccontextmanager
async def running_program(*command: str, quiet: bool = False) -> AsyncIterator[None]:
    """A program of ours running inside the block, such as a worker; ``quiet`` drops what it prints."""
    async with _process([sys.executable, *command], quiet=quiet):
        yield


@asynccontextmanager
async def _process(command: list[str], *, quiet: bool = False) -> AsyncIterator[subprocess.Popen[bytes]]:
    output = subprocess.DEVNULL if quiet else None
    process = subprocess.Popen(command, cwd=_ROOT, stdout=output)  # noqa: S603, ASYNC220  # our own; takes a millisecond
    try:
        yield process
        if process.poll() is not None:
            raise ServerFailed(f"{command[1:4]} ended by itself with {process.returncode}")
    finally:
        await asyncio.to_thread(_end, process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


async def _answering(process: subprocess.Popen[bytes], port: int) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while process.poll() is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
    raise ServerFailed(f"the server ended with {process.returncode}")


def free_port() -> int:
    """A loopback port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
