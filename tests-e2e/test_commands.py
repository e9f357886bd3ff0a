"""The commands as a person at the terminal meets them: run, run again, Ctrl-C, token, demo."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]  # ships no type information
import pytest
from chuangpei.testing.servers import startable_kafka_broker
from chuangpei_embedded.home import STORY_FILE
from chuangpei_embedded.keys import SERVICES

COMMAND = (sys.executable, "-m", "chuangpei_embedded")
READY = "Chuangpei is ready"


class Terminal:
    """One running command and what it has said so far."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            env={**os.environ, **environment},
        )
        self.said = ""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said += line

    def wait_for(self, text: str, seconds: float) -> None:
        wait_until(lambda: text in self.said or self.process.poll() is not None, seconds)
        assert text in self.said, self.said

    def family(self) -> list[psutil.Process]:
        own = psutil.Process(self.process.pid)
        return [own, *own.children(recursive=True)]

    def ended(self, seconds: float = 60) -> int:
        code = self.process.wait(seconds)
        self._reader.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


def living(family: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; a dead one that init has not yet buried does not."""
    return [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def start() -> Iterator[Callable[..., Terminal]]:
    """Starts commands; whatever of them a failing test leaves is ended by the ids that were started."""
    started: list[Terminal] = []

    def start_one(*arguments: str, **environment: str) -> Terminal:
        started.append(Terminal(*arguments, **environment))
        return started[-1]

    yield start_one
    for terminal in started:
        if terminal.process.poll() is None:
            terminal.process.send_signal(signal.SIGTERM)
            terminal.ended()


def test_the_first_start_plays_the_story_and_ctrl_c_leaves_no_process(
    start: Callable[..., Terminal], folder: Path
) -> None:
    port = free_port()
    terminal = start("run", "--port", str(port), "--folder", str(folder))
    terminal.wait_for(READY, 240)
    assert "主线走通" in terminal.said
    assert (folder / STORY_FILE).exists()
    clock = httpx.get(f"http://127.0.0.1:{port}/dev/clock").json()
    assert clock["offset_seconds"] >= 0, "the clock is back in the present"

    family = terminal.family()
    assert any(one.name() == "postgres" for one in family)
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.ended() == 0
    assert living(family) == []


def test_a_second_start_is_ready_within_10_seconds_and_remembers(
    start: Callable[..., Terminal], folder: Path
) -> None:
    port = free_port()
    began = time.monotonic()
    terminal = start("run", "--port", str(port), "--folder", str(folder))
    terminal.wait_for(READY, 60)
    assert time.monotonic() - began < 10
    assert "✓" not in terminal.said, "the story is played once"
    origin = f"http://127.0.0.1:{port}"
    assert "ROLE=institution" in httpx.get(origin).text

    token = printed("token", "city_centre", "--folder", str(folder))
    shown = httpx.get(f"{origin}/subsidy/v1/claims", headers={"authorization": f"Bearer {token}"})
    assert [claim["state"] for claim in shown.json()["items"]] == ["paid"] * 6

    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.ended() == 0


def test_a_taken_port_is_named_with_a_way_out(start: Callable[..., Terminal], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        terminal = start("run", "--port", str(port), "--folder", str(tmp_path))
        assert terminal.ended() == 1
    assert f"Port {port} is taken" in terminal.said
    assert f"PORT={port + 1}" in terminal.said
    assert "Traceback" not in terminal.said
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_is_not_served_twice(start: Callable[..., Terminal], folder: Path) -> None:
    first = start("run", "--port", str(free_port()), "--folder", str(folder))
    first.wait_for(READY, 240)
    second = start("run", "--port", str(free_port()), "--folder", str(folder))
    assert second.ended() == 1
    assert "another launcher" in second.said
    assert first.process.poll() is None


def test_ctrl_c_in_the_middle_of_the_start_leaves_no_process(
    start: Callable[..., Terminal], tmp_path: Path
) -> None:
    terminal = start("run", "--port", str(free_port()), "--folder", str(tmp_path))
    wait_until(lambda: any(one.name() == "postgres" for one in terminal.family()), 60)
    family = terminal.family()
    terminal.process.send_signal(signal.SIGINT)
    terminal.ended()
    assert living(family) == []
    assert "Traceback" not in terminal.said, terminal.said


def test_a_token_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "token", "district_officer", "--folder", str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr.strip() == "a district officer needs a district"


def test_the_tools_refuse_to_start_in_production(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "tools", "--port", "0", "--folder", str(tmp_path)],
        env={**os.environ, "CHUANGPEI_ENVIRONMENT": "production"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "embedded run only" in done.stderr


def test_the_demonstration_ends_by_itself_and_cleans_up(
    start: Callable[..., Terminal], tmp_path: Path
) -> None:
    terminal = start("demo", TMPDIR=str(tmp_path))
    assert terminal.ended(240) == 0, terminal.said
    assert "主线走通" in terminal.said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.kafka
def test_the_demonstration_runs_over_kafka_in_separate_processes(
    start: Callable[..., Terminal], tmp_path: Path
) -> None:
    startable_kafka_broker(tmp_path)  # or skips, or fails, where no broker can run
    terminal = start("demo", "--bus", "kafka", TMPDIR=str(tmp_path))
    wait_until(
        lambda: len(service_processes(terminal)) == 2 * len(SERVICES) or terminal.process.poll() is not None,
        120,
    )
    wait_until(lambda: "✓ 01" in terminal.said or terminal.process.poll() is not None, 120)
    family = terminal.family()
    assert terminal.ended(240) == 0, terminal.said
    assert "主线走通" in terminal.said
    assert living(family) == []
    assert list(tmp_path.iterdir()) == []


def service_processes(terminal: Terminal) -> set[tuple[str, str]]:
    """The service and the part (api or worker) of every process of the demonstration."""
    found = set()
    for process in terminal.family():
        try:
            line = " ".join(process.cmdline())
        except psutil.Error:  # it has just ended
            continue
        if matched := re.search(r"-m (\w+)_svc (api|worker)", line):
            found.add((matched[1], matched[2]))
    return found


def printed(*arguments: str) -> str:
    done = subprocess.run([*COMMAND, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()
