"""The embedded PostgreSQL in bad days: killed servers, killed launchers, and what they leave behind."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from chuangpei_embedded.postgres import PostgresServer
from chuangpei_embedded.postgres_process import is_ready, processes_in

MakeServer = Callable[..., PostgresServer]
Query = Callable[..., Awaitable[object]]
Launch = Callable[[Path], subprocess.Popen[str]]

LAUNCHER = """
import sys, time
from pathlib import Path
from chuangpei_embedded.postgres import PostgresServer
with PostgresServer(Path(sys.argv[1]), durable=False) as server:
    print(server.dsn(), server.pid, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def launch() -> Iterator[Launch]:
    """Start launchers as processes of their own and end them at last."""
    children: list[subprocess.Popen[str]] = []

    def start(folder: Path) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, str(folder)], stdout=subprocess.PIPE, text=True
        )
        children.append(child)
        return child

    yield start
    for child in children:
        child.kill()
        child.communicate()


def wait_until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.01)


def processes_naming(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if str(folder) in (words := entry.read_text()):
                found.append(words)
    return found


def data_of(folder: Path) -> Path:
    return (folder / "data").resolve()


async def test_committed_rows_survive_kill_9(
    folder: Path, programs: Path | None, make_server: MakeServer, query: Query
) -> None:
    server = make_server(folder, bin_dir=programs)
    server.start()
    await query(server, "CREATE TABLE kept AS SELECT g AS n FROM generate_series(1, 1000) g")
    connection = await asyncpg.connect(server.dsn(), ssl=False)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("INSERT INTO kept VALUES (1001)")
    port = server.port

    server.kill()
    assert processes_in(data_of(folder)) == []
    connection.terminate()
    server.start()

    assert server.port == port
    assert await query(server, "SELECT count(*) FROM kept") == 1000


async def test_a_postmaster_killed_from_outside_is_replaced_although_a_session_is_still_busy(
    folder: Path, make_server: MakeServer, query: Query
) -> None:
    server = make_server(folder)
    server.start()
    await query(server, "CREATE TABLE kept AS SELECT 7 AS n")
    connection = await asyncpg.connect(server.dsn(), ssl=False)
    backend = connection.get_server_pid()
    # A loop in PL/pgSQL does not notice by itself that its postmaster died.
    busy = asyncio.ensure_future(connection.execute("DO $$ BEGIN LOOP END LOOP; END $$"))
    while await query(server, "SELECT state FROM pg_stat_activity WHERE pid = $1", backend) != "active":
        assert not busy.done()
    first = server.pid
    assert first is not None

    os.kill(first, signal.SIGKILL)
    wait_until(lambda: server.pid is None, "the killed postmaster is noticed")
    server.start()

    assert server.pid not in (None, first)
    assert await query(server, "SELECT n FROM kept") == 7
    with pytest.raises((asyncpg.PostgresConnectionError, OSError)):
        await busy


async def test_a_pid_file_whose_number_now_belongs_to_another_server_harms_neither(
    folder: Path, make_server: MakeServer, query: Query
) -> None:
    server, other = make_server(folder), make_server(folder.with_name("other"))
    for started in (server, other):
        started.start()
    await query(server, "CREATE TABLE kept AS SELECT 7 AS n")
    server.kill()
    pid_file = data_of(folder) / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(other.pid), *lines[1:], ""]))

    server.start()

    assert await query(server, "SELECT n FROM kept") == 7
    assert await query(other, "SELECT 1") == 1


def test_a_pid_file_of_a_dead_process_is_no_obstacle(folder: Path, make_server: MakeServer) -> None:
    with subprocess.Popen(["true"]) as dead:
        pass
    server = make_server(folder)
    server.start()
    server.stop()
    (data_of(folder) / "postmaster.pid").write_text(f"{dead.pid}\n")

    server.start()

    assert server.database_exists("postgres")


async def test_a_server_started_by_a_thread_that_ended_keeps_running(
    folder: Path, make_server: MakeServer, query: Query
) -> None:
    server = make_server(folder)
    starter = threading.Thread(target=server.start)
    starter.start()
    starter.join()

    wait_until(lambda: not Path(f"/proc/self/task/{starter.native_id}").exists(), "the thread has ended")
    assert await query(server, "SELECT 1") == 1
    assert "shutdown request" not in (folder / "postgres.log").read_text()


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_outlives_its_launcher(
    folder: Path,
    end: signal.Signals,
    launch: Launch,
    make_server: MakeServer,
) -> None:
    launcher = launch(folder)
    assert launcher.stdout is not None
    assert launcher.stdout.readline()
    assert processes_in(data_of(folder))

    launcher.send_signal(end)
    launcher.wait(20)

    wait_until(lambda: not processes_in(data_of(folder)), "the server ends with its launcher")
    make_server(folder).start()


async def test_an_orphan_that_could_not_stop_is_ended_by_the_next_start(
    folder: Path, launch: Launch, make_server: MakeServer, query: Query
) -> None:
    launcher = launch(folder)
    assert launcher.stdout is not None
    dsn, orphan = launcher.stdout.readline().split()
    connection = await asyncpg.connect(dsn, ssl=False)
    await connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(int(orphan), signal.SIGSTOP)
    launcher.kill()
    launcher.wait(20)
    assert int(orphan) in processes_in(data_of(folder))

    server = make_server(folder)
    server.start()

    assert int(orphan) not in processes_in(data_of(folder))
    assert await query(server, "SELECT n FROM kept") == 7
    connection.terminate()


def test_a_server_that_nothing_ties_to_a_launcher_is_ended_by_the_next_start(
    folder: Path, make_server: MakeServer
) -> None:
    server = make_server(folder)
    server.start()
    server.create_database("kept")
    command = Path(f"/proc/{server.pid}/cmdline").read_text().split("\0")[:-1]
    server.stop()
    owner = data_of(folder).stat().st_uid
    with subprocess.Popen(
        command, user=owner if os.geteuid() == 0 else None, stderr=subprocess.DEVNULL
    ) as loose:
        wait_until(lambda: is_ready(data_of(folder), loose.pid), "the loose server is ready")

        server.start()

        assert loose.wait(20) == 0
    assert server.database_exists("kept")


def test_data_half_made_by_a_killed_launcher_are_made_anew(
    folder: Path, launch: Launch, make_server: MakeServer
) -> None:
    launcher = launch(folder)
    wait_until(lambda: any(folder.glob("initdb-*/data/base")), "the data are being made")
    launcher.kill()
    launcher.wait(20)
    assert not (folder / "data").exists()
    wait_until(lambda: not processes_naming(folder), "initdb ends with its launcher")

    server = make_server(folder)
    server.start()

    assert server.database_exists("postgres")
    assert not list(folder.glob("initdb-*"))


def test_a_data_folder_that_is_no_database_is_set_aside(folder: Path, make_server: MakeServer) -> None:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "note").write_text("mine")

    make_server(folder).start()

    assert (folder / "data.previous" / "note").read_text() == "mine"
