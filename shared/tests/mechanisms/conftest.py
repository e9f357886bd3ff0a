"""A database of the miniature service for each test."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from chuangpei.database import Database
from chuangpei.testing.databases import Clones
from chuangpei.testing.miniature import create_schema, opened

MakeMiniature = Callable[[], Awaitable[str]]


@pytest.fixture(scope="session")
def make_miniature(clones: Clones) -> MakeMiniature:
    """``dsn = await make_miniature()``: a database with the miniature's tables."""

    async def make() -> str:
        return await clones.of("miniature", create_schema)

    return make


@pytest.fixture
async def dsn(make_miniature: MakeMiniature) -> str:
    return await make_miniature()


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    async with opened(dsn) as database:
        yield database
