"""Whole platforms for stories: each with databases, folder and clock of its own."""

import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from chuangpei.bus.port import Bus
from chuangpei_embedded.platform import Running, running_platform
from chuangpei_embedded.postgres import PostgresServer

MakePlatform = Callable[..., AbstractAsyncContextManager[Running]]


@pytest.fixture(scope="session")
def platform_of(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> MakePlatform:
    """``async with platform_of() as platform``; ``bus`` gets its connection string."""

    @asynccontextmanager
    async def start(
        bus: Callable[[str], Bus] | None = None, secrets: Path | None = None
    ) -> AsyncIterator[Running]:
        prefix = f"story_{uuid4().hex[:8]}_"
        folder = tmp_path_factory.mktemp("platform")
        if secrets is not None:
            shutil.copy(secrets, folder)

        def make_bus(service: str) -> Bus | None:
            return bus(postgres_server.dsn(f"{prefix}bus")) if bus else None

        async with running_platform(postgres_server, folder, prefix=prefix, bus=make_bus) as platform:
            yield platform

    return start
