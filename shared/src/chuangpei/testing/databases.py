"""Fresh migrated databases for tests: each service's schema is built once and cloned."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from chuangpei.migrations import upgrade

if TYPE_CHECKING:
    from chuangpei_embedded.postgres import PostgresServer

MakeDatabase = Callable[[Path], Awaitable[str]]


@pytest.fixture(scope="session")
def make_database(postgres_server: "PostgresServer") -> MakeDatabase:
    """``dsn = await make_database(MIGRATIONS)``: a database of its own, at the newest revision."""
    templates: dict[Path, str] = {}

    async def make(migrations: Path) -> str:
        if migrations not in templates:
            template = f"template_{uuid4().hex[:12]}"
            postgres_server.create_database(template)
            await upgrade(postgres_server.dsn(template), migrations)
            templates[migrations] = template
        name = f"test_{uuid4().hex[:12]}"
        postgres_server.create_database(name, template=templates[migrations])
        return postgres_server.dsn(name)

    return make


@pytest.fixture(scope="session")
def make_empty_database(postgres_server: "PostgresServer") -> Callable[[], str]:
    """``dsn = make_empty_database()``: a database without tables."""

    def make() -> str:
        name = f"test_{uuid4().hex[:12]}"
        postgres_server.create_database(name)
        return postgres_server.dsn(name)

    return make
