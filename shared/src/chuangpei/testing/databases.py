"""Fresh databases for tests: each schema is built once and cloned."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import asyncpg
import pytest

from chuangpei.migrations import upgrade

if TYPE_CHECKING:
    from chuangpei_embedded.postgres import PostgresServer

MakeDatabase = Callable[[Path], Awaitable[str]]
Fill = Callable[[str], Awaitable[None]]


class Clones:
    """Clones of filled templates, made over one connection: psql would cost more than the copy itself."""

    def __init__(self, server: "PostgresServer", connection: asyncpg.Connection) -> None:
        self._server = server
        self._connection = connection
        self._templates: dict[Hashable, str] = {}
        self._of_file: dict[str, list[str]] = {}

    async def of(self, schema: Hashable, fill: Fill) -> str:
        """The DSN of a database of its own, with what ``fill`` makes of an empty one.

        Databases that earlier test files made and closed are dropped: thousands would fill the disk.
        """
        file = os.environ.get("PYTEST_CURRENT_TEST", "").partition("::")[0]
        if file not in self._of_file:
            await self._drop_earlier()
        if schema not in self._templates:
            template = await self._create("template")
            await fill(self._server.dsn(template))
            self._templates[schema] = template
        name = await self._create("test", f"TEMPLATE {self._templates[schema]} STRATEGY file_copy")
        self._of_file.setdefault(file, []).append(name)
        return self._server.dsn(name)

    async def _create(self, kind: str, source: str = "") -> str:
        name = f"{kind}_{uuid4().hex[:12]}"
        await self._connection.execute(f"CREATE DATABASE {name} {source}")
        return name

    async def _drop_earlier(self) -> None:
        kept = []
        for name in (name for names in self._of_file.values() for name in names):
            try:
                await self._connection.execute(f"DROP DATABASE {name}")
            except asyncpg.ObjectInUseError:
                kept.append(name)
        self._of_file = {"": kept}


@pytest.fixture(scope="session")
async def clones(postgres_server: "PostgresServer") -> AsyncIterator[Clones]:
    """What makes databases for the tests of this run."""
    connection = await asyncpg.connect(postgres_server.dsn("postgres"))
    yield Clones(postgres_server, connection)
    await connection.close()


@pytest.fixture(scope="session")
def make_database(clones: Clones) -> MakeDatabase:
    """``dsn = await make_database(MIGRATIONS)``: a database of its own, at the newest revision."""

    async def make(migrations: Path) -> str:
        return await clones.of(migrations, lambda dsn: upgrade(dsn, migrations))

    return make


@pytest.fixture(scope="session")
def make_empty_database(postgres_server: "PostgresServer") -> Callable[[], str]:
    """``dsn = make_empty_database()``: a database without tables."""

    def make() -> str:
        name = f"test_{uuid4().hex[:12]}"
        postgres_server.create_database(name)
        return postgres_server.dsn(name)

    return make
