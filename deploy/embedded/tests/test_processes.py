"""The processes of a run end with it, however it ends, and tell what they said."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no type information
from chuangpei_embedded.processes import Processes

LAUNCHER = """
import sys, time
from pathlib import Path
from chuangpei_embedded.processes import Processes
processes = Processes(Path(sys.argv[1]))
processes.start("waiting", ["http.server", "0", "--bind", "127.0.0.1"], {})
print(processes.pid("waiting"), flush=True)
time.sleep(60)
"""


def test_a_process_is_given_its_settings_and_its_log(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        processes.start("version", ["platform"], {"CHUANGPEI_EXAMPLE": "1"})
        assert processes.wait("version", 30) == 0
        assert "version.log" in processes.tails()
        assert "Linux" in processes.tails()


def test_leaving_the_block_ends_every_process(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        for name in ("one", "two"):
            processes.start(name, ["http.server", "0", "--bind", "127.0.0.1"], {})
        running = [psutil.Process(processes.pid(name)) for name in ("one", "two")]
        assert processes.ended() == []
    assert not any(is_living(one) for one in running)


def test_a_process_that_fails_is_noticed_with_its_last_words(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        processes.start("broken", ["no_such_module_anywhere"], {})
        wait_until(lambda: processes.ended() == ["broken"])
        assert "No module named no_such_module_anywhere" in processes.tails()


def test_a_killed_launcher_takes_its_processes_with_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LAUNCHER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout is not None
        child = psutil.Process(int(launcher.stdout.readline()))
        assert is_living(child)
        launcher.kill()
        launcher.wait()
        wait_until(lambda: not is_living(child))


def is_living(process: psutil.Process) -> bool:
    """A dead process that nobody has buried yet does not live."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.02)
