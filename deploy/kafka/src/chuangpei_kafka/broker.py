"""Starts, stops and kills one Kafka broker that is its own KRaft controller (单节点 Kafka)."""

import base64
import os
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

from chuangpei_kafka.availability import java_available
from chuangpei_kafka.jars import fetch_jars
from chuangpei_kafka.java import java_program

START_SECONDS = 60
STOP_SECONDS = 20
READY = b"Kafka Server started"
PORT_TAKEN = b"Address already in use"
GUARD = Path(__file__).with_name("guard.py")
LOG4J = Path(__file__).with_name("log4j2.xml")
# One small node for minutes, not a server for years: little heap, the quick compiler only.
JVM = (
    "-Xms64m",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    f"-Dlog4j2.configurationFile={LOG4J}",
)


class BrokerFailed(Exception):  # noqa: N818 - reads as the state it tells
    """The broker did not start. The message ends with the last lines of its log."""


class KafkaBroker:
    """One broker on the loopback interface, its data and log under `folder`.

    The port stays the same over stop, kill and start, as clients expect. Without `port` a free one is chosen
    at the first start and remembered in the folder. When KAFKA_BOOTSTRAP_SERVERS is set, that broker is used
    instead: `external` is true, start and stop do nothing, and kill is refused.
    """

    def __init__(self, folder: Path, *, port: int | None = None, libs: Path | None = None) -> None:
        self.folder = folder.resolve()
        self.log_file = self.folder / "broker.log"
        self._port = port
        self._libs = libs
        self._guard: subprocess.Popen[bytes] | None = None
        self._servers = os.environ.get("KAFKA_BOOTSTRAP_SERVERS", "")
        self.external = bool(self._servers)

    @property
    def bootstrap_servers(self) -> str:
        """`host:port` for clients. RuntimeError before the first start."""
        if not self._servers:
            raise RuntimeError("The broker was never started.")
        return self._servers

    @property
    def running(self) -> bool:
        return self.external or (self._guard is not None and self._guard.poll() is None)

    def start(self) -> None:
        """Return when clients can connect (about 3 s the first time). Raises BrokerFailed, FetchFailed."""
        if self.running:
            return
        if reason := java_available(jars_at_hand=self._libs is not None):
            raise BrokerFailed(reason)
        self.folder.mkdir(parents=True, exist_ok=True)
        for attempt in (1, 2, 3):
            port, controller_port = self._ports(fresh=attempt > 1)
            self._configure(port, controller_port)
            if self._launch():
                self._servers = f"127.0.0.1:{port}"
                return
        raise BrokerFailed(f"Port {port} or {controller_port} is taken by another program.")

    def stop(self) -> None:
        """Shut down in order, or by force after 20 s. Nothing to do when it does not run."""
        self._end(b"T", STOP_SECONDS)

    def kill(self) -> None:
        """End it as `kill -9` does, leaving its files as they are."""
        if self.external:
            raise RuntimeError("A broker that was not started here is not killed here.")
        self._end(b"K", STOP_SECONDS)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _ports(self, *, fresh: bool) -> tuple[int, int]:
        """The broker's and the controller's port; remembered ones unless they proved to be taken."""
        remembered = self.folder / "ports"
        if remembered.exists() and not fresh:
            port, controller_port = map(int, remembered.read_text().split())
            if self._port in (None, port):
                return port, controller_port
        free, controller_port = _free_ports(2)
        port = self._port or free
        remembered.write_text(f"{port} {controller_port}\n")
        return port, controller_port

    def _configure(self, port: int, controller_port: int) -> None:
        properties = self.folder / "server.properties"
        properties.write_text(_properties(self.folder / "data", port, controller_port))
        if (self.folder / "data" / "meta.properties").exists():
            return
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        # In one word: one id in 64 begins with a dash and would be taken for an option.
        named = f"--cluster-id={cluster}"
        answer = subprocess.run(  # noqa: S603 - our own command line
            [*self._java(), "kafka.tools.StorageTool", "format", named, "-c", properties],
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        if answer.returncode != 0:
            raise BrokerFailed(f"The data folder could not be formatted: {answer.stdout}{answer.stderr}")

    def _java(self) -> list[str]:
        libs = self._libs or fetch_jars()
        return [str(java_program()), *JVM, "-cp", f"{libs}/*"]

    def _launch(self) -> bool:
        """True when the broker is ready, False when a port is taken."""
        self.log_file.write_bytes(b"")
        command = [*self._java(), "kafka.Kafka", str(self.folder / "server.properties")]
        # A session of its own, so that Ctrl-C in a terminal lets the services stop before their broker does.
        self._guard = subprocess.Popen(  # noqa: S603 - our own command line
            [sys.executable, "-I", "-S", GUARD, self.log_file, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_SECONDS
        while READY not in (log := self.log_file.read_bytes()):
            if self._guard.poll() is not None or time.monotonic() > deadline:
                self._end(b"K", STOP_SECONDS)
                if PORT_TAKEN in log:
                    return False
                raise BrokerFailed(f"The Kafka broker did not start: {log[-3000:].decode(errors='replace')}")
            time.sleep(0.02)
        return True

    def _end(self, order: bytes, seconds: float) -> None:
        guard, self._guard = self._guard, None
        if guard is None:
            return
        assert guard.stdin is not None
        try:
            guard.stdin.write(order)
            guard.wait(seconds)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            pass  # gone already, or deaf: closing its input below ends it by force
        finally:
            guard.stdin.close()
            guard.wait(seconds)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [taken.getsockname()[1] for taken in sockets]
    finally:
        for taken in sockets:
            taken.close()


def _properties(data: Path, port: int, controller_port: int) -> str:
    settings = {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "controller.listener.names": "CONTROLLER",
        "inter.broker.listener.name": "PLAINTEXT",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": data,
        "auto.create.topics.enable": "false",
        "default.replication.factor": 1,
        "min.insync.replicas": 1,
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 2,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 1,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "share.coordinator.state.topic.num.partitions": 1,
        # A lone member need not wait for others, and tests may notice a dead one within seconds.
        "group.initial.rebalance.delay.ms": 0,
        "group.min.session.timeout.ms": 1000,
        # After kill -9 the controller waits this long before it lets the same broker in again.
        "broker.session.timeout.ms": 3000,
        "broker.heartbeat.interval.ms": 500,
        "log.cleaner.dedupe.buffer.size": 16 * 1024 * 1024,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())
