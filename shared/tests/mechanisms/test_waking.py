"""What looks for work and is told to stop stops, also in the moment in which something comes due."""

import asyncio

import pytest
from chuangpei.waking import Waking


async def test_a_wake_and_a_cancellation_together_are_a_cancellation():
    waking = Waking()
    waiting = asyncio.create_task(waking.wait(60))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waking.wake()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_many_wakes_between_two_looks_are_one():
    waking = Waking()
    waking.wake()
    waking.wake()
    await waking.wait(60)
    waiting = asyncio.create_task(waking.wait(0.01))
    await waiting
