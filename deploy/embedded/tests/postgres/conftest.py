"""Servers of their own for the tests of the embedded PostgreSQL: each starts, breaks and removes its own."""

import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest
from chuangpei_embedded.postgres import PostgresServer

POSTGRES_15 = Path("/usr/lib/postgresql/15/bin")
MakeServer = Callable[..., PostgresServer]
Query = Callable[..., Awaitable[object]]


@pytest.fixture(params=["packaged", "15"])
def programs(request: pytest.FixtureRequest) -> Path | None:
    if request.param == "packaged":
        return None
    if not (POSTGRES_15 / "initdb").exists():
        pytest.skip("PostgreSQL 15 is not installed beside the packaged one")
    return POSTGRES_15


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can pass through, as a project's usually is."""
    with tempfile.TemporaryDirectory(prefix="chuangpei-test-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name) / "postgres"


@pytest.fixture
def make_server() -> Iterator[MakeServer]:
    made: list[PostgresServer] = []

    def make(folder: Path, **options: object) -> PostgresServer:
        made.append(PostgresServer(folder, **{"durable": False, **options}))  # type: ignore[arg-type]  # options vary
        return made[-1]

    yield make
    for server in made:
        server.stop()
    for server in made:
        server.remove()


@pytest.fixture
def query() -> Query:
    """Run one statement over a connection of its own and return the first value."""

    async def run(server: PostgresServer, statement: str, *values: object) -> object:
        connection = await asyncpg.connect(server.dsn(), ssl=False)
        try:
            return await connection.fetchval(statement, *values)
        finally:
            await connection.close()

    return run
