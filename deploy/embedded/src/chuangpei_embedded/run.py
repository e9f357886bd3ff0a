"""``run``: serves the whole platform until told to stop; the first start plays the story."""

import asyncio
import json
import os
import socket
import tempfile
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from chuangpei_embedded.accounts import Account
from chuangpei_embedded.commands import INTERRUPTED, Failed, until_told
from chuangpei_embedded.gateway import PortTaken, listening
from chuangpei_embedded.home import STORY_FILE
from chuangpei_embedded.postgres import PostgresError, PostgresServer
from chuangpei_embedded.story.client import Origins, StoryFailed
from chuangpei_embedded.story.tale import FIRST_DAY, return_to_the_present, tell_story
from chuangpei_embedded.story.telling import Teller


def run(folder: Path, port: int) -> int:
    """Serves on the port, all data in ``folder``; raises ``Failed`` naming what stands in the way."""
    console = Console(highlight=False)
    tell = Teller(console)
    try:
        with listening(port) as listener:
            tell.note("启动 PostgreSQL", "Starting PostgreSQL")
            with PostgresServer(folder / "postgres") as server:
                tell.note("启动五个服务", "Starting the five services")
                code = until_told(lambda: _serve(server, folder, listener, console))
    except PortTaken as taken:
        raise Failed(_port_taken(port, taken)) from None
    except PostgresError as error:
        raise Failed(str(error)) from None
    return 0 if code == INTERRUPTED else code  # Ctrl-C is how a run ends, not a failure


def _port_taken(port: int, taken: PortTaken) -> str:
    return (
        f"端口 {port} 已被占用，请换一个端口 · Port {port} is taken, choose another one:"
        f" make run PORT={port + 1}\n({taken})"
    )


async def _serve(server: PostgresServer, folder: Path, listener: socket.socket, console: Console) -> None:
    # The services are a second's worth of imports, which a taken port should not wait for.
    from chuangpei_embedded.platform import running_platform

    async with running_platform(server, folder, listener=listener) as platform:
        if not (folder / STORY_FILE).exists():  # one look before serving
            await _first_story(platform.origin, folder, console)
        console.print(f"\n[bold]创培已就绪 · Chuangpei is ready: {platform.origin}[/bold]")
        console.print("Ctrl-C 停止 · stops")
        await asyncio.Event().wait()


async def _first_story(origin: str, folder: Path, console: Console) -> None:
    """Plays the story on the fresh platform; what goes wrong is told, and the platform goes on serving."""
    origins = Origins.one(origin)
    try:
        accounts = await tell_story(origins, Teller(console), begin=FIRST_DAY, seed=0)
    except StoryFailed as failed:
        console.print(f"✗ 主线未走通 · The story failed: {failed}", style="red", markup=False)
        return
    await return_to_the_present(origins)
    _remember(folder, accounts)


def _remember(folder: Path, accounts: list[Account]) -> None:
    told = {"accounts": [asdict(account) for account in accounts]}
    handle, name = tempfile.mkstemp(dir=folder, prefix=STORY_FILE)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(told, stream, ensure_ascii=False, indent=1)
    Path(name).replace(folder / STORY_FILE)
