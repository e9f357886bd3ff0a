"""A database of the miniature service for each test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from chuangpei.database import Database
from chuangpei.testing.miniature import create_schema, opened

if TYPE_CHECKING:
    from chuangpei_embedded.postgres import PostgresServer

MakeMiniature = Callable[[], Awaitable[str]]


@pytest.fixture(scope="session")
def make_miniature(postgres_server: "PostgresServer") -> MakeMiniature:
    """``dsn = await make_miniature()``: a database with the miniature's tables."""
    templates: list[str] = []

    async def make() -> str:
        if not templates:
            template = f"miniature_{uuid4().hex[:8]}"
            postgres_server.create_database(template)
            await create_schema(postgres_server.dsn(template))
            templates.append(template)
        name = f"miniature_{uuid4().hex[:8]}"
        postgres_server.create_database(name, template=templates[0])
        return postgres_server.dsn(name)

    return make


@pytest.fixture
async def dsn(make_miniature: MakeMiniature) -> str:
    return await make_miniature()


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    async with opened(dsn) as database:
        yield database
