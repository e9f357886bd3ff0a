"""The embedded PostgreSQL: one real server for the one-command run and for tests, on Linux.

It uses the programs of a wheel, or of any installation from PostgreSQL 15 on, with a launcher of our own.
The server listens on loopback only, asks every connection for a password, and ends with the process that
started it, however that ends (Ctrl-C, SIGTERM, `kill -9`). The folder holds `password`, `port`,
`postgres.log` and `data` (a link where the server's user cannot reach the folder, see `postgres_place`).
"""

import logging
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from chuangpei_embedded.postgres_cluster import (
    HOST,
    RESERVED,
    USER,
    create_cluster,
    free_port,
    is_free,
    kept_password,
    log_since,
    open_log,
    remembered_port,
    server_command,
)
from chuangpei_embedded.postgres_place import (
    home_of,
    lock,
    point_to,
    remove_files,
    server_account,
    set_aside,
)
from chuangpei_embedded.postgres_process import (
    Account,
    PostgresError,
    end_by_force,
    end_leftovers,
    is_ready,
    spawn,
    wait_for,
)
from chuangpei_embedded.postgres_programs import packaged_programs, reachable_programs
from chuangpei_embedded.postgres_sql import identifier, run_sql

__all__ = ["PostgresError", "PostgresServer"]

log = logging.getLogger(__name__)
READY_SECONDS = 120.0
STOP_SECONDS = 30.0
PORT_ATTEMPTS = 5


class PostgresServer:
    """One server on one folder; every method blocks and may be called from any thread, also in an event loop.

    `port` None picks a free one and keeps it over restarts while it stays free. `bin_dir` names another
    installation's programs. `durable=False` is for tests: committed rows survive a crash of the server but
    not of the machine. `settings` are further lines of postgresql.conf.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        bin_dir: Path | None = None,
        durable: bool = True,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        refused = RESERVED & set(settings or {})
        if refused:
            raise ValueError(f"settings the launcher decides itself: {sorted(refused)}")
        self.folder = folder.absolute()
        self._demanded_port = port
        self._durable = durable
        self._settings = dict(settings or {})
        self._bin_dir = bin_dir.absolute() if bin_dir else None
        self._port: int | None = None
        self._password: str | None = None
        self._lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._data = self.folder / "data"

    @property
    def port(self) -> int:
        """The loopback port, known once started."""
        if self._port is None:
            raise PostgresError(f"PostgreSQL in {self.folder} has not been started")
        return self._port

    @property
    def pid(self) -> int | None:
        """The postmaster's process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> None:
        """Start and wait until connections are accepted; does nothing if it runs already.

        The first start makes the data; after a crash the server recovers them. What an earlier launcher left
        running in the folder is ended first. Raises PostgresError naming the cause: another launcher at work,
        the demanded port taken, a user who cannot reach the data, or the end of the server's log.
        """
        if self.pid is not None:
            return
        try:
            account = self._settle()
            programs = reachable_programs(self._programs, account)
            self._make_data(programs, account)
            self._launch(programs, account)
        except BaseException:
            self.stop()
            raise

    def _settle(self) -> Account | None:
        """Find and lock the home of the data and clear what a dead launcher left there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder = self.folder.resolve()
        account = server_account(self.folder / "data")
        home = home_of(self.folder, account)
        if self._lock is None:
            self._lock = lock(home, self.folder)
        if home != self.folder:
            point_to(home, self.folder, throwaway=not self._durable)
        self._data = home / "data"
        if end_leftovers(self._data):
            log.warning("ended the PostgreSQL processes that an earlier launcher left in %s", self._data)
        return account

    def _make_data(self, programs: Path, account: Account | None) -> None:
        if self._data.exists() and not (self._data / "PG_VERSION").exists():
            set_aside(self._data, "it is not a whole database")
        self._password = kept_password(self.folder, self._data)
        if not self._data.exists():
            create_cluster(self._data.parent, programs, account, self._password, durable=self._durable)

    def _launch(self, programs: Path, account: Account | None) -> None:
        """Run the postmaster; a port lost between looking and binding is replaced, unless it was demanded."""
        for _ in range(PORT_ATTEMPTS):
            self._port = self._choose_port()
            command = server_command(programs, self._data, self._port, self._settings, durable=self._durable)
            with open_log(self.folder / "postgres.log") as output:
                begin = output.tell()
                self._process = spawn(command, account, signal.SIGINT, output)
            if self._becomes_ready():
                (self.folder / "port").write_text(f"{self._port}\n")
                return
            said = log_since(self.folder / "postgres.log", begin)
            if "Address already in use" not in said:
                break
        raise PostgresError(f"PostgreSQL in {self.folder} did not start: {said}")

    def _choose_port(self) -> int:
        if self._demanded_port is None:
            return free_port(self._port or remembered_port(self.folder))
        if not is_free(self._demanded_port):
            raise PostgresError(f"port {self._demanded_port} on {HOST} is taken by another program")
        return self._demanded_port

    def _becomes_ready(self) -> bool:
        process = self._process
        assert process is not None
        in_time = wait_for(
            lambda: process.poll() is not None or is_ready(self._data, process.pid), READY_SECONDS
        )
        if not in_time:
            raise PostgresError(
                f"PostgreSQL in {self.folder} was not ready within {READY_SECONDS:.0f} seconds"
            )
        return process.poll() is None

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, then it waits until every process is gone."""
        if self._process is not None:
            try:
                self._process.send_signal(signal.SIGINT)
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
            end_by_force(self._data)
            self._process.wait()
            self._process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def kill(self) -> None:
        """SIGKILL to the postmaster and its children, as a crash would; returns when all are gone.

        The folder stays this launcher's own: `start` recovers the data, `stop` lets go of the folder.
        """
        if self._process is not None:
            self._process.kill()
            end_by_force(self._data)
            self._process.wait()

    def remove(self) -> None:
        """Stop, then delete the server's files, also those kept elsewhere; for temporary servers."""
        self.stop()
        remove_files(self.folder)

    def dsn(self, database: str = "postgres") -> str:
        """The superuser's connection string."""
        return f"postgresql://{USER}:{self._password}@{HOST}:{self.port}/{quote(database, safe='')}"

    def database_exists(self, name: str) -> bool:
        """Whether the database exists."""
        return name in self._ask("SELECT datname FROM pg_database").splitlines()

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create it, as a copy of `template` if named (not in use then); one that exists is kept."""
        if self.database_exists(name):
            return
        source = f" TEMPLATE {identifier(template)}" if template else ""
        try:
            self._ask(f"CREATE DATABASE {identifier(name)}{source}")
        except PostgresError:
            if not self.database_exists(name):
                raise

    def drop_database(self, name: str) -> None:
        """Drop it if it exists, ending its connections."""
        self._ask(f"DROP DATABASE IF EXISTS {identifier(name)} WITH (FORCE)")

    def _ask(self, statement: str) -> str:
        return run_sql(self._programs / "psql", self.port, self._password or "", statement)

    @property
    def _programs(self) -> Path:
        return self._bin_dir or packaged_programs()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
