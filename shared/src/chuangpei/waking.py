"""Waking what looks for work in this process, such as the relay, once there is some."""

import asyncio
import contextlib


class Waking:
    """One coalesced wake: however often it is told between two looks, it is looked once."""

    def __init__(self) -> None:
        self._due = asyncio.Event()

    def wake(self) -> None:
        """Something is due; to be told after the commit."""
        self._due.set()

    async def wait(self, seconds: float) -> None:
        """Returns once something is due, or after ``seconds``."""
        with contextlib.suppress(TimeoutError):
            # Not wait_for: it forgets a cancellation that comes together with the wake.
            async with asyncio.timeout(seconds):
                await self._due.wait()
        self._due.clear()
