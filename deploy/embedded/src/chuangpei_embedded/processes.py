"""Processes of one run: each with its own log, ended with us however we end, and by the ids we started."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from chuangpei_embedded.postgres_process import SHIM, in_lasting_thread

_STOP_SECONDS = 15.0
_TAIL_LINES = 40


class Processes:
    """The Python processes of one run; leaving the block ends them in the opposite order of their start."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, module: Sequence[str], settings: Mapping[str, str]) -> None:
        """Starts ``python -m module…`` with ``settings`` in its environment; it logs to ``name``.log."""
        self._logs.mkdir(parents=True, exist_ok=True)
        # The shim has the kernel end the process when ours is gone, even by kill -9.
        ends_with_us = ["-I", "-S", str(SHIM), str(os.getpid()), str(int(signal.SIGTERM)), "-1", "-1"]
        command = [sys.executable, *ends_with_us, sys.executable, "-m", *module]
        with self._log(name).open("ab") as output:
            self._running[name] = in_lasting_thread(
                lambda: subprocess.Popen(  # noqa: S603  # our own programs, no shell
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **settings},
                    start_new_session=True,  # the terminal's Ctrl-C reaches us alone, and we end it in order
                )
            )

    def wait(self, name: str, seconds: float) -> int:
        """The exit code of a process that ends by itself."""
        return self._running.pop(name).wait(seconds)

    def ended(self) -> list[str]:
        """The names of those that are gone though nobody asked."""
        return [name for name, process in self._running.items() if process.poll() is not None]

    def pid(self, name: str) -> int:
        """The id of a process."""
        return self._running[name].pid

    def tails(self) -> str:
        """The last lines of every log that has any."""
        told = []
        for log in sorted(self._logs.glob("*.log")):
            lines = log.read_text(errors="replace").splitlines()[-_TAIL_LINES:]
            if lines:
                told.append("\n".join([f"── {log.name}", *lines]))
        return "\n".join(told)

    def stop(self) -> None:
        """SIGTERM to each, then SIGKILL to whoever stays; returns when all are gone."""
        for process in reversed(self._running.values()):
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        for process in self._running.values():
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
