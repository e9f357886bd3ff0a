"""``start.second``: from the command to the first answer of all services, on the data of an earlier run."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

from chuangpei_embedded.home import STORY_FILE
from chuangpei_embedded.postgres import PostgresServer

from bench.ground import Ground, free_port, running_program
from bench.measure import Row, Target, in_turn

_SERVICES = ("training", "cert", "subsidy", "brand", "webhook")
_IMPORTS = "import uvloop, uvicorn, httptools, chuangpei_embedded.platform, chuangpei.bus.postgres"
_PATIENCE_SECONDS = 60.0
_MOST_ROUNDS = 5


async def rows(ground: Ground) -> AsyncIterator[Row]:
    """The one-command run, started again and again; the peer starts PostgreSQL and then imports."""
    folder = ground.folder / "run"
    folder.mkdir()
    (folder / STORY_FILE).write_text('{"accounts": []}')  # the story is told once, and not here

    async def ours() -> float:
        return await _seconds_to_serve(folder)

    async def peer() -> float:
        begun = time.perf_counter()
        server = PostgresServer(folder / "postgres")
        await asyncio.to_thread(server.start)
        try:
            await _import()
            return time.perf_counter() - begun
        finally:
            await asyncio.to_thread(server.stop)

    await ours()  # the first start makes the databases
    pairs = await in_turn(ours, peer, min(_MOST_ROUNDS, ground.scale.rounds))
    yield pairs.row(
        "start.second",
        "s",
        Target("at most", 2.0),
        "PostgreSQL's own start and then the imports",
        "until /readyz of all four services answers 200",
    )


async def _seconds_to_serve(folder: Path) -> float:
    port = free_port()
    begun = time.perf_counter()
    command = ("-m", "chuangpei_embedded", "run", "--folder", str(folder), "--port", str(port))
    async with running_program(*command, quiet=True), asyncio.timeout(_PATIENCE_SECONDS):
        for service in _SERVICES:
            while not await _is_ready(port, service):  # noqa: ASYNC110  # another process tells nobody
                await asyncio.sleep(0.01)
        return time.perf_counter() - begun


async def _is_ready(port: int, service: str) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(
            f"GET /{service}/readyz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n".encode()
        )
        return b" 200 " in await reader.readline()
    except OSError:
        return False
    finally:
        writer.close()


async def _import() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _IMPORTS)
    async with asyncio.timeout(_PATIENCE_SECONDS):
        assert await process.wait() == 0
