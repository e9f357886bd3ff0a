"""``demo``: plays the story on a fresh platform in a temporary folder, in one process or in many."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chuangpei_kafka import BrokerFailed, FetchFailed, KafkaBroker
from rich.console import Console

from chuangpei_embedded.commands import Failed, until_told
from chuangpei_embedded.postgres import PostgresError, PostgresServer
from chuangpei_embedded.separate import DidNotStart, separate_platform
from chuangpei_embedded.story.client import Origins, StoryFailed
from chuangpei_embedded.story.tale import FIRST_DAY, tell_story
from chuangpei_embedded.story.telling import Teller


def demo(bus: str) -> int:
    """The exit code; raises ``Failed`` with the reason where a step fails. ``bus``: postgres or kafka."""
    tell = Teller(Console(highlight=False))
    play = _over_kafka if bus == "kafka" else _in_one_process
    try:
        with tempfile.TemporaryDirectory(prefix="chuangpei-demo-") as folder:
            return play(Path(folder), tell)
    except StoryFailed as failed:
        raise Failed(f"✗ 主线未走通 · The story failed: {failed}") from None
    except (PostgresError, BrokerFailed, FetchFailed, DidNotStart) as failed:
        raise Failed(str(failed)) from None


def _in_one_process(folder: Path, tell: Teller) -> int:
    async def play() -> None:
        # The services are a second's worth of imports, which the other demo leaves to its processes.
        from chuangpei_embedded.platform import running_platform

        tell.note("建库并启动五个服务", "Making the databases and starting the five services")
        async with running_platform(server, folder) as platform:
            await tell_story(Origins.one(platform.origin), tell, begin=FIRST_DAY)

    tell.note("启动 PostgreSQL", "Starting PostgreSQL")
    with _temporary(folder) as server:
        return until_told(play)


def _over_kafka(folder: Path, tell: Teller) -> int:
    async def play() -> None:
        tell.note("建库并启动五个服务的 API 与后台进程", "Starting each service as two processes")
        async with separate_platform(server, broker, folder) as platform:
            try:
                await tell_story(platform.origins, tell, begin=FIRST_DAY)
            except StoryFailed as failed:
                raise StoryFailed(f"{failed}\n{platform.processes.tails()}") from None

    tell.note("启动 Kafka 与 PostgreSQL", "Starting Kafka and PostgreSQL")
    with KafkaBroker(folder / "kafka") as broker, _temporary(folder) as server:
        return until_told(play)


@contextmanager
def _temporary(folder: Path) -> Iterator[PostgresServer]:
    """A server without fsync, of which nothing is left afterwards."""
    logging.getLogger("chuangpei_embedded.postgres_place").setLevel(logging.ERROR)  # nothing here lasts
    server = PostgresServer(folder / "postgres", durable=False)
    try:
        server.start()
        yield server
    finally:
        server.remove()
