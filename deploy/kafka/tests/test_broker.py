"""The broker itself. What clients get from it is tested by the bus contract in shared/tests/bus."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from chuangpei_kafka import BrokerFailed, FetchFailed, KafkaBroker, fetch_jars, java_available
from chuangpei_kafka.jars import jars_folder

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module", autouse=True)
def _broker_can_run() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
        reason = java_available()
        if reason and os.environ.get("REQUIRE_KAFKA") == "1":
            pytest.fail(reason)
        if reason:
            pytest.skip(reason)
        yield


def answers(bootstrap_servers: str) -> bool:
    host, port = bootstrap_servers.split(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


def test_it_is_ready_when_start_returns_and_gone_when_stop_returns(tmp_path: Path) -> None:
    with KafkaBroker(tmp_path) as broker:
        assert broker.running
        assert answers(broker.bootstrap_servers)
    assert not broker.running
    assert not answers(broker.bootstrap_servers)


def test_it_listens_on_the_loopback_interface_only(tmp_path: Path) -> None:
    with KafkaBroker(tmp_path) as broker:
        assert broker.bootstrap_servers.startswith("127.0.0.1:")
        listeners = [
            line for line in (tmp_path / "server.properties").read_text().splitlines() if "listeners=" in line
        ]
    assert listeners
    assert all("://127.0.0.1:" in address for line in listeners for address in line.split("=")[1].split(","))


def test_an_identifier_that_begins_with_a_dash_is_no_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chuangpei_kafka.broker.uuid.uuid4", lambda: uuid.UUID(int=0xF8 << 120))
    with KafkaBroker(tmp_path) as broker:
        assert "cluster.id=-A" in (tmp_path / "data" / "meta.properties").read_text()
        assert answers(broker.bootstrap_servers)


def test_killed_it_starts_again_on_the_same_port(tmp_path: Path) -> None:
    broker = KafkaBroker(tmp_path)
    broker.start()
    try:
        before = broker.bootstrap_servers
        broker.kill()
        assert not answers(before)
        broker.start()
        assert broker.bootstrap_servers == before
        assert answers(before)
    finally:
        broker.stop()


def test_a_remembered_port_taken_meanwhile_is_given_up_for_a_free_one(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupant, socket.create_server(("127.0.0.1", 0)) as other:
        taken = occupant.getsockname()[1]
        (tmp_path / "ports").write_text(f"{taken} {other.getsockname()[1]}\n")
        with KafkaBroker(tmp_path) as broker:
            assert broker.bootstrap_servers != f"127.0.0.1:{taken}"
            assert answers(broker.bootstrap_servers)


def test_a_port_that_was_asked_for_and_is_taken_is_refused_by_its_number(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupant:
        taken = occupant.getsockname()[1]
        with pytest.raises(BrokerFailed, match=str(taken)):
            KafkaBroker(tmp_path, port=taken).start()


def test_it_does_not_outlive_a_launcher_that_was_killed(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """
        import sys, threading
        from pathlib import Path
        from chuangpei_kafka import KafkaBroker
        broker = KafkaBroker(Path(sys.argv[1]))
        # In a thread that ends at once, where the kernel's parent-death signal would fire too early.
        starter = threading.Thread(target=broker.start)
        starter.start(); starter.join()
        print(broker.bootstrap_servers, flush=True)
        sys.stdin.read()
        """
    )
    launcher = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with launcher:
        assert launcher.stdout is not None
        address = launcher.stdout.readline().strip()
        assert answers(address)
        launcher.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while answers(address):
        assert time.monotonic() < deadline, "the broker outlived its launcher"
        time.sleep(0.05)


def test_a_broker_named_in_the_environment_is_used_and_never_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "192.0.2.1:9092")
    with KafkaBroker(tmp_path) as broker:
        assert broker.external
        assert broker.bootstrap_servers == "192.0.2.1:9092"
        with pytest.raises(RuntimeError):
            broker.kill()
    assert list(tmp_path.iterdir()) == []


def test_without_java_the_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    reason = java_available()
    assert reason is not None
    assert "Java 17" in reason
    with pytest.raises(BrokerFailed, match="Java 17"):
        KafkaBroker(tmp_path / "broker").start()


def test_an_old_java_is_told_by_its_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "bin" / "java"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_392\"' >&2\n")
    old.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    reason = java_available()
    assert reason is not None
    assert "Java 8" in reason


def test_jars_that_cannot_be_fetched_leave_no_half_filled_folder(tmp_path: Path) -> None:
    pom = tmp_path / "pom.xml"
    pom.write_text("<project><kafka.version>0.0.0</kafka.version></project>")
    (tmp_path / "cache" / "fetching-abandoned").mkdir(parents=True)
    with pytest.raises(FetchFailed, match="Maven"):
        fetch_jars(pom, tmp_path / "cache")
    assert not jars_folder(pom, tmp_path / "cache").exists()
    assert [entry.name for entry in (tmp_path / "cache").iterdir()] == ["lock"]
