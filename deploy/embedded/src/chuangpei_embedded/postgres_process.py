"""Processes of the embedded PostgreSQL: starting, finding and ending them. Linux only (/proc)."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

POLL_SECONDS = 0.01
SHIM = Path(__file__).with_name("postgres_shim.py")


class PostgresError(RuntimeError):
    """The embedded PostgreSQL cannot do what was asked; the message names cause and folder or port."""


@dataclass(frozen=True)
class Account:
    """The operating-system user the server runs as when the launcher is root (PostgreSQL refuses root)."""

    uid: int
    gid: int
    name: str


def clean_environment() -> dict[str, str]:
    """Nothing of the caller's locale or PG* variables reaches the server; messages are in English."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def spawn(
    command: Sequence[str], account: Account | None, death_signal: signal.Signals, output: IO[bytes] | int
) -> subprocess.Popen[bytes]:
    """Start `command` as `account`, in a session of its own (the terminal's Ctrl-C does not reach it).

    The kernel sends it `death_signal` when this process ends, however it ends.
    """
    uid, gid = (account.uid, account.gid) if account else (-1, -1)
    shim = [
        sys.executable,
        "-I",
        "-S",
        str(SHIM),
        *(str(n) for n in (os.getpid(), int(death_signal), uid, gid)),
    ]

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own programs, no shell
            [*shim, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=clean_environment(),
            start_new_session=True,
        )

    return in_lasting_thread(start)


def in_lasting_thread(start: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Run `start` in a thread that lives as long as this process.

    The kernel's "parent died" signal is about the *thread* that forked. A pool thread that ended early would
    stop the server under its users' feet; this one never ends.
    """
    answer: Future[subprocess.Popen[bytes]] = Future()
    _tasks(os.getpid()).put((start, answer))
    try:
        return answer.result()
    except BaseException:
        # Ctrl-C while waiting: the process may exist although nobody will ever hold it.
        if answer.exception() is None:
            answer.result().kill()
            answer.result().wait()
        raise


Task = tuple[Callable[[], subprocess.Popen[bytes]], Future[subprocess.Popen[bytes]]]


@cache
def _tasks(process: int) -> queue.SimpleQueue[Task]:
    """The queue of the lasting thread of this `process` (a forked child has none of its parent's threads)."""
    tasks: queue.SimpleQueue[Task] = queue.SimpleQueue()

    def serve() -> None:
        while True:
            start, answer = tasks.get()
            try:
                answer.set_result(start())
            except BaseException as error:
                answer.set_exception(error)

    threading.Thread(target=serve, name="postgres-parent", daemon=True).start()
    return tasks


def processes_in(data: Path) -> list[int]:
    """Living PostgreSQL processes that work in this data folder; a foreign program is never among them."""
    homes = {str(data), f"{data} (deleted)"}
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if (
                str((entry / "cwd").readlink()) in homes
                and (entry / "comm").read_text().strip() == "postgres"
            ):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def pid_file_lines(data: Path) -> list[str]:
    """The lines of postmaster.pid: process id first, the state (`ready`) eighth; empty if there is none."""
    try:
        return (data / "postmaster.pid").read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return []


def is_ready(data: Path, pid: int) -> bool:
    """Whether the postmaster `pid` accepts connections."""
    lines = pid_file_lines(data)
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def send(pids: Sequence[int], signal_number: signal.Signals) -> None:
    """Signal each process that still exists."""
    for pid in pids:
        try:
            os.kill(pid, signal_number)
        except ProcessLookupError:
            continue


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll `condition` every 10 ms; False when it did not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def end_leftovers(data: Path) -> bool:
    """End what a dead launcher left running in `data`, then drop its pid file; True if there was something.

    Only to be called by the holder of the folder's lock, so a living postmaster is an orphan. It gets a fast
    shutdown, even if it was suspended. Children without a postmaster end by themselves; the busy ones are
    killed, a crash that the next start recovers from. A pid file whose number went to another program is
    merely removed.
    """
    found = processes_in(data)
    if found:
        first = pid_file_lines(data)[:1]
        postmasters = [pid for pid in found if first == [str(pid)]]
        send(postmasters, signal.SIGINT)
        send(postmasters, signal.SIGCONT)
        if not wait_for(lambda: not processes_in(data), 15 if postmasters else 1):
            end_by_force(data)
    (data / "postmaster.pid").unlink(missing_ok=True)
    return bool(found)


def end_by_force(data: Path) -> None:
    """SIGKILL every PostgreSQL process of `data` and wait until none is left."""

    def gone() -> bool:
        left = processes_in(data)
        send(left, signal.SIGKILL)
        return not left

    if not wait_for(gone, 15):
        raise PostgresError(f"PostgreSQL processes {processes_in(data)} of {data} cannot be ended")
