"""How a command ends: by itself, told by a signal, or with a reason for the person at the terminal."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any

import uvloop

INTERRUPTED = 130
"""The exit code of a command that SIGINT or SIGTERM ended."""


class Failed(Exception):  # noqa: N818  # reads as what happened
    """The command cannot go on; the message is for the person at the terminal."""


def until_told(work: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """Runs the work to its end (0), or until SIGINT or SIGTERM (130); either way it closes what it opened."""

    async def watched() -> int:
        task = asyncio.current_task()
        assert task is not None
        told = False

        def stop() -> None:
            nonlocal told
            if not told:  # a second Ctrl-C does not disturb the closing
                told = True
                task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        try:
            await work()
        except asyncio.CancelledError:
            if not told:
                raise
            return INTERRUPTED
        return 0

    try:
        return uvloop.run(watched())
    finally:
        # What is left to do is the end of PostgreSQL, which is quick and must not be interrupted.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
