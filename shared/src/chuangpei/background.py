"""Background work of a service: consumers, relay and timers, kept running and stopped cleanly."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from chuangpei.database import is_connection_lost

log = logging.getLogger(__name__)
_FIRST_DELAY_SECONDS = 0.2
_STEADY_SECONDS = 60.0

Job = Callable[[], Awaitable[None]]
"""Runs until cancelled."""


@dataclass(frozen=True, slots=True)
class Timer:
    """Does what time has made due: ``act`` takes due rows (FOR UPDATE SKIP LOCKED) and returns how many.

    It is called again at once while it finds some, else after ``every_seconds``. A crash in between loses
    nothing, since what is due stays due until its own transaction commits.
    """

    name: str
    act: Callable[[], Awaitable[int]]
    every_seconds: float

    async def run(self) -> None:
        """Runs until cancelled; a lost database is waited out."""
        while True:
            try:
                if await self.act():
                    continue
            except Exception as error:
                if not is_connection_lost(error):
                    raise
                log.warning("timer %s waits: %s", self.name, error)
            await asyncio.sleep(self.every_seconds)


@asynccontextmanager
async def running(jobs: Sequence[Job]) -> AsyncIterator[None]:
    """Keeps the jobs running inside the block: one that fails is logged and started again."""
    tasks = [asyncio.create_task(_kept_running(job)) for job in jobs]
    try:
        yield
    finally:
        while unfinished := [task for task in tasks if not task.done()]:
            # A job that takes the end of its connection for a lost database swallows one cancellation.
            for task in unfinished:
                task.cancel()
            await asyncio.wait(unfinished, timeout=1)


async def _kept_running(job: Job) -> None:
    delay = _FIRST_DELAY_SECONDS
    while True:
        begun = time.monotonic()
        try:
            await job()
            log.error("a background job ended that should run until cancelled")
        except Exception:
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # it failed while it was being stopped
                log.exception("background job failed to stop cleanly")
                return
            log.exception("background job failed; it starts again in a moment")
        if time.monotonic() - begun > _STEADY_SECONDS:
            delay = _FIRST_DELAY_SECONDS
        await asyncio.sleep(delay)
        delay = min(delay * 2, 30.0)
